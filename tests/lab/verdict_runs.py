"""Faults in the lab's internet, and what must be said of each: from topology and fault alone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import Queue

from netdesk.trace import Run
from tests.lab.diagnosing import measure, said, trusting
from tests.lab.world import World, world
from tests.lab.world_faults import Kind, WorldFault
from traceroute.verdict import Verdict


@dataclass(frozen=True)
class Case:
    """What is broken, and the codes that are right: of both hosts together, of the outside one."""

    faults: tuple[WorldFault, ...]
    together: frozenset[str]
    outside: frozenset[str]
    names: str = ""  # an operator that the sentence about both must name
    never: tuple[str, ...] = ()  # operators that it must not name

    @property
    def id(self) -> str:
        return "+".join(
            f"{f.kind}-{f.at}" + (f"-v{f.version}" if f.version else "") for f in self.faults
        )

    def wrong(self, runs: tuple[Run, Run]) -> list[str]:
        """What is not as it must be; empty if all is."""
        inside, outside = runs
        both, alone = said(inside, outside), said(outside)
        found = [] if both.code in self.together else [f"both: {both.code}: {both.sentence}"]
        if not self._named(both):
            found.append(f"{self.names} is not named: {both.sentence}")
        found += [f"{name} is named: {both.finding}" for name in self.never if name in both.finding]
        if alone.code not in self.outside:
            found.append(f"outside: {alone.code}: {alone.sentence}")
        return found

    def _named(self, both: Verdict) -> bool:
        """By name, or as one of those that lie between the two that are named."""
        if both.code != "loss-between":
            return self.names in both.sentence
        ends = [ON_THE_WAY.index(name) for name in ON_THE_WAY if name in both.finding]
        return not self.names or min(ends) <= ON_THE_WAY.index(self.names) <= max(ends)


AT_ONCE = 4  # worlds: most of a diagnosis is waiting


def measured(cases: Sequence[Case], at_once: int = AT_ONCE) -> list[tuple[Run, Run]]:
    """What both hosts find, case by case."""
    with trusting(), ExitStack() as stack, ThreadPoolExecutor(at_once) as pool:
        free: Queue[World] = Queue()
        for _ in range(at_once):
            free.put(stack.enter_context(world()))
        return list(pool.map(lambda case: _measured(free, case), cases))


def _measured(free: "Queue[World]", case: Case) -> tuple[Run, Run]:
    net = free.get()
    try:
        with net.fault(*case.faults), ThreadPoolExecutor(2) as pool:
            inside, outside = pool.map(lambda where: measure(net, where), ("inside", "outside"))
        return inside.run, outside.run
    finally:
        free.put(net)


TRANSIT, DEST = "Transit Example Inc.", "Destination Hosting"
OTHER = "Other Transit Ltd"
ON_THE_WAY = "Jet.Net", TRANSIT, DEST  # from the host inside
# What a router says itself, and how that is told.
TOLD: dict[Kind, str] = {
    "no-route": "no-route", "prohibited": "blocked", "unreachable": "host-unreachable",
}  # fmt: skip
ENDS: tuple[tuple[Kind, str], ...] = (
    ("dead", "d1"), ("dead", "target"), ("no-route", "d2"), ("loop", "d1"),
)  # fmt: skip


def case(
    *faults: WorldFault, both: str, outside: str = "answers", names: str = "",
    never: tuple[str, ...] = (),
) -> Case:  # fmt: skip
    return Case(faults, frozenset(both.split()), frozenset(outside.split()), names, never)


def cases() -> Iterator[Case]:
    yield from _harmless()
    yield from _in_our_network()
    yield from _in_transit()
    yield from _at_the_site()
    yield from _of_one_version()


def _harmless() -> Iterator[Case]:
    """Silent and rationing routers, a quiet target: nothing of it is a fault."""
    for router in ("r1", "r2", "x1", "x3", "d1", "d2"):
        yield case(WorldFault("silent", router), both="answers")
        yield case(WorldFault("rate-limited", router), both="answers")
    yield case(WorldFault("silent", "x1"), WorldFault("silent", "x3"), both="answers")
    yield case(WorldFault("rate-limited", "x1"), WorldFault("silent", "d1"), both="answers")
    quiet = "answers-untraced"
    yield case(WorldFault("quiet-host"), both=quiet, outside=quiet)
    yield case(WorldFault("quiet-host"), WorldFault("silent", "d2"), both=quiet, outside=quiet)


def _in_our_network() -> Iterator[Case]:
    yield case(WorldFault("dead", "r2"), both="ours", never=(TRANSIT, DEST))
    yield case(WorldFault("no-route", "r2"), both="no-route", names="Jet.Net")
    yield case(WorldFault("prohibited", "r2"), both="blocked", names="Jet.Net")
    yield case(WorldFault("loss", "r2", percent=30), both="loss loss-between", names="Jet.Net")


def _in_transit() -> Iterator[Case]:
    """The host outside goes another way, and finds it whole."""
    yield case(WorldFault("dead", "x1"), both="our-border", never=(DEST,))
    for router in ("x2a", "x3"):
        yield case(WorldFault("dead", router), both="transit-detour", names=TRANSIT)
    yield case(
        WorldFault("dead", "x3"), WorldFault("silent", "x1"),
        both="our-border transit-detour", never=(DEST,),
    )  # fmt: skip
    for router in ("x1", "x3"):
        yield case(WorldFault("no-route", router), both="no-route", names=TRANSIT)
        yield case(WorldFault("prohibited", router), both="blocked", names=TRANSIT)
        yield case(WorldFault("unreachable", router), both="host-unreachable", names=TRANSIT)
        yield case(WorldFault("loop", router), both="loop", names=TRANSIT)
        yield case(WorldFault("loss", router, percent=30), both="loss loss-between", names=TRANSIT)


def _at_the_site() -> Iterator[Case]:
    at_site = "destination"
    yield case(WorldFault("dead", "d1"), both=at_site, outside="transit", names=DEST)
    yield case(
        WorldFault("dead", "d2"), both=at_site, outside=at_site, names=DEST, never=(TRANSIT,)
    )
    yield case(WorldFault("dead"), both=at_site, outside=at_site, names=DEST, never=(TRANSIT,))
    for router in ("d1", "d2"):
        for kind, code in TOLD.items():
            fault = WorldFault(kind, router)
            yield case(fault, both=code, outside=code, names=DEST, never=(TRANSIT, OTHER))
        yield case(WorldFault("loop", router), both="loop", outside="loop", names=DEST)
    lost = "loss loss-between"
    fault = WorldFault("loss", "d1", percent=30)
    yield case(fault, both=lost, outside=lost, names=DEST)
    # On the last cable it may be the machine itself that rations its answers.
    lost += " loss-at-end"
    yield case(WorldFault("loss", "d2", percent=30), both=lost, outside=lost, never=(TRANSIT,))
    yield case(WorldFault("firewall-host"), both="port-blocked", outside="port-blocked")
    yield case(WorldFault("service-off"), both="service-off", outside="service-off")


def _of_one_version() -> Iterator[Case]:
    for version, code in ((6, "only-ipv4"), (4, "only-ipv6")):
        for kind, router in (
            ("dead", "d1"),
            ("dead", "target"),
            ("no-route", "d2"),
            ("loop", "d1"),
        ):
            yield case(WorldFault(kind, router, version), both=code, outside=code, names=DEST)
        yield case(WorldFault("dead", "x3", version), both=code, names=TRANSIT)
