import type { HeldBackSet, HoldingPod } from '../../lib/ops/holds-back';
import { holdsBack } from '../../lib/ops/holds-back';

const REVISION = 'controller-revision-hash';
const SET: HeldBackSet = { spec: {}, status: { updateRevision: 'new' } };
const POD: HoldingPod = {
  metadata: { name: 'web-1', labels: { [REVISION]: 'old' } },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] },
};
const strategy = (updateStrategy: object, more: object = {}): HeldBackSet => ({
  ...SET,
  spec: { updateStrategy, ...more },
});

test.each<readonly [string, HeldBackSet, HoldingPod]>([
  ['that is not ready', SET, POD],
  ['of which nothing is known yet', SET, { metadata: POD.metadata }],
  ['at the partition', strategy({ type: 'RollingUpdate', rollingUpdate: { partition: 1 } }), POD],
  ['at the partition of a set that does not count from 0', strategy({}, { ordinals: { start: 1 } }), POD],
])('a pod of an earlier revision holds a StatefulSet back, one %s', (_, set, pod) => {
  expect(holdsBack(set, pod)).toBe(true);
});

test.each<readonly [string, HeldBackSet, HoldingPod]>([
  ['is ready', SET, { ...POD, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }],
  ['is of the newest revision', SET, { ...POD, metadata: { name: 'web-1', labels: { [REVISION]: 'new' } } }],
  ['is of a set whose revisions are not known', { spec: {} }, POD],
  ['is on its way out', SET, { ...POD, metadata: { ...POD.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }],
  ['has failed, and is made anew', SET, { ...POD, status: { phase: 'Failed' } }],
  ['has ended, and is made anew', SET, { ...POD, status: { phase: 'Succeeded' } }],
  ['is replaced by nobody: OnDelete', strategy({ type: 'OnDelete' }), POD],
  ['is replaced all the same: Parallel', strategy({}, { podManagementPolicy: 'Parallel' }), POD],
  ['is below the partition', strategy({ rollingUpdate: { partition: 2 } }), POD],
  ['is below that of ordinals', strategy({ rollingUpdate: { partition: 1 } }, { ordinals: { start: 1 } }), POD],
])('it does not where it %s', (_, set, pod) => {
  expect(holdsBack(set, pod)).toBe(false);
});
