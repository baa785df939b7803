"""Whether this worker can serve: its database with the right schema, and its cache.

Ollama and its models are not asked: a pull may take an hour, and the rest works meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tars.cache import ConversationCache
from tars.database import Database
from tars.lifecycle import lifecycle
from tars.migrations import expected_version

_log = logging.getLogger("tars.readiness")

# Below the five seconds that the probes of the deployment wait, so that the answer is ours and
# says why. Not much below: under load a check waits its turn behind requests, and a busy worker
# is not one that cannot serve. Taken away for that, it would leave the others busier still.
CHECK_SECONDS = 4.0


@dataclass(frozen=True)
class Report:
    """The outcome of one look; `checks` has "ok" or what is wrong, by part."""

    status: str
    checks: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return self.status == "ready"


async def _outcome(check: Callable[[], Awaitable[str]]) -> str:
    """A check's own words, or the kind of its failure: details belong into the log."""
    try:
        return await check()
    except TimeoutError:
        return "no answer in time"
    except Exception as error:
        _log.debug("not ready: %s", error)
        return f"unavailable ({type(error).__name__})"


class Readiness:
    """Looks at what a request needs."""

    def __init__(self, database: Database, cache: ConversationCache) -> None:
        self._database = database
        self._cache = cache
        self._version = expected_version()
        self._said: dict[str, str] | None = None

    async def _postgres(self) -> str:
        version = await self._database.schema_version(CHECK_SECONDS)
        # A newer one is fine: during a rollout the old pods serve on the new schema.
        if version < self._version:
            return f"schema version {version}, needed {self._version}: run python api/migrate.py"
        return "ok"

    async def _redis(self) -> str:
        await self._cache.ping(CHECK_SECONDS)
        return "ok"

    async def look(self) -> Report:
        if lifecycle.draining.is_set():
            return Report("draining")
        postgres, redis = await asyncio.gather(_outcome(self._postgres), _outcome(self._redis))
        checks = {"postgres": postgres, "redis": redis}
        ready = all(outcome == "ok" for outcome in checks.values())
        self._log_change(checks, ready)
        return Report("ready" if ready else "not ready", checks)

    def _log_change(self, checks: dict[str, str], ready: bool) -> None:
        """Probes throw the body of an answer away: the log keeps why, once for each change."""
        if checks == self._said or (ready and self._said is None):
            return
        self._said = checks
        outcome = ", ".join(f"{name}: {what}" for name, what in checks.items())
        _log.log(
            logging.INFO if ready else logging.WARNING,
            "%s: %s",
            "ready" if ready else "not ready",
            outcome,
        )
