/** The page's state: a pure function of what happened. */

import type { ChatEvent, Conversation, ErrorBody } from './protocol.ts';

/** A question and its answer, which share a `message_id`. */
export interface Turn {
  readonly id: string;
  /** The conversation, or a name of our own until the server has made one. */
  readonly thread: string;
  readonly question: string;
  readonly answer: string;
  readonly model: string | null;
  readonly state: 'waiting' | 'streaming' | 'done' | 'failed' | 'unanswered';
  readonly error?: ErrorBody;
}

export interface ChatState {
  /** What is shown. */
  readonly thread: string;
  /** Whether the server knows `thread`. */
  readonly saved: boolean;
  readonly turns: readonly Turn[];
}

export type ChatAction =
  | { readonly type: 'asked'; readonly id: string; readonly question: string }
  | { readonly type: 'askedAgain'; readonly id: string }
  | { readonly type: 'event'; readonly event: ChatEvent }
  | { readonly type: 'newThread'; readonly thread: string }
  | { readonly type: 'opened'; readonly conversation: Conversation };

export function initialState(thread: string): ChatState {
  return { thread, saved: false, turns: [] };
}

export const isUnderWay = (turn: Turn): boolean =>
  turn.state === 'waiting' || turn.state === 'streaming';

export const turnsShown = (state: ChatState): readonly Turn[] =>
  state.turns.filter((turn) => turn.thread === state.thread);

export function reduce(state: ChatState, action: ChatAction): ChatState {
  switch (action.type) {
    case 'asked': {
      const { id, question } = action;
      const turn = { id, thread: state.thread, question, ...unanswered('waiting') };
      return { ...state, turns: [...state.turns, turn] };
    }
    case 'askedAgain':
      return change(state, action.id, ({ id, thread, question }) => ({
        id,
        thread,
        question,
        ...unanswered('waiting'),
      }));
    case 'event':
      return onEvent(state, action.event);
    case 'newThread':
      return { thread: action.thread, saved: false, turns: state.turns.filter(isUnderWay) };
    case 'opened':
      return open(state, action.conversation);
  }
}

function unanswered(state: Turn['state']): Pick<Turn, 'answer' | 'model' | 'state'> {
  return { answer: '', model: null, state };
}

function change(state: ChatState, id: string, update: (turn: Turn) => Turn): ChatState {
  return { ...state, turns: state.turns.map((turn) => (turn.id === id ? update(turn) : turn)) };
}

function onEvent(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case 'start': {
      // After a resend the answer begins anew, so what was shown of it goes.
      const { message_id, conversation_id, model } = event;
      const named = rename(state, message_id, conversation_id);
      return change(named, message_id, (turn) => ({
        ...turn,
        answer: '',
        model,
        state: 'streaming',
      }));
    }
    case 'token':
      return change(state, event.message_id, (turn) => ({
        ...turn,
        answer: turn.answer + event.content,
      }));
    case 'done': {
      const { message_id, conversation_id, content, model } = event;
      const named = rename(state, message_id, conversation_id);
      return change(named, message_id, (turn) => ({
        ...turn,
        answer: content,
        model,
        state: 'done',
      }));
    }
    case 'error':
      if (event.message_id === null) return state;
      return change(state, event.message_id, (turn) => ({
        ...turn,
        state: 'failed',
        error: event.error,
      }));
    case 'pong':
      return state;
  }
}

/** A thread gets its real name once the server has made a conversation of it. */
function rename(state: ChatState, messageId: string, conversation: string): ChatState {
  const old = state.turns.find((turn) => turn.id === messageId)?.thread;
  if (old === undefined || (old === conversation && state.saved)) return state;
  const shown = state.thread === old;
  return {
    thread: shown ? conversation : state.thread,
    saved: shown || state.saved,
    turns: state.turns.map((turn) =>
      turn.thread === old ? { ...turn, thread: conversation } : turn,
    ),
  };
}

function open(state: ChatState, conversation: Conversation): ChatState {
  const underWay = new Map(state.turns.filter(isUnderWay).map((turn) => [turn.id, turn]));
  const answers = new Map(
    conversation.messages.filter((m) => m.role === 'assistant').map((m) => [m.message_id, m]),
  );
  const loaded = conversation.messages
    .filter((message) => message.role === 'user')
    .map((message): Turn => {
      const base = { id: message.message_id, thread: conversation.id, question: message.content };
      const answer = answers.get(message.message_id);
      if (answer) return { ...base, answer: answer.content, model: answer.model, state: 'done' };
      return underWay.get(message.message_id) ?? { ...base, ...unanswered('unanswered') };
    });
  const known = new Set(loaded.map((turn) => turn.id));
  const others = [...underWay.values()].filter((turn) => !known.has(turn.id));
  return { thread: conversation.id, saved: true, turns: [...loaded, ...others] };
}
