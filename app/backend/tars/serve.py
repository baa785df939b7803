"""Starts the service: settings, metrics directory, sockets, then workers or the reloader."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from uvicorn import Config

from tars import __version__
from tars.logs import audit, configure_logs, log_config
from tars.metrics_dir import prepare_metrics_dir
from tars.reloader import Reloader
from tars.server import DrainingServer
from tars.settings import Settings, SettingsError, read_settings
from tars.sockets import open_sockets
from tars.supervisor import Supervisor, Worker

_log = logging.getLogger("tars.serve")

# A proxy must never be the one that reuses a connection we are about to close: common idle limits
# are 60 s (nginx) and 90 s (Traefik), so ours is above both.
KEEP_ALIVE_SECONDS = 120
LARGEST_WEBSOCKET_MESSAGE = 1024 * 1024


def uvicorn_config(settings: Settings, root: Path) -> Config:
    """uvicorn's configuration for the application, which every worker builds for itself."""
    return Config(
        "tars.application:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=1 if settings.reload else settings.workers,
        reload=settings.reload,
        reload_dirs=[str(root / "api"), str(root / "tars")] if settings.reload else None,
        log_config=log_config(settings),
        access_log=False,  # ours has the route, the duration and the request id
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        ws_max_size=LARGEST_WEBSOCKET_MESSAGE,
        lifespan="on",
    )


def serve(root: Path) -> int:
    """Runs until SIGTERM or SIGINT; gives the exit code."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        configure_logs(Settings())
        _log.error("the environment cannot be used: %s", error)
        return 2
    configure_logs(settings)
    prepare_metrics_dir(os.environ)
    try:
        sockets = open_sockets(settings.host, settings.ports)
    except OSError as error:
        _log.error("%s", error)
        return 1
    config = uvicorn_config(settings, root)
    audit(
        "service started",
        version=__version__,
        environment=settings.environment,
        ports=list(settings.ports),
        workers=config.workers,
        reload=settings.reload,
    )
    failed = False
    if settings.reload:
        server = DrainingServer(config, settings.grace_seconds, settings.linger_seconds)
        Reloader(config, target=server.run, sockets=sockets).run()
    else:
        Worker.grace_seconds = settings.grace_seconds
        Worker.linger_seconds = settings.linger_seconds
        supervisor = Supervisor(config, sockets, settings.grace_seconds)
        supervisor.run()
        failed = supervisor.failed
    audit("service stopped", failed=failed)
    return 1 if failed else 0
