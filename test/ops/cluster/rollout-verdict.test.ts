import type { Workload } from '../../../lib/ops/cluster-client/objects';
import { rolloutTimeoutMs, rolloutVerdict } from '../../../lib/ops/cluster/rollout-verdict';
import type { WorkloadKind } from '../../../lib/ops/cluster/workload';

const workload = (
  spec: Partial<Workload['spec']>,
  status: NonNullable<Workload['status']>,
  generation = 2,
): Workload => ({
  metadata: { name: 'web', generation },
  spec: { selector: {}, template: {}, replicas: 2, ...spec },
  status: { observedGeneration: 2, ...status },
});
const partitioned = (partition: number): Partial<Workload['spec']> => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
});
const READY = { replicas: 2, readyReplicas: 2 };
const NEW = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const PAUSED = { paused: true } as const;

const VERDICTS: readonly (readonly [string, WorkloadKind, Workload, string])[] = [
  [
    'half way back to the revision before, which is current and wanted',
    'StatefulSet',
    workload(partitioned(0), { ...READY, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'a' }),
    'waiting',
  ],
  [
    'all new, and an old one beyond the number wanted still going',
    'StatefulSet',
    workload(partitioned(0), {
      ...{ replicas: 3, readyReplicas: 3, updatedReplicas: 2, currentRevision: 'a', updateRevision: 'b' },
    }),
    'done',
  ],
  [
    'new down to its partition',
    'StatefulSet',
    workload(partitioned(1), { ...READY, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' }),
    'done',
  ],
  [
    'a partition beyond its pods',
    'StatefulSet',
    workload(partitioned(5), { ...READY, updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' }),
    'done',
  ],
  ['no replica', 'StatefulSet', workload({ ...partitioned(0), replicas: 0 }, {}), 'done'],
  ['no node', 'DaemonSet', workload({}, {}), 'done'],
  ['paused, and not seen yet', 'Deployment', workload(PAUSED, NEW, 3), 'waiting'],
  ['paused, and nothing is new', 'Deployment', workload(PAUSED, NEW), 'done'],
  ['paused, and scaled up', 'Deployment', workload({ ...PAUSED, replicas: 4 }, NEW), 'waiting'],
  [
    'paused, and its last pods become available',
    'Deployment',
    workload(PAUSED, { ...NEW, availableReplicas: 1 }),
    'waiting',
  ],
  ['paused, and no pod is new', 'Deployment', workload(PAUSED, { ...NEW, updatedReplicas: 0 }), 'paused'],
  ['paused half way', 'Deployment', workload(PAUSED, { ...NEW, replicas: 3, updatedReplicas: 1 }), 'paused'],
  ['paused before its first pod', 'Deployment', workload(PAUSED, {}), 'paused'],
  ['paused, and old ones are left', 'Deployment', workload(PAUSED, { ...NEW, replicas: 3 }), 'paused'],
];

test.each(VERDICTS)('%s: a %s', (_, kind, object, state) => {
  expect(rolloutVerdict(kind, object).state).toBe(state);
});

test.each([
  ['StatefulSet', 'OnDelete', 'deleted'],
  ['DaemonSet', 'OnDelete', 'deleted'],
  ['StatefulSet', 'Recreate', 'not followed'],
] as const)('a %s of the strategy %s has no verdict, as for kubectl', (kind, type, said) => {
  expect(() => rolloutVerdict(kind, workload({ updateStrategy: { type } }, READY))).toThrow(said);
});

test.each([
  [undefined, 660],
  [30, 90],
  [2 ** 31 - 1, 660],
] as const)('with a progress deadline of %s s it may take %s s', (progressDeadlineSeconds, seconds) => {
  expect(rolloutTimeoutMs(workload(progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }, {}))).toBe(
    seconds * 1000,
  );
});
