"""What a worker knows of its own end: whether it drains, and which WebSockets are still open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Lifecycle:
    """Two steps of leaving: `draining` (finish, begin nothing new), then `cut` (stop at once)."""

    def __init__(self) -> None:
        self.draining = asyncio.Event()
        self.cut = asyncio.Event()
        self._open = 0
        self._none_open = asyncio.Event()
        self._none_open.set()

    @property
    def open_websockets(self) -> int:
        return self._open

    @contextmanager
    def websocket(self) -> Iterator[None]:
        """Counts one WebSocket for as long as it is open."""
        self._open += 1
        self._none_open.clear()
        try:
            yield
        finally:
            self._open -= 1
            if self._open == 0:
                self._none_open.set()

    async def close_websockets(self, seconds: float) -> None:
        """Lets running answers finish for `seconds`, then cuts them; every socket gets a 1001."""
        self.draining.set()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._none_open.wait()
        except TimeoutError:
            self.cut.set()
            # The close frames go out in the next turns of the loop, if the peer reads at all.
            try:
                async with asyncio.timeout(0.5):
                    await self._none_open.wait()
            except TimeoutError:
                pass


# One a process: uvicorn's server and the application in it have no other common ground.
lifecycle = Lifecycle()
