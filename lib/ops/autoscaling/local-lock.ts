import { createHash } from 'node:crypto';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Io } from './io';

/** Something that one process of this machine has at a time. It is free again when its process ends, however it ends. */
export interface LocalLock {
  readonly release: () => void;
}

/**
 * Takes a lock by listening on a socket that is named after the thing.
 *
 * @param thing what is to be had alone
 * @param holder what others are told of this process
 * @returns the lock, or who has it
 */
export async function takeLocalLock(
  thing: string,
  holder: string,
  io: Io,
): Promise<LocalLock | { readonly heldBy: string }> {
  const path = pathFor(thing, io);
  const server = createServer((socket) => {
    socket.on('error', () => undefined).end(holder);
  });
  server.unref();
  for (;;) {
    if (await listens(server, path)) break;
    const heldBy = await askHolder(path);
    if (heldBy !== undefined) return { heldBy };
    // a process that was killed has left it
    io.fs.rmSync(path, { force: true });
  }
  // two that found it abandoned may both have taken it: the last one has it
  const heldBy = await askHolder(path);
  if (heldBy === holder) return { release: () => void server.close() };
  server.close();
  return { heldBy: heldBy ?? 'another process' };
}

function pathFor(thing: string, { platform, env }: Io): string {
  const name = `tars-${createHash('sha256').update(thing).digest('hex').slice(0, 24)}`;
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(env['XDG_RUNTIME_DIR'] ?? env['TMPDIR'] ?? '/tmp', `${name}.sock`);
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
