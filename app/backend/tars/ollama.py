"""Answers from an Ollama server, streamed.

@see https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx

from tars.errors import engine_unavailable, no_model

# A model that is not in memory yet is loaded first, which takes minutes for a large one.
_TIMEOUT = httpx.Timeout(connect=3.0, read=300.0, write=10.0, pool=10.0)
_LIST_SECONDS = 3.0
_KNOWN_SECONDS = 30.0


def _full_name(model: str) -> str:
    """Ollama calls a model without a tag `latest`."""
    return model if ":" in model else f"{model}:latest"


def choose_model(wanted: str, present: Sequence[str]) -> str:
    """The wanted model if it is there, else the first of the list. Raises ApiError NoModel."""
    if wanted:
        if _full_name(wanted) not in map(_full_name, present):
            raise no_model(f"the model {wanted} is not there (yet)")
        return wanted
    if not present:
        raise no_model("Ollama has no model yet; pull one, or wait until it has been pulled")
    return present[0]


class Ollama:
    """A client of one Ollama server."""

    def __init__(self, base_url: str, model: str) -> None:
        self._wanted = model
        # The server is one of ours: a proxy for the internet, set in the environment, is not meant.
        self._client = httpx.AsyncClient(base_url=base_url, timeout=_TIMEOUT, trust_env=False)
        self._known: tuple[float, str] = (0.0, "")

    async def close(self) -> None:
        await self._client.aclose()

    async def model(self) -> str:
        """The model to chat with. Raises ApiError 503 if there is none, or no server."""
        until, known = self._known
        if time.monotonic() < until:
            return known
        try:
            response = await self._client.get("/api/tags", timeout=_LIST_SECONDS)
            response.raise_for_status()
            names = [str(entry["name"]) for entry in response.json().get("models") or []]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise engine_unavailable("Ollama cannot be reached") from error
        chosen = choose_model(self._wanted, names)
        self._known = (time.monotonic() + _KNOWN_SECONDS, chosen)
        return chosen

    @asynccontextmanager
    async def chat(
        self, model: str, messages: Sequence[dict[str, str]]
    ) -> AsyncIterator[AsyncIterator[str]]:
        """The tokens of an answer; entered only once the server has agreed to give one."""
        body = {"model": model, "messages": list(messages), "stream": True}
        try:
            async with self._client.stream("POST", "/api/chat", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    self._known = (0.0, "")
                    await response.aread()
                    if response.status_code == httpx.codes.NOT_FOUND:
                        raise no_model(f"the model {model} is not there any more")
                    raise engine_unavailable(f"Ollama answered {response.status_code}")
                yield _tokens(response)
        except httpx.HTTPError as error:
            raise engine_unavailable("the connection to Ollama was lost") from error


async def _tokens(response: httpx.Response) -> AsyncIterator[str]:
    """The texts of the lines of a streamed answer. Raises ApiError if it ends before its end."""
    async for line in response.aiter_lines():
        if not line.strip():
            continue
        try:
            part: Any = json.loads(line)
        except ValueError as error:
            raise engine_unavailable("Ollama sent something that is not JSON") from error
        if "error" in part:
            raise engine_unavailable("Ollama failed while it answered")
        if text := (part.get("message") or {}).get("content"):
            yield str(text)
        if part.get("done"):
            return
    raise engine_unavailable("Ollama's answer ended too early")
