import { MOST_RETRIES } from '../../../lib/ops/cluster-client/retry-delay';
import { cut, json, refusal, silence, useFakeApiServer } from '../../support/fake-api-server';

const POD = '/api/v1/namespaces/tars/pods/web';
const server = useFakeApiServer();

/** What becomes of a call. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => value,
    (error: unknown) => error,
  );
}

test('it says who it is, and reads JSON', async () => {
  server().on(`GET ${POD}`, json({ metadata: { name: 'web' } }));
  const client = await server().client();

  await expect(client.call({ method: 'GET', path: POD })).resolves.toEqual({ metadata: { name: 'web' } });
  expect(server().seen[0]?.headers.authorization).toBe('Bearer not-a-secret');
  expect(client.identity).toMatchObject({ context: 'fake', cluster: 'fake', user: 'tester', namespace: 'tars' });
});

describe('an answer that is no 2xx is a typed error, with the words of the server', () => {
  test.each([
    [400, 'BadRequest', 'the field is wrong', 'Refused', false],
    [401, 'Unauthorized', 'Unauthorized', 'Unauthorized', false],
    [403, 'Forbidden', 'pods is forbidden', 'Forbidden', false],
    [404, 'NotFound', 'pods "web" not found', 'NotFound', false],
    [409, 'Conflict', 'the object has been modified', 'Conflict', false],
    [412, 'PreconditionFailed', 'no', 'PreconditionFailed', false],
    [422, 'Invalid', 'spec.x: Invalid value', 'Refused', false],
    [429, 'TooManyRequests', 'slow down', 'TooManyRequests', true],
    [500, 'InternalError', 'etcd is away', 'ApiUnavailable', true],
    [503, 'ServiceUnavailable', 'later', 'ApiUnavailable', true],
    [504, 'Timeout', 'later', 'ApiUnavailable', true],
    [
      400,
      'BadRequest',
      'container "web" in pod "web" is waiting to start: ContainerCreating',
      'ContainerNotReady',
      true,
    ],
  ])('%i %s: %s', async (code, reason, message, kind, retryable) => {
    server().on(`GET ${POD}`, refusal(code, reason, message));
    const client = await server().client();

    const error = await outcome(client.call({ method: 'GET', path: POD }));

    expect(error).toMatchObject({ name: 'ClusterError', code: kind, retryable, status: { code, reason, message } });
    expect(String(error)).toContain(message);
  });

  test('a proxy that answers with a page', async () => {
    server().on(`GET ${POD}`, (_, response) => response.writeHead(403).end('<html>no</html>'));
    const client = await server().client();

    const error = await outcome(client.call({ method: 'GET', path: POD }));

    expect(error).toMatchObject({ code: 'Forbidden', status: { code: 403, message: '<html>no</html>' } });
  });

  test('an answer that is no JSON', async () => {
    server().on(`GET ${POD}`, (_, response) => response.end('welcome'));
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD })).rejects.toMatchObject({ code: 'ApiUnavailable' });
  });
});

describe('what is tried again', () => {
  const good = json({ ok: true });
  const busy = refusal(429, 'TooManyRequests', 'slow down');
  const broken = refusal(503, 'ServiceUnavailable', 'later');

  test.each([
    ['a read, when the server fails', 'GET', broken, {}, 2],
    ['a read, when the connection is cut', 'GET', cut, {}, 2],
    ['a read, when it is turned away', 'GET', busy, {}, 2],
    ['a write, when it is turned away', 'POST', busy, {}, 2],
    ['a write that may be said twice, when the server fails', 'PATCH', broken, { idempotent: true }, 2],
    ['not a write, when the server fails', 'POST', broken, {}, 1],
    ['not a write, when the connection is cut', 'PUT', cut, {}, 1],
    ['not an eviction, when it is turned away', 'POST', busy, { retryBusy: false }, 1],
    ['not a read that is refused', 'GET', refusal(403, 'Forbidden', 'no'), {}, 1],
  ] as const)('%s', async (_, method, fault, options, attempts) => {
    server().on(`${method} ${POD}`, fault, good);
    const client = await server().client();

    await outcome(client.call({ method, path: POD, ...options }));

    expect(server().count(`${method} ${POD}`)).toBe(attempts);
  });

  test('and then its answer is the answer', async () => {
    server().on(`GET ${POD}`, broken, cut, good);
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD })).resolves.toEqual({ ok: true });
  });

  test('five times at most', async () => {
    server().on(`GET ${POD}`, broken);
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD })).rejects.toMatchObject({ code: 'ApiUnavailable' });
    expect(server().count(`GET ${POD}`)).toBe(1 + MOST_RETRIES);
  });

  test('not before the server wants it', async () => {
    server().on(`GET ${POD}`, refusal(429, 'TooManyRequests', 'slow down', { headers: { 'Retry-After': '1' } }), good);
    const client = await server().client();
    let wasEarly = false;
    const early = setTimeout(() => {
      wasEarly = server().count(`GET ${POD}`) > 1;
    }, 900);

    await expect(client.call({ method: 'GET', path: POD })).resolves.toEqual({ ok: true });

    clearTimeout(early);
    expect(wasEarly).toBe(false);
    expect(server().count(`GET ${POD}`)).toBe(2);
  });

  test('not when there is no time left for it, and then the server has the last word', async () => {
    server().on(`GET ${POD}`, refusal(429, 'TooManyRequests', 'slow down', { headers: { 'Retry-After': '600' } }));
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD, timeoutMs: 3_000 })).rejects.toMatchObject({
      code: 'TooManyRequests',
      status: { retryAfterSeconds: 600 },
    });
    expect(server().count(`GET ${POD}`)).toBe(1);
  });
});

describe('no call hangs', () => {
  test('a server that accepts and says nothing is a time-out, and the connection is gone', async () => {
    server().on(`GET ${POD}`, silence);
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD, timeoutMs: 100 })).rejects.toMatchObject({
      code: 'Timeout',
      retryable: true,
      message: `GET ${POD}: timed out after 0.1 s`,
      // It is no wait that anybody has chosen.
      remedy: expect.not.stringContaining('--timeout') as string,
    });
    await noConnections();
  });

  test('a body that does not come to its end is a time-out', async () => {
    server().on(`GET ${POD}`, (_, response) => response.write('{'));
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD, timeoutMs: 100 })).rejects.toMatchObject({ code: 'Timeout' });
    await noConnections();
  });

  test('an abort while it waits', async () => {
    server().on(`GET ${POD}`, silence);
    const client = await server().client();
    const abort = new AbortController();
    const call = outcome(client.call({ method: 'GET', path: POD, signal: abort.signal }));
    await until(() => server().seen.length === 1);

    abort.abort('enough');

    expect(await call).toMatchObject({ code: 'Aborted', cause: 'enough' });
    await noConnections();
  });

  test('an abort before it begins', async () => {
    const client = await server().client();

    await expect(client.call({ method: 'GET', path: POD, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'Aborted',
    });
    expect(server().seen).toEqual([]);
  });

  test('a body that is cut midway is lost, and not half an answer', async () => {
    server().on(`POST ${POD}`, ({ request }, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"a":1}', () => request.socket.destroy());
    });
    const client = await server().client();

    await expect(client.call({ method: 'POST', path: POD })).rejects.toMatchObject({ code: 'ConnectionLost' });
  });

  test('a server that is not there', async () => {
    const client = await server().client();
    await server().stop();

    await expect(client.call({ method: 'POST', path: POD })).rejects.toMatchObject({
      code: 'ApiUnavailable',
      retryable: true,
    });
  });
});

test('reads share a connection, and close ends it', async () => {
  server().on(`GET ${POD}`, json({}));
  const client = await server().client();

  for (let i = 0; i < 5; i++) await client.call({ method: 'GET', path: POD });

  expect(new Set(server().seen.map(({ request }) => request.socket.remotePort)).size).toBe(1);
  client.close();
  await noConnections();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until the server sees that all are closed. */
async function noConnections(): Promise<void> {
  await until(() => server().connections.size === 0);
  expect(server().connections.size).toBe(0);
}
