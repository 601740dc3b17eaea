"""The facts of one run in the order in which they are learnt, for whoever keeps them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from netdesk.facts import Fact, Hop, Network
from netdesk.trace_store import FACTS_PER_ATTEMPT

# Whoever has many addresses answer for him fills no record: what a verdict needs has room yet.
KEPT_FREE = 80
MANY = Hop, Network


class Record:
    def __init__(self, before: int = 0) -> None:
        """`before` is the number of the last fact of an earlier attempt."""
        self.facts: list[Fact] = []
        self._before = before
        self._told = 0
        self._over = False
        self._stirred = asyncio.Event()

    def add(self, kind: type[Fact], **given: Any) -> None:
        """Facts beyond what an attempt may number are dropped: a path is some dozens."""
        if len(self.facts) < FACTS_PER_ATTEMPT - KEPT_FREE * (kind in MANY):
            self.facts.append(kind(n=self._before + len(self.facts) + 1, **given))
            self._stirred.set()

    def close(self) -> None:
        self._over = True
        self._stirred.set()

    async def batches(self) -> AsyncIterator[list[Fact]]:
        """What is new since the last batch, until the record is closed and all is told."""
        while not (self._over and self._told == len(self.facts)):
            await self._stirred.wait()
            self._stirred.clear()
            new = self.facts[self._told :]
            self._told = len(self.facts)
            if new:
                yield new
