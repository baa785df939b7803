"""The parent of the workers: restarts a dead one, passes SIGTERM on, keeps the metrics honest."""

from __future__ import annotations

import logging
import time
from socket import socket

import uvicorn.supervisors.multiprocess as uvicorn_multiprocess
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE

from tars.metrics_dir import worker_exited
from tars.server import DrainingServer

_log = logging.getLogger("tars.supervisor")

START_SECONDS = 60.0


class Worker(uvicorn_multiprocess.Process):
    """A worker process with our server in it."""

    grace_seconds = 25.0
    linger_seconds = 1.0

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._server = DrainingServer(config, self.grace_seconds, self.linger_seconds)
        self._made = time.monotonic()

    def is_alive(self, timeout: float = 5) -> bool:
        """Whether it runs and, once it has had time to start, answers within `timeout` seconds.

        A worker that still imports its modules cannot answer. On a throttled CPU that takes longer
        than the time-out: it would be killed over and over, and SIGTERM would wait meanwhile.
        """
        if time.monotonic() - self._made < START_SECONDS:
            return self.process.is_alive()
        return super().is_alive(timeout)


# uvicorn has no argument for the class of its workers; this name in its module is the one seam.
# The version is pinned, and a test fails if an update moves it.
uvicorn_multiprocess.Process = Worker  # type: ignore[misc]


class Supervisor(uvicorn_multiprocess.Multiprocess):
    """uvicorn's supervisor, with an end that is bounded."""

    def __init__(self, config: Config, sockets: list[socket], grace_seconds: float) -> None:
        super().__init__(config, sockets)
        self.grace_seconds = grace_seconds
        self._known: set[int] = set()

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        current = {process.pid for process in self.processes if process.pid is not None}
        for pid in self._known - current:
            worker_exited(pid)
        self._known = current

    def join_all(self) -> None:
        """Waits for the workers, which end by themselves; one that hangs is killed."""
        # As long as one copy of a socket is open, the kernel takes connections on it. The workers
        # close theirs; on ours nobody would ever answer.
        for listener in self.sockets:
            listener.close()
        deadline = time.monotonic() + self.grace_seconds
        for worker in self.processes:
            worker.process.join(max(0.1, deadline - time.monotonic()))
            if worker.process.is_alive():
                _log.error("worker %s did not stop in time and was killed", worker.pid)
                worker.process.kill()
                worker.process.join()

    @property
    def failed(self) -> bool:
        """Whether a worker could not start at all, so that a restart would not help."""
        return any(worker.exitcode == STARTUP_FAILURE for worker in self.processes)
