/** The API's HTTP half: the history. Paths are relative, so that any host that serves us works. */

import type { Conversation, ConversationSummary } from './protocol.ts';

/** An answer that is no success; `message` can be shown as it is. */
export class RequestError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
  }
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new RequestError('Unreachable', 'The server cannot be reached.');
  }
  if (response.ok) return response;
  // A proxy's error page is no JSON.
  const body = (await response.json().catch(() => undefined)) as
    { error?: { code?: string; message?: string } } | undefined;
  throw new RequestError(
    body?.error?.code ?? `Http${response.status}`,
    body?.error?.message ?? `The server answered ${response.status}.`,
  );
}

/** The conversations used last. */
export async function listConversations(): Promise<readonly ConversationSummary[]> {
  const response = await request('/api/conversations');
  const body = (await response.json()) as { conversations: readonly ConversationSummary[] };
  return body.conversations;
}

export async function getConversation(id: string): Promise<Conversation> {
  const response = await request(`/api/conversations/${encodeURIComponent(id)}`);
  return (await response.json()) as Conversation;
}

export async function deleteConversation(id: string): Promise<void> {
  await request(`/api/conversations/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
