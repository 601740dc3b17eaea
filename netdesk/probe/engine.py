"""Traces a path: sends as the plan says, listens, and tells each hop as it is heard."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager

from netdesk.probe.plan import Done, HopEvent, Plan
from netdesk.probe.wire import Method, NoWay, Wire

__all__ = ["Done", "HopEvent", "Method", "trace"]


async def trace(
    address: str, *, method: Method | None = None
) -> AsyncGenerator[HopEvent | Done, None]:
    """Hop events as they come, then one Done.

    Without a method, ICMP where this user may send it, else UDP; PermissionError if ICMP was
    asked for and isn't allowed. The address is a literal that the target rules let pass: nothing
    is checked here.
    """
    plan = Plan()
    try:
        wire = Wire(address, method)
    except NoWay:  # nothing is sent, and nothing answers
        yield plan.done(0.0)
        return
    with _listening(wire, plan) as (listen, stirred):
        while True:
            listen()  # whoever takes our events may have kept us from it
            now = time.monotonic()
            for ttl in plan.due(now):
                wire.send(ttl, plan.sent(ttl, time.monotonic()))
            for event in plan.news():
                yield event
            if plan.over(now):
                break
            await _stirred(stirred, plan.deadline() - time.monotonic())
        for event in plan.rest(now):
            yield event
        yield plan.done(now)


@contextmanager
def _listening(wire: Wire, plan: Plan) -> Iterator[tuple[Callable[[], None], asyncio.Event]]:
    loop, stirred = asyncio.get_running_loop(), asyncio.Event()

    def listen() -> None:
        for answer in wire.read():
            plan.hear(answer, time.monotonic())
        stirred.set()

    loop.add_reader(wire.fileno(), listen)
    try:
        yield listen, stirred
    finally:
        loop.remove_reader(wire.fileno())
        wire.close()


async def _stirred(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
