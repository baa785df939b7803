"""The history."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response

from tars.logs import audit
from tars.services import Services, services_of

router = APIRouter()

ServicesDep = Annotated[Services, Depends(services_of)]


@router.get("/api/conversations")
async def list_conversations(
    services: ServicesDep, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """The conversations used last, newest first, without their messages."""
    return {"conversations": await services.store.list(limit)}


@router.get("/api/conversations/{conversation_id}")
async def get_conversation(conversation_id: UUID, services: ServicesDep) -> Response:
    """One conversation with its messages; `X-Cache` says where it came from."""
    found = await services.cache.find(conversation_id)
    if found.value is not None:
        return _json(found.value, "hit")
    conversation = await services.store.get(conversation_id)
    text = json.dumps(jsonable_encoder(conversation), ensure_ascii=False)
    await services.cache.store(conversation_id, text, found.version)
    return _json(text, "miss")


@router.delete("/api/conversations/{conversation_id}", status_code=204)
async def delete_conversation(conversation_id: UUID, services: ServicesDep) -> None:
    """Removes a conversation for good."""
    await services.store.delete(conversation_id)
    await services.cache.forget(conversation_id)
    audit("conversation deleted", conversation_id=str(conversation_id))


def _json(text: str, cache: str) -> Response:
    return Response(text, media_type="application/json", headers={"X-Cache": cache})
