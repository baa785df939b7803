"""Which pages may open a WebSocket."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from tars.origins import origin_allowed


@pytest.mark.parametrize(
    ("headers", "allowed", "expected"),
    [
        ({"host": "localhost:8000"}, (), True),
        ({"host": "tars.local", "origin": "https://tars.local"}, (), True),
        ({"host": "localhost:8000", "origin": "http://localhost:3000"}, (), True),
        ({"host": "[::1]:8000", "origin": "http://[::1]:3000"}, (), True),
        ({"host": "localhost:8000", "origin": "https://evil.example"}, (), False),
        ({"host": "localhost:8000", "origin": "null"}, (), False),
        ({"host": "localhost:8000", "origin": "http://[bad"}, (), False),
        ({"host": "", "origin": ""}, (), False),
        (
            {"host": "b:8000", "x-forwarded-host": "tars.local", "origin": "https://tars.local"},
            (),
            True,
        ),
        ({"host": "a", "origin": "https://b.example"}, ("https://b.example",), True),
        ({"host": "a", "origin": "https://b.example"}, ("*",), True),
    ],
)
def test_origin(headers: dict[str, str], allowed: tuple[str, ...], expected: bool) -> None:
    assert origin_allowed(Headers(headers), allowed) is expected
