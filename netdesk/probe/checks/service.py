"""Does the service answer? TCP to one pinned address, then TLS, then the status of `GET /`."""

import asyncio
import errno
import re
import socket
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial

from netdesk.facts import Connect, Tls
from netdesk.probe.checks.attempts import first
from netdesk.probe.checks.lines import Plain, Secure, fault
from netdesk.probe.checks.names import OUR_FAULTS

SECONDS = 3.0
HTTPS = 443
# The kernel repeats a lost SYN after a second (RFC 6298 section 2): a second connection is sooner.
_AGAIN = 0.4
_SAID = 1.0  # what is said over a connection has this time at least
_LONGEST_LINE = 512
_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])? ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n")
_HEADERS = "User-Agent: netdesk-probe\r\nConnection: close"
_BAD = (OSError, ValueError)  # all that a server can make of TLS and of a socket


@dataclass(frozen=True)
class Found:
    """As facts.Service has it."""

    connect: Connect
    rtt_ms: float | None = None
    tls: Tls = ""
    status: int | None = None


async def check(address: str, name: str | None, port: int, seconds: float = SECONDS) -> Found:
    """Whether a service answers at a literal, and how."""
    return await Check(address, name, port).run(seconds)


class Check:
    """One check that somebody may cut short; TLS at port 443, unless `secure` is given."""

    def __init__(
        self, address: str, name: str | None, port: int, secure: bool | None = None
    ) -> None:
        self.address = address
        self.name = name
        self.port = port
        self._secure = port == HTTPS if secure is None else secure
        self._host = name or (f"[{address}]" if ":" in address else address)
        self._start: float | None = None
        self._waits: asyncio.Timeout | None = None

    @property
    def age(self) -> float:
        """Seconds since it runs."""
        return 0.0 if self._start is None else time.monotonic() - self._start

    def give_up_unless_open(self) -> None:
        """What has not answered until now is silent; what is said over a connection goes on."""
        if self._waits is not None and not self._waits.expired():
            self._waits.reschedule(0.0)  # long ago, by the loop's clock

    async def run(self, seconds: float = SECONDS) -> Found:
        """All in this time, but that a slow connection must not make the service look mute.

        Raises OSError if this host has no socket left, and nothing else.
        """
        self._start = time.monotonic()
        with ExitStack() as sockets:
            connected = await self._connected(seconds, sockets)
            if isinstance(connected, Found):
                return connected
            sock, rtt_ms = connected
            until = asyncio.get_running_loop().time() + max(_SAID, seconds - self.age)
            tls, status = await self._said(sock, until)
            return Found("open", rtt_ms, tls, status)

    async def _connected(
        self, seconds: float, sockets: ExitStack
    ) -> tuple[socket.socket, float] | Found:
        attempt = partial(_connect, self.address, self.port, sockets)
        try:
            async with asyncio.timeout(seconds) as self._waits:
                return await first([attempt, attempt], _AGAIN) or Found("silent")
        except TimeoutError:
            return Found("silent")
        finally:
            self._waits = None

    async def _said(self, sock: socket.socket, until: float) -> tuple[Tls, int | None]:
        """How TLS went, then the status, each if it comes by that time of the loop."""
        if not self._secure:
            return "", await _status(Plain(sock), self._host, until)
        try:
            line = Secure(sock, self.name)
            async with asyncio.timeout_at(until):
                await line.handshake()
        except _BAD as error:
            return fault(error), None
        return ("ok" if self.name else ""), await _status(line, self._host, until)


async def _connect(
    address: str, port: int, sockets: ExitStack
) -> tuple[socket.socket, float] | Found:
    start = time.monotonic()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with ExitStack() as own:
        try:
            sock = own.enter_context(closing(socket.socket(family, socket.SOCK_STREAM)))
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, (address, port))
        except OSError as error:
            return _no_connection(error, start)
        sockets.enter_context(own.pop_all())
    return sock, _ms_since(start)


def _no_connection(error: OSError, start: float) -> Found:
    if error.errno in OUR_FAULTS:
        raise error
    if error.errno == errno.ECONNREFUSED:
        return Found("refused", _ms_since(start))
    return Found("silent" if error.errno == errno.ETIMEDOUT else "unreachable")


async def _status(line: Plain | Secure, host: str, until: float) -> int | None:
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\n{_HEADERS}\r\n\r\n"
    said = b""
    try:
        async with asyncio.timeout_at(until):
            await line.send(request.encode("ascii"))
            while b"\n" not in said and (more := await line.receive(_LONGEST_LINE - len(said))):
                said += more
    except _BAD:
        return None
    found = _STATUS.match(said)
    return int(found[1]) if found else None


def _ms_since(start: float) -> float:
    return round(1000 * (time.monotonic() - start), 3)
