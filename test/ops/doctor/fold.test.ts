import type { Rank } from '../../../lib/ops/doctor/finding';
import type { Coded } from '../../../lib/ops/doctor/fold';
import { foldConsequences } from '../../../lib/ops/doctor/fold';

/** Something found of a component, by its name alone. */
function found(rank: Rank, component: string): Coded {
  const said = { message: rank, evidence: [], cause: '', remedies: [] };
  return { ...said, code: 'TARS7325', object: `${rank} ${component}`, rank, components: [component] };
}

const CHAIN = [
  { client: 'web', server: 'api' },
  { client: 'api', server: 'db' },
];
const RING = [...CHAIN, { client: 'db', server: 'web' }];

type Row = readonly [
  what: string,
  found: readonly Coded[],
  needs: typeof CHAIN,
  findings: readonly (readonly [string, readonly string[]])[],
];

const ROWS: readonly Row[] = [
  [
    'a cause explains its own symptom',
    [found('cause', 'api'), found('symptom', 'api')],
    CHAIN,
    [['cause api', ['symptom api']]],
  ],
  [
    'and those of all that need it',
    [found('cause', 'db'), found('symptom', 'web')],
    CHAIN,
    [['cause db', ['symptom web']]],
  ],
  [
    'but not those of what it needs',
    [found('cause', 'web'), found('symptom', 'db')],
    CHAIN,
    [
      ['cause web', []],
      ['symptom db', []],
    ],
  ],
  [
    'the nearest cause is taken',
    [found('cause', 'db'), found('cause', 'api'), found('symptom', 'web')],
    CHAIN,
    [
      ['cause db', []],
      ['cause api', ['symptom web']],
    ],
  ],
  [
    'causes do not explain each other',
    [found('cause', 'db'), found('cause', 'api')],
    CHAIN,
    [
      ['cause db', []],
      ['cause api', []],
    ],
  ],
  [
    'without a cause the lowest symptom stands',
    [found('symptom', 'web'), found('symptom', 'api'), found('symptom', 'db')],
    CHAIN,
    [['symptom db', ['symptom api', 'symptom web']]],
  ],
  [
    'what is apart neither explains nor is explained',
    [found('apart', 'db'), found('cause', 'db'), found('symptom', 'web')],
    CHAIN,
    [
      ['apart db', []],
      ['cause db', ['symptom web']],
    ],
  ],
  [
    'in a ring nothing is lost',
    [found('symptom', 'web'), found('symptom', 'db')],
    RING,
    [
      ['symptom web', []],
      ['symptom db', []],
    ],
  ],
];

test.each(ROWS)('%s', (_, all, needs, findings) => {
  expect(foldConsequences(all, needs).map(({ object, affected }) => [object, affected])).toEqual(findings);
});
