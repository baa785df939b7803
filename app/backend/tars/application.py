"""The ASGI application of one worker."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from tars import __version__
from tars.errors import install_error_handlers
from tars.logs import audit
from tars.metrics import worker_started
from tars.metrics_dir import worker_exited
from tars.middleware import RequestObserver
from tars.routes import chat, conversations, info, probes, websocket
from tars.services import build_services
from tars.settings import Settings, read_settings

LARGEST_BODY = 1024 * 1024


def create_app(settings: Settings | None = None) -> FastAPI:
    """A worker's application; settings come from the environment unless a test gives them."""
    services = build_services(settings or read_settings(os.environ))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = services
        await services.open()
        worker_started()
        audit("worker started", version=__version__)
        yield
        await services.close()
        audit("worker stopped")
        worker_exited(os.getpid())

    app = FastAPI(
        title="TARS",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        # The documentation page loads its scripts from the internet, which not every cluster has.
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
    )
    install_error_handlers(app)
    app.add_middleware(RequestObserver)
    for routes in (probes, info, conversations, chat, websocket):
        app.include_router(routes.router)
    return app
