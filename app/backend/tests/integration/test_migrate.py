"""The migration command on a real database."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tars.migrations import MigrationError, apply_migrations, load_migrations
from tests.conftest import Environment, migrate
from tests.support.postgres import PostgresServer
from tests.support.programs import free_port


def test_a_second_run_changes_nothing(make_environment: Callable[..., Environment]) -> None:
    env = make_environment()
    first, second = migrate(env), migrate(env)
    assert (first.returncode, second.returncode) == (0, 0)
    line = json.loads(first.stdout.splitlines()[-1])
    assert (line["kind"], line["applied"]) == ("audit", ["0001_conversations.sql"])
    assert "the schema is up to date" in second.stdout


def test_several_at_once_apply_once(make_environment: Callable[..., Environment]) -> None:
    env = make_environment()
    results: list[tuple[int, str]] = []

    def run() -> None:
        done = migrate(env)
        results.append((done.returncode, done.stdout))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [code for code, _ in results] == [0, 0, 0]
    assert sum("schema migrated" in output for _, output in results) == 1


def write(folder: Path, name: str, sql: str) -> None:
    (folder / name).write_text(sql)


def test_a_failure_leaves_the_schema_before_it(postgres: PostgresServer, tmp_path: Path) -> None:
    write(tmp_path, "0001_a.sql", "CREATE TABLE a (id int);")
    write(tmp_path, "0002_b.sql", "CREATE TABLE b (id int); SELECT nonsense;")
    with postgres.connect(postgres.new_database()) as connection:
        with pytest.raises(psycopg.errors.UndefinedColumn):
            apply_migrations(connection, load_migrations(tmp_path))
        versions = connection.execute("SELECT version FROM schema_migrations").fetchall()
        assert versions == [(1,)]
        row = connection.execute("SELECT to_regclass('a')::text, to_regclass('b')").fetchone()
        assert row == ("a", None)
        # Mended, it goes on from there; the lock was given back.
        write(tmp_path, "0002_b.sql", "CREATE TABLE b (id int);")
        assert apply_migrations(connection, load_migrations(tmp_path)) == ["0002_b.sql"]


def test_a_changed_file_is_refused(postgres: PostgresServer, tmp_path: Path) -> None:
    write(tmp_path, "0001_a.sql", "CREATE TABLE a (id int);")
    with postgres.connect(postgres.new_database()) as connection:
        apply_migrations(connection, load_migrations(tmp_path))
        write(tmp_path, "0001_a.sql", "CREATE TABLE a (id bigint);")
        with pytest.raises(MigrationError, match="was changed after it had been applied"):
            apply_migrations(connection, load_migrations(tmp_path))


def test_no_database_is_an_error_without_the_password(
    make_environment: Callable[..., Environment],
) -> None:
    env = make_environment(
        DATABASE_URL=f"postgresql://tars@127.0.0.1:{free_port()}/x", MIGRATE_WAIT_SECONDS="1"
    )
    done = migrate(env)
    assert done.returncode == 1
    assert env["PGPASSWORD"] not in done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["kind"] == "error"
