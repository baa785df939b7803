"""Finds, starts and ends the programs that the tests need."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# Longer than anything takes on a machine that is ten times as slow as usual.
PATIENCE_SECONDS = 120.0
# Below those that systems give to whoever asks for any, so that nobody else is given one meanwhile.
_PORTS = range(20_000, 30_000)
# Debian keeps PostgreSQL's programs out of the path, by version.
_DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


class MissingProgram(Exception):
    """A real tool is not there. The tests fail rather than skip: green must mean something."""


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", path.name))


def find_program(name: str, package: str) -> str:
    """The program's path. Raises MissingProgram that names the package to install."""
    versions = _DEBIAN_POSTGRES.iterdir() if _DEBIAN_POSTGRES.is_dir() else ()
    folders = [str(path / "bin") for path in sorted(versions, key=_version, reverse=True)]
    path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingProgram(f"{name} is not installed; on Debian: apt-get install -y {package}")
    return found


_given: set[int] = set()


def free_port() -> int:
    """A loopback port that nobody uses, each once."""
    while True:
        port = random.choice(_PORTS)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port


def other_user() -> int | None:
    """Whom to run servers as: PostgreSQL refuses root. None if we are nobody special."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd  # which Windows does not have

    return pwd.getpwnam("nobody").pw_uid


def without_privilege() -> list[str]:
    """What to start a program with, so that read-only is read-only for it even if we are root."""
    if os.geteuid() != 0:
        return []
    drop = "-dac_override,-dac_read_search"
    return [find_program("setpriv", "util-linux"), "--bounding-set", drop, "--inh-caps", drop]


def folder_for(user: int | None, prefix: str) -> Path:
    """A new folder that belongs to `user`."""
    # Not pytest's tmp_path: it lies in a folder that only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if user is not None:
        os.chown(folder, user, -1)
    return folder


def start(
    command: Sequence[str],
    log: Path,
    *,
    user: int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a program in a process group of its own, with its output in `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            env=env,
            cwd=cwd,
        )


def stop(process: subprocess.Popen[bytes], sig: signal.Signals = signal.SIGTERM) -> int:
    """Ends a program that we started and gives its exit code."""
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE_SECONDS)
    return process.returncode


def wait_until(
    condition: Callable[[], object],
    what: str,
    *,
    seconds: float = PATIENCE_SECONDS,
    process: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
) -> None:
    """Waits for `condition`; fails with the program's output if it ends or the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        ended = process is not None and process.poll() is not None
        if ended or time.monotonic() > deadline:
            output = log.read_text(errors="replace")[-4000:] if log else ""
            raise AssertionError(f"{what}: not within {seconds} s (ended: {ended})\n{output}")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether something takes connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
