"""What a client is sent while a message is answered: the same objects over SSE and WebSocket."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, Union
from uuid import UUID

from tars.errors import ApiError


@dataclass(frozen=True)
class Start:
    """The answer begins. After a resend it begins anew: what came before is void."""

    message_id: str
    conversation_id: UUID
    model: str
    type: Literal["start"] = "start"


@dataclass(frozen=True)
class Token:
    """The next piece of the answer."""

    message_id: str
    content: str
    type: Literal["token"] = "token"


@dataclass(frozen=True)
class Done:
    """The whole answer, as stored; `replayed` if it had been given before."""

    message_id: str
    conversation_id: UUID
    content: str
    model: str
    replayed: bool
    type: Literal["done"] = "done"


@dataclass(frozen=True)
class Failed:
    """There will be no answer, or not now; `message_id` is null if the message had none."""

    message_id: str | None
    error: dict[str, Any]
    type: Literal["error"] = "error"

    @staticmethod
    def of(message_id: str | None, error: ApiError) -> Failed:
        return Failed(message_id, {**error.body(), "status": error.status})


ChatEvent = Union[Start, Token, Done, Failed]


def as_dict(event: ChatEvent) -> dict[str, Any]:
    """Plain JSON values."""
    return {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(event).items()}
