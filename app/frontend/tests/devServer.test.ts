// @vitest-environment node
import { once } from 'node:events';
import type { Server } from 'node:http';
import { request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeBackend, freePort, listen, start, upgrade, type Program } from './programs.ts';

let backend: Server;
let program: Program;
let port: number;
let cache: string;

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'tars-vite-'));
  backend = fakeBackend();
  const target = `http://127.0.0.1:${await listen(backend)}`;
  port = await freePort();
  program = await start(
    ['node_modules/vite/bin/vite.js', '--configLoader', 'native', '--port', String(port)],
    { API_PROXY_TARGET: target, VITE_CACHE_DIR: cache, DEV_ALLOWED_HOSTS: 'more.example' },
    /ready in/,
  );
});

afterAll(async () => {
  await program.stop();
  backend.closeAllConnections();
  backend.close();
  rmSync(cache, { recursive: true, force: true });
});

async function get(path: string, host: string): Promise<{ status: number; text: string }> {
  const asked = request({ host: '127.0.0.1', port, path, headers: { Host: host } });
  asked.end();
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

it.each([
  ['localhost:3000', 200],
  ['127.0.0.1:3000', 200],
  ['tars.local', 200],
  ['api.tars.local', 200],
  ['frontend:3000', 200],
  ['gateway', 200],
  ['more.example', 200],
  ['evil.example', 403],
])('answers to %s with %i', async (host, status) => {
  const response = await get('/', host);
  expect(response.status).toBe(status);
  expect(response.text.includes('/@vite/client')).toBe(status === 200);
});

it('serves the source with hot module replacement', async () => {
  const { text } = await get('/src/App.tsx', 'localhost');
  expect(text).toContain('import.meta.hot');
});

it('passes /api and /ws on to the backend', async () => {
  const { text } = await get('/api/info', 'tars.local');
  expect(JSON.parse(text)).toEqual({ url: '/api/info', host: 'tars.local' });
  expect(await upgrade(port, '/ws/chat')).toContain('echo me');
});
