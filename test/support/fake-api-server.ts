import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { ClusterClient } from '../../lib/ops/cluster-client/cluster-client';
import { connectCluster } from '../../lib/ops/cluster-client/connect';
import type { Surroundings } from '../../lib/ops/cluster-client/surroundings';

/** A request as a handler sees it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly request: IncomingMessage;
}

export type Answer = (seen: Seen, response: ServerResponse) => void;

/** Answers JSON. */
export const json =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };

/** Answers as the API server refuses. */
export const refusal = (
  code: number,
  reason: string,
  message: string,
  more: { readonly details?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Answer =>
  json(
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details: more.details },
    code,
    more.headers,
  );

/** Cuts the connection instead of an answer. */
export const cut: Answer = ({ request }) => {
  request.socket.destroy();
};

/** Never answers. */
export const silence: Answer = () => undefined;

/** A server that says what a test wants of an API server, faults included. Not a model of the real one. */
export class FakeApiServer {
  public readonly seen: Seen[] = [];
  /** Connections that are open now. */
  public readonly connections = new Set<Socket>();
  private readonly answers = new Map<string, Answer[]>();
  private readonly sockets = new Map<string, (socket: WebSocket, query: URLSearchParams) => void>();
  private readonly upgrades: WebSocketServer;
  private readonly directory = mkdtempSync(join(tmpdir(), 'tars-fake-api-'));

  private constructor(private readonly server: Server) {
    this.upgrades = new WebSocketServer({
      noServer: true,
      handleProtocols: (protocols) => [...protocols][0] ?? false,
    });
    server.on('connection', (socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    server.on('request', (request, response) => {
      this.onRequest(request, response);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const url = new URL(request.url ?? '/', 'http://server');
      const accept = this.sockets.get(url.pathname);
      if (accept === undefined) {
        this.refuseUpgrade(url.pathname, request, socket);
        return;
      }
      this.upgrades.handleUpgrade(request, socket, head, (one) => {
        accept(one, url.searchParams);
      });
    });
  }

  public static async start(): Promise<FakeApiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeApiServer(server);
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Answers to `METHOD /path`, one after the other; the last one stays. */
  public on(what: string, ...answers: readonly Answer[]): this {
    this.answers.set(what, [...answers]);
    return this;
  }

  /** Accepts WebSockets at a path. */
  public onSocket(path: string, accept: (socket: WebSocket, query: URLSearchParams) => void): this {
    this.sockets.set(path, accept);
    return this;
  }

  /** How often something was asked. */
  public count(what: string): number {
    return this.seen.filter(({ method, path }) => `${method} ${path}` === what).length;
  }

  /** A kubeconfig for it. */
  public kubeconfig(port = this.port): string {
    const file = join(this.directory, `kubeconfig-${port}`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'tester', namespace: 'tars' } }],
      clusters: [{ name: 'fake', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'tester', user: { token: 'not-a-secret' } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  /** A client of it, which waits for nothing between retries unless it is told to. */
  public client(surroundings: Surroundings = { now: () => 0, random: () => 0 }): Promise<ClusterClient> {
    return connectCluster({ kubeconfig: this.kubeconfig(), surroundings });
  }

  public async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://server');
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', headers } = request;
      const seen = { method, path: url.pathname, query: url.searchParams, headers, body, request };
      this.seen.push(seen);
      this.answerTo(`${method} ${url.pathname}`)(seen, response);
    });
  }

  private answerTo(what: string): Answer {
    const left = this.answers.get(what) ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    return answer ?? refusal(404, 'NotFound', `nothing is said about ${what}`);
  }

  private refuseUpgrade(path: string, request: IncomingMessage, socket: Socket): void {
    const url = new URL(request.url ?? '/', 'http://server');
    const { method = '', headers } = request;
    const seen = { method, path, query: url.searchParams, headers, body: '', request };
    this.seen.push(seen);
    // Else it never learns that the other side has gone.
    socket.resume().once('end', () => socket.end());
    const answer = this.answerTo(`GET ${path}`);
    const head: string[] = [];
    const response = {
      writeHead: (status: number) => head.push(`HTTP/1.1 ${status} Refused`),
      // The connection stays, as with the real one.
      end: (text: string) =>
        socket.write(
          `${head[0] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
        ),
    };
    answer(seen, response as unknown as ServerResponse);
  }
}

/** A server that is stopped after each test. */
export function useFakeApiServer(): () => FakeApiServer {
  let server: FakeApiServer | undefined;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(async () => {
    await server?.stop();
  });
  return () => {
    if (server === undefined) throw new Error('there is a server inside of tests only');
    return server;
  };
}
