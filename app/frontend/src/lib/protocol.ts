/** What goes over the WebSocket and the API, as the backend's README describes it. */

export interface OutgoingMessage {
  readonly message: string;
  readonly message_id: string;
  readonly conversation_id?: string;
}

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
}

export type ChatEvent =
  | {
      readonly type: 'start';
      readonly message_id: string;
      readonly conversation_id: string;
      readonly model: string;
    }
  | { readonly type: 'token'; readonly message_id: string; readonly content: string }
  | {
      readonly type: 'done';
      readonly message_id: string;
      readonly conversation_id: string;
      readonly content: string;
      readonly model: string;
      readonly replayed: boolean;
    }
  | { readonly type: 'error'; readonly message_id: string | null; readonly error: ErrorBody }
  | { readonly type: 'pong' };

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  readonly updated_at: string;
}

export interface StoredMessage {
  readonly role: 'user' | 'assistant';
  readonly message_id: string;
  readonly content: string;
  readonly model: string | null;
}

export interface Conversation extends ConversationSummary {
  readonly messages: readonly StoredMessage[];
}

const TYPES = new Set(['start', 'token', 'done', 'error', 'pong']);

/** An event of the server, or undefined for what this version does not know. */
export function parseEvent(data: unknown): ChatEvent | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const type = (value as { type?: unknown } | null)?.type;
    return typeof type === 'string' && TYPES.has(type) ? (value as ChatEvent) : undefined;
  } catch {
    return undefined;
  }
}
