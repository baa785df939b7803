"""Logs on standard output, one JSON object a line, of four kinds.

`kind` says what a line is: `application` (what the program does), `request` (one HTTP request or
WebSocket connection), `error` (with its stack trace) and `audit` (who made or removed what, and
when the service started and stopped). uvicorn's own lines pass the same formatter.
"""

from __future__ import annotations

import json
import logging
import logging.config
import os
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from tars.redaction import Redactor
from tars.settings import Settings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_log = logging.getLogger("tars")


def audit(event: str, **fields: object) -> None:
    """Writes down an act that somebody may ask about later."""
    _log.info(event, extra={"kind": "audit", "fields": {"event": event, **fields}})


def request_line(message: str, **fields: object) -> None:
    """Writes down one request that was served."""
    _log.info(message, extra={"kind": "request", "fields": fields})


def kind_of(record: logging.LogRecord) -> str:
    """The kind of a record; one that says nothing is an error from ERROR upward."""
    stated = getattr(record, "kind", None)
    if isinstance(stated, str):
        return stated
    return "error" if record.levelno >= logging.ERROR else "application"


class _TarsFormatter(logging.Formatter):
    """What both formats share: the fields of a record, without secrets."""

    def __init__(self) -> None:
        super().__init__()
        self.redact = Redactor(os.environ)

    def entry(self, record: logging.LogRecord) -> dict[str, Any]:
        moment = datetime.fromtimestamp(record.created, tz=UTC)
        entry: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "kind": kind_of(record),
            "logger": record.name,
            "message": record.getMessage(),
            "pid": record.process,
        }
        if (current := request_id.get()) is not None:
            entry["request_id"] = current
        entry.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0] is not None:
            entry["error"] = {
                "type": record.exc_info[0].__name__,
                "message": str(record.exc_info[1]),
                "stack": self.formatException(record.exc_info),
            }
        return entry


class JsonFormatter(_TarsFormatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(json.dumps(self.entry(record), ensure_ascii=False, default=str))


class TextFormatter(_TarsFormatter):
    """The same for people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        entry = self.entry(record)
        fields: dict[str, object] = getattr(record, "fields", {})
        extra = "".join(f" {k}={v}" for k, v in fields.items() if k != "event")
        line = f"{entry['time']} {entry['level']:7} {entry['kind']:11} {entry['message']}{extra}"
        if "error" in entry:
            line += "\n" + entry["error"]["stack"]
        return self.redact(line)


def log_config(settings: Settings) -> dict[str, Any]:
    """The `logging.config` dictionary; uvicorn applies it again in every process it starts."""
    formatter = JsonFormatter if settings.log_format == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"tars": {"()": f"{__name__}.{formatter.__name__}"}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "tars",
            }
        },
        "root": {"handlers": ["stdout"], "level": settings.log_level},
        "loggers": {
            # One line a request of its own to Ollama says nothing that ours does not.
            "httpx2": {"level": "WARNING"},
            "httpcore2": {"level": "WARNING"},
            # Every connection that comes and goes; what matters is a warning.
            "psycopg.pool": {"level": "WARNING"},
            # Every change on disk, each poll: uvicorn says what was reloaded.
            "watchfiles": {"level": "WARNING"},
        },
    }


def configure_logs(settings: Settings) -> None:
    """For processes that uvicorn does not configure."""
    logging.config.dictConfig(log_config(settings))
    logging.captureWarnings(True)
