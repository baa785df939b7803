// The one file of this room that knows the machine: a socket that a killed process has left is a file to be removed.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MACHINE } from '../cluster-client/surroundings';

/** Something that one process of this machine has at a time. It is free again when its process ends, however it ends. */
export interface LocalLock {
  readonly release: () => Promise<void>;
}

/**
 * Takes a lock by listening on a socket that is named after the thing, in the machine's directory for temporary files.
 *
 * @param thing what is to be had alone
 * @param holder what others are told of who has it
 * @returns the lock, or who has it
 */
export async function takeLocalLock(thing: string, holder: string): Promise<LocalLock | { readonly heldBy: string }> {
  const path = pathFor(thing);
  const own = `${MACHINE.now()} ${MACHINE.random()}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined).end(`${own}\n${holder}`);
  });
  server.unref();
  for (;;) {
    if (await listens(server, path)) break;
    const answer = await askHolder(path);
    if (answer !== undefined) return { heldBy: nameIn(answer) };
    // a process that was killed has left it
    rmSync(path, { force: true });
  }
  // two that found it abandoned may both have taken it: the last one has it
  const answer = await askHolder(path);
  if (answer?.startsWith(`${own}\n`) === true) return { release: () => closed(server) };
  await closed(server);
  return { heldBy: nameIn(answer ?? '') };
}

function nameIn(answer: string): string {
  return answer.slice(answer.indexOf('\n') + 1) || 'another process';
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}

function pathFor(thing: string): string {
  const name = `tars-${createHash('sha256').update(thing).digest('hex').slice(0, 24)}`;
  return platform() === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    server.once('error', failed);
    server.listen(path, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

/** Who listens there; undefined: nobody. */
function askHolder(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection(path);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => {
      resolve(undefined);
    });
    socket.on('close', () => {
      resolve(text);
    });
  });
}
