"""Hot reload, for development."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.conftest import Environment
from tests.support.programs import PATIENCE_SECONDS, folder_for, wait_until
from tests.support.service import ROOT, Service, running


@pytest.fixture
def source() -> Iterator[Path]:
    """A copy of the source that a test may edit."""
    folder = folder_for(None, "tars-source-")
    for name in ("api", "tars", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    yield folder
    shutil.rmtree(folder)


def edit(source: Path, old: str, new: str) -> None:
    path = source / "tars" / "__init__.py"
    path.write_text(path.read_text().replace(old, new))


def test_an_edit_is_served(environment: Environment, source: Path) -> None:
    with running(Service({**environment, "TARS_RELOAD": "1"}, root=source)) as service:
        socket = service.websocket()
        version = service.get("/api/info").json()["version"]
        assert service.chat("hello").status_code == 200
        edit(source, version, "9.9.9")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE_SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        # Not one request is refused meanwhile: the sockets stay open in the parent.
        codes = []

        def is_served() -> bool:
            response = service.get("/api/info")
            codes.append(response.status_code)
            return bool(response.json()["version"] == "9.9.9")

        wait_until(is_served, "the edit")
        assert set(codes) == {200}
        assert service.metric("tars_chat_messages_total") == 1, "counters outlive a reload"
        with service.websocket(service.websocket_port) as again:
            again.send(json.dumps({"type": "ping"}))
            assert json.loads(again.recv(timeout=PATIENCE_SECONDS)) == {"type": "pong"}
        service.signal()
        assert service.wait() == 0


def test_a_broken_edit_is_reported_and_mended(environment: Environment, source: Path) -> None:
    with running(Service({**environment, "TARS_RELOAD": "1"}, root=source)) as service:
        edit(source, '"""The backend', 'this is no Python\n"""The backend')
        wait_until(lambda: "SyntaxError" in service.log.read_text(), "an error")
        edit(source, "this is no Python\n", "")
        wait_until(service.ready, "readiness")


def test_sigterm_ends_the_reloader(environment: Environment, source: Path) -> None:
    with running(Service({**environment, "TARS_RELOAD": "1"}, root=source)) as service:
        socket = service.websocket()
        service.signal()
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE_SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        assert service.wait() == 0
