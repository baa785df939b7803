"""Conversations in Redis."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID, uuid4

from tars.cache import INDEX, PREFIX, ConversationCache
from tests.support import redis_server as redis_support
from tests.support.redis_server import RedisServer
from tests.support.service import Service


def test_the_second_read_comes_from_redis(service: Service, redis_server: RedisServer) -> None:
    conversation = service.chat("remember me").json()["conversation_id"]
    path = f"/api/conversations/{conversation}"
    first, second = service.get(path), service.get(path)
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
    assert first.json() == second.json()
    with redis_server.client() as client:
        cached = client.get(f"{PREFIX}{conversation}")
        assert json.loads(str(cached)) == first.json()
        assert 0 < int(str(client.ttl(f"{PREFIX}{conversation}"))) <= 300


def test_a_write_is_seen_by_the_next_read(service: Service) -> None:
    conversation = service.chat("one").json()["conversation_id"]
    path = f"/api/conversations/{conversation}"
    assert len(service.get(path).json()["messages"]) == 2
    service.chat("two", conversation_id=conversation)
    again = service.get(path)
    assert again.headers["x-cache"] == "miss"
    assert len(again.json()["messages"]) == 4


def cache(redis_server: RedisServer, capacity: int = 1000) -> ConversationCache:
    return ConversationCache(redis_server.url, redis_support.PASSWORD, capacity)


def test_a_slow_reader_does_not_store_what_is_stale(redis_server: RedisServer) -> None:
    async def scenario() -> tuple[str | None, str | None]:
        tested, conversation = cache(redis_server), uuid4()
        seen = await tested.find(conversation)
        await tested.forget(conversation)  # a write, between the reader's question and its answer
        await tested.store(conversation, "old", seen.version)
        stale = (await tested.find(conversation)).value
        seen = await tested.find(conversation)
        await tested.store(conversation, "new", seen.version)
        fresh = (await tested.find(conversation)).value
        await tested.close()
        return stale, fresh

    assert asyncio.run(scenario()) == (None, "new")


def test_the_oldest_make_room(redis_server: RedisServer) -> None:
    async def scenario(ids: list[UUID]) -> list[str | None]:
        tested = cache(redis_server, capacity=2)
        for conversation in ids:
            seen = await tested.find(conversation)
            await tested.store(conversation, str(conversation), seen.version)
            await asyncio.sleep(0.01)
        found = [(await tested.find(conversation)).value for conversation in ids]
        await tested.close()
        return found

    with redis_server.client() as client:
        client.delete(INDEX)
    ids = [uuid4() for _ in range(4)]
    assert asyncio.run(scenario(ids)) == [None, None, str(ids[2]), str(ids[3])]
