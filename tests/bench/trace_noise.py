"""What is wrong on a healthy path that is none: silent, rationing, slow routers, a lost packet."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random

from tests.lab import relay, world_map
from tests.lab.namespaces import feed, settings
from tests.lab.namespaces import within as in_space
from tests.lab.world import World
from tests.lab.world_faults import WorldFault

ROUTERS = ("r1", "r2", "x1", "x2a", "x2b", "x3", "c1", "z1", "d1", "d2")
_TABLE = 77
_ICMP = {4: "icmp", 6: "ipv6-icmp"}


@dataclass(frozen=True)
class Noise:
    seed: int
    faults: tuple[WorldFault, ...]
    slow: tuple[tuple[str, float], ...]  # a router, and how long it thinks at most

    def __str__(self) -> str:
        told = [f"{f.kind} {f.at}" for f in self.faults]
        told += [f"slow {router} {most * 1000:.0f} ms" for router, most in self.slow]
        return f"seed {self.seed}: {', '.join(told) or 'nothing'}"


def drawn(seed: int) -> Noise:
    """Each router does one of these at most, but that any may lose a packet now and then."""
    dice = Random(seed)
    routers = dice.sample(ROUTERS, len(ROUTERS))
    faults = [WorldFault("silent", routers.pop()) for _ in range(dice.randrange(4))]
    faults += [WorldFault("rate-limited", routers.pop()) for _ in range(dice.randrange(3))]
    slow = [(routers.pop(), dice.uniform(0.02, 0.5)) for _ in range(dice.randrange(3))]
    if dice.random() < 0.5:
        faults.append(WorldFault("loss", dice.choice(ROUTERS), percent=1))
    if dice.random() < 0.25:
        faults.append(WorldFault("quiet-host"))
    return Noise(seed, tuple(faults), tuple(slow))


@contextmanager
def noisy(net: World, noise: Noise) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(net.fault(*noise.faults))
        for router, most in noise.slow:
            stack.enter_context(_slow(net.spaces[router], router, most, Random(noise.seed)))
        yield


@contextmanager
def _slow(space: str, router: str, most: float, dice: Random) -> Iterator[None]:
    """What it says itself goes round by a cable that takes its time; what passes it does not."""
    out, back = in_space(space, lambda: (relay.tun("slow"), relay.tun("said")))
    thread = relay.Relay([(back, out)], 0.0, lambda packet: (dice.uniform(0, most), packet))
    thread.start()
    rules = {version: f"iif lo ipproto {_ICMP[version]} lookup {_TABLE}" for version in (4, 6)}
    try:
        in_space(space, _lead, router, rules)
        yield
    finally:
        for version, rule in rules.items():
            in_space(space, feed, "ip", f"-{version}", "-batch", "-", lines=[f"rule del {rule}"])
        thread.stop()


def _lead(router: str, rules: dict[int, str]) -> None:
    settings({"net.ipv4.conf.said.accept_local": 1})
    for version, rule in rules.items():
        own = world_map.address(router, version)
        lines = ["link set slow up", "link set said up"]
        lines += [f"route add default dev slow src {own} table {_TABLE}", f"rule add {rule}"]
        feed("ip", f"-{version}", "-batch", "-", lines=lines)
