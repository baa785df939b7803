import { act, cleanup, configure, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../src/App.tsx';
import { FakeSocket } from './fakeSocket.ts';

const summary = { id: 'c1', title: 'An earlier question', updated_at: '' };
const stored = {
  ...summary,
  messages: [
    { role: 'user', message_id: 'm1', content: 'An earlier question', model: null },
    { role: 'assistant', message_id: 'm1', content: 'An earlier answer', model: 'tiny' },
  ],
};

configure({ asyncUtilTimeout: 60_000 });

/** What the API answers, by method and path. */
let api: Record<string, () => Response>;

beforeEach(() => {
  FakeSocket.reset();
  api = {
    'GET /api/conversations': () => Response.json({ conversations: [summary] }),
    'GET /api/conversations/c1': () => Response.json(stored),
    'DELETE /api/conversations/c1': () => new Response(null, { status: 204 }),
  };
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const make = api[`${init?.method ?? 'GET'} ${path}`];
    if (!make) throw new TypeError('network');
    return make();
  });
  Element.prototype.scrollIntoView = () => {};
  window.history.replaceState(null, '', '/');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  render(<App />);
  act(() => FakeSocket.last.accept());
  await screen.findByRole('button', { name: 'An earlier question' });
}

const receive = (value: unknown) => act(() => FakeSocket.last.receive(value));
const status = () => screen.getByRole('status').textContent;

async function ask(text: string): Promise<string> {
  await userEvent.type(screen.getByLabelText('Message'), `${text}{Enter}`);
  const id = FakeSocket.last.sent.at(-1)?.message_id;
  if (!id) throw new Error('nothing was sent');
  return id;
}

describe('a message', () => {
  it('is sent with Enter and its answer appears as it comes', async () => {
    await open();
    const id = await ask('Hello TARS');
    expect(FakeSocket.last.sent).toEqual([{ message: 'Hello TARS', message_id: id }]);
    expect(screen.getByText('Waiting for an answer…')).toBeTruthy();
    receive({ type: 'start', message_id: id, conversation_id: 'c2', model: 'tiny' });
    receive({ type: 'token', message_id: id, content: 'Hello' });
    receive({ type: 'token', message_id: id, content: ' human' });
    expect(screen.getByText('Hello human')).toBeTruthy();
    expect(screen.getByText('TARS · tiny')).toBeTruthy();
    expect(screen.getByRole('article').getAttribute('aria-busy')).toBe('true');
    receive({
      type: 'done',
      message_id: id,
      conversation_id: 'c2',
      content: 'Hello human.',
      model: 'tiny',
      replayed: false,
    });
    expect(screen.getByText('Hello human.')).toBeTruthy();
    expect(screen.getByRole('article').getAttribute('aria-busy')).toBe('false');
    expect(window.location.hash).toBe('#c2');

    await ask('And now?');
    expect(FakeSocket.last.sent.at(-1)).toMatchObject({ conversation_id: 'c2' });
  });

  it('is one at a time, and never empty', async () => {
    await open();
    const send = screen.getByRole('button', { name: 'Send' }) as HTMLButtonElement;
    expect(send.disabled).toBe(true);
    await userEvent.type(screen.getByLabelText('Message'), '   {Enter}');
    expect(FakeSocket.last.sent).toEqual([]);
    await ask('One');
    await userEvent.type(screen.getByLabelText('Message'), 'Two{Enter}');
    expect(FakeSocket.last.sent).toHaveLength(1);
    expect((screen.getByLabelText('Message') as HTMLTextAreaElement).value).toBe('Two');
  });

  it('keeps its lines with Shift and Enter, and is shown as text, never as HTML', async () => {
    await open();
    await userEvent.type(
      screen.getByLabelText('Message'),
      '<b>one</b>{Shift>}{Enter}{/Shift}two{Enter}',
    );
    expect(FakeSocket.last.sent.at(-1)?.message).toBe('<b>one</b>\ntwo');
    expect(document.querySelector('.question b')).toBeNull();
  });

  it('without a model is refused clearly, and can be asked again', async () => {
    await open();
    const id = await ask('Anybody?');
    receive({
      type: 'error',
      message_id: id,
      error: { code: 'NoModel', message: 'Ollama has no model yet', status: 503 },
    });
    expect(screen.getByRole('alert').textContent).toContain(
      'There is no language model to answer with: Ollama has no model yet.',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
    expect(FakeSocket.last.sent.map((m) => m.message_id)).toEqual([id, id]);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('the connection', () => {
  it('is shown, and comes back by itself with the unanswered message', async () => {
    await open();
    expect(status()).toBe('Connected');
    const id = await ask('Are you there?');
    receive({ type: 'start', message_id: id, conversation_id: 'c2', model: 'tiny' });
    receive({ type: 'token', message_id: id, content: 'half an ans' });
    const old = FakeSocket.last;
    act(() => old.end(1001));
    expect(status()).toBe('Connecting…');
    await waitFor(() => expect(FakeSocket.last).not.toBe(old));
    act(() => FakeSocket.last.accept());
    expect(status()).toBe('Connected');
    expect(FakeSocket.last.sent).toEqual([{ message: 'Are you there?', message_id: id }]);
    receive({ type: 'start', message_id: id, conversation_id: 'c2', model: 'tiny' });
    expect(screen.queryByText('half an ans')).toBeNull();
    receive({ type: 'token', message_id: id, content: 'Yes' });
    expect(screen.getByText('Yes')).toBeTruthy();
  });

  it('says when it is lost', async () => {
    await open();
    act(() => FakeSocket.last.end(1006));
    expect(status()).toBe('Connection lost, trying again…');
  });
});

describe('the history', () => {
  it('opens a conversation and goes on with it', async () => {
    await open();
    await userEvent.click(screen.getByRole('button', { name: 'An earlier question' }));
    await screen.findByText('An earlier answer');
    expect(window.location.hash).toBe('#c1');
    await ask('Go on');
    expect(FakeSocket.last.sent.at(-1)).toMatchObject({ conversation_id: 'c1' });
    await userEvent.click(screen.getByRole('button', { name: 'New conversation' }));
    expect(screen.getByText('What can I do for you?')).toBeTruthy();
    expect(window.location.hash).toBe('');
  });

  it('opens the conversation that the address names', async () => {
    window.history.replaceState(null, '', '/#c1');
    await open();
    await screen.findByText('An earlier answer');
    expect(window.location.hash).toBe('#c1');
  });

  it('removes a conversation', async () => {
    await open();
    await userEvent.click(screen.getByRole('button', { name: 'An earlier question' }));
    await screen.findByText('An earlier answer');
    api['GET /api/conversations'] = () => Response.json({ conversations: [] });
    await userEvent.click(screen.getByRole('button', { name: 'Delete “An earlier question”' }));
    await screen.findByText('No conversations yet.');
    expect(screen.queryByText('An earlier answer')).toBeNull();
  });

  it.each([
    ['the server cannot be reached', undefined, 'The server cannot be reached.'],
    [
      'the server explains',
      () => Response.json({ error: { code: 'X', message: 'no database' } }, { status: 503 }),
      'no database',
    ],
    [
      'a proxy answers in its stead',
      () => new Response('<html>', { status: 502 }),
      'The server answered 502.',
    ],
  ])('says why it cannot be shown: %s', async (_name, response, text) => {
    delete api['GET /api/conversations'];
    if (response) api['GET /api/conversations'] = response;
    render(<App />);
    expect((await screen.findByRole('alert')).textContent).toContain(text);
  });
});
