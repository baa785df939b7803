"""Several workers as one service: metrics, logs, restarts."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import Environment
from tests.support.fake_ollama import FakeOllama
from tests.support.programs import wait_until
from tests.support.service import Service, running


def test_metrics_sum_over_the_workers(own_service: Service) -> None:
    service = own_service
    before = service.metric("tars_http_requests_total", route="/api/info")
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda _: service.get("/api/info").status_code, range(200)))
    assert set(codes) == {200}
    after = [service.metric("tars_http_requests_total", route="/api/info") for _ in range(5)]
    assert after == [before + 200] * 5, "whichever worker is asked"
    pids = {e["pid"] for e in service.lines() if e.get("route") == "/api/info"}
    assert len(pids) > 1, "more than one worker served"

    count = "tars_http_request_duration_seconds_count"
    assert service.metric(count, route="/api/info") == before + 200
    bucket = "tars_http_request_duration_seconds_bucket"
    assert service.metric(bucket, route="/api/info", le="+Inf") == before + 200

    conversation = service.chat("hello").json()["conversation_id"]
    service.get(f"/api/conversations/{conversation}")
    service.get("/nothing/to/see")
    labels = {"method": "GET", "route": "/api/conversations/{conversation_id}", "status": "200"}
    assert service.metric("tars_http_requests_total", **labels) == 1
    assert service.metric("tars_http_requests_total", route="unmatched", status="404") == 1
    assert service.metric("tars_chat_messages_total", channel="http", outcome="answered") == 1
    text = service.get("/metrics").text
    assert conversation not in text
    assert text.count("# TYPE tars_start_time_seconds gauge") == 1

    sockets = [service.websocket() for _ in range(6)]
    wait_until(lambda: service.metric("tars_websocket_connections") == 6, "the gauge")
    for socket in sockets:
        socket.close()
    wait_until(lambda: service.metric("tars_websocket_connections") == 0, "the gauge")


def test_a_file_of_metrics_that_is_being_made_fails_no_scrape(own_service: Service) -> None:
    service = own_service
    before = service.get("/metrics").text
    folder = Path(service.env["TMPDIR"]) / f"tars-metrics-{service.port}"
    (folder / "counter_1.db").touch()
    scrape = service.get("/metrics")
    assert scrape.status_code == 200
    assert "tars_http_requests_total" in before
    assert "tars_http_requests_total" in scrape.text


def test_a_dead_worker_is_replaced_and_its_gauges_forgotten(own_service: Service) -> None:
    service = own_service
    wait_until(lambda: len(service.worker_pids()) == 4, "four workers")
    for number in range(12):
        service.chat(f"message {number}")
    counted = service.metric("tars_chat_messages_total")
    assert counted == 12
    started = service.metric("tars_start_time_seconds")
    assert 0 <= time.time() - started < 3600, "it is a time, in seconds"
    sockets = [service.websocket() for _ in range(8)]
    wait_until(lambda: service.metric("tars_websocket_connections") == 8, "the gauge")

    first = service.worker_pids()
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(set(service.worker_pids()) - set(first)) == 4, "new workers")
    for socket in sockets:
        socket.close()
    wait_until(service.ready, "readiness")
    wait_until(lambda: service.metric("tars_websocket_connections") == 0, "the gauge")
    assert service.metric("tars_chat_messages_total") == counted, "counters do not go back"
    assert service.metric("tars_start_time_seconds") == started


def test_every_line_of_the_log_is_json_of_a_known_kind(
    own_service: Service, ollama: FakeOllama
) -> None:
    service = own_service
    wait_until(lambda: len(service.worker_pids()) == 4, "four workers")
    service.chat("hello")
    ollama.behaviour.mode = "error-midway"
    service.chat("fail")
    service.signal()
    assert service.wait() == 0
    lines = service.lines()
    assert {line["kind"] for line in lines} <= {"application", "request", "error", "audit"}
    assert {"application", "request", "audit"} <= {line["kind"] for line in lines}
    events = [line.get("event") for line in lines]
    assert events.count("worker started") == events.count("worker stopped") == 4
    assert (events[0], events[-1]) == ("service started", "service stopped")
    requests = [line for line in lines if line["kind"] == "request" and line.get("route")]
    assert all(line["request_id"] for line in requests)
    text = service.log.read_text()
    for name in ("PGPASSWORD", "REDIS_PASSWORD", "JWT_SECRET_KEY"):
        assert service.env[name] not in text


def test_a_port_that_is_taken(service: Service, environment: Environment) -> None:
    second = Service({**environment, "API_PORT": str(service.port)})
    with pytest.raises(AssertionError, match=r"cannot listen on 127\.0\.0\.1 port"):
        second.start(ready=False)
    assert second.stop() == 1
    second.remove()


def test_a_bad_environment_stops_before_anything(environment: Environment) -> None:
    broken = Service({**environment, "API_WORKERS": "many"})
    with pytest.raises(AssertionError, match="API_WORKERS: 'many' is not allowed"):
        broken.start(ready=False)
    assert broken.stop() == 2
    broken.remove()


def test_metrics_can_be_switched_off(make_environment: Callable[..., Environment]) -> None:
    env = make_environment(PROMETHEUS_ENABLED="false", API_WORKERS="1")
    with running(Service(env), ready=False) as service:
        assert service.get("/metrics").status_code == 404
