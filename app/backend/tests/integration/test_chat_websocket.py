"""Chat over the WebSocket, on both ports."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.support.fake_ollama import FakeOllama
from tests.support.programs import PATIENCE_SECONDS, wait_until
from tests.support.service import Service


def send(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def receive(socket: ClientConnection) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(socket.recv(timeout=PATIENCE_SECONDS))
    return event


def answer(socket: ClientConnection) -> list[dict[str, Any]]:
    """All events up to the end of an answer."""
    events = [receive(socket)]
    while events[-1]["type"] not in ("done", "error"):
        events.append(receive(socket))
    return events


@pytest.mark.parametrize("which", ["http", "websocket"])
def test_an_answer_is_streamed_on_both_ports(service: Service, which: str) -> None:
    port = service.port if which == "http" else service.websocket_port
    message_id = str(uuid4())
    with service.websocket(port) as socket:
        send(socket, message="hello there", message_id=message_id)
        start, *tokens, done = answer(socket)
        assert start["type"] == "start"
        assert {t["type"] for t in tokens} == {"token"}
        assert "".join(t["content"] for t in tokens) == "You said: hello there"
        assert done["content"] == "You said: hello there"
        assert {e["message_id"] for e in (start, *tokens, done)} == {message_id}
        # The same connection goes on.
        send(socket, message="and?", conversation_id=done["conversation_id"])
        assert answer(socket)[-1]["conversation_id"] == done["conversation_id"]


def test_both_ports_answer_http(service: Service) -> None:
    import httpx2 as httpx

    for port in (service.port, service.websocket_port):
        response = httpx.get(service.url("/health", port), trust_env=False)
        assert response.status_code == 200


def test_a_message_resent_over_another_connection_is_answered_once(
    service: Service, ollama: FakeOllama
) -> None:
    message = {"message": "only once", "message_id": str(uuid4())}
    with service.websocket() as socket:
        send(socket, **message)
        first = answer(socket)[-1]
    with service.websocket() as socket:
        send(socket, **message)
        start, token, again = answer(socket)
    assert (start["type"], token["content"]) == ("start", "You said: only once")
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["conversation_id"] == first["conversation_id"]
    assert len(ollama.requests) == 1


def test_the_same_message_twice_at_the_same_time(service: Service, ollama: FakeOllama) -> None:
    ollama.behaviour.seconds_per_token = 0.1
    message = {"message": "both of us", "message_id": str(uuid4())}
    with service.websocket() as one, service.websocket() as two:
        send(one, **message)
        send(two, **message)
        ends = [answer(one)[-1], answer(two)[-1]]
    assert {e["type"] for e in ends} == {"done"}
    assert len({e["conversation_id"] for e in ends}) == 1
    stored = service.get(f"/api/conversations/{ends[0]['conversation_id']}").json()
    assert [m["role"] for m in stored["messages"]] == ["user", "assistant"]


def test_messages_are_answered_in_order(service: Service) -> None:
    with service.websocket() as socket:
        for number in range(5):
            send(socket, message=f"number {number}")
        contents = [answer(socket)[-1]["content"] for _ in range(5)]
    assert contents == [f"You said: number {n}" for n in range(5)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "InvalidRequest"),
        ("[]", "InvalidRequest"),
        ('{"message": ""}', "InvalidRequest"),
        ('{"message": "x", "conversation_id": 5}', "InvalidRequest"),
        (f'{{"message": "x", "conversation_id": "{uuid4()}"}}', "ConversationNotFound"),
    ],
)
def test_a_bad_message_is_refused_and_the_connection_stays(
    service: Service, text: str, code: str
) -> None:
    with service.websocket() as socket:
        socket.send(text)
        event = receive(socket)
        assert (event["type"], event["error"]["code"]) == ("error", code)
        send(socket, type="ping")
        assert receive(socket) == {"type": "pong"}


def test_too_many_messages_at_once(service: Service, ollama: FakeOllama) -> None:
    ollama.behaviour.seconds_per_token = 0.5
    with service.websocket() as socket:
        for number in range(40):
            send(socket, message="flood", message_id=f"flood-{uuid4()}-{number}")
        errors: list[str] = []
        while len(errors) < 7:
            event = receive(socket)
            if event["type"] == "error":
                errors.append(event["error"]["code"])
    assert set(errors) == {"TooManyMessages"}


def test_binary_is_not_understood(service: Service) -> None:
    with service.websocket() as socket:
        socket.send(b"\x00\x01")
        with pytest.raises(ConnectionClosedError) as closed:
            socket.recv(timeout=PATIENCE_SECONDS)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003


def test_without_a_model_there_is_a_clear_error(
    make_environment: Any, service: Service, ollama: FakeOllama
) -> None:
    ollama.behaviour.mode = "not-found"
    with service.websocket() as socket:
        send(socket, message="hello", message_id="no-model-1")
        event = answer(socket)[-1]
    assert event["type"] == "error"
    assert event["message_id"] == "no-model-1"
    assert (event["error"]["status"], event["error"]["code"]) == (503, "NoModel")


def test_a_foreign_page_is_refused(service: Service) -> None:
    with pytest.raises(InvalidStatus) as refused:
        service.websocket(additional_headers={"Origin": "https://evil.example"})
    assert refused.value.response.status_code == 403
    with service.websocket(additional_headers={"Origin": "http://127.0.0.1:3000"}) as socket:
        send(socket, type="ping")
        assert receive(socket) == {"type": "pong"}


def test_a_client_that_leaves_ends_the_models_work(service: Service, ollama: FakeOllama) -> None:
    ollama.behaviour.answer = "word " * 10_000
    ollama.behaviour.seconds_per_token = 0.02
    with service.websocket() as socket:
        send(socket, message="a long one")
        assert receive(socket)["type"] == "start"
    wait_until(lambda: ollama.abandoned == 1, "the end of the answer")
    wait_until(lambda: service.metric("tars_websocket_connections") == 0, "the gauge")
