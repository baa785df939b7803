"""SIGTERM loses nothing: answers are finished, WebSockets are told to come again, exit code 0."""

from __future__ import annotations

import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from socket import create_connection
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.conftest import Environment
from tests.support.fake_ollama import FakeOllama
from tests.support.programs import PATIENCE_SECONDS, wait_until
from tests.support.service import Service, running


def drain(socket: ClientConnection) -> tuple[list[dict[str, Any]], int | None]:
    """All events until the connection is closed, and the code of the server's close."""
    events = []
    try:
        while True:
            events.append(json.loads(socket.recv(timeout=PATIENCE_SECONDS)))
    except ConnectionClosed as closed:
        return events, closed.rcvd.code if closed.rcvd else None


def test_requests_and_answers_in_flight_are_finished(
    own_service: Service, ollama: FakeOllama
) -> None:
    service = own_service
    idle = [service.websocket() for _ in range(4)]
    ollama.behaviour.answer = "one two three four five six"
    ollama.behaviour.goes_on.clear()
    busy = service.websocket(service.websocket_port)
    busy.send(json.dumps({"message": "over the socket", "message_id": "s"}))
    with ThreadPoolExecutor(2) as threads:
        plain = threads.submit(service.chat, "over http")
        streamed = threads.submit(
            lambda: httpx.post(
                service.url("/api/chat"),
                json={"message": "as a stream"},
                headers={"Accept": "text/event-stream"},
                timeout=PATIENCE_SECONDS,
                trust_env=False,
            )
        )
        wait_until(lambda: len(ollama.requests) == 3, "three answers under way")
        service.signal()
        # An idle connection is not kept until the answers of others are done.
        for socket in idle:
            assert drain(socket) == ([], 1001)
        ollama.behaviour.goes_on.set()
        events, code = drain(busy)
        assert code == 1001
        assert events[-1]["type"] == "done"
        assert events[-1]["content"] == "one two three four five six"
        assert plain.result().json()["content"] == "one two three four five six"
        assert '"type": "done"' in streamed.result().text
    assert service.wait() == 0


def test_readiness_and_keep_alive_while_draining(environment: Environment) -> None:
    env = {**environment, "API_WORKERS": "1", "SHUTDOWN_LINGER_SECONDS": "10"}
    with running(Service(env)) as service, httpx.Client(trust_env=False) as kept:
        assert "connection" not in kept.get(service.url("/health")).headers
        service.signal()
        wait_until(lambda: not service.ready(), "unreadiness")
        report = service.get("/ready")
        assert (report.status_code, report.json()["status"]) == (503, "draining")
        alive = kept.get(service.url("/health"))
        assert (alive.status_code, alive.headers["connection"]) == (200, "close")
        with pytest.raises(Exception, match="503"):
            service.websocket()
        assert service.wait() == 0


def test_an_answer_that_takes_too_long_is_cut_and_can_be_had_again(
    environment: Environment, ollama: FakeOllama
) -> None:
    env = {**environment, "SHUTDOWN_GRACE_SECONDS": "4"}
    message = {"message": "a very long story", "message_id": str(uuid4())}
    with running(Service(env)) as service:
        ollama.behaviour.answer = "word " * 1000
        ollama.behaviour.seconds_per_token = 0.2
        socket = service.websocket()
        socket.send(json.dumps(message))
        hanging = threading.Thread(target=service.get, args=("/health",))
        hanging.start()
        wait_until(lambda: len(ollama.requests) == 1, "an answer under way")
        service.signal()
        events, code = drain(socket)
        assert code == 1001
        assert events[-1]["type"] == "token"
        assert service.wait() == 0
        hanging.join()
    ollama.reset()
    with running(Service(env)) as successor, successor.websocket() as again:
        again.send(json.dumps(message))
        events = [json.loads(again.recv(timeout=PATIENCE_SECONDS))]
        while events[-1]["type"] != "done":
            events.append(json.loads(again.recv(timeout=PATIENCE_SECONDS)))
        assert events[-1]["content"] == "You said: a very long story"
        path = f"/api/conversations/{events[-1]['conversation_id']}"
        assert len(successor.get(path).json()["messages"]) == 2


def test_a_steady_stream_of_requests_sees_no_failure(environment: Environment) -> None:
    """Keep-alive clients, during the end of a service whose successor shares their list."""
    leaving, staying = Service(environment), Service(environment)
    with running(leaving), running(staying):
        target = [leaving]
        stop = threading.Event()

        good: list[Service] = []
        bad: list[object] = []

        def client() -> None:
            with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as kept:
                while not stop.is_set():
                    asked = target[0]
                    try:
                        status = kept.get(asked.url("/api/info")).status_code
                        if status == 200:
                            good.append(asked)
                        else:
                            bad.append(status)
                    except httpx.HTTPError as error:
                        bad.append(error)
                    time.sleep(0.01)

        with ThreadPoolExecutor(4) as threads:
            clients = [threads.submit(client) for _ in range(4)]
            wait_until(lambda: good.count(leaving) > 50, "answers of the one that leaves")
            leaving.signal()
            # As an endpoint controller does: a moment later, new requests go elsewhere.
            time.sleep(0.5)
            target[0] = staying
            assert leaving.wait() == 0
            wait_until(lambda: good.count(staying) > 50, "answers of the one that stays")
            stop.set()
            for one in clients:
                one.result()
    assert bad == []


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_the_exit_code_is_zero(environment: Environment, sig: signal.Signals) -> None:
    with running(Service(environment)) as service:
        service.signal(sig)
        assert service.wait() == 0


@pytest.mark.parametrize("reload", ["0", "1"])
def test_connections_are_refused_while_answers_finish(
    environment: Environment, ollama: FakeOllama, reload: str
) -> None:
    """Not taken and reset at the end: a client may ask somebody else at once."""
    env = {**environment, "TARS_RELOAD": reload, "API_WORKERS": "2"}
    ollama.behaviour.answer = "one two three four"
    ollama.behaviour.goes_on.clear()
    with running(Service(env)) as service, ThreadPoolExecutor(1) as thread:
        answer = thread.submit(service.chat, "hello")
        wait_until(lambda: len(ollama.requests) == 1, "an answer under way")
        service.signal()
        ports = (service.port, service.websocket_port)
        wait_until(lambda: all(refuses(port) for port in ports), "a refusal")
        assert not answer.done()
        ollama.behaviour.goes_on.set()
        assert answer.result().json()["content"] == "one two three four"
        assert service.wait() == 0


def refuses(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS).close()
    except ConnectionRefusedError:
        return True
    return False
