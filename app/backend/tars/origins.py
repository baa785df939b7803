"""Which web pages may open a WebSocket.

Browsers let any page connect to any WebSocket server, a published port on the user's own machine
included, and no CORS rule applies. So the page must come from the host it connects to.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers


def _hostname(authority: str) -> str:
    return (urlsplit(f"//{authority.strip()}").hostname or "").lower()


def origin_allowed(headers: Headers, allowed: Collection[str]) -> bool:
    """True without an Origin (no browser), from the same host name, or from one of `allowed`.

    Ports and schemes may differ: in development the page and the API have ports of their own.
    `*` in `allowed` admits every page.
    """
    origin = headers.get("origin")
    if origin is None or "*" in allowed or origin in allowed:
        return True
    try:
        page = (urlsplit(origin).hostname or "").lower()
        ours = {_hostname(headers.get("host", ""))}
        ours |= {_hostname(part) for part in headers.get("x-forwarded-host", "").split(",")}
    except ValueError:
        return False
    return page != "" and page in ours
