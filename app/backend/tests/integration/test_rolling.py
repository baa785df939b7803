"""Services replaced one by one under clients that reconnect: no message is lost or doubled."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection

from tests.conftest import Environment
from tests.support.fake_ollama import FakeOllama
from tests.support.programs import PATIENCE_SECONDS, wait_until
from tests.support.service import Service, running

CLIENTS = 6


@dataclass
class Client:
    """A chat that goes on over all restarts, one message after the other."""

    number: int
    targets: list[Service]
    conversation: str | None = None
    answered: list[str] = field(default_factory=list)
    closes: Counter[int | None] = field(default_factory=Counter)
    errors: list[Any] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        count = 1
        while not stop.is_set():
            try:
                with self.targets[0].websocket() as socket:
                    while not stop.is_set():
                        # After a reconnect this is the message that has no answer yet.
                        self._say(socket, f"message {count}", f"{self.number}-{count}")
                        count += 1
            except ConnectionClosed as closed:
                self.closes[closed.rcvd.code if closed.rcvd else None] += 1
            except (OSError, InvalidHandshake):
                time.sleep(0.05)

    def _say(self, socket: ClientConnection, text: str, message_id: str) -> None:
        message = {"message": text, "message_id": message_id}
        if self.conversation:
            message["conversation_id"] = self.conversation
        socket.send(json.dumps(message))
        self._listen(socket, message_id)

    def _listen(self, socket: ClientConnection, message_id: str) -> None:
        while True:
            event = json.loads(socket.recv(timeout=PATIENCE_SECONDS))
            if event["type"] == "error":
                self.errors.append(event)
                return
            if event["type"] == "done":
                self.conversation = event["conversation_id"]
                self.answered.append(message_id)
                return


def everybody_goes_on(clients: list[Client]) -> None:
    """Waits until each has two answers more."""
    wanted = {client.number: len(client.answered) + 2 for client in clients}
    wait_until(
        lambda: all(len(client.answered) >= wanted[client.number] for client in clients),
        "an answer for everybody",
    )


def test_no_message_is_lost_or_doubled(environment: Environment, ollama: FakeOllama) -> None:
    ollama.behaviour.seconds_per_token = 0.05
    stop = threading.Event()
    first, second = Service(environment), Service(environment)
    with running(first), running(second), ThreadPoolExecutor(CLIENTS) as threads:
        targets = [first]
        clients = [Client(number, targets) for number in range(CLIENTS)]
        runs = [threads.submit(client.run, stop) for client in clients]
        for leaving, coming in ((first, second), (second, first)):
            everybody_goes_on(clients)
            targets[0] = coming
            leaving.signal()
            assert leaving.wait() == 0
            if coming is second:
                first.start()
        everybody_goes_on(clients)
        stop.set()
        for run in runs:
            run.result(PATIENCE_SECONDS)
        assert [error for client in clients for error in client.errors] == []
        closes = sum((client.closes for client in clients), Counter[int | None]())
        assert set(closes) == {1001}
        assert closes[1001] >= 2 * CLIENTS
        for client in clients:
            assert len(client.answered) > 5
            stored = first.get(f"/api/conversations/{client.conversation}").json()["messages"]
            expected = [(m, role) for m in client.answered for role in ("user", "assistant")]
            assert [(m["message_id"], m["role"]) for m in stored] == expected
