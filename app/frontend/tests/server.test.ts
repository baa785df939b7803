// @vitest-environment node
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeBackend, freePort, listen, start, streams, upgrade, type Program } from './programs.ts';

let folder: string;
let backend: Server;
let program: Program;
let port: number;

const READY = /service started/;
const at = (path: string) => `http://127.0.0.1:${port}${path}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tars-pages-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>TARS</title>');
  writeFileSync(join(folder, 'assets', 'index-abc.js'), 'export {};');
  backend = fakeBackend();
  const target = `http://127.0.0.1:${await listen(backend)}`;
  port = await freePort();
  program = await start(
    ['server.mjs', folder],
    { PORT: String(port), HOST: '127.0.0.1', API_PROXY_TARGET: target },
    READY,
  );
});

afterAll(async () => {
  await program.stop();
  backend.closeAllConnections();
  backend.close();
  rmSync(folder, { recursive: true });
});

describe('the pages', () => {
  it.each(['/', '/some/page', '/?x=1'])(
    'serves the page at %s, to be asked for again',
    async (p) => {
      const response = await fetch(at(p));
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('TARS');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    },
  );

  it('serves built files for ever, and no page in place of a missing one', async () => {
    const built = await fetch(at('/assets/index-abc.js'));
    expect(built.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(at('/assets/index-old.js'))).status).toBe(404);
  });

  it('is healthy', async () => {
    expect((await fetch(at('/healthz'))).status).toBe(200);
  });

  it('takes nothing but questions', async () => {
    expect((await fetch(at('/'), { method: 'POST' })).status).toBe(405);
  });

  it('does not leave its folder', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(socket, 'close');
    expect(text).not.toContain('root:');
  });
});

describe('the backend behind it', () => {
  it('gets requests with the host they were made to', async () => {
    const response = await fetch(at('/api/info?a=b'));
    expect(await response.json()).toEqual({ url: '/api/info?a=b', host: `127.0.0.1:${port}` });
  });

  it('is not asked for what only looks like its own', async () => {
    expect(await (await fetch(at('/apify'))).text()).toContain('TARS');
  });

  it('streams without delay', async () => {
    const response = await fetch(at('/api/stream'));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    // The backend has said no more than that yet.
    expect(new TextDecoder().decode(first?.value)).toBe('data: first\n\n');
    streams.shift()?.();
    const second = await reader?.read();
    expect(new TextDecoder().decode(second?.value)).toBe('data: second\n\n');
  });

  it('gets WebSockets under /ws, and only there', async () => {
    expect(await upgrade(port, '/ws/chat')).toContain('echo me');
    expect(await upgrade(port, '/other')).toContain('404');
  });

  it('may be away', async () => {
    const lonely = await freePort();
    const env = { PORT: String(lonely), API_PROXY_TARGET: `http://127.0.0.1:${await freePort()}` };
    const other = await start(['server.mjs', folder], env, READY);
    const response = await fetch(`http://127.0.0.1:${lonely}/api/info`);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: 'BackendUnreachable' } });
    expect(await upgrade(lonely, '/ws/chat')).toContain('502');
    expect((await fetch(`http://127.0.0.1:${lonely}/healthz`)).status).toBe(200);
    expect(await other.stop()).toBe(0);
  });
});

describe('the end', () => {
  it('finishes what is under way and exits with 0', async () => {
    const own = await freePort();
    const address = backend.address();
    const target = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const env = { PORT: String(own), API_PROXY_TARGET: target };
    const other = await start(['server.mjs', folder], env, READY);
    const response = await fetch(`http://127.0.0.1:${own}/api/stream`);
    const code = other.stop();
    const isRefused = () =>
      fetch(`http://127.0.0.1:${own}/healthz`).then(
        () => false,
        () => true,
      );
    await vi.waitUntil(isRefused, { timeout: 60_000 });
    streams.shift()?.();
    expect(await response.text()).toBe('data: first\n\ndata: second\n\n');
    expect(await code).toBe(0);
  });

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ API_PROXY_TARGET: 'backend:8000' }, 'API_PROXY_TARGET'],
    [{ SHUTDOWN_GRACE_SECONDS: 'soon' }, 'SHUTDOWN_GRACE_SECONDS'],
  ])('refuses an environment that makes no sense: %o', async (env, name) => {
    await expect(start(['server.mjs', folder], env, READY)).rejects.toThrow(
      new RegExp(`ended with 2[^]*${name}`),
    );
  });
});
