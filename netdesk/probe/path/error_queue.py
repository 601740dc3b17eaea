"""Sockets that keep the ICMP errors they get, and what stands in that queue: ip(7), IP_RECVERR."""

import errno
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from netdesk.probe.path import icmp
from netdesk.probe.path.icmp import Meaning

V4, V6 = int(socket.AF_INET), int(socket.AF_INET6)
_LEVEL = {V4: socket.IPPROTO_IP, V6: socket.IPPROTO_IPV6}
_HOPS = {V4: socket.IP_TTL, V6: socket.IPV6_UNICAST_HOPS}
# <linux/in.h>, <linux/in6.h>, <asm-generic/socket.h>: Python 3.11 has no names for them.
_RECVERR = {V4: 11, V6: 25}
_AUTOFLOWLABEL = 70
_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
_READS = 1024

Control = list[tuple[int, int, bytes]]


@dataclass(frozen=True)
class Told:
    """An ICMP error that answers one of our packets."""

    quoted: bytes  # what it quotes of that packet, after the headers that the kernel takes off
    sender: str
    meaning: Meaning
    age: float  # seconds that it lay in the queue


def prepare(own: socket.socket) -> None:
    own.setblocking(False)
    own.setsockopt(_LEVEL[own.family], _RECVERR[own.family], 1)
    own.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)


def without_label(own: socket.socket) -> None:
    """Linux gives each IPv6 socket a random flow label, and routers balance by it: RFC 6438."""
    if own.family == V6:
        own.setsockopt(socket.IPPROTO_IPV6, _AUTOFLOWLABEL, 0)


def set_ttl(own: socket.socket, ttl: int) -> None:
    own.setsockopt(_LEVEL[own.family], _HOPS[own.family], ttl)


def errors(own: socket.socket, target: str) -> Iterator[Told]:
    """All ICMP errors that have come and mean something to a trace."""
    here = own.getsockname()[0]
    for data, control, _ in received(own, socket.MSG_ERRQUEUE):
        for level, kind, content in control:
            if (level, kind) != (_LEVEL[own.family], _RECVERR[own.family]):
                continue
            error = icmp.error(own.family, content)
            meaning = error and icmp.meaning(error, target)
            # Our own kernel speaks up when the first router does not: that is no hop.
            if error and meaning and (error.sender != here or here == target):
                yield Told(data, error.sender, meaning, age(control))


def received(own: socket.socket, flags: int = 0) -> Iterator[tuple[bytes, Control, str]]:
    for _ in range(_READS):
        try:
            data, control, _, sender = own.recvmsg(512, 512, flags)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            continue  # the pending error again; its detail stands in the queue
        yield data, control, sender[0] if sender else ""


def age(control: Control) -> float:
    for level, kind, content in control:
        if (level, kind) == (socket.SOL_SOCKET, _TIMESTAMPNS):
            seconds, nanoseconds = _TIMESPEC.unpack(content)
            # The kernel stamps by the wall clock: between two readings of it, only steps hurt.
            stamp: float = seconds + nanoseconds / 1e9
            return min(1.0, max(0.0, time.time() - stamp))
    return 0.0
