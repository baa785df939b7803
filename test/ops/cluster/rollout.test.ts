import type { RolloutStatus } from '../../../lib/ops/cluster/rollout';
import { rolloutStatus, waitForRollout } from '../../../lib/ops/cluster/rollout';
import type { Answer } from '../../support/fake-api-server';
import { json, refusal, useFakeApiServer } from '../../support/fake-api-server';

const APPS = '/apis/apps/v1/namespaces/tars';
const server = useFakeApiServer();

const deployment = (conditions: readonly object[], resourceVersion: string): object => ({
  metadata: { name: 'web', uid: 'u', generation: 1, resourceVersion },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} },
  status: { observedGeneration: 1, conditions },
});
const REFUSED = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' };

describe('a refusal that comes while it waits', () => {
  async function refusedLater() {
    const none = { metadata: { resourceVersion: '1' }, items: [] };
    const changed = JSON.stringify({ type: 'MODIFIED', object: deployment([REFUSED], '2') });
    server()
      .on(`GET ${APPS}/deployments/web`, json(deployment([], '1')))
      .on(`GET ${APPS}/deployments`, (seen, response) => {
        const listed = { metadata: { resourceVersion: '1' }, items: [deployment([], '1')] };
        if (seen.query.get('watch') !== 'true') json(listed)(seen, response);
        else setTimeout(() => response.writeHead(200).write(`${changed}\n`), 100);
      })
      .on(`GET ${APPS}/replicasets`, json(none))
      .on('GET /api/v1/namespaces/tars/pods', json(none));
    return { client: await server().client(), namespace: 'tars' };
  }

  test('counts from then on, though nothing else has changed', async () => {
    const place = await refusedLater();
    await expect(waitForRollout(place, { name: 'web' }, { refusalMs: 50, timeoutMs: 120_000 })).rejects.toMatchObject({
      code: 'RolloutRefused',
      message: expect.stringContaining('exceeded quota') as string,
    });
  });

  test('never counts where it may stand for ever', async () => {
    const place = await refusedLater();
    const abort = new AbortController();
    const onChange = ({ state }: RolloutStatus): void => {
      if (state === 'refused') setTimeout(abort.abort.bind(abort), 200);
    };
    const waiting = waitForRollout(place, { name: 'web' }, { refusalMs: Infinity, signal: abort.signal, onChange });
    await expect(waiting).rejects.toMatchObject({ code: 'Aborted' });
  });
});

describe('a StatefulSet or DaemonSet, of which only Events tell', () => {
  const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const EVENTS = '/api/v1/namespaces/tars/events';

  const event = (reason: string, second: number, count = 1): object => ({
    metadata: { name: `${reason}-${second}`, uid: `${reason}-${second}` },
    involvedObject: { uid: 'u' },
    ...{ reason, count, message: `${reason} at ${second}`, lastTimestamp: at(second) },
  });
  const pod = (name: string, second: number, more: object = {}): object => ({
    metadata: {
      ...{ name, uid: name, creationTimestamp: at(second), labels: { 'controller-revision-hash': 'new' } },
      ownerReferences: [{ kind: 'StatefulSet', name: 'web', uid: 'u', controller: true }],
      ...more,
    },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  /** What is wanted was written at 100 s; the status and more of the metadata may have been written later. */
  const statefulSet = (status: object = {}): object => ({
    metadata: {
      ...{ name: 'web', uid: 'u', generation: 2, creationTimestamp: at(1) },
      managedFields: [
        { manager: 'kubectl', time: at(100) },
        { manager: 'kube-controller-manager', subresource: 'status', time: at(900) },
      ],
    },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} },
    status: {
      ...{ observedGeneration: 2, replicas: 1, readyReplicas: 1, updatedReplicas: 1, updateRevision: 'new' },
      ...status,
    },
  });

  async function statusOf(events: readonly object[], pods: readonly object[], status?: object): Promise<RolloutStatus> {
    const list = (items: readonly object[]): Answer => json({ metadata: { resourceVersion: '1' }, items });
    server()
      .on(`GET ${APPS}/statefulsets/web`, json(statefulSet(status)))
      .on('GET /api/v1/namespaces/tars/pods', list(pods))
      .on(`GET ${EVENTS}`, list(events));
    return rolloutStatus({ client: await server().client(), namespace: 'tars' }, { kind: 'StatefulSet', name: 'web' });
  }

  test.each([
    ['of an earlier generation', [event('FailedCreate', 99)], []],
    ['of the very second in which this one was written', [event('FailedCreate', 100)], []],
    ['after which a pod was made', [event('FailedCreate', 110)], [pod('web-0', 111)]],
    ['after which a pod was made that is gone', [event('FailedCreate', 110), event('SuccessfulCreate', 111)], []],
  ])('a refusal %s does not count', async (_, events, pods) => {
    await expect(statusOf(events, pods)).resolves.toMatchObject({ state: 'waiting', reasons: [] });
  });

  test('nor does one of pods that are all there', async () => {
    const pods = [pod('web-0', 50), pod('web-1', 60)];
    const status = { replicas: 2, readyReplicas: 1 };
    await expect(statusOf([event('FailedCreate', 110)], pods, status)).resolves.toMatchObject({ state: 'waiting' });
  });

  test.each([
    ['after the last pod', [event('SuccessfulCreate', 101), event('FailedCreate', 102)], [pod('web-0', 101)], {}],
    ['that its status knows nothing of', [event('FailedCreate', 102)], [], { observedGeneration: 1, replicas: 2 }],
  ])('a refusal %s does', async (_, events, pods, status) => {
    await expect(statusOf(events, pods, status)).resolves.toMatchObject({
      state: 'refused',
      reasons: ['FailedCreate at 102'],
    });
  });

  test('an old pod that is not ready holds it back, and the reasons say what to do', async () => {
    const labels = { 'controller-revision-hash': 'old' };
    const broken = { ...pod('web-1', 50, { labels }), status: { conditions: [] } };
    const pods = [pod('web-0', 50, { labels }), broken, pod('web-2', 50)];
    const { state, reasons } = await statusOf([], pods, { replicas: 2 });
    expect(state).toBe('waiting');
    expect(reasons).toEqual([expect.stringMatching(/^web-1: .*`tars restart pod\/web-1 --delete`/)]);
  });
});

test('a server that is away while it waits is asked again', async () => {
  const pods = 'GET /api/v1/namespaces/tars/pods';
  const done = deployment([], '2') as { status: object };
  const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };
  const changed = JSON.stringify({ type: 'MODIFIED', object: { ...done, status } });
  server()
    .on(`GET ${APPS}/deployments/web`, json(deployment([], '1')))
    .on(`GET ${APPS}/deployments`, (seen, response) => {
      const listed = { metadata: { resourceVersion: '1' }, items: [deployment([], '1')] };
      if (seen.query.get('watch') !== 'true') json(listed)(seen, response);
      else {
        response.writeHead(200).flushHeaders();
        const timer = setInterval(() => {
          // Once it has failed with all its retries.
          if (server().count(pods) < 6) return;
          clearInterval(timer);
          setTimeout(() => response.write(`${changed}\n`), 50);
        }, 5);
      }
    })
    .on(pods, refusal(503, 'ServiceUnavailable', 'the apiserver is shutting down'));
  const place = { client: await server().client(), namespace: 'tars' };

  expect(await waitForRollout(place, { name: 'web' }, { timeoutMs: 120_000 })).toMatchObject({ state: 'done' });
});
