import type { Socket } from 'node:net';
import { runExec } from '../../../lib/ops/engine-client/container-exec';
import { frame, refuse, useFakeEngine } from '../../support/fake-engine';

const engine = useFakeEngine();
const ended = (code: number) => () => ({ Running: false, ExitCode: code });

/** Runs a command in container `c`, and gathers what it wrote. */
async function run(
  options: Partial<Parameters<typeof runExec>[1]> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const code = await runExec(engine().client(), {
    container: 'c',
    command: ['x'],
    onOutput: (stream, chunk) => {
      out[stream] += chunk.toString('utf8');
    },
    ...options,
  });
  return { code, ...out };
}

const says =
  (...chunks: readonly Buffer[]) =>
  (socket: Socket) => {
    for (const chunk of chunks) socket.write(chunk);
    socket.end();
  };

test('the exit code is asked for, and the streams come apart', async () => {
  engine().onExec('c', says(frame('stdout', 'out'), frame('stderr', 'err')), ended(7));

  expect(await run()).toEqual({ code: 7, stdout: 'out', stderr: 'err' });
  expect(await engine().openConnections()).toBeLessThanOrEqual(4);
});

test('with a terminal nothing is taken apart', async () => {
  engine().onExec('c', says(Buffer.from('\u0001\u0000\u0000 raw')), ended(0));

  expect((await run({ tty: true })).stdout).toBe('\u0001\u0000\u0000 raw');
});

test('an end that the engine learns of a little later', async () => {
  let asked = 0;
  engine().onExec('c', says(), () =>
    ++asked < 3 ? { Running: true, ExitCode: null } : { Running: false, ExitCode: 3 },
  );

  expect((await run()).code).toBe(3);
});

test.each([
  ['in the middle of a frame', (socket: Socket) => socket.end(frame('stdout', 'abc').subarray(0, 9))],
  ['at once', (socket: Socket) => socket.destroy()],
  ['while the command runs on', (socket: Socket) => socket.end(frame('stdout', 'abc'))],
])('a connection that is cut %s is ConnectionLost, and never an exit code', async (_, cut) => {
  engine().onExec('c', cut, () => ({ Running: true, ExitCode: null }));

  await expect(run()).rejects.toMatchObject({ code: 'ConnectionLost' });
  expect(engine().count('POST /containers/c/exec')).toBe(1);
});

test('an engine that goes away with the connection is ConnectionLost as well', async () => {
  engine().onExec('c', says(), ended(0)).on('GET /exec/e1/json', refuse(404, 'No such exec instance'));

  await expect(run()).rejects.toMatchObject({ code: 'ConnectionLost' });
});

const NO_PROGRAM = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "x": not found';

test('a command that could not be started is ExecFailed, and nothing is handed on', async () => {
  engine().onExec('c', says(frame('stdout', `${NO_PROGRAM}\r\n`)), ended(127));

  await expect(run()).rejects.toMatchObject({ code: 'ExecFailed', message: `exec in c: ${NO_PROGRAM}` });
});

test('a container that stops at that moment is ExecFailed', async () => {
  engine().onExec('c', says(frame('stdout', 'cannot exec in a stopped state\r\n')), ended(128));

  await expect(run()).rejects.toMatchObject({
    code: 'ExecFailed',
    message: 'exec in c: cannot exec in a stopped state',
  });
});

test('a command that says the same itself is handed on', async () => {
  engine().onExec('c', says(frame('stdout', NO_PROGRAM), frame('stdout', ' and more')), ended(127));
  expect(await run()).toMatchObject({ code: 127, stdout: `${NO_PROGRAM} and more` });

  engine().onExec('c', says(frame('stdout', NO_PROGRAM)), ended(0));
  expect(await run()).toMatchObject({ code: 0, stdout: NO_PROGRAM });
});

test.each([
  [404, 'No such container: c', 'NotFound'],
  [409, 'container c is not running', 'ContainerNotReady'],
])('%i %s', async (status, message, code) => {
  engine().on('POST /containers/c/exec', refuse(status, message));

  await expect(run()).rejects.toMatchObject({ code });
});

test('what the command reads is closed when it ends, and its output goes on', async () => {
  engine().onExec(
    'c',
    (socket) => {
      let got = '';
      socket.on('data', (chunk: Buffer) => (got += chunk.toString('utf8')));
      socket.on('end', () => socket.end(frame('stdout', `read ${got.length}`)));
    },
    ended(0),
  );
  async function* input(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (let i = 0; i < 10; i++) yield Buffer.alloc(100_000, 'x');
  }

  expect((await run({ stdin: input() })).stdout).toBe('read 1000000');
});

test('a reader that is slow holds the command back', async () => {
  const chunk = frame('stdout', Buffer.alloc(65_536));
  let sent = 0;
  let go: () => void = () => undefined;
  engine().onExec(
    'c',
    (socket) => {
      const more = (): void => {
        while (sent < 400) {
          sent++;
          if (!socket.write(chunk)) {
            socket.once('drain', more);
            return;
          }
        }
        socket.end();
      };
      more();
    },
    ended(0),
  );
  let bytes = 0;
  const first = new Promise<void>((resolve) => {
    go = resolve;
  });
  const running = run({
    onOutput: async (_, piece) => {
      bytes += piece.length;
      if (bytes === piece.length) await first;
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 300));

  // What fits into the sockets' buffers is less than a tenth of it.
  expect(sent).toBeLessThan(40);
  go();
  await running;
  expect(bytes).toBe(400 * 65_536);
});

test.each(['Aborted', 'Timeout'] as const)('%s ends it, and leaves no connection', async (code) => {
  engine().onExec(
    'c',
    (socket) => socket.on('end', () => socket.end()),
    () => ({ Running: true, ExitCode: null }),
  );
  const abort = new AbortController();
  const client = engine().client();
  const options = code === 'Timeout' ? { timeoutMs: 100 } : { signal: abort.signal };
  setTimeout(() => {
    abort.abort();
  }, 100);

  await expect(
    runExec(client, { container: 'c', command: ['x'], onOutput: () => undefined, ...options }),
  ).rejects.toMatchObject({ code });
  client.close();
  expect(await engine().openConnections()).toBe(0);
});

test('an input that fails ends it with its failure', async () => {
  engine().onExec('c', () => undefined, ended(0));
  async function* input(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from('x');
    throw new Error('the file is gone');
  }

  await expect(run({ stdin: input() })).rejects.toThrow('the file is gone');
});
