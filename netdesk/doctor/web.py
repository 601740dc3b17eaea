"""Asks a web server as a stranger does; nothing is followed, and nothing is kept."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

SECONDS = 30
MOST_BYTES = 5_000_000
AGENT = {"User-Agent": "netdesk-doctor"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage | Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name) or ""

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Web(Protocol):
    """What asks: OSError or HTTPException when nobody answers."""

    def __call__(
        self, url: str, headers: Mapping[str, str] = ..., body: bytes | None = ...
    ) -> Answer: ...


@dataclass(frozen=True)
class Browser:
    trusted: ssl.SSLContext

    def __call__(
        self, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """GET, or POST with a body."""
        connection = self._connected(url)
        parts = urlsplit(url)
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        try:
            connection.request(
                "GET" if body is None else "POST", path, body, AGENT | {**(headers or {})}
            )
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read(MOST_BYTES))
        finally:
            connection.close()

    def _connected(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=self.trusted)
        return http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
