"""uvicorn's server with an end that loses nothing.

uvicorn alone closes WebSockets with 1012 the moment it is told to stop, in the middle of an
answer, and idle keep-alive connections while a request may be on its way. Order here:

1. /ready answers 503, every response carries `Connection: close`, idle WebSockets get a 1001.
2. For a moment connections are still taken: a client with a keep-alive connection learns from its
   next response that it has to open a new one.
3. The listening sockets close; who has got in at the last moment can still ask. Running answers
   finish, then their WebSockets get a 1001; what is not finished when the time is over is cut (the
   client resends it under the same message_id).
4. uvicorn's own shutdown waits for the remaining HTTP requests.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys

from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE

from tars.lifecycle import lifecycle
from tars.sockets import take_waiting

_log = logging.getLogger("tars.server")

# From a connection to the request on it.
REQUEST_SECONDS = 0.1


class DrainingServer(Server):
    """One worker's server."""

    def __init__(self, config: Config, grace_seconds: float, linger_seconds: float) -> None:
        super().__init__(config)
        self.grace_seconds = grace_seconds
        self.linger_seconds = linger_seconds
        self._parent = os.getpid()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        except Exception:
            # Otherwise the traceback of a broken application goes to stderr, line by line.
            _log.exception("the worker failed to start")
            sys.exit(STARTUP_FAILURE)

    async def on_tick(self, counter: int) -> bool:
        # The object is made in the parent; should that be killed, nobody would ever stop us.
        if os.getppid() != self._parent and os.getpid() != self._parent:
            _log.warning("the parent process is gone, stopping")
            return True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        # What is left after the cut: close frames, uvicorn's own steps, the end of the process.
        reserve = min(2.0, self.grace_seconds / 4)
        deadline = loop.time() + self.grace_seconds - reserve
        lifecycle.draining.set()
        await asyncio.sleep(self.linger_seconds)
        await self._close_listeners(sockets or [])
        await asyncio.sleep(REQUEST_SECONDS)
        await lifecycle.close_websockets(deadline - loop.time())
        self.config.timeout_graceful_shutdown = max(1, round(deadline - loop.time()))
        await super().shutdown(sockets)

    async def _close_listeners(self, listeners: list[socket.socket]) -> None:
        """Takes no more connections, but for those that the kernel has already taken for us.

        Closing a socket resets what waits on it, and a client whose request is under way then may
        not know whether to repeat it. So the last look and the close are one step, on copies: the
        loop lets go of its own when it likes.
        """
        copies = [listener.dup() for listener in listeners]
        for server in self.servers:
            server.close()
        for listener in listeners:
            listener.close()
        await asyncio.sleep(0)
        connections = [connection for copy in copies for connection in take_waiting(copy)]
        loop = asyncio.get_running_loop()
        for connection in connections:
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes it for a connection that it takes itself."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
