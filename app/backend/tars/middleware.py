"""Around every HTTP request: its id, its log line, its metrics, and the answer to a failure."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tars.errors import ApiError, error_response
from tars.lifecycle import lifecycle
from tars.logs import request_id, request_line
from tars.metrics import observe_request

_log = logging.getLogger("tars.request")

UNMATCHED = "unmatched"
# Asked every few seconds by machines; their lines would bury the others. Failures are written.
QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})
# What the reverse proxies call a client that left before its answer.
CLIENT_CLOSED = 499

_GOOD_ID = re.compile(r"^[A-Za-z0-9._:-]{1,64}$")


def request_id_of(headers: Headers) -> str:
    """The id that a proxy gave, if it is harmless in a log, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _GOOD_ID.match(given) else str(uuid4())


def route_of(scope: Scope) -> str:
    """The template of the route, never the path: ids would make a time series each."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else UNMATCHED


class RequestObserver:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current = request_id_of(Headers(scope=scope))
        token = request_id.set(current)
        began = time.perf_counter()
        status = 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = current
                if lifecycle.draining.is_set():
                    # The next request of this client belongs to somebody who stays.
                    headers["connection"] = "close"
            await send(message)

        try:
            await self._app(scope, receive, send_observed)
        except asyncio.CancelledError:
            status = CLIENT_CLOSED
            raise
        except Exception:
            _log.exception("the request failed", extra={"fields": {"route": route_of(scope)}})
            if status == 0:
                error = ApiError(500, "InternalError", "something went wrong; see the log")
                await error_response(error)(scope, receive, send_observed)
            else:
                # Half an answer cannot be taken back: end the connection, so that it is noticed.
                raise
        finally:
            self._write_down(scope, status or CLIENT_CLOSED, time.perf_counter() - began)
            request_id.reset(token)

    @staticmethod
    def _write_down(scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        observe_request(scope["method"], route, status, seconds)
        if route in QUIET_ROUTES and status < 400:
            return
        client = scope.get("client")
        request_line(
            f"{scope['method']} {scope['path']} {status}",
            method=scope["method"],
            path=scope["path"],  # without the query, which may hold anything
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            client=client[0] if client else None,
        )
