"""The form of log lines."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from tars.logs import JsonFormatter, TextFormatter, kind_of
from tars.redaction import Redactor


def record(level: int = logging.INFO, message: str = "hello", **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("tars", level, __file__, 1, message, None, None)
    made.__dict__.update(more)
    return made


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (record(), "application"),
        (record(logging.WARNING), "application"),
        (record(logging.ERROR), "error"),
        (record(logging.CRITICAL), "error"),
        (record(kind="request"), "request"),
        (record(kind="audit"), "audit"),
    ],
)
def test_the_kind_of_a_line(made: logging.LogRecord, kind: str) -> None:
    assert kind_of(made) == kind
    assert json.loads(JsonFormatter().format(made))["kind"] == kind


def test_a_line_is_one_json_object() -> None:
    text = JsonFormatter().format(record(message="two\nlines \u2026", fields={"a": 1}))
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "two\nlines \u2026"
    assert line["level"] == "info"
    assert line["logger"] == "tars"
    assert line["a"] == 1
    assert line["time"].endswith("Z")


def test_an_error_has_its_stack() -> None:
    try:
        raise LookupError("gone")
    except LookupError:
        made = record(logging.ERROR, exc_info=sys.exc_info())
    error = json.loads(JsonFormatter().format(made))["error"]
    assert error["type"] == "LookupError"
    assert error["message"] == "gone"
    assert "test_an_error_has_its_stack" in error["stack"]


def test_text_for_people() -> None:
    text = TextFormatter().format(record(kind="request", fields={"status": 200}))
    assert text.endswith("info    request     hello status=200")


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "correct horse")
    text = JsonFormatter().format(record(message="cannot log in with correct horse"))
    assert "correct horse" not in text
    assert "cannot log in with ***" in text


@pytest.mark.parametrize(
    ("env", "given", "shown"),
    [
        ({}, "postgresql://tars:pw@db:5432/x", "postgresql://tars:***@db:5432/x"),
        ({}, "redis://:pw@cache:6379/0", "redis://:***@cache:6379/0"),
        ({}, "http://host:8000/a@b", "http://host:8000/a@b"),
        ({"OPENAI_API_KEY": "sk-12345"}, "key sk-12345.", "key ***."),
        ({"OPENAI_API_KEY": ""}, "nothing to hide", "nothing to hide"),
        ({"PGPASSWORD": "a"}, "a short one would ruin all", "a short one would ruin all"),
        (
            {"PGPASSWORD": "secret", "REDIS_PASSWORD": "secret-longer"},
            "secret-longer and secret",
            "*** and ***",
        ),
    ],
)
def test_redaction(env: dict[str, str], given: str, shown: str) -> None:
    assert Redactor(env)(given) == shown
