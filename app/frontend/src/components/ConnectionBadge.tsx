import type { ConnectionState } from '../lib/chatSocket.ts';

const TEXT: Record<ConnectionState, string> = {
  open: 'Connected',
  connecting: 'Connecting…',
  waiting: 'Connection lost, trying again…',
};

/** Says in words and colour whether messages get through. */
export function ConnectionBadge({ state }: { readonly state: ConnectionState }) {
  return (
    <p className="badge" data-state={state} role="status">
      {TEXT[state]}
    </p>
  );
}
