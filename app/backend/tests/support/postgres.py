"""A real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from uuid import uuid4

import psycopg

from tests.support.programs import (
    find_program,
    folder_for,
    free_port,
    other_user,
    start,
    stop,
    wait_until,
)

USER = "tars"
PASSWORD = "postgres-secret/with@signs%"


class PostgresServer:
    """One cluster in a temporary folder; password authentication, as in the real system."""

    def __init__(self) -> None:
        initdb = find_program("initdb", "postgresql")
        self._program = find_program("postgres", "postgresql")
        self._user = other_user()
        self._folder = folder_for(self._user, "tars-postgres-")
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        password_file = self._folder / "password"
        password_file.write_text(PASSWORD)
        if self._user is not None:
            os.chown(password_file, self._user, -1)
        subprocess.run(
            [
                initdb,
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
                f"--username={USER}",
                f"--pwfile={password_file}",
                f"--pgdata={self._data}",
            ],
            check=True,
            capture_output=True,
            user=self._user,
            cwd=self._folder,
        )

    def start(self) -> None:
        self._process = start(
            [
                self._program,
                "-D",
                str(self._data),
                "-p",
                str(self.port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
            ],
            self._log,
            user=self._user,
            cwd=self._folder,
        )
        wait_until(self._answers, "PostgreSQL", process=self._process, log=self._log)

    def stop(self) -> None:
        """A fast shutdown, which is PostgreSQL's SIGINT."""
        if self._process is not None:
            stop(self._process, signal.SIGINT)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """Without a password, as in the ConfigMap; it comes from PGPASSWORD."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(database), password=PASSWORD, autocommit=True)

    def new_database(self) -> str:
        """An empty database; gives its name."""
        name = f"test_{uuid4().hex[:12]}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return name
