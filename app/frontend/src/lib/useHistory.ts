/** The list of conversations, as a React hook. */

import { useCallback, useEffect, useState } from 'react';
import { deleteConversation, listConversations } from './api.ts';
import type { ConversationSummary } from './protocol.ts';

export interface History {
  readonly conversations: readonly ConversationSummary[];
  readonly error: string | undefined;
  readonly refresh: () => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

export function useHistory(): History {
  const [conversations, setConversations] = useState<readonly ConversationSummary[]>([]);
  const [error, setError] = useState<string>();

  const refresh = useCallback(async () => {
    try {
      setConversations(await listConversations());
      setError(undefined);
    } catch (problem) {
      setError(messageOf(problem));
    }
  }, []);

  const remove = useCallback(
    async (id: string) => {
      try {
        await deleteConversation(id);
      } catch (problem) {
        setError(messageOf(problem));
        return;
      }
      await refresh();
    },
    [refresh],
  );

  useEffect(() => {
    void refresh();
  }, [refresh]);

  return { conversations, error, refresh, remove };
}
