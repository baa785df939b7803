"""One open WebSocket: messages are answered one after the other, until either side leaves."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any, TypeVar
from uuid import uuid4

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from tars.chat import ChatMessage, ChatService
from tars.errors import ApiError, validation_details
from tars.events import ChatEvent, Failed, as_dict
from tars.lifecycle import lifecycle
from tars.logs import request_id, request_line
from tars.metrics import WEBSOCKETS

T = TypeVar("T")

_log = logging.getLogger("tars.websocket")

GOING_AWAY = 1001
# Messages that may wait for their answer on one connection.
LONGEST_QUEUE = 32


class ChatSocket:
    """The life of one connection after its handshake."""

    def __init__(self, websocket: WebSocket, chat: ChatService) -> None:
        self._websocket = websocket
        self._chat = chat
        self._waiting: asyncio.Queue[ChatMessage] = asyncio.Queue(LONGEST_QUEUE)

    async def run(self) -> None:
        """Returns when the connection is closed."""
        token = request_id.set(str(uuid4()))
        began = time.perf_counter()
        WEBSOCKETS.inc()
        try:
            await self._serve()
        except (WebSocketDisconnect, RuntimeError) as error:
            # Sending to a peer that has just left; the reader says the same in a moment.
            _log.debug("the connection was lost while sending: %s", error)
        finally:
            WEBSOCKETS.dec()
            client = self._websocket.client
            request_line(
                "WebSocket /ws/chat closed",
                route="/ws/chat",
                duration_ms=round((time.perf_counter() - began) * 1000, 1),
                client=client.host if client else None,
            )
            request_id.reset(token)

    async def _serve(self) -> None:
        reader = asyncio.create_task(self._read())
        drained = asyncio.create_task(lifecycle.draining.wait())
        cut = asyncio.create_task(lifecycle.cut.wait())
        try:
            while not reader.done() and not drained.done():
                message = await _first_of(self._waiting.get(), reader, drained)
                if message is not None:
                    await _first_of(self._answer(message), reader, cut)
            if not reader.done():
                # What still waits unanswered is sent again by the client, to another process.
                await self._websocket.close(GOING_AWAY, "the service is stopping")
        finally:
            for task in (reader, drained, cut):
                task.cancel()
            await asyncio.gather(reader, drained, cut, return_exceptions=True)

    async def _read(self) -> None:
        """Takes messages in until the client leaves: reading must go on while an answer runs."""
        try:
            while True:
                await self._take(await self._websocket.receive_text())
        except WebSocketDisconnect:
            return
        except KeyError:  # a binary frame
            await self._websocket.close(1003, "only text is understood")

    async def _take(self, text: str) -> None:
        try:
            data = json.loads(text)
        except ValueError:
            data = None
        if isinstance(data, dict) and data.get("type") == "ping":
            await self._websocket.send_json({"type": "pong"})
            return
        message_id = data.get("message_id") if isinstance(data, dict) else None
        stated = message_id if isinstance(message_id, str) else None
        try:
            self._waiting.put_nowait(ChatMessage.model_validate(data))
        except ValidationError as error:
            await self._refuse(stated, error)
        except asyncio.QueueFull:
            busy = ApiError(429, "TooManyMessages", "wait for the answers to earlier messages")
            await self._send(Failed.of(stated, busy))

    async def _refuse(self, message_id: str | None, error: ValidationError) -> None:
        body = {
            "code": "InvalidRequest",
            "message": "expected a JSON object with a `message`",
            "status": 422,
            "details": validation_details(error.errors()),
        }
        await self._send(Failed(message_id, body))

    async def _answer(self, message: ChatMessage) -> None:
        try:
            async with aclosing(self._chat.reply(message, "websocket")) as events:
                async for event in events:
                    await self._send(event)
        except ApiError as error:
            await self._send(Failed.of(message.message_id, error))
        except WebSocketDisconnect:
            raise
        except Exception:
            _log.exception("the answer failed")
            failure = ApiError(500, "InternalError", "something went wrong; see the log")
            await self._send(Failed.of(message.message_id, failure))

    async def _send(self, event: ChatEvent) -> None:
        await self._websocket.send_json(as_dict(event))


async def _first_of(work: Coroutine[Any, Any, T], *enders: asyncio.Task[Any]) -> T | None:
    """Runs `work`, and stops it as soon as one of `enders` is done; then gives None."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task, *enders}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
