import { spawn } from 'node:child_process';
import type { StartProgram } from './io';
import type { NodeProcess } from './node-io';

/** What a program has to end by itself, once it was interrupted. */
const END_MS = 3_000;

/**
 * Starts a program in a process group of its own, which Ctrl-C in the terminal does not reach. When the signal ends, the
 * whole group is interrupted as Ctrl-C would, and killed if it does not heed that.
 */
export function startProgram(
  process: Pick<NodeProcess, 'kill' | 'platform'>,
  ...[command, args, { cwd, signal }]: Parameters<StartProgram>
): ReturnType<StartProgram> {
  return new Promise((resolve) => {
    const isGroup = process.platform !== 'win32';
    const child = spawn(command, args, {
      ...{ cwd, detached: isGroup, windowsHide: true },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    const kill = (how: NodeJS.Signals): void => {
      try {
        if (isGroup && child.pid !== undefined) process.kill(-child.pid, how);
        else child.kill(how);
      } catch {
        // It has ended already.
      }
    };
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      kill('SIGINT');
      timer = setTimeout(() => {
        kill('SIGKILL');
      }, END_MS);
    };
    const done = (result: Pick<Awaited<ReturnType<StartProgram>>, 'status' | 'errorCode' | 'signal'>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve({ ...result, ...output });
    };
    child.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (child.pid === undefined) done({ status: undefined, errorCode: code, signal: undefined });
    });
    child.once('close', (status, killer) => {
      done({ status: status ?? undefined, errorCode: undefined, signal: killer ?? undefined });
    });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
