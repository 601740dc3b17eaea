"""Says and hears something over a socket, plain or by TLS; nothing lives on when it is closed."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from netdesk.facts import Tls

_MOST = 256 * 1024  # OpenSSL takes 100 KB of certificates; a server could send tickets for ever
_PIECE = 16 * 1024

# As x509_vfy.h numbers them: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_EXPIRED = (9, 10)  # not yet valid, no longer valid
_WRONG_NAME = (62, 63, 64)  # of the host, the mailbox, the address

T = TypeVar("T")


class Plain:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    async def receive(self, most: int) -> bytes:
        """Empty when the other side has ended, or when no more is wanted."""
        return await asyncio.get_running_loop().sock_recv(self._sock, most)


class Secure:
    def __init__(self, sock: socket.socket, name: str | None) -> None:
        """With a name the certificate must be good for it, without one any will do."""
        self._line = Plain(sock)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = trust() if name else _no_trust()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=name)
        self._left = _MOST

    async def handshake(self) -> None:
        await self._until(self._tls.do_handshake)

    async def send(self, data: bytes) -> None:
        await self._until(lambda: self._tls.write(data))

    async def receive(self, most: int) -> bytes:
        return await self._until(lambda: self._tls.read(most))

    async def _until(self, step: Callable[[], T]) -> T:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            else:
                await self._flush()
                return done

    async def _flush(self) -> None:
        await self._line.send(self._out.read())

    async def _fill(self) -> None:
        more = await self._line.receive(_PIECE)
        self._left -= len(more)
        if self._left < 0:
            raise ValueError("endless")
        if more:
            self._in.write(more)
        else:
            self._in.write_eof()


@cache
def trust() -> ssl.SSLContext:
    """What the system trusts. Reading it takes 15 ms, in which nothing else goes on."""
    context = ssl.create_default_context()
    # The judgement that counts is the browsers': they don't take a common name for a host
    # (RFC 9525 section 1.1), and don't ask for all that Python 3.13 asks for.
    context.hostname_checks_common_name = False
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@cache
def _no_trust() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # there is no name to check
    context.verify_mode = ssl.CERT_NONE  # and nothing that is said is secret, or believed
    return context


def fault(error: Exception) -> Tls:
    """What kept a handshake from its end."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "failed"
    if error.verify_code in _EXPIRED:
        return "expired"
    return "wrong-name" if error.verify_code in _WRONG_NAME else "untrusted"
