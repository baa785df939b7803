"""Fixtures: one PostgreSQL, one Redis and one stand-in for Ollama for the whole run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support import postgres as postgres_support
from tests.support import redis_server as redis_support
from tests.support.fake_ollama import FakeOllama
from tests.support.postgres import PostgresServer
from tests.support.programs import PATIENCE_SECONDS, MissingProgram
from tests.support.redis_server import RedisServer
from tests.support.service import ROOT, Service, running

Environment = dict[str, str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except MissingProgram as missing:
        pytest.fail(str(missing), pytrace=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    try:
        server = RedisServer()
    except MissingProgram as missing:
        pytest.fail(str(missing), pytrace=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _ollama() -> Iterator[FakeOllama]:
    server = FakeOllama()
    server.serve()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ollama(_ollama: FakeOllama) -> FakeOllama:
    """The stand-in, as good as new."""
    _ollama.reset()
    return _ollama


def migrate(env: Environment) -> subprocess.CompletedProcess[str]:
    """Runs the migration command as a one-shot does."""
    return subprocess.run(
        [sys.executable, "api/migrate.py"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture
def make_environment(
    postgres: PostgresServer, redis_server: RedisServer, ollama: FakeOllama
) -> Callable[..., Environment]:
    """Variables as the real system sets them, on an empty database."""

    def make(**more: str) -> Environment:
        return {
            "TARS_ENV": "test",
            "DATABASE_URL": postgres.url(postgres.new_database()),
            "PGPASSWORD": postgres_support.PASSWORD,
            "REDIS_URL": redis_server.url,
            "REDIS_PASSWORD": redis_support.PASSWORD,
            "OLLAMA_BASE_URL": ollama.url,
            "OPENAI_API_KEY": "",
            "JWT_SECRET_KEY": "jwt-secret-of-the-tests",
            "API_WORKERS": "2",
            "DB_POOL_SIZE": "3",
            **more,
        }

    return make


@pytest.fixture
def environment(make_environment: Callable[..., Environment]) -> Environment:
    """The same with a migrated database."""
    env = make_environment()
    done = migrate(env)
    assert done.returncode == 0, done.stdout + done.stderr
    return env


@pytest.fixture(scope="module")
def _shared() -> Iterator[dict[str, Service]]:
    """The services that a module's tests share."""
    services: dict[str, Service] = {}
    yield services
    for service in services.values():
        service.remove()


@pytest.fixture
def service(_shared: dict[str, Service], request: pytest.FixtureRequest) -> Service:
    """A running backend with two workers, one for all tests of a module."""
    if "service" not in _shared:
        shared = Service(request.getfixturevalue("environment"))
        _shared["service"] = shared
        shared.start()
    request.getfixturevalue("ollama")
    return _shared["service"]


@pytest.fixture
def own_service(environment: Environment) -> Iterator[Service]:
    """A running backend with four workers that a test may end or break."""
    with running(Service({**environment, "API_WORKERS": "4"})) as own:
        yield own
