"""Keeps secrets out of log lines: a second fence, since no call is meant to log one."""

from __future__ import annotations

import re
from collections.abc import Mapping

SECRET_VARIABLES = (
    "PGPASSWORD",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "JWT_SECRET_KEY",
    "OPENAI_API_KEY",
)
MASK = "***"
# Replacing every short word in every line would ruin the log and hide nothing worth hiding.
SHORTEST_SECRET = 6
_URL_PASSWORD = re.compile(r"(\w+://[^\s:/@]*):[^\s/@]+@")


class Redactor:
    """Replaces the values of the secret variables, and passwords inside URLs."""

    def __init__(self, env: Mapping[str, str]) -> None:
        values = {env.get(name, "") for name in SECRET_VARIABLES}
        # Longest first: one secret may be the beginning of another.
        self._values = sorted(
            (v for v in values if len(v) >= SHORTEST_SECRET), key=len, reverse=True
        )

    def __call__(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, MASK)
        return _URL_PASSWORD.sub(rf"\1:{MASK}@", text)
