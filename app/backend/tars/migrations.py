"""Numbered SQL files, each applied once, in order, under a lock."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

DIRECTORY = Path(__file__).resolve().parent.parent / "migrations"
# Any number will do, as long as nobody else in this database uses it.
ADVISORY_LOCK = 7_238_871_001
LOCK_TIMEOUT_SECONDS = 120

_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


class MigrationError(Exception):
    """The migrations on disk, or those in the database, do not make sense."""


@dataclass(frozen=True)
class Migration:
    """One file."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        # A checkout on Windows has other line ends and is the same migration.
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


def load_migrations(directory: Path = DIRECTORY) -> list[Migration]:
    """The files in order. Raises MigrationError for a strange name, a gap or a double number."""
    found: list[Migration] = []
    for path in sorted(directory.glob("*.sql")):
        match = _NAME.match(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: expected a name like 0001_what_it_does.sql")
        found.append(Migration(int(match.group(1)), path.name, path.read_text("utf-8")))
    for expected, migration in enumerate(found, start=1):
        if migration.version != expected:
            raise MigrationError(f"{migration.name}: expected number {expected:04}")
    return found


def expected_version() -> int:
    """The schema version that this code needs."""
    return len(load_migrations())


def apply_migrations(
    connection: psycopg.Connection[tuple[object, ...]], migrations: Sequence[Migration]
) -> list[str]:
    """Applies what is missing and gives its names. `connection` must be in autocommit mode.

    A session lock makes a second run wait rather than fail; it goes with the connection, so a
    crash leaves nothing locked. Each file is a transaction together with its row: a failure
    leaves the database at the file before.
    """
    connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
    connection.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations ("
            " version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = connection.execute("SELECT version, checksum FROM schema_migrations").fetchall()
        done = {int(str(row[0])): row[1] for row in rows}
        applied: list[str] = []
        for migration in migrations:
            if migration.version in done:
                if done[migration.version] != migration.checksum:
                    raise MigrationError(
                        f"{migration.name}: was changed after it had been applied; add a new file"
                    )
                continue
            with connection.transaction():
                connection.execute(migration.sql.encode())
                connection.execute(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
                    (migration.version, migration.name, migration.checksum),
                )
            applied.append(migration.name)
        return applied
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
