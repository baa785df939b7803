"""Conversations cached in Redis. A cache that is away costs time, never an answer.

A reader that was slow must not store what a writer has changed meanwhile. So each conversation has
a version beside its value: writers raise it, and a value is stored only if the version is still
the one that was seen before the database was asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = logging.getLogger("tars.cache")

PREFIX = "tars:conversation:"
INDEX = "tars:conversations"
# Also the longest that a stale value can live after a write during which Redis was away.
VALUE_SECONDS = 300
VERSION_SECONDS = 3600
# After a failure Redis is left alone for a moment, or every chat would wait for its time-outs.
PAUSE_SECONDS = 2.0

_STORE = """
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[5])
local excess = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[6])
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[3], excess)
  for i = 1, #oldest, 2 do redis.call('DEL', ARGV[7] .. oldest[i]) end
end
return 1
"""

_FAILURES = (RedisError, OSError, TimeoutError)


@dataclass(frozen=True)
class Lookup:
    """What the cache said: a value, or the version under which one may be stored."""

    value: str | None
    version: str | None


def _key(conversation_id: UUID) -> str:
    return f"{PREFIX}{conversation_id}"


def _text(value: bytes | str | None) -> str | None:
    """redis-py's types do not know that `decode_responses` leaves no bytes."""
    return value.decode() if isinstance(value, bytes) else value


class ConversationCache:
    """At most `capacity` conversations, those read last."""

    def __init__(self, url: str, password: str, capacity: int) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=0.8,
            socket_connect_timeout=0.8,
            password=password or None,
        )
        self._store = self._redis.register_script(_STORE)
        self._capacity = capacity
        self._paused_until = 0.0

    async def close(self) -> None:
        await self._redis.aclose()

    async def ping(self, seconds: float) -> None:
        """Raises if Redis does not answer in time; asked whatever happened before."""
        async with asyncio.timeout(seconds):
            await self._redis.ping()
        self._paused_until = 0.0

    def _failed(self, doing: str, error: BaseException) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS
        _log.warning("the cache is away while %s: %s", doing, error)

    @property
    def _paused(self) -> bool:
        return time.monotonic() < self._paused_until

    async def find(self, conversation_id: UUID) -> Lookup:
        """The cached value, if there is one."""
        if self._paused:
            return Lookup(None, None)
        key = _key(conversation_id)
        try:
            value, version = await self._redis.mget(key, f"{key}:version")
        except _FAILURES as error:
            self._failed("reading", error)
            return Lookup(None, None)
        return Lookup(_text(value), _text(version) or "0")

    async def store(self, conversation_id: UUID, value: str, version: str | None) -> None:
        """Keeps `value`, unless the conversation has changed since `version` was seen."""
        if version is None or self._paused:
            return
        key = _key(conversation_id)
        try:
            await self._store(
                keys=[key, f"{key}:version", INDEX],
                args=[
                    version,
                    value,
                    VALUE_SECONDS,
                    time.time(),
                    str(conversation_id),
                    self._capacity,
                    PREFIX,
                ],
            )
        except _FAILURES as error:
            self._failed("storing", error)

    async def forget(self, conversation_id: UUID) -> None:
        """Called after each write. Tried even in a pause: a stale value is worse than a wait."""
        key = _key(conversation_id)
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incr(f"{key}:version")
                pipe.expire(f"{key}:version", VERSION_SECONDS)
                pipe.delete(key)
                pipe.zrem(INDEX, str(conversation_id))
                await pipe.execute()
        except _FAILURES as error:
            self._failed("invalidating", error)
