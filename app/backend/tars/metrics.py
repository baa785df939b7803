"""What /metrics tells, summed over all workers of the process group."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tars.metrics_dir import VARIABLE, start_time

# Collected through files, not through this registry; it only keeps names unique in a process.
_registry = CollectorRegistry()

# An answer of a language model takes seconds to minutes, a cached read a millisecond.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

HTTP_REQUESTS = Counter(
    "tars_http_requests_total",
    "HTTP requests by method, route template and status.",
    ("method", "route", "status"),
    registry=_registry,
)
HTTP_DURATION = Histogram(
    "tars_http_request_duration_seconds",
    "Time from a request's arrival to the last byte of its response.",
    ("method", "route"),
    buckets=_BUCKETS,
    registry=_registry,
)
CHAT_MESSAGES = Counter(
    "tars_chat_messages_total",
    "Chat messages by channel (http, sse, websocket) and outcome"
    " (answered, replayed, failed, abandoned).",
    ("channel", "outcome"),
    registry=_registry,
)
WEBSOCKETS = Gauge(
    "tars_websocket_connections",
    "Open WebSocket connections.",
    multiprocess_mode="livesum",
    registry=_registry,
)
START_TIME = Gauge(
    "tars_start_time_seconds",
    "Unix time of the start of the service; time() minus it is the uptime.",
    # Not min: a metric begins as 0 in every process that knows it.
    multiprocess_mode="max",
    registry=_registry,
)


def method_label(method: str) -> str:
    """The method, or OTHER: any word that a client makes up would be a series of its own."""
    return method if method in _METHODS else "OTHER"


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one HTTP request."""
    label = method_label(method)
    HTTP_REQUESTS.labels(label, route, str(status)).inc()
    HTTP_DURATION.labels(label, route).observe(seconds)


def worker_started() -> None:
    """Makes the gauges visible before the first request."""
    START_TIME.set(start_time())
    WEBSOCKETS.set(0)


class _Collector(Collector):
    """Reads the files of all workers.

    A file that a worker is making at this moment is empty, which prometheus_client's own collector
    takes for a broken one: what is scraped meanwhile would fail.
    """

    def collect(self) -> Iterable[Metric]:
        files = [str(file) for file in Path(os.environ[VARIABLE]).glob("*.db") if _has_begun(file)]
        merged: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return merged


def _has_begun(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


def render_metrics() -> bytes:
    """All workers' metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Collector())
    return generate_latest(registry)
