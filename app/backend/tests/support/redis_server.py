"""A real Redis server."""

from __future__ import annotations

import os
import shutil
import subprocess

import redis

from tests.support.programs import (
    find_program,
    folder_for,
    free_port,
    other_user,
    start,
    stop,
    wait_until,
)

PASSWORD = "redis-secret/with@signs%"


class RedisServer:
    """One server in a temporary folder; with a password and an append-only file."""

    def __init__(self) -> None:
        self._program = find_program("redis-server", "redis-server")
        self._user = other_user()
        self._folder = folder_for(self._user, "tars-redis-")
        self._log = self._folder / "log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._config = self._folder / "redis.conf"
        self._config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {PASSWORD}\n"
            f'dir {self._folder}\nappendonly yes\nsave ""\n'
        )
        if self._user is not None:
            os.chown(self._config, self._user, -1)

    def start(self) -> None:
        self._process = start([self._program, str(self._config)], self._log, user=self._user)
        wait_until(self._answers, "Redis", process=self._process, log=self._log)

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, password=PASSWORD, decode_responses=True)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
