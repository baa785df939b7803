import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatSocket, chatUrl, type ConnectionState } from '../src/lib/chatSocket.ts';
import type { ChatEvent } from '../src/lib/protocol.ts';
import { FakeSocket } from './fakeSocket.ts';

let events: ChatEvent[];
let states: ConnectionState[];
let socket: ChatSocket;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.reset();
  events = [];
  states = [];
  socket = new ChatSocket({
    url: 'ws://test/ws/chat',
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    create: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 1,
  });
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

function connected(): FakeSocket {
  socket.start();
  FakeSocket.last.accept();
  return FakeSocket.last;
}

const done = (id: string) => ({
  type: 'done',
  message_id: id,
  conversation_id: 'c',
  content: 'x',
  model: 'm',
  replayed: false,
});

describe('sending', () => {
  it('sends at once when connected', () => {
    const server = connected();
    socket.send({ message: 'hello', message_id: 'a' });
    expect(server.sent).toEqual([{ message: 'hello', message_id: 'a' }]);
  });

  it('keeps messages until there is a connection, in order', () => {
    socket.start();
    socket.send({ message: 'one', message_id: 'a' });
    socket.send({ message: 'two', message_id: 'b' });
    expect(FakeSocket.last.sent).toEqual([]);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent.map((m) => m.message_id)).toEqual(['a', 'b']);
  });

  it('hands events on and ignores what it does not know', () => {
    const server = connected();
    server.receive({ type: 'token', message_id: 'a', content: 'x' });
    server.receive({ type: 'telepathy' });
    server.receive(null);
    server.onmessage?.({ data: 'no json' } as MessageEvent);
    expect(events).toEqual([{ type: 'token', message_id: 'a', content: 'x' }]);
  });
});

describe('reconnecting', () => {
  it.each([1001, 1012])('comes back at once after %i', (code) => {
    connected().end(code);
    vi.advanceTimersByTime(0);
    expect(FakeSocket.made).toHaveLength(2);
    expect(states).not.toContain('waiting');
  });

  it('waits a little after any other end, and says so', () => {
    connected().end(1006);
    expect(states.at(-1)).toBe('waiting');
    vi.advanceTimersByTime(249);
    expect(FakeSocket.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('waits ever longer, up to ten seconds', () => {
    connected().end(1006);
    const waits: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const before = Date.now();
      vi.advanceTimersToNextTimer();
      waits.push(Date.now() - before);
      FakeSocket.last.end(1006);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  it('does not hammer a server that refuses right after a 1001', () => {
    connected().end(1001);
    vi.advanceTimersByTime(0);
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(100);
    expect(FakeSocket.made).toHaveLength(2);
    vi.advanceTimersByTime(400);
    expect(FakeSocket.made).toHaveLength(3);
  });

  it('begins with short waits again after a connection', () => {
    connected().end(1006);
    vi.advanceTimersByTime(250);
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(250);
    expect(FakeSocket.made).toHaveLength(4);
  });

  it('does not wait any longer when the network is back', () => {
    connected().end(1006);
    socket.reconnectNow();
    expect(FakeSocket.made).toHaveLength(2);
    vi.advanceTimersByTime(5000);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('stays away once stopped', () => {
    const server = connected();
    socket.stop();
    expect(server.closedBy).toBe(1000);
    vi.advanceTimersByTime(60_000);
    socket.reconnectNow();
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('can be started again', () => {
    connected();
    socket.stop();
    socket.start();
    expect(FakeSocket.made).toHaveLength(2);
  });
});

describe('resending', () => {
  it('sends unanswered messages again, under the same id', () => {
    const server = connected();
    socket.send({ message: 'one', message_id: 'a' });
    socket.send({ message: 'two', message_id: 'b', conversation_id: 'c' });
    server.receive(done('a'));
    server.receive({ type: 'start', message_id: 'b', conversation_id: 'c', model: 'm' });
    server.end(1001);
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([
      { message: 'two', message_id: 'b', conversation_id: 'c' },
    ]);
  });

  it('keeps a message over several failed attempts', () => {
    socket.start();
    socket.send({ message: 'one', message_id: 'a' });
    for (let n = 0; n < 5; n += 1) {
      FakeSocket.last.end(1006);
      vi.advanceTimersToNextTimer();
    }
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ message: 'one', message_id: 'a' }]);
  });

  it('does not send again what was refused', () => {
    const server = connected();
    socket.send({ message: 'one', message_id: 'a' });
    server.receive({ type: 'error', message_id: 'a', error: { code: 'NoModel', message: 'x' } });
    server.end(1001);
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([]);
    expect(socket.pendingIds).toEqual([]);
  });
});

describe('heartbeat', () => {
  it('asks after a silence and stays if there is an answer', () => {
    const server = connected();
    vi.advanceTimersByTime(25_000);
    expect(server.sent).toEqual([{ type: 'ping' }]);
    server.receive({ type: 'pong' });
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(events).toEqual([]);
  });

  it('leaves a connection that has died without a word', () => {
    const server = connected();
    vi.advanceTimersByTime(35_000);
    expect(server.closedBy).toBeDefined();
    vi.advanceTimersByTime(250);
    expect(FakeSocket.made).toHaveLength(2);
  });
});

it.each([
  ['https:', 'tars.local', 'wss://tars.local/ws/chat'],
  ['http:', 'localhost:3000', 'ws://localhost:3000/ws/chat'],
])('finds the chat beside the page: %s %s', (protocol, host, url) => {
  expect(chatUrl({ protocol, host })).toBe(url);
});
