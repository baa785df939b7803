"""Messages, titles, and the choice of a model."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tars.chat import LONGEST_MESSAGE, ChatMessage
from tars.conversations import TITLE_LENGTH, title_of
from tars.errors import ApiError
from tars.ollama import choose_model


@pytest.mark.parametrize(
    ("wanted", "present", "chosen"),
    [
        ("", ["tiny:latest", "big:70b"], "tiny:latest"),
        ("tiny", ["big:70b", "tiny:latest"], "tiny"),
        ("tiny:latest", ["tiny:latest"], "tiny:latest"),
        ("big:70b", ["tiny:latest", "big:70b"], "big:70b"),
    ],
)
def test_choice_of_a_model(wanted: str, present: list[str], chosen: str) -> None:
    assert choose_model(wanted, present) == chosen


@pytest.mark.parametrize(("wanted", "present"), [("", []), ("big", ["big:70b"]), ("x", [])])
def test_no_model(wanted: str, present: list[str]) -> None:
    with pytest.raises(ApiError) as caught:
        choose_model(wanted, present)
    assert (caught.value.status, caught.value.code) == (503, "NoModel")


def test_a_message_gets_an_id_of_its_own() -> None:
    first, second = (ChatMessage(message="hello") for _ in range(2))
    assert first.message_id != second.message_id


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"message": ""},
        {"message": "  \n "},
        {"message": "x" * (LONGEST_MESSAGE + 1)},
        {"message": "x", "conversation_id": "no uuid"},
        {"message": "x", "message_id": ""},
        {"message": "x", "message_id": "a" * 65},
        {"message": "x", "message_id": "new\nline"},
        {"message": "x", "message_id": 5},
    ],
)
def test_bad_messages(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChatMessage.model_validate(fields)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Hello", "Hello"),
        ("  two\n\nlines  ", "two lines"),
        ("x" * 200, "x" * (TITLE_LENGTH - 1) + "\u2026"),
    ],
)
def test_titles(content: str, title: str) -> None:
    assert title_of(content) == title
