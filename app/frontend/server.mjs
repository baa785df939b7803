/**
 * The production server: the built page on port 3000, /api and /ws passed on to the backend.
 *
 * Behind an ingress /api and /ws do not come here; passing them on makes the page work by itself
 * as well, on a forwarded port for instance. Needs the production dependencies only, and writes
 * nothing. An argument names another folder than `dist`.
 */

import { createServer, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createProxyServer } from 'httpxy';
import sirv from 'sirv';

const port = Number(process.env.PORT || 3000);
const host = process.env.HOST || '0.0.0.0';
const target = process.env.API_PROXY_TARGET || 'http://localhost:8000';
const graceMs = Number(process.env.SHUTDOWN_GRACE_SECONDS || 25) * 1000;

// A language model may think for long before its first word, and the backend waits for it.
const ANSWER_MS = 900_000;
// Above the idle limits of the proxies in front (60 s in nginx, 90 s in Traefik): the one that
// closes an idle connection must not be the one that is asked.
const KEEP_ALIVE_MS = 120_000;
// How long connections are still taken after SIGTERM: a client that keeps one open learns from its
// next answer to open another, elsewhere.
const LINGER_MS = Math.min(1000, graceMs / 4);

/** An answer to a connection that wanted to become a WebSocket. @param {string} status */
const bare = (status) => `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;

/** @param {string} kind @param {string} message @param {Record<string, unknown>} [fields] */
function log(kind, message, fields = {}) {
  const line = { time: new Date().toISOString(), kind, message, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** @param {string} problem @returns {never} */
function refuse(problem) {
  log('error', problem);
  process.exit(2);
}

if (!Number.isInteger(port) || port < 0 || port > 65535) {
  refuse(`PORT: ${process.env.PORT} is not allowed; expected a number from 0 to 65535`);
}
if (!/^https?:\/\//.test(target) || !URL.canParse(target)) {
  refuse('API_PROXY_TARGET: expected a URL like http://backend:8000');
}
if (!(graceMs >= 0)) refuse('SHUTDOWN_GRACE_SECONDS: expected a number of seconds');

const folder = process.argv[2] ?? fileURLToPath(new URL('dist', import.meta.url));
const pages = sirv(folder, {
  single: true,
  etag: true,
  setHeaders(response, pathname) {
    // Built files carry a hash in their names; the page that names them must always be asked for.
    const forever = pathname.startsWith('/assets/');
    response.setHeader(
      'Cache-Control',
      forever ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
    );
  },
});

// The Host header stays as it is: the backend compares it with the page's origin.
const proxy = createProxyServer({ target, xfwd: true, proxyTimeout: ANSWER_MS });

let stopping = false;

// Told at once, so that there is still time for an answer; the promises come too late for that.
proxy.on('error', (error, request, peer) => {
  log('error', 'the backend cannot be reached', { path: request?.url, error: String(error) });
  if (!(peer instanceof ServerResponse)) {
    // Nothing was sent yet to a socket that did not become a WebSocket.
    if (peer?.writable && peer.bytesWritten === 0) peer.write(bare('502 Bad Gateway'));
  } else if (peer.headersSent) {
    peer.destroy();
  } else {
    answer(peer, 502, 'BackendUnreachable', 'the backend cannot be reached');
  }
});

/** @param {import('node:http').ServerResponse} response @param {number} status @param {string} code @param {string} message */
function answer(response, status, code, message) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ error: { code, message } }));
}

/** @param {string} path @param {string} root */
const isUnder = (path, root) => path === root || path.startsWith(`${root}/`);

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (stopping) response.setHeader('Connection', 'close');
  // An answer that began before the end has left its connection open.
  response.on('close', () => stopping && setImmediate(() => server.closeIdleConnections()));
  if (path === '/healthz') {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
    response.end('ok\n');
  } else if (isUnder(path, '/api') || isUnder(path, '/ws')) {
    void proxy.web(request, response);
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    answer(response, 405, 'MethodNotAllowed', 'only GET and HEAD are answered here');
  } else {
    // Any path is the page's, but not one that looks like a file: a missing script is missing.
    pages(request, response, () => answer(response, 404, 'NotFound', 'there is no such file'));
  }
});

/** Connections that became WebSockets, which the HTTP server no longer knows. */
const upgraded = new Set();

server.on('upgrade', (request, duplex, head) => {
  const socket = /** @type {import('node:net').Socket} */ (duplex);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (!isUnder(path, '/ws') || stopping) {
    socket.end(bare(stopping ? '503 Service Unavailable' : '404 Not Found'));
    return;
  }
  upgraded.add(socket);
  socket.on('close', () => upgraded.delete(socket));
  socket.on('error', () => socket.destroy());
  void proxy.ws(request, socket, { target }, head);
});

/** @param {string} signal */
function stop(signal) {
  if (stopping) return;
  stopping = true;
  log('audit', 'service stopping', { signal });
  setTimeout(() => {
    server.close(() => {
      log('audit', 'service stopped');
      process.exit(0);
    });
    // Mid-answer too: the page connects again and has its message answered by whoever is there.
    for (const socket of upgraded) socket.destroy();
  }, LINGER_MS);
  setTimeout(() => process.exit(0), graceMs).unref();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);

server.on('error', (error) => refuse(`cannot listen on ${host} port ${port}: ${error.message}`));
server.listen(port, host, () => {
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  log('audit', 'service started', { host, port: actual, target: new URL(target).origin });
});
