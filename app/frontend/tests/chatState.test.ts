import { describe, expect, it } from 'vitest';
import {
  initialState,
  reduce,
  turnsShown,
  type ChatAction,
  type ChatState,
} from '../src/lib/chatState.ts';
import type { ChatEvent, Conversation } from '../src/lib/protocol.ts';

const asked = (id: string, question = `question ${id}`): ChatAction => ({
  type: 'asked',
  id,
  question,
});
const on = (event: ChatEvent): ChatAction => ({ type: 'event', event });
const start = (id: string, conversation_id = 'c1') =>
  on({ type: 'start', message_id: id, conversation_id, model: 'tiny' });
const token = (id: string, content: string) => on({ type: 'token', message_id: id, content });
const done = (id: string, content: string, conversation_id = 'c1') =>
  on({ type: 'done', message_id: id, conversation_id, content, model: 'tiny', replayed: false });

const after = (...actions: ChatAction[]): ChatState =>
  actions.reduce(reduce, initialState('local'));

const conversation = (id: string, ...turns: [string, string | null][]): Conversation => ({
  id,
  title: id,
  updated_at: '',
  messages: turns.flatMap(([question, answer]) => {
    const base = { message_id: question, model: 'tiny' };
    const asks = [{ ...base, role: 'user' as const, content: question }];
    return answer === null
      ? asks
      : [...asks, { ...base, role: 'assistant' as const, content: answer }];
  }),
});

describe('an answer', () => {
  it('grows token by token and ends as stored', () => {
    const actions = [asked('a'), start('a'), token('a', 'Hel'), token('a', 'lo')];
    expect(turnsShown(after(...actions))).toMatchObject([
      { answer: 'Hello', state: 'streaming', model: 'tiny' },
    ]);
    expect(turnsShown(after(...actions, done('a', 'Hello!')))).toMatchObject([
      { answer: 'Hello!', state: 'done' },
    ]);
  });

  it('begins anew after a resend', () => {
    const state = after(asked('a'), start('a'), token('a', 'Hel'), start('a'), token('a', 'Hello'));
    expect(turnsShown(state)).toMatchObject([{ answer: 'Hello' }]);
  });

  it('can fail, and be asked for again', () => {
    const error = { code: 'NoModel', message: 'none' };
    const failed = [asked('a'), on({ type: 'error', message_id: 'a', error })];
    expect(turnsShown(after(...failed))).toMatchObject([{ state: 'failed', error }]);
    const again = turnsShown(after(...failed, { type: 'askedAgain', id: 'a' }));
    expect(again).toMatchObject([{ state: 'waiting', question: 'question a' }]);
    expect(again[0]).not.toHaveProperty('error');
  });

  it('ignores events about nothing we know', () => {
    const state = after(asked('a'));
    const error = { code: 'InvalidRequest', message: 'x' };
    expect(reduce(state, on({ type: 'error', message_id: null, error }))).toEqual(state);
    expect(reduce(state, token('zzz', 'x'))).toEqual(state);
    expect(reduce(state, start('zzz'))).toEqual(state);
  });
});

describe('threads', () => {
  it('a new one gets its name with the first answer', () => {
    expect(after(asked('a'))).toMatchObject({ thread: 'local', saved: false });
    expect(after(asked('a'), start('a', 'c9'))).toMatchObject({ thread: 'c9', saved: true });
  });

  it('an answer under way goes on while another thread is shown', () => {
    const state = after(
      asked('a'),
      start('a', 'c1'),
      { type: 'newThread', thread: 'fresh' },
      token('a', 'still here'),
    );
    expect(turnsShown(state)).toEqual([]);
    expect(state).toMatchObject({ thread: 'fresh', saved: false });
    const back = reduce(state, { type: 'opened', conversation: conversation('c1', ['a', null]) });
    expect(turnsShown(back)).toMatchObject([{ answer: 'still here', state: 'streaming' }]);
  });

  it('the first answer of a thread that was left does not bring it back', () => {
    const state = after(
      asked('a'),
      { type: 'newThread', thread: 'fresh' },
      start('a', 'c1'),
      done('a', 'x', 'c1'),
    );
    expect(state).toMatchObject({ thread: 'fresh', saved: false });
  });

  it('opening shows what is stored', () => {
    const stored = conversation('c2', ['a', 'answer a'], ['b', null]);
    const state = after(asked('x'), start('x'), done('x', 'y'), {
      type: 'opened',
      conversation: stored,
    });
    expect(state).toMatchObject({ thread: 'c2', saved: true });
    expect(turnsShown(state)).toMatchObject([
      { id: 'a', answer: 'answer a', state: 'done' },
      { id: 'b', answer: '', state: 'unanswered' },
    ]);
  });
});
