"""Sends ICMP or UDP probes over one ordinary Linux socket and reads their answers."""

import errno
import functools
import itertools
import secrets
import socket
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from netdesk.probe.path import error_queue
from netdesk.probe.path.budget import MOST_PACKETS
from netdesk.probe.path.error_queue import V4, V6
from netdesk.probe.path.icmp import Meaning
from netdesk.trace import MOST_FLOWS, Method

_PING = {V4: socket.IPPROTO_ICMP, V6: socket.IPPROTO_ICMPV6}
_ECHO_REQUEST = {V4: 8, V6: 128}
_ANY = {V4: "0.0.0.0", V6: "::"}  # noqa: S104 - connect() follows: it hears its target alone
_PORT = 33434  # traceroute's own: nobody listens there, and firewalls know it
# Our own ports: dynamic ones (RFC 6335 section 6), above those that Linux hands out by itself.
_OWN_PORTS = range(61_000, 65_528)
_BINDS = 4
_NUMBERS = 2**16
_SIGNATURE = b"netdesk trace"
_SENDS = 8  # each try takes one pending error away; more than a few mean that there is no way out


@dataclass(frozen=True)
class Answer:
    """One packet that came back.

    `probe` is None if it does not say which probe it answers, and none that was sent if it came
    too late for another trace.
    """

    probe: int | None
    address: str
    meaning: Meaning
    age: float = 0.0  # seconds that it lay in the kernel's queue


class NoWay(Exception):
    """This machine has no route to the address, or does not speak its version of IP."""


class Wire:
    """One connected socket, so one flow: every router that balances by flow sends it one way."""

    def __init__(self, address: str, method: Method | None = None, flow: int = 0) -> None:
        """NoWay; or PermissionError: no ICMP for this user."""
        ip = ip_address(address)
        self._target = str(ip)
        self._before = next(_numbers())
        self._family = V4 if ip.version == 4 else V6
        self._socket, self.method = _opened(self._family, method)
        try:
            error_queue.prepare(self._socket)
            if not flow:  # further flows are to differ in all that routers balance by
                error_queue.without_label(self._socket)
            _bind(self._socket, zlib.crc32(ip.packed) + flow)
            self._socket.connect((self._target, _PORT if self.method == "udp" else 0))
        except OSError as error:
            self._socket.close()
            raise NoWay(str(error)) from error

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, ttl: int, probe: int) -> None:
        """A probe that can't be sent is lost like any other, and waited for like any other."""
        error_queue.set_ttl(self._socket, ttl)
        for _ in range(_SENDS):
            try:
                self._socket.send(self._packet(probe))
            except OSError as error:
                # ip(7): an ICMP error that is pending makes the next call fail; ask again.
                if error.errno in (errno.EAGAIN, errno.ENOBUFS, errno.EPERM):
                    return
            else:
                return

    def read(self) -> Iterator[Answer]:
        """All that has come, without waiting: the error queue first, then the target's replies."""
        for told in error_queue.errors(self._socket, self._target):
            yield Answer(self._probe(told.quoted), told.sender, told.meaning, told.age)
        for data, control, sender in error_queue.received(self._socket):
            if sender == self._target:
                reply = Meaning(last=True, reached=True)
                yield Answer(self._probe(data), sender, reply, error_queue.age(control))

    def _packet(self, probe: int) -> bytes:
        # The probe's number and its complement: the checksum stays the same, and with it the flow
        # (Augustin et al., "Avoiding traceroute anomalies with Paris traceroute", 2006).
        number = (self._before + probe) % _NUMBERS
        rest = struct.pack("!H", 0xFFFF - number) + _SIGNATURE
        if self.method == "udp":
            return struct.pack("!H", number) + rest
        # The kernel fills in checksum and identifier of a ping socket: icmp(7).
        return struct.pack("!BBHHH", _ECHO_REQUEST[self._family], 0, 0, 0, number) + rest

    def _probe(self, data: bytes) -> int | None:
        """Whom an answer quotes: RFC 792 asks for 8 bytes only, where UDP hides the number."""
        at = 6 if self.method == "icmp" else 0
        number = int.from_bytes(data[at : at + 2], "big")
        if self.method == "udp" and number + int.from_bytes(data[2:4], "big") != 0xFFFF:
            return None
        return (number - self._before) % _NUMBERS if data[at + 1 :] else None


@functools.cache
def _numbers() -> Iterator[int]:
    """Where each wire begins to count, so that none hears the late answers to the one before it.

    They come to the same port; what they quote is then no number that was sent.
    """
    return itertools.count(secrets.randbelow(_NUMBERS), 2 * MOST_PACKETS)


def _opened(family: int, method: Method | None) -> tuple[socket.socket, Method]:
    """A ping socket where net.ipv4.ping_group_range admits us, else UDP; both need no privilege."""
    try:
        if method == "udp":
            return socket.socket(family, socket.SOCK_DGRAM), "udp"
        return socket.socket(family, socket.SOCK_DGRAM, _PING[family]), "icmp"
    except PermissionError:
        if method == "icmp":
            raise
        return socket.socket(family, socket.SOCK_DGRAM), "udp"
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            raise NoWay(str(error)) from error
        raise


def _bind(own: socket.socket, wanted: int) -> None:
    """Give a flow the same source port each time: another one may go another way.

    For a ping socket it is the identifier, which the checksum covers, and routers may read that
    as ports. While somebody has it, as a second trace to the same target, any other will do.
    """
    # Ping sockets share identifiers unless told not to, and then only the newest hears anything.
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    for others in range(_BINDS):
        port = _OWN_PORTS[(wanted + others * MOST_FLOWS) % len(_OWN_PORTS)]
        try:
            own.bind((_ANY[own.family], port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return
