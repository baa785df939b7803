-- Conversations and their messages.

CREATE TABLE conversations (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX conversations_by_update ON conversations (updated_at DESC, id);

CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('user', 'assistant')),
    -- Made by the client; a message that is sent again after a lost connection finds itself here.
    message_id text UNIQUE,
    -- The question that an answer belongs to: one answer each, whoever finishes first.
    reply_to bigint UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    content text NOT NULL,
    model text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((role = 'user') = (message_id IS NOT NULL)),
    CHECK ((role = 'assistant') = (reply_to IS NOT NULL))
);

CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
