"""Waits for what comes back on sockets, and closes them whatever happens."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from netdesk.probe.path.wire import Answer

Hear = Callable[[Answer, float], None]


class Carrier(Protocol):
    """What sends probes and reads their answers without waiting: one flow, or many."""

    def fileno(self) -> int: ...
    def send(self, ttl: int, probe: int) -> None: ...
    def read(self) -> Iterable[Answer]: ...
    def close(self) -> None: ...


class Ear:
    def __init__(self, carriers: Sequence[Carrier], hear: Hear) -> None:
        self._carriers = carriers
        self._hear = hear
        self._stirred = asyncio.Event()

    def listen(self) -> None:
        """Take in all that has come, in case something kept the loop from telling us."""
        for carrier in self._carriers:
            for answer in carrier.read():
                self._hear(answer, time.monotonic())

    async def wait(self, seconds: float) -> None:
        """Until something was heard, and no longer than that."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stirred.wait()
        except TimeoutError:
            return
        self._stirred.clear()

    def stir(self) -> None:
        self.listen()
        self._stirred.set()


@contextmanager
def listening(carriers: Sequence[Carrier], hear: Hear) -> Iterator[Ear]:
    """`hear` gets each answer and the time; the carriers are closed at the end."""
    loop, ear = asyncio.get_running_loop(), Ear(carriers, hear)
    for carrier in carriers:
        loop.add_reader(carrier.fileno(), ear.stir)
    try:
        yield ear
    finally:
        for carrier in carriers:
            loop.remove_reader(carrier.fileno())
            carrier.close()
