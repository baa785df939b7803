"""The migration command: waits for the database, applies, says what it did."""

from __future__ import annotations

import logging
import os
import time

import psycopg

from tars.logs import audit, configure_logs
from tars.migrations import MigrationError, apply_migrations, load_migrations
from tars.settings import Settings, SettingsError, read_settings

_log = logging.getLogger("tars.migrate")

DEFAULT_WAIT_SECONDS = 60.0


def _connect(url: str, wait_seconds: float) -> psycopg.Connection[tuple[object, ...]]:
    """A connection, tried again until `wait_seconds` are over: a database may start after us."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            if time.monotonic() >= deadline:
                raise
            _log.info("waiting for the database: %s", str(error).strip())
            time.sleep(1)


def run() -> int:
    """Migrates the database of DATABASE_URL; gives the exit code."""
    try:
        settings = read_settings(os.environ)
        wait_seconds = float(os.environ.get("MIGRATE_WAIT_SECONDS") or DEFAULT_WAIT_SECONDS)
    except (SettingsError, ValueError) as error:
        configure_logs(Settings())
        _log.error("the environment cannot be used: %s", error)
        return 2
    configure_logs(settings)
    try:
        migrations = load_migrations()
        with _connect(settings.database_url, wait_seconds) as connection:
            applied = apply_migrations(connection, migrations)
    except (psycopg.Error, MigrationError):
        _log.exception("the migration failed; nothing of the failed file was applied")
        return 1
    if applied:
        audit("schema migrated", applied=applied)
    else:
        _log.info("the schema is up to date")
    return 0
