import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineOptions } from '../../lib/ops/engine-client/engine-client';
import { EngineClient } from '../../lib/ops/engine-client/engine-client';

/** A request as a handler sees it; its path is without the version. */
export interface EngineRequest {
  readonly method: string;
  readonly version: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly request: IncomingMessage;
}

export type EngineAnswer = (seen: EngineRequest, response: ServerResponse) => void;

/** Answers JSON. */
export const answer =
  (value: unknown, status = 200): EngineAnswer =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };

/** Answers as the engine refuses. */
export const refuse = (status: number, message: string): EngineAnswer => answer({ message }, status);

/** One frame of output. */
export function frame(stream: 'stdout' | 'stderr' | 'system', text: string | Buffer): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8({ stdout: 1, stderr: 2, system: 3 }[stream], 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

/** A server that says what a test wants of an engine, faults included. Not a model of the real one. */
export class FakeEngine {
  public readonly seen: EngineRequest[] = [];
  /** Connections that are open now. */
  public readonly connections = new Set<Socket>();
  private readonly answers = new Map<string, EngineAnswer[]>();
  private readonly sessions = new Map<string, (socket: Socket) => void>();
  private readonly directory = mkdtempSync(join(tmpdir(), 'tars-engine-'));
  private readonly clients: EngineClient[] = [];

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.connections.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.connections.delete(socket));
    });
    server.on('request', (request, response) => {
      this.onRequest(request, response);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      const seen = this.note(request, '');
      const session = this.sessions.get(seen.path);
      if (session === undefined) {
        socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 24\r\n\r\n{"message":"No such one"}'.slice(0, -1));
        return;
      }
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
      session(socket);
      // One that nobody reads would not see its end.
      if (socket.listenerCount('data') === 0) socket.resume();
    });
    this.on('GET /_ping', (_, response) => {
      response.writeHead(200, { 'Api-Version': '1.52' });
      response.end('OK');
    });
  }

  public static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine(createServer());
    await new Promise<void>((resolve) => engine.server.listen(engine.socket, resolve));
    return engine;
  }

  public get socket(): string {
    return join(this.directory, 'engine.sock');
  }

  /** As DOCKER_HOST has it. */
  public get host(): string {
    return `unix://${this.socket}`;
  }

  /** Answers to `METHOD /path`, one after the other; the last one stays. */
  public on(what: string, ...answers: readonly EngineAnswer[]): this {
    this.answers.set(what, [...answers]);
    return this;
  }

  /** A command in a container that ends with such a state. */
  public onExec(container: string, session: (socket: Socket) => void, state: () => object): this {
    this.on(`POST /containers/${container}/exec`, answer({ Id: 'e1' }, 201));
    this.on('GET /exec/e1/json', (seen, response) => {
      answer(state())(seen, response);
    });
    this.sessions.set('/exec/e1/start', session);
    return this;
  }

  /** Containers of a project, listed and inspected. */
  public has(...containers: readonly { readonly Id: string; readonly Config: { readonly Labels: object } }[]): this {
    this.on(
      'GET /containers/json',
      answer(containers.map(({ Id, Config }) => ({ Id, Names: [], Labels: Config.Labels }))),
    );
    for (const one of containers) {
      this.on(`GET /containers/${one.Id}/json`, answer(one));
      const name = (one as { readonly Name?: string }).Name?.slice(1);
      if (name !== undefined) this.on(`GET /containers/${name}/json`, answer(one));
    }
    return this;
  }

  /** Connections that are still open a while after the last was closed; 0 as soon as none is. */
  public async openConnections(): Promise<number> {
    for (let tries = 0; this.connections.size > 0 && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.connections.size;
  }

  /** How often something was asked. */
  public count(what: string): number {
    return this.seen.filter(({ method, path }) => `${method} ${path}` === what).length;
  }

  /** A client that does not wait between retries. */
  public client(options: EngineOptions = {}): EngineClient {
    const surroundings = { now: () => Date.now(), random: () => 0 };
    const client = new EngineClient({ host: this.host, surroundings, ...options });
    this.clients.push(client);
    return client;
  }

  public async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = this.note(request, Buffer.concat(chunks).toString('utf8'));
      const queue = this.answers.get(`${seen.method} ${seen.path}`) ?? [];
      const next = queue.length > 1 ? queue.shift() : queue[0];
      (next ?? refuse(404, `no such thing: ${seen.path}`))(seen, response);
    });
  }

  private note(request: IncomingMessage, body: string): EngineRequest {
    const url = new URL(request.url ?? '/', 'http://engine');
    const [, version = '', path = ''] = /^(?:\/v([\d.]+))?(\/.*)$/.exec(url.pathname) ?? [];
    const seen = { method: request.method ?? '', version, path, query: url.searchParams, body, request };
    this.seen.push(seen);
    return seen;
  }
}

/** An engine that is there during each test. */
export function useFakeEngine(): () => FakeEngine {
  let engine: FakeEngine | undefined;
  beforeEach(async () => {
    engine = await FakeEngine.start();
  });
  afterEach(() => engine?.stop());
  return () => {
    if (engine === undefined) throw new Error('there is an engine inside of tests only');
    return engine;
  };
}

/** What differs from a container that runs and is well. */
export interface ContainerFacts {
  readonly state?: object;
  readonly host?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly restarts?: number;
  readonly tty?: boolean;
  readonly number?: number;
}

/** What the engine says of a container of project `shop`. */
export function aContainer(service: string, facts: ContainerFacts = {}) {
  const { number = 1 } = facts;
  return {
    Id: `id-${service}-${number}`,
    Name: `/shop-${service}-${number}`,
    Created: '2025-11-25T11:00:00Z',
    RestartCount: facts.restarts ?? 0,
    State: {
      ...{ Status: 'running', Running: true, Paused: false, Restarting: false, OOMKilled: false },
      ...{ ExitCode: 0, Error: '', StartedAt: '2025-11-25T11:00:01Z', FinishedAt: '0001-01-01T00:00:00Z' },
      ...facts.state,
    },
    Config: {
      ...{ Image: `${service}:1.0.0`, User: '1000:1000', Tty: facts.tty ?? false },
      Labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.service': service,
        'com.docker.compose.container-number': String(number),
        'com.docker.compose.oneoff': 'False',
        'com.docker.compose.config-hash': 'now',
        ...facts.labels,
      },
    },
    HostConfig: {
      RestartPolicy: { Name: 'unless-stopped' },
      ...{ Memory: 512 << 20, MemoryReservation: 128 << 20, NanoCpus: 0, CpuShares: 512 },
      ...facts.host,
    },
    NetworkSettings: { Networks: { shop: { IPAddress: '172.20.0.5' } } },
  };
}
