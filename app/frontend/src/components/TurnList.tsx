import { useEffect, useRef } from 'react';
import { isUnderWay, type Turn } from '../lib/chatState.ts';

interface Props {
  readonly turns: readonly Turn[];
  readonly onAskAgain: (turn: Turn) => void;
}

/** Questions and answers, the newest in view. */
export function TurnList({ turns, onAskAgain }: Props) {
  const end = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);
  const progress = `${turns.length} ${last?.answer.length ?? 0} ${last?.state ?? ''}`;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [progress]);

  return (
    <div className="turns" role="log" aria-label="Chat" aria-live="polite">
      {turns.length === 0 && <Welcome />}
      {turns.map((turn) => (
        <TurnView key={turn.id} turn={turn} onAskAgain={onAskAgain} />
      ))}
      <div ref={end} />
    </div>
  );
}

function Welcome() {
  return (
    <div className="welcome">
      <h2>What can I do for you?</h2>
      <p className="hint">
        Your messages stay on this installation. Answers come from its own language model.
      </p>
    </div>
  );
}

function TurnView({ turn, onAskAgain }: { readonly turn: Turn } & Pick<Props, 'onAskAgain'>) {
  return (
    <article className="turn" aria-busy={isUnderWay(turn)}>
      <div className="message question">
        <h3 className="visually-hidden">You</h3>
        <p>{turn.question}</p>
      </div>
      <div className="message answer">
        <h3>{turn.model ? `TARS · ${turn.model}` : 'TARS'}</h3>
        {turn.answer !== '' && (
          <p data-streaming={turn.state === 'streaming' || undefined}>{turn.answer}</p>
        )}
        {turn.state === 'waiting' && <p className="hint thinking">Waiting for an answer…</p>}
        {turn.state === 'streaming' && turn.answer === '' && (
          <p className="hint thinking">Thinking…</p>
        )}
        {turn.state === 'failed' && (
          <div className="notice" role="alert">
            <p>{explain(turn)}</p>
            <AskAgain turn={turn} onAskAgain={onAskAgain} />
          </div>
        )}
        {turn.state === 'unanswered' && (
          <div className="hint">
            <p>This message was not answered.</p>
            <AskAgain turn={turn} onAskAgain={onAskAgain} />
          </div>
        )}
      </div>
    </article>
  );
}

function AskAgain({ turn, onAskAgain }: { readonly turn: Turn } & Pick<Props, 'onAskAgain'>) {
  return (
    <button type="button" onClick={() => onAskAgain(turn)}>
      Ask again
    </button>
  );
}

/** The server's words, with what to do about the one error that everybody meets first. */
function explain({ error }: Turn): string {
  if (!error) return 'Something went wrong.';
  if (error.code === 'NoModel') {
    return `There is no language model to answer with: ${error.message}.`;
  }
  return `No answer (${error.code}): ${error.message}.`;
}
