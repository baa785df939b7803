"""The application with no server behind it: it starts, lives, and says clearly what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tars.application import create_app
from tars.settings import Settings
from tests.support.programs import free_port


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    nobody = free_port()
    settings = Settings(
        environment="test",
        database_url=f"postgresql://tars@127.0.0.1:{nobody}/tars_db",
        redis_url=f"redis://127.0.0.1:{nobody}/0",
        ollama_base_url=f"http://127.0.0.1:{nobody}",
        prometheus_enabled=False,
    )
    app = create_app(settings)

    @app.get("/boom/{part}")
    async def boom(part: str) -> None:
        raise LookupError(part)

    with TestClient(app) as made:
        yield made


def test_it_is_alive(client: TestClient) -> None:
    response = client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_it_is_not_ready_and_says_why(client: TestClient) -> None:
    response = client.get("/ready")
    assert response.status_code == 503
    body = response.json()
    assert body["status"] == "not ready"
    assert set(body["checks"]) == {"postgres", "redis"}
    assert all(outcome != "ok" for outcome in body["checks"].values())


@pytest.mark.parametrize(
    ("method", "path", "json", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "NotFound"),
        ("PUT", "/api/chat", {}, 405, "MethodNotAllowed"),
        ("POST", "/api/chat", {}, 422, "InvalidRequest"),
        ("GET", "/api/conversations/5", None, 422, "InvalidRequest"),
        ("GET", "/metrics", None, 404, "NotFound"),
        ("GET", "/boom/secret", None, 500, "InternalError"),
    ],
)
def test_errors_have_one_shape(
    client: TestClient, method: str, path: str, json: object, status: int, code: str
) -> None:
    response = client.request(method, path, json=json)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert response.headers["x-request-id"]


def test_a_refusal_does_not_repeat_what_was_sent(client: TestClient) -> None:
    response = client.post("/api/chat", json={"message": ["private"]})
    assert response.status_code == 422
    assert "private" not in response.text
    assert response.json()["error"]["details"][0]["path"] == "body.message"


def test_a_body_that_is_too_large(client: TestClient) -> None:
    response = client.post("/api/chat", content=b" " * (2 * 1024 * 1024))
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123", True), ("a b", False), ("x" * 65, False), ("", False)]
)
def test_request_ids(client: TestClient, given: str, kept: bool) -> None:
    response = client.get("/health", headers={"X-Request-ID": given})
    assert (response.headers["x-request-id"] == given) is kept


def test_a_request_is_written_down_by_route(
    client: TestClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "tars"):
        client.get("/boom/42?token=hidden")
        client.get("/health")
    requests = [r.__dict__ for r in caplog.records if r.__dict__.get("kind") == "request"]
    assert [r["fields"]["route"] for r in requests] == ["/boom/{part}"]
    assert requests[0]["fields"]["status"] == 500
    assert "hidden" not in json.dumps(requests[0]["fields"])
    errors = [r for r in caplog.records if r.levelname == "ERROR"]
    assert len(errors) == 1
    assert errors[0].exc_info is not None
