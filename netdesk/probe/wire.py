"""Sends probes over one ordinary Linux socket and reads their answers off its error queue."""

import errno
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from netdesk.probe import icmp
from netdesk.probe.icmp import Meaning

Method = Literal["udp", "icmp"]

_V4, _V6 = int(socket.AF_INET), int(socket.AF_INET6)
_LEVEL = {_V4: socket.IPPROTO_IP, _V6: socket.IPPROTO_IPV6}
_HOPS = {_V4: socket.IP_TTL, _V6: socket.IPV6_UNICAST_HOPS}
# <linux/in.h>, <linux/in6.h>, <asm-generic/socket.h>: Python 3.11 has no names for them.
_RECVERR = {_V4: 11, _V6: 25}
_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")

_PING = {_V4: socket.IPPROTO_ICMP, _V6: socket.IPPROTO_ICMPV6}
_ECHO_REQUEST = {_V4: 8, _V6: 128}
_PORT = 33434  # traceroute's own: nobody listens there, and firewalls know it
_SIGNATURE = b"netdesk trace"
_SENDS = 8  # each try takes one pending error away; more than a few mean that there is no way out
_READS = 1024

_Control = list[tuple[int, int, bytes]]


@dataclass(frozen=True)
class Answer:
    """One packet that came back; `probe` is None if it does not say which probe it answers."""

    probe: int | None
    address: str
    meaning: Meaning
    age: float = 0.0  # seconds that it lay in the kernel's queue


class NoWay(Exception):
    """This machine has no route to the address, or does not speak its version of IP."""


class Wire:
    """One connected socket, so one flow: every router that balances by flow sends it one way."""

    def __init__(self, address: str, method: Method | None = None) -> None:
        """NoWay; or PermissionError: no ICMP for this user."""
        ip = ip_address(address)
        self._target = str(ip)
        self._family = _V4 if ip.version == 4 else _V6
        self._socket, self.method = _opened(self._family, method)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(_LEVEL[self._family], _RECVERR[self._family], 1)
            self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
            self._socket.connect((self._target, _PORT if self.method == "udp" else 0))
        except OSError as error:
            self._socket.close()
            raise NoWay(str(error)) from error
        self._own = self._socket.getsockname()[0]

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, ttl: int, probe: int) -> None:
        """A probe that can't be sent is lost like any other, and waited for like any other."""
        self._socket.setsockopt(_LEVEL[self._family], _HOPS[self._family], ttl)
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
        for data, control, _ in self._received(socket.MSG_ERRQUEUE):
            for level, kind, content in control:
                if (level, kind) == (_LEVEL[self._family], _RECVERR[self._family]):
                    yield from self._judged(data, content, _age(control))
        for data, control, sender in self._received():
            if sender == self._target:
                reply = Meaning(last=True, reached=True)
                yield Answer(self._probe(data), sender, reply, _age(control))

    def _received(self, flags: int = 0) -> Iterator[tuple[bytes, _Control, str]]:
        for _ in range(_READS):
            try:
                data, control, _, sender = self._socket.recvmsg(512, 512, flags)
            except OSError as error:
                if error.errno == errno.EAGAIN:
                    return
                continue  # the pending error again; its detail stands in the queue
            yield data, control, sender[0] if sender else ""

    def _judged(self, data: bytes, content: bytes, age: float) -> Iterator[Answer]:
        error = icmp.error(self._family, content)
        meaning = error and icmp.meaning(error, self._target)
        # Our own kernel speaks up when the first router does not: that is no hop.
        if error and meaning and (error.sender != self._own or self._own == self._target):
            yield Answer(self._probe(data), error.sender, meaning, age)

    def _packet(self, probe: int) -> bytes:
        # The probe's number and its complement: the checksum stays the same, and with it the flow
        # (Augustin et al., "Avoiding traceroute anomalies with Paris traceroute", 2006).
        rest = struct.pack("!H", 0xFFFF - probe) + _SIGNATURE
        if self.method == "udp":
            return struct.pack("!H", probe) + rest
        # The kernel fills in checksum and identifier of a ping socket: icmp(7).
        return struct.pack("!BBHHH", _ECHO_REQUEST[self._family], 0, 0, 0, probe) + rest

    def _probe(self, data: bytes) -> int | None:
        """Whom an answer quotes: RFC 792 asks for 8 bytes only, where UDP hides the number."""
        if self.method == "icmp":
            return int.from_bytes(data[6:8], "big") or None
        number, complement = data[:2], data[2:4]
        whole = int.from_bytes(number, "big") + int.from_bytes(complement, "big")
        return int.from_bytes(number, "big") if whole == 0xFFFF else None


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


def _age(control: _Control) -> float:
    for level, kind, content in control:
        if (level, kind) == (socket.SOL_SOCKET, _TIMESTAMPNS):
            seconds, nanoseconds = _TIMESPEC.unpack(content)
            # The kernel stamps by the wall clock: between two readings of it, only steps hurt.
            stamp: float = seconds + nanoseconds / 1e9
            return min(1.0, max(0.0, time.time() - stamp))
    return 0.0
