"""Asks again before the first question is given up: a packet may be lost, or a server dead."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Attempt = Callable[[], Coroutine[Any, Any, T | None]]


async def first(attempts: Iterable[Attempt[T]], apart: float) -> T | None:
    """What the first attempt brings that brings anything; None when all have failed.

    Each begins when those before it were silent for so many seconds, or when one has failed; none
    is given up before another succeeds.
    """
    rest = list(attempts)
    under_way: set[asyncio.Task[T | None]] = set()
    try:
        while rest or under_way:
            if rest:
                under_way.add(asyncio.create_task(rest.pop(0)()))
            done, _ = await asyncio.wait(
                under_way,
                timeout=apart if rest else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for found in [task.result() for task in done]:
                if found is not None:
                    return found
            under_way -= done
        return None
    finally:
        for task in under_way:
            task.cancel()
        # Until they have let go of their sockets; what they brought too late is nobody's.
        await asyncio.gather(*under_way, return_exceptions=True)
