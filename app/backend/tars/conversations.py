"""Conversations in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tars.database import Connection, Database
from tars.errors import conversation_not_found, message_id_reused

TITLE_LENGTH = 80


@dataclass(frozen=True)
class Answer:
    """An answer that is stored."""

    content: str
    model: str
    created_at: datetime


@dataclass(frozen=True)
class Question:
    """A user's message that is stored, with its answer if there is one already."""

    row_id: int
    conversation_id: UUID
    message_id: str
    content: str
    answer: Answer | None
    new_conversation: bool = False


def title_of(content: str) -> str:
    """A conversation is called what it begins with."""
    line = " ".join(content.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


async def _find(connection: Connection, message_id: str) -> Question | None:
    cursor = await connection.execute(
        "SELECT q.id, q.conversation_id, q.content,"
        " a.content AS answer, a.model, a.created_at AS answered_at"
        " FROM messages q LEFT JOIN messages a ON a.reply_to = q.id"
        " WHERE q.message_id = %s",
        (message_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    answer = None
    if row["answer"] is not None:
        answer = Answer(row["answer"], row["model"], row["answered_at"])
    return Question(row["id"], row["conversation_id"], message_id, row["content"], answer)


def _same(known: Question, conversation_id: UUID | None, content: str) -> Question:
    if known.content != content or conversation_id not in (None, known.conversation_id):
        raise message_id_reused()
    return known


class ConversationStore:
    """Reads and writes; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_question(
        self, message_id: str, conversation_id: UUID | None, content: str
    ) -> Question | None:
        """The message that was sent before under this id. Raises ApiError 409 if it is another."""
        async with self._database.connection() as connection:
            known = await _find(connection, message_id)
        return None if known is None else _same(known, conversation_id, content)

    async def add_question(
        self, message_id: str, conversation_id: UUID | None, content: str
    ) -> Question:
        """Stores a user's message, once: the second one with its id gets the first."""
        async with self._database.connection() as connection:
            target = conversation_id
            if target is None:
                target = uuid4()
                await connection.execute(
                    "INSERT INTO conversations (id, title) VALUES (%s, %s)",
                    (target, title_of(content)),
                )
            else:
                cursor = await connection.execute(
                    "UPDATE conversations SET updated_at = now() WHERE id = %s", (target,)
                )
                if cursor.rowcount == 0:
                    raise conversation_not_found(target)
            cursor = await connection.execute(
                "INSERT INTO messages (conversation_id, role, message_id, content)"
                " VALUES (%s, 'user', %s, %s) ON CONFLICT (message_id) DO NOTHING RETURNING id",
                (target, message_id, content),
            )
            row = await cursor.fetchone()
            if row is not None:
                return Question(
                    row["id"], target, message_id, content, None, conversation_id is None
                )
            # Another connection was faster; our conversation must not stay behind, empty.
            await connection.rollback()
            known = await _find(connection, message_id)
        if known is None:  # and it was deleted within the same moment
            raise conversation_not_found(target)
        return _same(known, conversation_id, content)

    async def add_answer(self, question: Question, content: str, model: str) -> Answer:
        """Stores the answer, or gives the one that was stored meanwhile."""
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO messages (conversation_id, role, reply_to, content, model)"
                " SELECT conversation_id, 'assistant', id, %s, %s FROM messages WHERE id = %s"
                " ON CONFLICT (reply_to) DO NOTHING",
                (content, model, question.row_id),
            )
            await connection.execute(
                "UPDATE conversations SET updated_at = now() WHERE id = %s",
                (question.conversation_id,),
            )
            cursor = await connection.execute(
                "SELECT content, model, created_at FROM messages WHERE reply_to = %s",
                (question.row_id,),
            )
            row = await cursor.fetchone()
        if row is None:  # the conversation was deleted while the model was thinking
            raise conversation_not_found(question.conversation_id)
        return Answer(row["content"], row["model"], row["created_at"])

    async def history(self, question: Question, limit: int) -> list[dict[str, str]]:
        """The last messages up to the question, in the form that language models take."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT role, content FROM messages WHERE conversation_id = %s AND id <= %s"
                " ORDER BY id DESC LIMIT %s",
                (question.conversation_id, question.row_id, limit),
            )
            rows = await cursor.fetchall()
        return [{"role": row["role"], "content": row["content"]} for row in reversed(rows)]

    async def list(self, limit: int) -> list[dict[str, Any]]:
        """The conversations that were used last."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, title, created_at, updated_at FROM conversations"
                " ORDER BY updated_at DESC, id LIMIT %s",
                (limit,),
            )
            return await cursor.fetchall()

    async def get(self, conversation_id: UUID) -> dict[str, Any]:
        """One conversation with its messages. Raises ApiError 404."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, title, created_at, updated_at FROM conversations WHERE id = %s",
                (conversation_id,),
            )
            conversation = await cursor.fetchone()
            if conversation is None:
                raise conversation_not_found(conversation_id)
            cursor = await connection.execute(
                "SELECT m.role, coalesce(m.message_id, q.message_id) AS message_id,"
                " m.content, m.model, m.created_at"
                " FROM messages m LEFT JOIN messages q ON q.id = m.reply_to"
                " WHERE m.conversation_id = %s ORDER BY coalesce(m.reply_to, m.id), m.id",
                (conversation_id,),
            )
            return {**conversation, "messages": await cursor.fetchall()}

    async def delete(self, conversation_id: UUID) -> None:
        """Removes a conversation and its messages. Raises ApiError 404."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "DELETE FROM conversations WHERE id = %s", (conversation_id,)
            )
            if cursor.rowcount == 0:
                raise conversation_not_found(conversation_id)
