"""A message over HTTP: one JSON answer, or a stream of events."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse, Response, StreamingResponse

from tars.chat import ChatMessage
from tars.errors import ApiError
from tars.events import ChatEvent, Done, Failed, as_dict
from tars.services import Services, services_of

router = APIRouter()
_log = logging.getLogger("tars.chat")

SSE = "text/event-stream"
# The first for caches, the second for nginx, which would otherwise collect the stream.
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


@router.post("/api/chat", response_model=None)
async def chat(
    message: ChatMessage,
    services: Annotated[Services, Depends(services_of)],
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Answers a message. `Accept: text/event-stream` asks for the tokens as they come."""
    if SSE in accept.lower():
        return await _stream(services.chat.reply(message, "sse"), message.message_id)
    return await _whole(services.chat.reply(message, "http"))


async def _whole(events: AsyncGenerator[ChatEvent, None]) -> JSONResponse:
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Done):
                body: dict[str, Any] = as_dict(event)
                del body["type"]
                return JSONResponse(body)
    raise ApiError(500, "InternalError", "the answer had no end")


async def _stream(events: AsyncGenerator[ChatEvent, None], message_id: str) -> Response:
    # The first event is awaited here: what fails before it is an HTTP error, not a broken stream.
    first = await anext(events)

    async def body() -> AsyncGenerator[str, None]:
        async with aclosing(events):
            yield _sse(first)
            try:
                async for event in events:
                    yield _sse(event)
            except ApiError as error:
                yield _sse(Failed.of(message_id, error))
            except Exception:
                _log.exception("the answer failed after it had begun")
                failure = ApiError(500, "InternalError", "something went wrong; see the log")
                yield _sse(Failed.of(message_id, failure))

    return StreamingResponse(body(), media_type=SSE, headers=STREAM_HEADERS)


def _sse(event: ChatEvent) -> str:
    data = json.dumps(as_dict(event), ensure_ascii=False)
    return f"event: {event.type}\ndata: {data}\n\n"
