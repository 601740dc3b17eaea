"""Traces a path: sends as the plan says, listens, and tells each hop as it is heard."""

import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import ExitStack, aclosing, closing
from typing import Protocol, TypeVar

from netdesk.probe.path.budget import Budget
from netdesk.probe.path.careful import Careful
from netdesk.probe.path.flows import Ask, Branches
from netdesk.probe.path.listening import Carrier, listening
from netdesk.probe.path.plan import REST_AFTER, Done, HopEvent, Plan
from netdesk.probe.path.tcp import TcpWire
from netdesk.probe.path.wire import Answer, NoWay, Wire
from netdesk.trace import Method

__all__ = ["Done", "HopEvent", "Method", "trace"]

A = TypeVar("A")
Events = AsyncGenerator[HopEvent, None]


class Course(Protocol[A]):
    """Whom to ask, how long to wait, what to tell: `A` says what is asked of whom."""

    def due(self, now: float) -> list[A]: ...
    def sent(self, ask: A, now: float) -> int: ...
    def hear(self, answer: Answer, now: float) -> None: ...
    def deadline(self) -> float: ...
    def over(self, now: float) -> bool: ...
    def news(self) -> Iterable[HopEvent]: ...


async def trace(
    address: str,
    *,
    method: Method | None = None,
    flows: int = 1,
    budget: Budget | None = None,
    port: int = 443,
    rest_after: float = REST_AFTER,
) -> AsyncGenerator[HopEvent | Done, None]:
    """Hop events as they come, then one Done; `port` is for TCP.

    `rest_after` spares a destination that answers within so many seconds some packets, and delays
    a path of more than 16 hops by as much.

    Without a method, ICMP where this user may send it, else UDP; PermissionError if ICMP was
    asked for and isn't allowed. The address is a literal that the target rules let pass: nothing
    is checked here. Who stops early closes the generator (contextlib.aclosing), and with it the
    sockets.
    """
    budget = Budget() if budget is None else budget
    plan = Plan(budget, rest_after)
    try:
        wire: Carrier = Wire(address, None if method == "tcp" else method)
    except NoWay:  # nothing is sent, and nothing answers
        yield plan.done(0.0)
        return
    if method == "tcp":
        async with aclosing(_told(plan, [wire], wire.send)) as unheard:
            async for _ in unheard:
                pass
        plan, wire = Careful(budget, plan), TcpWire(address, port)
    async with aclosing(_told(plan, [wire], wire.send)) as events:
        async for event in events:
            yield event
    for event in plan.rest(time.monotonic()):
        yield event
    async with aclosing(_branches(address, plan, flows, budget)) as events:
        async for event in events:
            yield event
    yield plan.done(time.monotonic())


async def _branches(address: str, plan: Plan, flows: int, budget: Budget) -> Events:
    """What the other flows add, by UDP always: routers that balance hash its ports (RFC 2992)."""
    branches = Branches(plan, flows, budget)
    with ExitStack() as stack:
        wires = [
            stack.enter_context(closing(Wire(address, "udp", flow + 1)))
            for flow in range(branches.flows)
        ]

        def send(ask: Ask, probe: int) -> None:
            flow, ttl = ask
            wires[flow].send(ttl, probe)

        async with aclosing(_told(branches, wires, send)) as events:
            async for event in events:
                yield event


async def _told(
    course: Course[A], carriers: Sequence[Carrier], send: Callable[[A, int], None]
) -> Events:
    with listening(carriers, course.hear) as ear:
        while True:
            ear.listen()  # whoever takes our events may have kept us from it
            now = time.monotonic()
            for ask in course.due(now):
                send(ask, course.sent(ask, time.monotonic()))
            for event in course.news():
                yield event
            if course.over(now):
                return
            await ear.wait(course.deadline() - time.monotonic())
