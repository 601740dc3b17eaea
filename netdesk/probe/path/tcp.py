"""Asks each distance by opening a TCP connection whose packets live no longer than that."""

import errno
import select
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from netdesk.probe.path import error_queue
from netdesk.probe.path.error_queue import V4, V6
from netdesk.probe.path.icmp import Meaning
from netdesk.probe.path.wire import Answer

# Linux sends a SYN again after a second (RFC 6298 section 2), unasked: whoever is this old when
# the next is sent has been waited for, and goes before that.
_OLD = 0.5


@dataclass(frozen=True)
class _Attempt:
    own: socket.socket
    probe: int
    at: float


class TcpWire:
    """A socket for each probe, for the kernel alone makes SYN packets.

    So each distance has a port of its own, as two sockets can't share both ends: this is no
    constant flow. Where routers balance by port, neighbouring hops may lie on different branches.
    """

    def __init__(self, address: str, port: int) -> None:
        ip = ip_address(address)
        self._target, self._port = str(ip), port
        self._family = V4 if ip.version == 4 else V6
        self._attempts: dict[int, _Attempt] = {}
        self._poll = select.epoll()

    def fileno(self) -> int:
        """An epoll file is itself readable when one of its sockets is."""
        return self._poll.fileno()

    def close(self) -> None:
        for number in list(self._attempts):
            self._drop(number)
        self._poll.close()

    def send(self, ttl: int, probe: int) -> None:
        """A probe that can't be sent is lost like any other, and waited for like any other."""
        now = time.monotonic()
        for number in [n for n, attempt in self._attempts.items() if now - attempt.at > _OLD]:
            self._drop(number)
        own = socket.socket(self._family, socket.SOCK_STREAM)
        self._attempts[own.fileno()] = _Attempt(own, probe, now)
        error_queue.prepare(own)
        error_queue.without_label(own)
        error_queue.set_ttl(own, ttl)
        if own.connect_ex((self._target, self._port)) in (0, errno.EINPROGRESS):
            self._poll.register(own, select.EPOLLOUT)  # and EPOLLERR, always
        else:
            self._drop(own.fileno())

    def read(self) -> Iterator[Answer]:
        for number, _ in self._poll.poll(0):
            attempt = self._attempts[number]
            answers = list(self._outcome(attempt))
            self._drop(number)
            yield from answers

    def _outcome(self, attempt: _Attempt) -> Iterator[Answer]:
        """What ICMP says counts first: a refusal may be a router's, and then it stands there."""
        by_icmp = False
        for told in error_queue.errors(attempt.own, self._target):
            by_icmp = True
            yield Answer(attempt.probe, told.sender, told.meaning, told.age)
        code = attempt.own.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not by_icmp and code in (0, errno.ECONNREFUSED):  # open, or closed by the target
            yield Answer(attempt.probe, self._target, Meaning(last=True, reached=True))

    def _drop(self, number: int) -> None:
        own = self._attempts.pop(number).own
        with suppress(FileNotFoundError):  # it was never watched
            self._poll.unregister(number)
        own.close()
