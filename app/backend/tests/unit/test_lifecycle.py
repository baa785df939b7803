"""The end of a worker, step by step."""

from __future__ import annotations

import asyncio
import time

import uvicorn.supervisors.multiprocess as uvicorn_multiprocess

from tars.lifecycle import Lifecycle
from tars.supervisor import Supervisor, Worker


def test_without_websockets_there_is_nothing_to_wait_for() -> None:
    async def scenario() -> Lifecycle:
        lifecycle = Lifecycle()
        await lifecycle.close_websockets(10)
        return lifecycle

    began = time.monotonic()
    lifecycle = asyncio.run(scenario())
    assert time.monotonic() - began < 1
    assert lifecycle.draining.is_set()
    assert not lifecycle.cut.is_set()


def test_an_open_websocket_is_waited_for() -> None:
    async def scenario() -> Lifecycle:
        lifecycle = Lifecycle()

        async def connection() -> None:
            with lifecycle.websocket():
                await lifecycle.draining.wait()
                await asyncio.sleep(0.05)

        task = asyncio.create_task(connection())
        await asyncio.sleep(0)
        assert lifecycle.open_websockets == 1
        await lifecycle.close_websockets(10)
        assert lifecycle.open_websockets == 0
        await task
        return lifecycle

    assert not asyncio.run(scenario()).cut.is_set()


def test_when_the_time_is_over_it_is_cut() -> None:
    async def scenario() -> Lifecycle:
        lifecycle = Lifecycle()

        async def connection() -> None:
            with lifecycle.websocket():
                await lifecycle.cut.wait()

        task = asyncio.create_task(connection())
        await asyncio.sleep(0)
        await lifecycle.close_websockets(0.05)
        await task
        return lifecycle

    lifecycle = asyncio.run(scenario())
    assert lifecycle.cut.is_set()
    assert lifecycle.open_websockets == 0


def test_uvicorn_still_takes_our_worker_class() -> None:
    assert uvicorn_multiprocess.Process is Worker
    names = set(uvicorn_multiprocess.Multiprocess.init_processes.__code__.co_names)
    assert "Process" in names
    assert issubclass(Supervisor, uvicorn_multiprocess.Multiprocess)
