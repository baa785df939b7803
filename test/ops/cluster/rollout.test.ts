import { waitForRollout } from '../../../lib/ops/cluster/rollout';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const APPS = '/apis/apps/v1/namespaces/tars';
const server = useFakeApiServer();

const deployment = (conditions: readonly object[], resourceVersion: string): object => ({
  metadata: { name: 'web', uid: 'u', generation: 1, resourceVersion },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} },
  status: { observedGeneration: 1, conditions },
});
const REFUSED = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' };

test('a refusal that comes while it waits counts from then on, though nothing else has changed', async () => {
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
  const place = { client: await server().client(), namespace: 'tars' };

  await expect(waitForRollout(place, { name: 'web' }, { refusalMs: 50, timeoutMs: 5_000 })).rejects.toMatchObject({
    code: 'RolloutRefused',
    message: expect.stringContaining('exceeded quota') as string,
  });
});
