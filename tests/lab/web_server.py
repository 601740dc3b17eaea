"""The site of the lab: HTTP and HTTPS, with a status and a certificate that can be set."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from weakref import WeakSet

from tests.lab.certificates import Certificate


@dataclass(frozen=True)
class Request:
    line: str
    host: str


@dataclass
class WebServer:
    contexts: dict[Certificate, ssl.SSLContext]
    certificate: Certificate = "ok"
    status: int | None = 200  # None: it takes the request and hangs up
    requests: list[Request] = field(default_factory=list)
    _lines: WeakSet[asyncio.WriteTransport] = field(default_factory=WeakSet)

    @contextmanager
    def serving(
        self, *, status: int | None = 200, certificate: Certificate = "ok"
    ) -> Iterator[None]:
        before = self.status, self.certificate
        self.status, self.certificate = status, certificate
        try:
            yield
        finally:
            self.status, self.certificate = before

    async def serve(self, sock: socket.socket, *, tls: bool) -> list[Any]:
        """What is to be closed in the end."""
        return [await asyncio.start_server(self._secured if tls else self._plain, sock=sock), self]

    def close(self) -> None:
        """Whoever is being talked to, or was told something that never arrived."""
        for line in list(self._lines):
            line.abort()

    def _any_context(self) -> ssl.SSLContext:
        """Its certificate is chosen when somebody comes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(connection: Any, name: str | None, first: ssl.SSLContext) -> None:
            connection.context = self.contexts[self.certificate]

        context.sni_callback = choose
        return context

    async def _secured(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """TLS in our own task: whoever ends that ends a handshake in the middle, too."""
        self._lines.add(writer.transport)
        with closing(writer), suppress(OSError, EOFError):
            await writer.start_tls(self._any_context())
            await self._talk(reader, writer)

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer.transport)
        await self._talk(reader, writer)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(_request(head))
            if self.status is not None:
                writer.write(_response(self.status))
                await writer.drain()


def _request(head: str) -> Request:
    first, *fields = head.split("\r\n")
    named = dict(line.lower().partition(":")[::2] for line in fields)
    return Request(first, named.get("host", "").strip())


def _response(status: int) -> bytes:
    body = HTTPStatus(status).phrase
    lines = [
        f"HTTP/1.1 {status} {body}",
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(["Location: https://www.example.com/"] if status in (301, 302, 307, 308) else []),
    ]
    return "\r\n".join([*lines, "", body]).encode()
