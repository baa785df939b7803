/** The chat as a React hook: the socket, the state, and what a user can do. */

import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { getConversation } from './api.ts';
import { ChatSocket, chatUrl, type ConnectionState } from './chatSocket.ts';
import { initialState, reduce, turnsShown, type Turn } from './chatState.ts';
import { newId } from './ids.ts';

export interface Chat {
  readonly connection: ConnectionState;
  readonly turns: readonly Turn[];
  /** The conversation that is shown, if the server knows it. */
  readonly conversationId: string | undefined;
  readonly ask: (question: string) => void;
  readonly askAgain: (turn: Turn) => void;
  readonly startNew: () => void;
  /** Rejects with a RequestError. */
  readonly open: (id: string) => Promise<void>;
}

/** @param onChange called when the history has changed */
export function useChat(onChange: () => void): Chat {
  const [state, dispatch] = useReducer(reduce, undefined, () => initialState(newId()));
  const [connection, setConnection] = useState<ConnectionState>('connecting');
  const changed = useRef(onChange);
  changed.current = onChange;
  // Which of several conversations that were clicked in a row is the last.
  const wanted = useRef<string | undefined>(undefined);

  const socket = useMemo(
    () =>
      new ChatSocket({
        url: chatUrl(window.location),
        onState: setConnection,
        onEvent: (event) => {
          dispatch({ type: 'event', event });
          if (event.type === 'start' || event.type === 'done') changed.current();
        },
      }),
    [],
  );

  useEffect(() => {
    const wake = () => socket.reconnectNow();
    socket.start();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      socket.stop();
    };
  }, [socket]);

  const conversationId = state.saved ? state.thread : undefined;

  const send = useCallback(
    (id: string, question: string) => {
      const target = conversationId === undefined ? {} : { conversation_id: conversationId };
      socket.send({ message: question, message_id: id, ...target });
    },
    [socket, conversationId],
  );

  const ask = useCallback(
    (question: string) => {
      const id = newId();
      dispatch({ type: 'asked', id, question });
      send(id, question);
    },
    [send],
  );

  const askAgain = useCallback(
    (turn: Turn) => {
      dispatch({ type: 'askedAgain', id: turn.id });
      send(turn.id, turn.question);
    },
    [send],
  );

  const startNew = useCallback(() => {
    wanted.current = undefined;
    dispatch({ type: 'newThread', thread: newId() });
  }, []);

  const open = useCallback(async (id: string) => {
    wanted.current = id;
    const conversation = await getConversation(id);
    if (wanted.current === id) dispatch({ type: 'opened', conversation });
  }, []);

  return {
    connection,
    turns: turnsShown(state),
    conversationId,
    ask,
    askAgain,
    startNew,
    open,
  };
}
