"""Chat and history over HTTP."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from tests.support.fake_ollama import FakeOllama, Mode
from tests.support.programs import PATIENCE_SECONDS, wait_until
from tests.support.service import Service


def events(response: httpx.Response) -> list[dict[str, Any]]:
    """The data of a stream's events; checks that names and types agree."""
    found = []
    for block in response.text.strip().split("\n\n"):
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        found.append(event)
    return found


def stream(service: Service, message: str, **fields: Any) -> httpx.Response:
    return httpx.post(
        service.url("/api/chat"),
        json={"message": message, **fields},
        headers={"Accept": "text/event-stream"},
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    )


def test_one_answer(service: Service, ollama: FakeOllama) -> None:
    response = service.chat("hello there")
    assert response.status_code == 200
    body = response.json()
    assert body["content"] == "You said: hello there"
    assert body["model"] == "tiny:latest"
    assert body["replayed"] is False
    assert ollama.requests[-1]["messages"] == [{"role": "user", "content": "hello there"}]


def test_a_conversation_goes_on(service: Service, ollama: FakeOllama) -> None:
    first = service.chat("one").json()
    second = service.chat("two", conversation_id=first["conversation_id"]).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert [m["content"] for m in ollama.requests[-1]["messages"]] == [
        "one",
        "You said: one",
        "two",
    ]
    stored = service.get(f"/api/conversations/{first['conversation_id']}").json()
    assert stored["title"] == "one"
    assert [(m["role"], m["content"]) for m in stored["messages"]] == [
        ("user", "one"),
        ("assistant", "You said: one"),
        ("user", "two"),
        ("assistant", "You said: two"),
    ]
    assert stored["messages"][0]["message_id"] == first["message_id"]
    assert stored["messages"][1]["message_id"] == first["message_id"]


def test_a_stream(service: Service) -> None:
    response = stream(service, "count to three")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    assert "no-cache" in response.headers["cache-control"]
    start, *tokens, done = events(response)
    assert start["type"] == "start"
    assert len(tokens) == 5
    assert "".join(t["content"] for t in tokens) == "You said: count to three"
    assert done["content"] == "You said: count to three"
    assert done["conversation_id"] == start["conversation_id"]


def test_tokens_arrive_as_they_come(service: Service, ollama: FakeOllama) -> None:
    ollama.behaviour.goes_on.clear()
    with httpx.stream(
        "POST",
        service.url("/api/chat"),
        json={"message": "a b c"},
        headers={"Accept": "text/event-stream"},
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    ) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: start"
        assert any(line == "event: token" for line in lines)
        assert ollama.finished == 0, "the first token came before the model had finished"
        ollama.behaviour.goes_on.set()


def test_a_resent_message_is_not_doubled(service: Service, ollama: FakeOllama) -> None:
    message_id = str(uuid4())
    first = service.chat("once", message_id=message_id).json()
    second = service.chat("once", message_id=message_id).json()
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert second["conversation_id"] == first["conversation_id"]
    assert second["content"] == first["content"]
    assert len(ollama.requests) == 1
    stored = service.get(f"/api/conversations/{first['conversation_id']}").json()
    assert len(stored["messages"]) == 2


@pytest.mark.parametrize("change", ["text", "conversation"])
def test_an_id_used_for_another_message_is_refused(service: Service, change: str) -> None:
    message_id = str(uuid4())
    service.chat("mine", message_id=message_id)
    other = service.chat("other").json()["conversation_id"]
    again = (
        service.chat("not mine", message_id=message_id)
        if change == "text"
        else service.chat("mine", message_id=message_id, conversation_id=other)
    )
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "MessageIdReused"


def test_history_is_listed_newest_first_and_removed(service: Service) -> None:
    ids = [service.chat(f"conversation {n}").json()["conversation_id"] for n in range(3)]
    listed = service.get("/api/conversations?limit=3").json()["conversations"]
    assert [c["id"] for c in listed] == ids[::-1]
    path = f"/api/conversations/{ids[0]}"
    assert service.get(path).status_code == 200
    assert httpx.delete(service.url(path), trust_env=False).status_code == 204
    assert service.get(path).json()["error"]["code"] == "ConversationNotFound"
    assert httpx.delete(service.url(path), trust_env=False).status_code == 404
    audits = [line for line in service.lines() if line["kind"] == "audit"]
    done = [(a["event"], a.get("conversation_id")) for a in audits]
    assert ("conversation created", ids[0]) in done
    assert ("conversation deleted", ids[0]) in done


def test_an_unknown_conversation(service: Service) -> None:
    response = service.chat("hello", conversation_id=str(uuid4()))
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "ConversationNotFound"


@pytest.mark.parametrize(
    ("mode", "code"), [("refuse", "EngineUnavailable"), ("not-found", "NoModel")]
)
def test_a_model_that_fails_at_once(
    service: Service, ollama: FakeOllama, mode: Mode, code: str
) -> None:
    ollama.behaviour.mode = mode
    for response in (service.chat("hello"), stream(service, "hello")):
        assert response.status_code == 503
        assert response.json()["error"]["code"] == code
        assert response.headers["retry-after"]


@pytest.mark.parametrize("mode", ["error-midway", "cut-midway", "garbage"])
def test_a_model_that_fails_midway(service: Service, ollama: FakeOllama, mode: Mode) -> None:
    message_id = str(uuid4())
    ollama.behaviour.mode = mode
    response = stream(service, "tell me more", message_id=message_id)
    assert response.status_code == 200
    last = events(response)[-1]
    assert last["type"] == "error"
    assert last["error"]["code"] == "EngineUnavailable"
    assert last["message_id"] == message_id
    # Half an answer was not kept: the same message is answered when the model is well again.
    ollama.behaviour.mode = "ok"
    again = service.chat("tell me more", message_id=message_id)
    assert again.json()["content"] == "You said: tell me more"
    assert again.json()["replayed"] is False
    stored = service.get(f"/api/conversations/{again.json()['conversation_id']}").json()
    assert len(stored["messages"]) == 2


def test_a_client_that_leaves_ends_the_models_work(service: Service, ollama: FakeOllama) -> None:
    ollama.behaviour.answer = "word " * 10_000
    ollama.behaviour.seconds_per_token = 0.02
    with httpx.stream(
        "POST",
        service.url("/api/chat"),
        json={"message": "a long one"},
        headers={"Accept": "text/event-stream"},
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    ) as response:
        assert next(response.iter_lines())
    wait_until(lambda: ollama.abandoned == 1, "the end of the answer")


def test_what_it_is(service: Service) -> None:
    body = service.get("/api/info").json()
    assert body["name"] == "tars"
    assert body["environment"] == "test"
    assert service.get("/").json() == body
