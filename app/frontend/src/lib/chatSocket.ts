/**
 * A WebSocket that comes back. Messages without an answer are sent again after each reconnect,
 * under the same `message_id`, by which the server knows them.
 */

import { parseEvent, type ChatEvent, type OutgoingMessage } from './protocol.ts';

export type ConnectionState = 'connecting' | 'open' | 'waiting';

/** The server is stopping (1001) or restarting (1012): another one is there, so no need to wait. */
const COME_AGAIN = new Set([1001, 1012]);
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
const HEARTBEAT_MS = 25_000;
const SILENCE_MS = 10_000;

export interface ChatSocketOptions {
  readonly url: string;
  readonly onEvent: (event: ChatEvent) => void;
  readonly onState: (state: ConnectionState) => void;
  /** @default a browser's WebSocket */
  readonly create?: (url: string) => WebSocket;
  /** A number from 0 to 1, so that not all clients come back at once. @default Math.random */
  readonly random?: () => number;
}

export class ChatSocket {
  readonly #options: ChatSocketOptions;
  /** Unanswered, in the order in which they were sent. */
  readonly #pending = new Map<string, OutgoingMessage>();
  #socket: WebSocket | undefined;
  #running = false;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ChatSocketOptions) {
    this.#options = options;
  }

  get pendingIds(): readonly string[] {
    return [...this.#pending.keys()];
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#retry);
    this.#drop()?.close(1000);
  }

  /** Sends now, or as soon as there is a connection. */
  send(message: OutgoingMessage): void {
    this.#pending.set(message.message_id, message);
    if (this.#isOpen) this.#write(message);
  }

  /** Cuts a wait short, for instance because the network is back. */
  reconnectNow(): void {
    if (!this.#running || this.#socket) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  get #isOpen(): boolean {
    return this.#socket?.readyState === 1;
  }

  #write(value: unknown): void {
    this.#socket?.send(JSON.stringify(value));
  }

  #connect(): void {
    this.#options.onState('connecting');
    const create = this.#options.create ?? ((url: string) => new WebSocket(url));
    const socket = create(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempts = 0;
      this.#options.onState('open');
      for (const message of this.#pending.values()) this.#write(message);
      this.#listen();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.#listen();
      const event = parseEvent(data);
      if (event) this.#take(event);
    };
    // An error is always followed by a close.
    socket.onclose = ({ code }: CloseEvent) => this.#closed(code);
  }

  #take(event: ChatEvent): void {
    if ((event.type === 'done' || event.type === 'error') && event.message_id) {
      this.#pending.delete(event.message_id);
    }
    if (event.type !== 'pong') this.#options.onEvent(event);
  }

  /** A connection can die without a word; so we ask after a silence, and leave if it lasts. */
  #listen(): void {
    clearTimeout(this.#heartbeat);
    this.#heartbeat = setTimeout(() => {
      this.#write({ type: 'ping' });
      this.#heartbeat = setTimeout(() => {
        this.#drop()?.close();
        this.#closed(1006);
      }, SILENCE_MS);
    }, HEARTBEAT_MS);
  }

  /** Forgets the current connection, whose later events mean nothing any more. */
  #drop(): WebSocket | undefined {
    clearTimeout(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  #closed(code: number): void {
    this.#drop();
    if (!this.#running) return;
    const delay = COME_AGAIN.has(code) && this.#attempts === 0 ? 0 : this.#delay();
    this.#attempts += 1;
    this.#options.onState(delay === 0 ? 'connecting' : 'waiting');
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #delay(): number {
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    return longest * (0.5 + 0.5 * (this.#options.random ?? Math.random)());
  }
}

/** The chat's address beside the page's own. */
export function chatUrl(location: Pick<Location, 'protocol' | 'host'>): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws/chat`;
}
