"""Servers that are not there yet, or go away and come back."""

from __future__ import annotations

import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.conftest import Environment, migrate
from tests.support import postgres as postgres_support
from tests.support import redis_server as redis_support
from tests.support.fake_ollama import FakeOllama
from tests.support.postgres import PostgresServer
from tests.support.programs import folder_for, wait_until, without_privilege
from tests.support.redis_server import RedisServer
from tests.support.service import ROOT, Service, running


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


def test_it_starts_before_its_servers_and_survives_them(
    own_postgres: PostgresServer, own_redis: RedisServer, ollama: FakeOllama
) -> None:
    env = {
        "DATABASE_URL": own_postgres.url("postgres"),
        "PGPASSWORD": postgres_support.PASSWORD,
        "REDIS_URL": own_redis.url,
        "REDIS_PASSWORD": redis_support.PASSWORD,
        "OLLAMA_BASE_URL": ollama.url,
        "API_WORKERS": "2",
    }

    def checks() -> dict[str, str]:
        found: dict[str, str] = service.get("/ready").json()["checks"]
        return found

    with running(Service(env), ready=False) as service:
        # Nothing is there: alive, not ready, and a chat says why it cannot be.
        assert service.get("/health").status_code == 200
        assert all(outcome != "ok" for outcome in checks().values())
        refused = service.chat("hello")
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "DatabaseUnavailable"

        # The database without a schema.
        own_postgres.start()
        wait_until(lambda: "migrate.py" in checks()["postgres"], "the schema's absence")
        assert service.chat("hello").json()["error"]["code"] == "SchemaMissing"

        # The schema without Redis: not ready, yet a chat works.
        assert migrate({**service.env, **env}).returncode == 0
        wait_until(lambda: checks()["postgres"] == "ok", "the database")
        assert not service.ready()
        chatted = service.chat("without a cache")
        assert chatted.status_code == 200
        path = f"/api/conversations/{chatted.json()['conversation_id']}"
        assert service.get(path).headers["x-cache"] == "miss"

        own_redis.start()
        wait_until(service.ready, "readiness")

        # The database goes away and comes back, with its data; nobody restarts us.
        own_postgres.stop()
        wait_until(lambda: checks()["postgres"] != "ok", "unreadiness")
        own_postgres.start()
        # Each worker finds that out by itself; they take turns.
        wait_until(lambda: all(service.ready() for _ in range(20)), "readiness")
        for _ in range(20):
            assert service.chat("again").status_code == 200
        assert len(service.get(path).json()["messages"]) == 2

        # The same for Redis.
        own_redis.stop()
        assert service.chat("without a cache again").status_code == 200
        away = {"postgres": "ok", "redis": "unavailable (ConnectionError)"}
        wait_until(lambda: checks() == away, "Redis' absence")
        own_redis.start()
        wait_until(service.ready, "readiness")
        assert service.process is not None
        assert service.process.poll() is None


def test_a_worker_whose_connections_are_all_in_use_is_ready(environment: Environment) -> None:
    env = {**environment, "API_WORKERS": "1", "DB_POOL_SIZE": "1"}
    with running(Service(env)) as service, ThreadPoolExecutor() as threads:
        url, password = environment["DATABASE_URL"], environment["PGPASSWORD"]
        with psycopg.connect(url, password=password) as other:
            other.execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
            waits = threads.submit(service.get, "/api/conversations")
            wait_until(lambda: _waiting(other) == 1, "the request that waits for the lock")
            asked = threads.submit(service.get, "/ready")
            time.sleep(2)  # as long as a busy worker lets others wait
            assert not asked.done()
        assert asked.result().json() == {
            "status": "ready",
            "checks": {"postgres": "ok", "redis": "ok"},
        }
        assert waits.result().status_code == 200


def _waiting(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    """Sessions that wait for a lock."""
    row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return row[0] if row else None


def test_without_ollama_it_is_ready_but_chats_are_refused(
    environment: Environment, ollama: FakeOllama
) -> None:
    ollama.behaviour.models = []
    with running(Service(environment)) as service:
        refused = service.chat("hello")
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "NoModel"
        assert service.get("/api/conversations").json() == {"conversations": []}
        # The pull is over: the next message is answered.
        ollama.behaviour.models = ["tiny:latest"]
        assert service.chat("hello").status_code == 200


@pytest.mark.parametrize(
    ("more", "status", "code", "model"),
    [
        ({"OLLAMA_MODEL": "other:1b"}, 200, None, "other:1b"),
        ({"OLLAMA_MODEL": "absent"}, 503, "NoModel", None),
        ({"OLLAMA_BASE_URL": "http://127.0.0.1:9"}, 503, "EngineUnavailable", None),
    ],
)
def test_which_model(
    environment: Environment, more: Environment, status: int, code: str | None, model: str | None
) -> None:
    with running(Service({**environment, **more})) as service:
        response = service.chat("hello")
        assert response.status_code == status
        if code:
            assert response.json()["error"]["code"] == code
        else:
            assert response.json()["model"] == model


def test_a_read_only_source(make_environment: Callable[..., Environment]) -> None:
    """As in the image: nothing but the temporary folder to write to."""
    env = make_environment()
    assert migrate(env).returncode == 0
    source = folder_for(None, "tars-source-")
    for name in ("api", "tars", "migrations"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    folders = [source, *(path for path in source.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        prefix = without_privilege()
        probe = subprocess.run([*prefix, "touch", str(source / "x")], capture_output=True)
        assert probe.returncode != 0, "the folder must be read-only for this test to mean anything"
        with running(Service(env, root=source, prefix=prefix)) as service:
            assert service.chat("hello").status_code == 200
            assert service.metric("tars_chat_messages_total") == 1
            service.signal()
            assert service.wait() == 0
        assert not list(source.rglob("*.pyc"))
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)
        shutil.rmtree(source)
