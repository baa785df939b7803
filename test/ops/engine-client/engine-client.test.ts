import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { ClusterError } from '../../../lib/ops/cluster-client/cluster-error';
import { EngineClient } from '../../../lib/ops/engine-client/engine-client';
import { engineAddress } from '../../../lib/ops/engine-client/engine-address';
import { answer, refuse, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const GET = { method: 'GET', path: '/thing' } as const;
const POST = { method: 'POST', path: '/thing', body: {} } as const;

async function failureOf(work: Promise<unknown>): Promise<ClusterError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ClusterError) return error;
  throw new Error(`a ClusterError was expected, and it was ${String(error)}`);
}

test.each([
  ['1.52', '1.47'],
  ['1.44', '1.44'],
  ['1.41', '1.41'],
])('an engine that speaks %s is spoken to in %s', async (theirs, ours) => {
  engine()
    .on('GET /_ping', (_, response) => response.writeHead(200, { 'Api-Version': theirs }).end('OK'))
    .on('GET /thing', answer({ a: 1 }));

  const client = engine().client();

  await expect(client.call(GET)).resolves.toEqual({ a: 1 });
  await client.call(GET);
  expect(engine().seen.at(-1)?.version).toBe(ours);
  expect(engine().count('GET /_ping')).toBe(1);
});

test.each([
  ['1.40', 'Unsupported'],
  ['', 'ApiUnavailable'],
])('an engine that names version "%s" is refused', async (version, code) => {
  engine().on('GET /_ping', (_, response) => response.writeHead(200, { 'Api-Version': version }).end('OK'));

  expect((await failureOf(engine().client().call(GET))).code).toBe(code);
});

test.each([
  [404, 'No such container: x', 'NotFound'],
  [409, 'Container abc is not running', 'ContainerNotReady'],
  [409, 'Container abc is restarting, wait until the container is running', 'ContainerNotReady'],
  [409, 'Conflict. The container name "/x" is already in use', 'Conflict'],
  [500, 'driver failed programming external connectivity', 'Refused'],
  [501, 'configured logging driver does not support reading', 'Unsupported'],
  [503, 'no', 'ApiUnavailable'],
  [400, 'bad parameter', 'Refused'],
  [401, 'log in', 'Unauthorized'],
  [403, 'no', 'Forbidden'],
])('%i "%s" to a change is %s, in the engine’s words, and sent once', async (status, message, code) => {
  engine().on('POST /thing', refuse(status, message));

  const error = await failureOf(engine().client().call(POST));

  expect(error).toMatchObject({ code, system: 'engine', message: `POST /thing: ${message}`, status: { code: status } });
  expect(error.remedy).not.toMatch(/kubectl/);
  expect(engine().count('POST /thing')).toBe(1);
});

test('a read is tried again after 500 and after a cut connection, five times at most', async () => {
  engine().on(
    'GET /thing',
    refuse(500, 'containerd is away'),
    ({ request }) => request.socket.destroy(),
    answer('there'),
  );
  await expect(engine().client().call(GET)).resolves.toBe('there');

  engine().on('GET /thing', refuse(500, 'containerd is away'));
  expect((await failureOf(engine().client().call(GET))).code).toBe('ApiUnavailable');
  expect(engine().count('GET /thing')).toBe(3 + 6);
});

test('an answer that is cut in its middle is ConnectionLost', async () => {
  engine().on('POST /thing', ({ request }, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{"a":', () => request.socket.destroy());
  });

  expect((await failureOf(engine().client().call(POST))).code).toBe('ConnectionLost');
});

test('an answer that is no JSON', async () => {
  engine().on('GET /thing', (_, response) => response.writeHead(200).end('<html>sorry</html>'));

  expect((await failureOf(engine().client().call(GET))).message).toContain('the answer is no JSON');
});

test('304 is no failure: it runs already', async () => {
  engine().on('POST /thing', (_, response) => response.writeHead(304).end());

  await expect(engine().client().call(POST)).resolves.toBeUndefined();
});

test('silence ends by the time-out, and by the signal, and leaves no connection', async () => {
  engine().on('POST /thing', () => undefined);
  const client = engine().client();
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort();
  }, 50);

  expect(await failureOf(client.call({ ...POST, timeoutMs: 50 }))).toMatchObject({
    code: 'Timeout',
    remedy: 'see whether the engine is busy: `docker version`, `tars events --target compose`',
  });
  expect((await failureOf(client.call({ ...POST, signal: abort.signal }))).code).toBe('Aborted');
  client.close();
  await expect(engine().openConnections()).resolves.toBe(0);
});

test('a socket that is not there is said at once', async () => {
  const client = new EngineClient({ host: 'unix:///nowhere/engine.sock' });

  const error = await failureOf(client.call(GET));

  expect(error).toMatchObject({ code: 'ApiUnavailable' });
  expect(error.message).toContain('no engine answers at unix:///nowhere/engine.sock');
});

test.each([
  ['unix:///run/x.sock', false, { socketPath: '/run/x.sock' }],
  ['tcp://10.0.0.5', false, { hostname: '10.0.0.5', port: '2375' }],
  ['tcp://[::1]:4000', false, { hostname: '::1', port: '4000' }],
  ['https://engine.example', true, { hostname: 'engine.example', port: '2376' }],
])('%s', (host, isSecure, to) => {
  expect(engineAddress(host, undefined)).toEqual({ host, isSecure, to });
});

test.each(['ssh://me@host', 'npipe:////./pipe/docker_engine', 'host:2375', 'tcp://'])('%s is refused', (host) => {
  expect(() => engineAddress(host, undefined)).toThrow(ClusterError);
});

test('a refusal of a stream that stops midway is ended by the time-out', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      const isPing = request.toString().includes('/_ping');
      socket.write(
        isPing
          ? 'HTTP/1.1 200 OK\r\nApi-Version: 1.47\r\nContent-Length: 2\r\n\r\nOK'
          : 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 50\r\n\r\n{"mess',
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new EngineClient({ host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const signal = new AbortController().signal;

  try {
    const { code } = await failureOf(client.hijack({ method: 'POST', path: '/exec/x/start', timeoutMs: 200, signal }));
    expect(code).toBe('Timeout');
  } finally {
    client.close();
    server.close();
  }
});
