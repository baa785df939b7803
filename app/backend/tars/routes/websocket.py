"""The chat WebSocket, the same on both ports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, WebSocket

from tars.chat_socket import ChatSocket
from tars.errors import ApiError, error_response
from tars.lifecycle import lifecycle
from tars.origins import origin_allowed
from tars.services import Services, services_of

router = APIRouter()


@router.websocket("/ws/chat")
async def websocket_chat(
    websocket: WebSocket, services: Annotated[Services, Depends(services_of)]
) -> None:
    """JSON messages in, events out; see the README for both."""
    if not origin_allowed(websocket.headers, services.settings.allowed_origins):
        refusal = ApiError(403, "OriginNotAllowed", "this page may not connect here")
        await websocket.send_denial_response(error_response(refusal))
        return
    if lifecycle.draining.is_set():
        refusal = ApiError(503, "Draining", "this process is stopping; connect again")
        await websocket.send_denial_response(error_response(refusal))
        return
    await websocket.accept()
    with lifecycle.websocket():
        await ChatSocket(websocket, services.chat).run()
