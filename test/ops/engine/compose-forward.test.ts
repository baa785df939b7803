import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import { ComposeManager } from '../../../lib/ops/engine/compose-manager';
import { aContainer, answer, frame, refuse, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const target = { kind: 'Service', name: 'web', port: 80 } as const;
const shop = (): ComposeManager => new ComposeManager(engine().client(), { project: 'shop' });
const ended = (code: number) => () => ({ Running: false, ExitCode: code });
const created = (): number => engine().count('POST /containers/create');

beforeEach(() => {
  engine()
    .has(aContainer('web'))
    .on('GET /images/busybox:1.37.0/json', answer({}))
    .on('POST /containers/create', answer({ Id: 'helper' }, 201))
    .on('POST /containers/helper/start', answer(undefined, 204))
    .on('DELETE /containers/helper', answer(undefined, 204))
    .onExec('helper', echo, ended(0));
});

/** Says back what it is told, and ends when it is told no more. */
function echo(socket: Socket): void {
  socket.on('data', (chunk: Buffer) => socket.write(frame('stdout', chunk)));
  socket.on('end', () => socket.end());
}

async function talk(port: number, text: string): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  let got = '';
  socket.on('data', (chunk: Buffer) => (got += chunk.toString('utf8')));
  socket.on('error', () => undefined);
  socket.end(text);
  await once(socket, 'close');
  return got;
}

test('each connection is a command in a helper of the target’s network, which goes away', async () => {
  const forward = await shop().portForward(target);

  await expect(talk(forward.port, 'one')).resolves.toBe('one');
  await expect(talk(forward.port, 'x'.repeat(300_000))).resolves.toBe('x'.repeat(300_000));
  await forward.close();

  const asked = engine().seen.filter(({ path }) => path === '/containers/helper/exec');
  expect(asked.map(({ body }) => (JSON.parse(body) as { Cmd: string[] }).Cmd)).toEqual(
    Array(2).fill(['nc', '127.0.0.1', '80']),
  );
  expect([created(), engine().count('DELETE /containers/helper')]).toEqual([1, 1]);
});

test('a new run of the target has a new network, and gets a helper of its own', async () => {
  const forward = await shop().portForward(target);
  engine().has(aContainer('web', { state: { StartedAt: '2025-11-25T11:59:00Z' } }));

  await expect(talk(forward.port, 'two')).resolves.toBe('two');
  await forward.close();

  expect(created()).toBe(2);
});

test('a helper that has ended is made again', async () => {
  const errors: string[] = [];
  const forward = await shop().portForward(target, { onError: ({ code }) => errors.push(code) });
  engine().on(
    'POST /containers/helper/exec',
    refuse(409, 'container helper is not running'),
    answer({ Id: 'e1' }, 201),
  );

  await expect(talk(forward.port, 'lost')).resolves.toBe('');
  await expect(talk(forward.port, 'there')).resolves.toBe('there');
  await forward.close();

  expect(errors).toEqual(['ContainerNotReady']);
  expect(created()).toBe(2);
});

test('nobody listens there: it is said', async () => {
  const errors: string[] = [];
  engine().onExec(
    'helper',
    (socket) => {
      socket.end(frame('stderr', "nc: can't connect to remote host (127.0.0.1): Connection refused\n"));
    },
    ended(1),
  );
  const forward = await shop().portForward(target, { onError: ({ message }) => errors.push(message) });

  await talk(forward.port, 'x');
  await forward.close();

  expect(errors).toEqual(["port 80 of shop-web-1: nc: can't connect to remote host (127.0.0.1): Connection refused"]);
});

test.each([
  ['no container', [], 'NotFound'],
  ['none that is ready', [aContainer('web', { state: { Health: { Status: 'starting' } } })], 'ContainerNotReady'],
])('%s is said at once', async (_, containers, code) => {
  engine().has(...containers);

  await expect(shop().portForward(target)).rejects.toMatchObject({ code });
  expect(created()).toBe(0);
});

test('the signal ends it, with its connections and its helper', async () => {
  const abort = new AbortController();
  const forward = await shop().portForward(target, { signal: abort.signal });
  const socket = createConnection(forward.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('x');
  await once(socket, 'data');

  abort.abort();
  await forward.closed;

  expect(engine().count('DELETE /containers/helper')).toBe(1);
  expect(await engine().openConnections()).toBeLessThanOrEqual(4);
});
