"""Settings from environment variables, read once, with every mistake reported together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

ENGINES = ("ollama",)
RELOAD_GRACE_SECONDS = 3.0


class SettingsError(ValueError):
    """One or more environment variables have a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """What the process was told. Secrets are kept out of `repr`, so that no log line shows them."""

    environment: str = "development"
    database_url: str = "postgresql://tars@localhost:5432/tars_db"
    redis_url: str = "redis://localhost:6379/0"
    redis_password: str = field(default="", repr=False)
    ollama_base_url: str = "http://localhost:11434"
    ollama_model: str = ""
    host: str = "0.0.0.0"
    port: int = 8000
    websocket_port: int = 8001
    workers: int = 4
    db_pool_size: int = 5
    engine: str = "ollama"
    embedding_model: str = "sentence-transformers/all-MiniLM-L6-v2"
    max_conversations: int = 1000
    document_chunk_size: int = 512
    prometheus_enabled: bool = True
    log_format: str = "json"
    log_level: str = "INFO"
    allowed_origins: tuple[str, ...] = ()
    reload: bool = False
    shutdown_grace_seconds: float = 25.0
    shutdown_linger_seconds: float = 1.0

    @property
    def grace_seconds(self) -> float:
        """Time from SIGTERM to exit. Short under hot reload: an edit must not wait."""
        if self.reload:
            return min(self.shutdown_grace_seconds, RELOAD_GRACE_SECONDS)
        return self.shutdown_grace_seconds

    @property
    def linger_seconds(self) -> float:
        """Time in which a draining worker still takes connections; see `tars.server`."""
        return 0.0 if self.reload else min(self.shutdown_linger_seconds, self.grace_seconds / 4)

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports to listen on; the two may be one."""
        return tuple(dict.fromkeys((self.port, self.websocket_port)))


class _Reader:
    """Reads typed variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def _read(self, name: str, default: T, convert: Callable[[str], T], allowed: str) -> T:
        raw = self.env.get(name, "")
        if raw == "":
            return default
        try:
            return convert(raw)
        except ValueError:
            self.problems.append(f"{name}: {raw!r} is not allowed; expected {allowed}")
            return default

    def text(self, name: str, default: str) -> str:
        return self.env.get(name, "") or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        def convert(raw: str) -> int:
            value = int(raw)
            if not low <= value <= high:
                raise ValueError
            return value

        return self._read(name, default, convert, f"a whole number from {low} to {high}")

    def seconds(self, name: str, default: float) -> float:
        def convert(raw: str) -> float:
            value = float(raw)
            if not 0 <= value <= 3600:
                raise ValueError
            return value

        return self._read(name, default, convert, "seconds from 0 to 3600")

    def flag(self, name: str, default: bool) -> bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

        def convert(raw: str) -> bool:
            if raw.lower() not in words:
                raise ValueError
            return words[raw.lower()]

        return self._read(name, default, convert, "true or false")

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def convert(raw: str) -> str:
            if raw not in choices:
                raise ValueError
            return raw

        return self._read(name, default, convert, " or ".join(choices))

    def url(self, name: str, default: str, *schemes: str) -> str:
        def convert(raw: str) -> str:
            if not raw.startswith(tuple(f"{scheme}://" for scheme in schemes)):
                raise ValueError
            return raw

        # The value itself may hold a password, so the message shows only what is allowed.
        try:
            return convert(self.text(name, default))
        except ValueError:
            self.problems.append(f"{name}: not a URL that starts with {' or '.join(schemes)}")
            return default


def read_settings(env: Mapping[str, str]) -> Settings:
    """Settings from `env`; empty counts as unset. Raises SettingsError naming all mistakes."""
    read = _Reader(env)
    settings = Settings(
        environment=read.text("TARS_ENV", Settings.environment),
        database_url=read.url("DATABASE_URL", Settings.database_url, "postgresql", "postgres"),
        redis_url=read.url("REDIS_URL", Settings.redis_url, "redis", "rediss"),
        redis_password=read.text("REDIS_PASSWORD", ""),
        ollama_base_url=read.url(
            "OLLAMA_BASE_URL", Settings.ollama_base_url, "http", "https"
        ).rstrip("/"),
        ollama_model=read.text("OLLAMA_MODEL", ""),
        host=read.text("API_HOST", Settings.host),
        port=read.number("API_PORT", Settings.port, 1, 65535),
        websocket_port=read.number("WEBSOCKET_PORT", Settings.websocket_port, 1, 65535),
        workers=read.number("API_WORKERS", Settings.workers, 1, 64),
        db_pool_size=read.number("DB_POOL_SIZE", Settings.db_pool_size, 1, 100),
        engine=read.choice("DEFAULT_LLM_ENGINE", Settings.engine, ENGINES),
        embedding_model=read.text("EMBEDDING_MODEL", Settings.embedding_model),
        max_conversations=read.number(
            "MEMORY_MAX_CONVERSATIONS", Settings.max_conversations, 1, 1_000_000
        ),
        document_chunk_size=read.number(
            "DOCUMENT_CHUNK_SIZE", Settings.document_chunk_size, 1, 1_000_000
        ),
        prometheus_enabled=read.flag("PROMETHEUS_ENABLED", Settings.prometheus_enabled),
        log_format=read.choice("LOG_FORMAT", Settings.log_format, ("json", "text")),
        log_level=read.choice(
            "LOG_LEVEL", Settings.log_level, ("DEBUG", "INFO", "WARNING", "ERROR")
        ),
        allowed_origins=tuple(
            part.strip() for part in env.get("TARS_ALLOWED_ORIGINS", "").split(",") if part.strip()
        ),
        reload=read.flag("TARS_RELOAD", Settings.reload),
        shutdown_grace_seconds=read.seconds(
            "SHUTDOWN_GRACE_SECONDS", Settings.shutdown_grace_seconds
        ),
        shutdown_linger_seconds=read.seconds(
            "SHUTDOWN_LINGER_SECONDS", Settings.shutdown_linger_seconds
        ),
    )
    if read.problems:
        raise SettingsError("; ".join(read.problems))
    return settings
