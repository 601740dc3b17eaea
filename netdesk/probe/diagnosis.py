"""One job from end to end: the name, the ways to it, what answers there, whose the routers are."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from typing import Any

from netdesk.facts import Control, Hop, Network, Service, Version, Way
from netdesk.probe import counting
from netdesk.probe.checks import service
from netdesk.probe.host import Host
from netdesk.probe.order import Order
from netdesk.probe.path.budget import MOST_PACKETS, Budget
from netdesk.probe.path.engine import Done, HopEvent, Method, trace
from netdesk.probe.path.losses import answers
from netdesk.probe.path.plan import REST_AFTER
from netdesk.probe.pinning import pinned
from netdesk.probe.record import Record
from netdesk.refused import Refused
from netdesk.target import Address, check

PORTS = 443, 80
OPEN_BY = 1.0  # seconds for a connection to stand where nothing else answers
OPEN_BY_REACHED = 3.0  # and where the machine does
SERVED_BY = 5.0  # for all that a site says
MOST_NAMED = 100  # addresses of routers; a path shows some dozens, unless somebody makes them up
# Packets that nothing else may use up: two for each control, three for each connection.
_FOR_CONTROLS, _FOR_CONNECTIONS = 8, 12
_BESIDE_IPV4 = 0.04  # seconds in which a target that has IPv4, too, may answer and be spared


@dataclass(frozen=True)
class Diagnosis:
    order: Order
    name: str | None  # None: an address was asked for
    host: Host
    record: Record
    tasks: asyncio.TaskGroup
    budget: Budget = field(
        default_factory=lambda: Budget(MOST_PACKETS - _FOR_CONTROLS - _FOR_CONNECTIONS)
    )
    spare: Budget = field(default_factory=lambda: Budget(_FOR_CONTROLS))
    named: set[str] = field(default_factory=set)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.create_task(work)

    def name_owner(self, address: str) -> None:
        """Once for each address, while everything else goes on."""
        if address not in self.named and len(self.named) < MOST_NAMED:
            self.named.add(address)
            self.later(_owner(self, address))


async def diagnose(order: Order, host: Host, record: Record) -> None:
    """Everything goes to the record as it is learnt; raises Refused when the target must not be
    traced, before a packet is sent to it."""
    target = check(order.target, host.rules)
    name = None if isinstance(target, Address) else str(target)
    refused: Refused | None = None
    async with asyncio.TaskGroup() as tasks:
        job = Diagnosis(order, name, host, record, tasks)
        for control in host.permitted(order.controls):
            job.later(_control(job, control))
        try:
            addresses = await pinned(order, target, host, record, job.later)
        except Refused as said:
            addresses, refused = {}, said
        await _ways(job, addresses)
    if refused:
        raise refused


async def _ways(job: Diagnosis, addresses: Mapping[Version, str]) -> None:
    """All at once; then losses are counted, IPv4's first: what is left of the packets is for it."""
    async with asyncio.TaskGroup() as group:
        ways = [
            Goal(version, address, spare=version == 6 and 4 in addresses)
            for version, address in addresses.items()
        ]
        tasks = [group.create_task(_way(job, way)) for way in ways]
    for way, task in sorted(zip(ways, tasks, strict=True), key=lambda pair: pair[0].version):
        if task.result().reached and job.order.wish.method != "tcp":
            await counting.recount(job.record, way.version, way.address, job.budget)


async def _control(job: Diagnosis, address: str) -> None:
    job.record.add(Control, address=address, reached=await answers(address, job.spare))


async def _owner(job: Diagnosis, address: str) -> None:
    owner = await job.host.networks.of(address)
    if owner.asn or owner.name:
        job.record.add(Network, address=address, **asdict(owner))


# --- one version of IP ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Goal:
    version: Version
    address: str
    spare: bool  # of packets: another version of IP is traced at the same time


async def _way(job: Diagnosis, way: Goal) -> Done:
    told = {"version": way.version, "address": way.address}
    job.record.add(Way, **told)
    job.name_owner(way.address)
    async with asyncio.TaskGroup() as group:
        checks = [service.Check(way.address, job.name, port) for port in PORTS]
        tasks = [group.create_task(_serve(job, way.version, check)) for check in checks]
        done = await _hops(job, way)
        progress = "reached" if done.reached else "ended" if done.packets else "no-way"
        job.record.add(Way, **told, progress=progress)
        # Who answers TCP alone would lose all of the packets that losses are counted with.
        if done.reached and not way.spare and job.order.wish.method != "tcp":
            await counting.count(job.record, way.version, way.address, done, job.budget)
        await _give_up(checks, tasks, OPEN_BY_REACHED if done.reached else OPEN_BY)
    return done


async def _hops(job: Diagnosis, way: Goal) -> Done:
    try:
        return await _traced(job, way, job.order.wish.method)
    except PermissionError:  # echo requests were asked for, and this host's user may send none
        return await _traced(job, way, None)


async def _traced(job: Diagnosis, way: Goal, method: Method | None) -> Done:
    traced = trace(
        way.address,
        method=method,
        flows=job.order.wish.flows,
        budget=job.budget,
        rest_after=_BESIDE_IPV4 if way.spare else REST_AFTER,
    )
    async with aclosing(traced) as events:
        async for event in events:
            if isinstance(event, Done):
                return event
            _heard(job, way.version, event)
    raise AssertionError("a trace ends with Done")


def _heard(job: Diagnosis, version: Version, event: HopEvent) -> None:
    given = asdict(event)
    del given["t_ms"]
    job.record.add(Hop, version=version, **given)
    for address in event.addresses:
        job.name_owner(address)


async def _serve(job: Diagnosis, version: Version, check: service.Check) -> None:
    found = await check.run(SERVED_BY)
    job.record.add(Service, version=version, port=check.port, **asdict(found))


async def _give_up(checks: list[service.Check], tasks: list[asyncio.Task[None]], by: float) -> None:
    """A connection stands by then or not at all; what is said over it may take longer."""
    await asyncio.wait(tasks, timeout=max(0.0, by - checks[0].age))
    for one in checks:
        one.give_up_unless_open()
