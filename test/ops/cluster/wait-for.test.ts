import { waitFor } from '../../../lib/ops/cluster/wait-for';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const PODS = 'GET /api/v1/namespaces/tars/pods';
const server = useFakeApiServer();

test('an object that was deleted and made anew while nobody watched is gone', async () => {
  const pod = (uid: string): object => ({ metadata: { name: 'db-0', uid, resourceVersion: '1' } });
  const tooOld = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  let lists = 0;
  server().on(PODS, (seen, response) => {
    if (seen.query.get('watch') !== 'true') {
      lists++;
      json({ metadata: { resourceVersion: '1' }, items: [pod(lists === 1 ? 'old' : 'new')] })(seen, response);
    } else if (lists === 1) response.writeHead(200).end(`${JSON.stringify(tooOld)}\n`);
    else response.writeHead(200).flushHeaders();
  });
  const place = { client: await server().client(), namespace: 'tars' };

  expect(await waitFor(place, { kind: 'Pod', name: 'db-0' }, 'deleted', { timeoutMs: 120_000 })).toBeUndefined();
});
