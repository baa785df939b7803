"""The backend as it runs in its image: `python api/main.py`, with several workers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
from websockets.sync.client import ClientConnection, connect

from tests.support.programs import (
    PATIENCE_SECONDS,
    folder_for,
    free_port,
    listens,
    start,
    stop,
    wait_until,
)

ROOT = Path(__file__).resolve().parent.parent.parent


class Service:
    """One running backend on two free ports."""

    def __init__(
        self, env: Mapping[str, str], root: Path = ROOT, prefix: Sequence[str] = ()
    ) -> None:
        self.port = free_port()
        self.websocket_port = free_port()
        self._root = root
        self._prefix = prefix
        self._folder = folder_for(None, "tars-backend-")
        self.log = self._folder / "log"
        self.env = {
            # Little of ours: a variable of the developer's must not change a test.
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self._folder),
            "API_HOST": "127.0.0.1",
            "API_PORT": str(self.port),
            "WEBSOCKET_PORT": str(self.websocket_port),
            **env,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, ready: bool = True) -> None:
        self.process = start(
            [*self._prefix, sys.executable, "api/main.py"],
            self.log,
            env=self.env,
            cwd=self._root,
        )
        wait_until(self._healthy, "the backend", process=self.process, log=self.log)
        if ready:
            wait_until(self.ready, "readiness", process=self.process, log=self.log)

    def _healthy(self) -> bool:
        # The sockets listen before a worker does; asking then would only wait.
        return listens(self.port) and "worker started" in self.log.read_text()

    def ready(self) -> bool:
        return self.get("/ready").status_code == 200

    def signal(self, sig: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(sig)

    def wait(self) -> int:
        """The exit code; fails if the process does not end."""
        assert self.process is not None
        return self.process.wait(PATIENCE_SECONDS)

    def stop(self) -> int:
        return stop(self.process) if self.process else 0

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, path: str, port: int | None = None) -> str:
        return f"http://127.0.0.1:{port or self.port}{path}"

    def get(self, path: str, **options: Any) -> httpx.Response:
        # A new connection each, so that the workers take turns.
        return httpx.get(self.url(path), timeout=PATIENCE_SECONDS, trust_env=False, **options)

    def chat(self, message: str, **fields: Any) -> httpx.Response:
        body = {"message": message, **fields}
        return httpx.post(
            self.url("/api/chat"), json=body, timeout=PATIENCE_SECONDS, trust_env=False
        )

    def websocket(self, port: int | None = None, **options: Any) -> ClientConnection:
        uri = f"ws://127.0.0.1:{port or self.port}/ws/chat"
        connection: ClientConnection = connect(
            uri, proxy=None, open_timeout=PATIENCE_SECONDS, legacy=True, **options
        )
        return connection

    def lines(self) -> list[dict[str, Any]]:
        """The log. Fails on a line that is not JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def worker_pids(self) -> list[int]:
        """The workers that said that they started and are still alive."""
        pids = [e["pid"] for e in self.lines() if e.get("event") == "worker started"]
        return [pid for pid in pids if Path(f"/proc/{pid}").exists()]

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        total = 0.0
        for line in self.get("/metrics").text.splitlines():
            match = re.match(rf"{name}(?:\{{(.*)\}})? (\S+)$", line)
            if match is None:
                continue
            has = dict(re.findall(r'(\w+)="([^"]*)"', match.group(1) or ""))
            if labels.items() <= has.items():
                total += float(match.group(2))
        return total


@contextmanager
def running(service: Service, *, ready: bool = True) -> Iterator[Service]:
    """Starts a service for the length of a block."""
    try:
        service.start(ready=ready)
        yield service
    finally:
        service.remove()
