"""A probe throws the body of an answer away: the log has the reason, once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

from tars.readiness import Readiness

if TYPE_CHECKING:
    import pytest

    from tars.cache import ConversationCache
    from tars.database import Database


class AuthenticationError(Exception):
    """As redis names it."""


class Parts:
    """Database and cache in one; the cache refuses as long as it is told to."""

    refuses = True

    async def schema_version(self, seconds: float) -> int:
        return 1_000_000

    async def ping(self, seconds: float) -> None:
        if self.refuses:
            raise AuthenticationError("WRONGPASS")


def test_why_it_is_not_ready_is_logged_once_for_each_change(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts = Parts()
    readiness = Readiness(cast("Database", parts), cast("ConversationCache", parts))

    async def looks() -> None:
        await readiness.look()
        await readiness.look()
        parts.refuses = False
        await readiness.look()
        await readiness.look()

    with caplog.at_level(logging.INFO, logger="tars.readiness"):
        asyncio.run(looks())
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "not ready: postgres: ok, redis: unavailable (AuthenticationError)"),
        ("INFO", "ready: postgres: ok, redis: ok"),
    ]


def test_nothing_is_logged_of_one_that_has_always_been_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts = Parts()
    parts.refuses = False
    readiness = Readiness(cast("Database", parts), cast("ConversationCache", parts))
    with caplog.at_level(logging.DEBUG, logger="tars.readiness"):
        asyncio.run(readiness.look())
    assert caplog.records == []
