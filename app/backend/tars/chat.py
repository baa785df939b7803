"""A message and its answer, whatever the channel.

A client that lost its connection sends the message again under the same `message_id`. It is
stored once, and answered once: an answer that is there is replayed, one that was cut is made
again. If two connections make one at the same time, the first that is stored is given to both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tars.cache import ConversationCache
from tars.conversations import Answer, ConversationStore, Question
from tars.events import ChatEvent, Done, Start, Token
from tars.logs import audit
from tars.metrics import CHAT_MESSAGES
from tars.ollama import Ollama

Channel = Literal["http", "sse", "websocket"]

LONGEST_MESSAGE = 32_000
# How much of a conversation the model is shown.
HISTORY_MESSAGES = 40


class ChatMessage(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="ignore")

    message: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_MESSAGE)
    ]
    conversation_id: UUID | None = None
    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")] = Field(
        default_factory=lambda: str(uuid4())
    )


class ChatService:
    """Answers messages and keeps them."""

    def __init__(self, store: ConversationStore, cache: ConversationCache, engine: Ollama) -> None:
        self._store = store
        self._cache = cache
        self._engine = engine

    async def reply(
        self, message: ChatMessage, channel: Channel
    ) -> AsyncGenerator[ChatEvent, None]:
        """Start, tokens, Done. Raises ApiError; before Start nothing was sent to anybody."""
        outcome = "failed"
        try:
            async with aclosing(self._events(message)) as events:
                async for event in events:
                    if isinstance(event, Done):
                        # Before it is handed over: the last step may not come back here.
                        outcome = "replayed" if event.replayed else "answered"
                    yield event
        except (asyncio.CancelledError, GeneratorExit):
            if outcome == "failed":
                outcome = "abandoned"
            raise
        finally:
            CHAT_MESSAGES.labels(channel, outcome).inc()

    async def _events(self, message: ChatMessage) -> AsyncGenerator[ChatEvent, None]:
        question = await self._store.find_question(
            message.message_id, message.conversation_id, message.message
        )
        if question is None or question.answer is None:
            # Before the message is stored: a refusal leaves no conversation without an answer.
            model = await self._engine.model()
            question = question or await self._add_question(message)
            if question.answer is None:
                # Closed here and now, not by the collector: it ends Ollama's work on the answer.
                async with aclosing(self._generate(question, model)) as events:
                    async for event in events:
                        yield event
                return
        answer, message_id, target = question.answer, question.message_id, question.conversation_id
        yield Start(message_id, target, answer.model)
        yield Token(message_id, answer.content)
        yield Done(message_id, target, answer.content, answer.model, replayed=True)

    async def _add_question(self, message: ChatMessage) -> Question:
        question = await self._store.add_question(
            message.message_id, message.conversation_id, message.message
        )
        if question.new_conversation:
            audit("conversation created", conversation_id=str(question.conversation_id))
        await self._cache.forget(question.conversation_id)
        return question

    async def _generate(self, question: Question, model: str) -> AsyncGenerator[ChatEvent, None]:
        history = await self._store.history(question, HISTORY_MESSAGES)
        parts: list[str] = []
        async with self._engine.chat(model, history) as tokens:
            yield Start(question.message_id, question.conversation_id, model)
            async for text in tokens:
                parts.append(text)
                yield Token(question.message_id, text)
        # The answer is whole: a client that leaves now finds it when it asks again.
        answer = await asyncio.shield(self._keep(question, "".join(parts), model))
        yield Done(
            question.message_id,
            question.conversation_id,
            answer.content,
            answer.model,
            replayed=False,
        )

    async def _keep(self, question: Question, content: str, model: str) -> Answer:
        answer = await self._store.add_answer(question, content, model)
        await self._cache.forget(question.conversation_id)
        return answer
