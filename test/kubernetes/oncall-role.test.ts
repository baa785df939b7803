import { App } from 'cdk8s';
import { subjectOf, TarsChart } from 'cdk8s-tars';
import type { JsonObject } from '../../lib/verify/emitted';

function roles(props: { readonly oncallRole?: boolean }): JsonObject[] {
  const app = new App();
  new TarsChart(app, 'tars', props);
  return subjectOf(app)
    .emitted.manifests.map(({ object }) => object)
    .filter((object) => object['kind'] === 'Role');
}

test('there is none unless it is asked for', () => {
  expect(roles({})).toEqual([]);
});

test('it has no right to secrets, to everything, or to any other kind', () => {
  const [role] = roles({ oncallRole: true });
  const text = JSON.stringify(role);

  expect(role?.['metadata']).toMatchObject({ name: 'tars-oncall', namespace: 'tars' });
  expect(text).not.toContain('secrets');
  expect(text).not.toContain('"*"');
});
