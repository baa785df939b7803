"""A stand-in for Ollama: streams words at a set pace, and fails in the ways that Ollama does.

Also a program, for trying the application by hand: `python -m tests.support.fake_ollama 11434`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Mode = Literal["ok", "refuse", "error-midway", "cut-midway", "garbage", "not-found"]


def _set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Behaviour:
    """How the next requests are answered; a test changes it as it goes."""

    mode: Mode = "ok"
    models: list[str] = field(default_factory=lambda: ["tiny:latest", "other:1b"])
    seconds_per_token: float = 0.0
    # Set: the answer goes on after its first word. A test that clears it says when.
    goes_on: threading.Event = field(default_factory=_set_event)
    # What is answered; None: the question, word by word.
    answer: str | None = None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeOllama

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests look at `requests`."""

    def _json(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        if self.path == "/api/tags":
            models = [{"name": name} for name in self.server.behaviour.models]
            self._json(200, {"models": models})
        else:
            self._json(200, "Ollama is running")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        behaviour = self.server.behaviour
        if behaviour.mode == "refuse":
            self._json(500, {"error": "out of memory"})
        elif behaviour.mode == "not-found":
            self._json(404, {"error": f"model '{body['model']}' not found"})
        else:
            self._stream(body, behaviour)

    def _line(self, part: object) -> None:
        data = (part if isinstance(part, str) else json.dumps(part)).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _stream(self, body: dict[str, Any], behaviour: Behaviour) -> None:
        question = body["messages"][-1]["content"]
        answer = behaviour.answer or f"You said: {question}"
        words = answer.split(" ")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for index, word in enumerate(words):
                if behaviour.mode != "ok" and index == (len(words) + 1) // 2:
                    self._break(behaviour.mode)
                    return
                text = word if index == 0 else f" {word}"
                message = {"role": "assistant", "content": text}
                self._line({"model": body["model"], "message": message, "done": False})
                time.sleep(behaviour.seconds_per_token)
                behaviour.goes_on.wait()
            self._line({"model": body["model"], "message": {"content": ""}, "done": True})
            self.wfile.write(b"0\r\n\r\n")
            self.server.finished += 1
        except OSError:
            self.server.abandoned += 1
            self.close_connection = True

    def _break(self, mode: Mode) -> None:
        if mode == "error-midway":
            self._line({"error": "the model crashed"})
        elif mode == "garbage":
            self._line("<html>")
        if mode == "cut-midway":
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")


class FakeOllama(ThreadingHTTPServer):
    """Listens as soon as it is made; `serve` runs it in a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.behaviour = Behaviour()
        self.requests: list[dict[str, Any]] = []
        self.finished = 0
        self.abandoned = 0

    def reset(self) -> None:
        self.behaviour.goes_on.set()
        self.behaviour = Behaviour()
        self.requests.clear()
        self.finished = 0
        self.abandoned = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def serve(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()


if __name__ == "__main__":
    fake = FakeOllama(int(sys.argv[1]) if len(sys.argv) > 1 else 11434)
    fake.behaviour.seconds_per_token = 0.08
    print(f"a stand-in for Ollama on {fake.url}", flush=True)
    fake.serve_forever()
