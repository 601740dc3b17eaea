"""Cables that take their time: TUN devices joined in pairs by a thread that holds packets back."""

import fcntl
import heapq
import itertools
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

# What a cable does to a packet on its way back to the host: so many more seconds, and this packet.
Bend = Callable[[bytes], tuple[float, bytes]]

_TUNSETIFF = 0x400454CA  # <linux/if_tun.h>
_IFF_TUN_NO_PI = 0x0001 | 0x1000
_SIOCSIFTXQLEN = 0x8943  # <linux/sockios.h>
_QUEUE = 5_000  # packets: fifty traces at once are not to be lost here


def unavailable() -> str | None:
    return None if Path("/dev/net/tun").exists() else "no /dev/net/tun for delayed cables"


def tun(name: str) -> int:
    """A new device in the namespace of the caller; its file goes on working when it is moved."""
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN_NO_PI))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFTXQLEN, struct.pack("16si20x", name.encode(), _QUEUE))
    return file


class Relay(threading.Thread):
    """Carries packets between the files of each pair (near, far) after `delay` seconds."""

    def __init__(self, pairs: list[tuple[int, int]], delay: float, bend: Bend | None) -> None:
        super().__init__(daemon=True)
        self._peer = dict(pairs) | {far: near for near, far in pairs}
        self._bent = {pairs[0][1]} if bend else set()  # what comes up the host's own cable
        self._delay, self._bend = delay, bend
        self._stop_read, self._stop_write = os.pipe()
        self._waiting: list[tuple[float, int, int, bytes]] = []
        self._serial = itertools.count()

    def run(self) -> None:
        poll = select.epoll()
        for file in (*self._peer, self._stop_read):
            poll.register(file, select.EPOLLIN)
        while True:
            ready = [file for file, _ in poll.poll(self._pause())]
            if self._stop_read in ready:
                break
            for file in ready:
                self._take(file)
            self._pass_on()
        poll.close()

    def stop(self) -> None:
        os.write(self._stop_write, b".")
        self.join()
        for file in (*self._peer, self._stop_read, self._stop_write):
            os.close(file)

    def _pause(self) -> float:
        return max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else -1.0

    def _take(self, file: int) -> None:
        while True:
            try:
                packet = os.read(file, 65536)
            except OSError:
                return
            more = 0.0
            if self._bend and file in self._bent:
                more, packet = self._bend(packet)
            due = time.monotonic() + self._delay + more
            heapq.heappush(self._waiting, (due, next(self._serial), self._peer[file], packet))

    def _pass_on(self) -> None:
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            _, _, file, packet = heapq.heappop(self._waiting)
            try:
                os.write(file, packet)
            except OSError:
                continue  # the other end is not up: a cable without a plug
