import type { WebSocket } from 'ws';
import { executeInPod } from '../../../lib/ops/cluster/exec';
import type { ExecOptions, ExecResult } from '../../../lib/ops/cluster/exec';
import { refusal, useFakeApiServer } from '../../support/fake-api-server';

const EXEC = '/api/v1/namespaces/tars/pods/web/exec';
const server = useFakeApiServer();

async function execute(options: ExecOptions = {}): Promise<ExecResult> {
  const client = await server().client();
  return executeInPod({ client, namespace: 'tars' }, 'web', ['do', 'it'], options);
}
const frame = (channel: number, data: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from([channel]), Buffer.from(data)]);

/** Waits for it; the test's own time-out ends the wait. */
async function noConnectionIsLeft(): Promise<void> {
  while (server().connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server().connections.size).toBe(0);
}
/** As the kubelet says it, word for word: it does not say what kind of object it is. */
const SUCCESS = frame(3, JSON.stringify({ metadata: {}, status: 'Success' }));
const ended = (code: number): Buffer => {
  const details = { causes: [{ reason: 'ExitCode', message: String(code) }] };
  const message = `command terminated with non-zero exit code: command terminated with exit code ${code}`;
  return frame(3, JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details }));
};
const says =
  (...frames: readonly Buffer[]) =>
  (socket: WebSocket): void => {
    for (const one of frames) socket.send(one);
  };

test('output apart, and the command as it was given', async () => {
  let asked: URLSearchParams | undefined;
  server().onSocket(EXEC, (socket, query) => {
    asked = query;
    says(frame(1, ''), frame(1, 'out '), frame(2, 'err'), frame(1, 'more'), SUCCESS)(socket);
  });

  expect(await execute()).toEqual({ exitCode: 0, stdout: 'out more', stderr: 'err', isTruncated: false });
  expect(asked?.getAll('command')).toEqual(['do', 'it']);
});

test.each([1, 3, 127, 137, 255])('exit code %i', async (code) => {
  server().onSocket(EXEC, says(ended(code)));

  expect((await execute()).exitCode).toBe(code);
});

test('input goes in, and its end is told', async () => {
  server().onSocket(EXEC, (socket) => {
    let text = '';
    socket.on('message', (data: Buffer) => {
      if (data[0] === 0) text += data.subarray(1).toString('utf8');
      if (data[0] === 255) says(frame(1, text.toUpperCase()), SUCCESS)(socket);
    });
  });

  expect((await execute({ stdin: 'x'.repeat(100_000) })).stdout).toBe('X'.repeat(100_000));
});

test('what is more than the bound is dropped, and said', async () => {
  server().onSocket(EXEC, says(frame(1, 'abcdef'), frame(1, 'gh'), ended(4)));

  expect(await execute({ maxOutputBytes: 4 })).toEqual({ exitCode: 4, stdout: 'abcd', stderr: '', isTruncated: true });
});

test('a reader that is slow holds the container back: nothing is gathered', async () => {
  const CHUNK = Buffer.alloc(64 << 10, 'a');
  let sent = 0;
  let most = 0;
  let taken = 0;
  server().onSocket(EXEC, (socket) => {
    const send = (): void => {
      if (sent === 400) socket.send(SUCCESS);
      else {
        socket.send(frame(1, CHUNK), () => {
          sent++;
          most = Math.max(most, sent - taken);
          send();
        });
      }
    };
    send();
  });

  await execute({
    onOutput: async (_, chunk) => {
      taken += chunk.length / CHUNK.length;
      if (taken < 40) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  });

  expect(taken).toBe(400);
  // Buffers of sockets take some megabytes; all of it is 25.
  expect(most).toBeLessThan(200);
});

describe('a session that goes wrong ends, with the reason', () => {
  test.each([
    [
      'is cut',
      (socket: WebSocket) => {
        socket.terminate();
      },
    ],
    [
      'is closed before the exit code',
      (socket: WebSocket) => {
        socket.close(1000);
      },
    ],
    [
      'is cut after some output',
      (socket: WebSocket) => {
        socket.send(frame(1, 'half'), () => {
          socket.terminate();
        });
      },
    ],
  ])('it %s: ConnectionLost', async (_, accept) => {
    server().onSocket(EXEC, accept);

    await expect(execute()).rejects.toMatchObject({ code: 'ConnectionLost' });
  });

  test.each([
    [403, 'Forbidden', 'pods "web" is forbidden: cannot create pods/exec', 'Forbidden'],
    [404, 'NotFound', 'pods "web" not found', 'NotFound'],
    [500, 'InternalError', 'unable to upgrade connection: container not found ("web")', 'ContainerNotReady'],
    [429, 'TooManyRequests', 'slow down', 'TooManyRequests'],
  ])('refused with %i: the text is kept, and it is not tried again', async (status, reason, message, code) => {
    server().on(`GET ${EXEC}`, refusal(status, reason, message));

    await expect(execute()).rejects.toMatchObject({ code, status: { code: status, message } });
    expect(server().count(`GET ${EXEC}`)).toBe(1);
    // Kept open, it would keep a process that has nothing else to do.
    await noConnectionIsLeft();
  });

  test('a program that is not there: ExecFailed', async () => {
    const message = 'exec: "do": executable file not found in $PATH';
    server().onSocket(
      EXEC,
      says(frame(3, JSON.stringify({ metadata: {}, status: 'Failure', reason: 'InternalError', message }))),
    );

    await expect(execute()).rejects.toMatchObject({
      code: 'ExecFailed',
      message: expect.stringContaining(message) as string,
    });
  });

  test('one that never ends: Timeout, and abort: Aborted; no connection is left', async () => {
    server().onSocket(EXEC, () => undefined);

    await expect(execute({ timeoutMs: 100 })).rejects.toMatchObject({
      code: 'Timeout',
      remedy: expect.stringContaining('--timeout') as string,
    });
    const abort = new AbortController();
    const running = execute({ signal: abort.signal });
    setTimeout(() => {
      abort.abort();
    }, 50);
    await expect(running).rejects.toMatchObject({ code: 'Aborted' });
    await noConnectionIsLeft();
  });
});
