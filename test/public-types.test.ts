import { PublicTypes } from './support/public-types';

const INDEX = 'lib/index.ts';
const ENTRIES = { 'cdk8s-tars': INDEX, 'cdk8s-tars/ops': 'lib/ops.ts', 'cdk8s-tars/plus': 'lib/plus.ts' };

describe('the types of the public surface', () => {
  let types: PublicTypes;

  beforeAll(() => {
    types = new PublicTypes(Object.values(ENTRIES));
  });

  // Types of the model are imported from the package itself, whoever speaks of them.
  test.each(Object.entries(ENTRIES))('what %s speaks of can be imported', (_, file) => {
    expect(types.forgotten(file, INDEX)).toEqual([]);
  });

  test.each(Object.entries(ENTRIES))('what the docstrings of %s link to can be looked up', (_, file) => {
    expect(types.deadLinks(file)).toEqual([]);
  });

  test('a name is of one thing, wherever it is imported from', () => {
    const entries = Object.values(ENTRIES).map((file) => types.exportsOf(file));
    const twice = entries.flatMap((entry, index) =>
      [...entry].filter(([name, symbol]) =>
        entries.slice(index + 1).some((other) => other.has(name) && other.get(name) !== symbol),
      ),
    );
    expect(twice.map(([name]) => name)).toEqual([]);
  });

  test('a type that is missing is found', () => {
    // taken as an entry point, this file exports none of what its methods take
    expect(types.forgotten('lib/ops/cluster/cluster-manager.ts', INDEX)).toContain('ScaleOptions of ClusterManager');
  });
});
