import { listObjects } from '../../../lib/ops/cluster-client/read';
import { RESOURCES } from '../../../lib/ops/cluster-client/resources';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();

test.each([
  [{ items: null }, []],
  [{ items: [], metadata: null }, []],
  [{ items: [{ metadata: { name: 'web' } }] }, [{ metadata: { name: 'web' } }]],
])('%j is a list', async (answer, items) => {
  server().on('GET /api/v1/namespaces/tars/pods', json(answer));
  const client = await server().client();

  await expect(listObjects(client, RESOURCES.Pod, { namespace: 'tars' })).resolves.toEqual({
    items,
    resourceVersion: '',
  });
});

test.each([null, {}, [], 'text', 7, { items: 'text' }, { items: {} }])('%j is no list', async (answer) => {
  server().on('GET /api/v1/namespaces/tars/pods', json(answer));
  const client = await server().client();

  await expect(listObjects(client, RESOURCES.Pod, { namespace: 'tars' })).rejects.toMatchObject({
    code: 'ApiUnavailable',
    message: 'GET /api/v1/namespaces/tars/pods: the answer is no list',
  });
});
