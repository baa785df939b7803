import { once } from 'node:events';
import { connect } from 'node:net';
import { portForward } from '../../../lib/ops/cluster/port-forward';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const POD = '/api/v1/namespaces/tars/pods/db-0';
const server = useFakeApiServer();

test('a client that keeps its half of a connection that is over holds nothing up', async () => {
  server()
    .on(`GET ${POD}`, json({ metadata: { name: 'db-0' }, spec: { containers: [] }, status: { phase: 'Running' } }))
    .onSocket(`${POD}/portforward`, (socket) => {
      for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x38, 0x15]));
      socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('bye')]));
      socket.close();
    });
  const abort = new AbortController();
  const place = { client: await server().client(), namespace: 'tars' };
  const forward = await portForward(place, { name: 'db-0', port: 5432 }, { signal: abort.signal });

  // As a pool of connections does, that was idle when the other side ended it.
  const client = connect({ port: forward.port, host: forward.host, allowHalfOpen: true });
  let got = '';
  client.on('data', (chunk) => (got += chunk.toString()));
  await once(client, 'end');
  expect(got).toBe('bye');
  expect(client.writable).toBe(true);

  const over = once(client, 'close');
  client.on('error', () => undefined);
  abort.abort();
  await forward.closed;
  client.end();
  await over;
});
