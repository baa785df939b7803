import { useCallback, useEffect, useRef, useState } from 'react';
import { Composer } from './components/Composer.tsx';
import { ConnectionBadge } from './components/ConnectionBadge.tsx';
import { HistoryList } from './components/HistoryList.tsx';
import { TurnList } from './components/TurnList.tsx';
import { isUnderWay } from './lib/chatState.ts';
import { useChat } from './lib/useChat.ts';
import { messageOf, useHistory } from './lib/useHistory.ts';

/** Without an entry in the browser's own history: switching is no navigation. */
const setAddress = (address: string) => window.history.replaceState(null, '', address);

/** The whole page. The address' fragment names the conversation, so that a reload keeps it. */
export function App() {
  const history = useHistory();
  const { refresh, remove } = history;
  const chat = useChat(useCallback(() => void refresh(), [refresh]));
  const { open, startNew, connection, conversationId } = chat;
  const [problem, setProblem] = useState<string>();
  const [showHistory, setShowHistory] = useState(false);

  const openConversation = useCallback(
    async (id: string) => {
      setShowHistory(false);
      try {
        await open(id);
        setProblem(undefined);
      } catch (error) {
        setProblem(messageOf(error));
      }
    },
    [open],
  );

  const startConversation = useCallback(() => {
    setShowHistory(false);
    setProblem(undefined);
    setAddress(window.location.pathname);
    startNew();
  }, [startNew]);

  // By the address, at the start, and once more when what failed while the server was away may work.
  const shown = useRef(conversationId);
  shown.current = conversationId;
  const connected = connection === 'open';
  useEffect(() => {
    const id = window.location.hash.slice(1);
    if (id !== '' && id !== shown.current) void openConversation(id);
    if (connected) void refresh();
  }, [connected, openConversation, refresh]);

  useEffect(() => {
    if (conversationId !== undefined) setAddress(`#${conversationId}`);
  }, [conversationId]);

  async function removeConversation(id: string) {
    await remove(id);
    if (id === conversationId) startConversation();
  }

  return (
    <div className="app">
      <header>
        <h1>TARS</h1>
        <ConnectionBadge state={connection} />
        <button
          type="button"
          className="history-toggle"
          aria-expanded={showHistory}
          aria-controls="sidebar"
          onClick={() => setShowHistory(!showHistory)}
        >
          History
        </button>
      </header>
      <aside id="sidebar" data-open={showHistory || undefined}>
        <button type="button" className="new" onClick={startConversation}>
          New conversation
        </button>
        <HistoryList
          history={history}
          current={conversationId}
          onOpen={(id) => void openConversation(id)}
          onRemove={(id) => void removeConversation(id)}
        />
      </aside>
      <main>
        {problem !== undefined && (
          <p className="notice" role="alert">
            The conversation cannot be shown: {problem}
          </p>
        )}
        <TurnList turns={chat.turns} onAskAgain={chat.askAgain} />
        <Composer busy={chat.turns.some(isUnderWay)} onSend={chat.ask} />
      </main>
    </div>
  );
}
