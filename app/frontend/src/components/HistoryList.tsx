import type { History } from '../lib/useHistory.ts';

interface Props {
  readonly history: History;
  readonly current: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

/** The conversations so far. */
export function HistoryList({ history, current, onOpen, onRemove }: Props) {
  return (
    <nav aria-label="Conversations" className="history">
      {history.error !== undefined && (
        <p className="notice" role="alert">
          The history cannot be shown: {history.error}
        </p>
      )}
      {history.conversations.length === 0 && history.error === undefined && (
        <p className="hint">No conversations yet.</p>
      )}
      <ul>
        {history.conversations.map(({ id, title }) => (
          <li key={id}>
            <button
              type="button"
              className="open"
              aria-current={id === current ? 'page' : undefined}
              onClick={() => onOpen(id)}
            >
              {title}
            </button>
            <button
              type="button"
              className="remove"
              aria-label={`Delete “${title}”`}
              title="Delete"
              onClick={() => onRemove(id)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
