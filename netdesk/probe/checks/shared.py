"""What was found out of late, for everybody who asks the same."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    value: T
    seconds: float  # for which it may be told again


class Shared(Generic[T]):
    """Keeps so many answers by their keys, and asks one question at a time for each key."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._kept: dict[str, tuple[T, float]] = {}  # and until when; the oldest first
        self._asked: dict[str, asyncio.Task[T]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, key: str, ask: Callable[[], Coroutine[Any, Any, Found[T]]]) -> T:
        """`ask` must end by itself: whoever waits may go away, but never ends it for the others."""
        kept = self._kept.get(key)
        if kept and self._clock() < kept[1]:
            return kept[0]
        asked = self._asked.get(key)
        if asked is None or asked.done():
            asked = self._asked[key] = asyncio.create_task(self._ask(key, ask))
        return await asyncio.shield(asked)

    async def _ask(self, key: str, ask: Callable[[], Coroutine[Any, Any, Found[T]]]) -> T:
        try:
            found = await ask()
        finally:
            self._asked.pop(key, None)
        self._kept.pop(key, None)
        self._kept[key] = found.value, self._clock() + found.seconds
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return found.value
