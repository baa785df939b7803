/** Programs and servers for the tests that need real ones, all on loopback. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server);
}

/**
 * A loopback port that nobody uses: below those that systems give to whoever asks for any, so that
 * nobody else is given it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

export interface Program {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Sends SIGTERM and gives the exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Starts Node on a file and waits until its output says `ready`. */
export async function start(
  args: readonly string[],
  env: Record<string, string>,
  ready: RegExp,
): Promise<Program> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready:\n${text}`)), 60_000);
    const take = (chunk: Buffer) => {
      text += chunk.toString();
      if (!ready.test(text)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void ended.then((code) => reject(new Error(`ended with ${code}:\n${text}`)));
  });
  return {
    process: child,
    output: () => text,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Ends of the streams that the stand-in has begun, in their order. */
export const streams: (() => void)[] = [];

/** A stand-in for the backend: echoes, streams, and upgrades. A stream ends when the test says so. */
export function fakeBackend(): Server {
  const server = createServer((request, response) => {
    if (request.url === '/api/stream') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: first\n\n');
      streams.push(() => response.end('data: second\n\n'));
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ url: request.url, host: request.headers.host }));
  });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
    socket.pipe(socket);
  });
  return server;
}

/** Upgrades a connection, sends a word, and gives all that came back until it ends or echoes. */
export function upgrade(port: number, path: string, host = 'localhost'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('echo me')) socket.destroy();
      else if (text.includes(' 101 ') && text.endsWith('\r\n\r\n')) socket.write('echo me');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
