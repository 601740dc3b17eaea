"""How many packets a trace, and a whole diagnosis, sends to the target: counted by the kernel."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.table import Row
from tests.bench.trace_host import METHODS, call
from tests.bench.trace_times import LENGTHS, TARGETS, slow_chain
from tests.lab import world_map
from tests.lab.diagnosing import measure, trusting
from tests.lab.lab import Lab
from tests.lab.world import world

MUST = "40"
Run = Callable[..., Any]  # a program on the host that sends
NAMES = ("probes4", "syns4", "probes6", "syns6", "others")
_RULES = """table inet bench {{
{counters}
    chain out {{ type filter hook output priority 0
        oifname "lo" accept
        ip daddr {v4} meta l4proto {{ udp, icmp }} counter name probes4 accept
        ip daddr {v4} tcp flags & (syn | ack) == syn counter name syns4 accept
        ip6 daddr {v6} meta l4proto {{ udp, icmpv6 }} counter name probes6 accept
        ip6 daddr {v6} tcp flags & (syn | ack) == syn counter name syns6 accept
        meta l4proto udp counter name others accept
        icmp type echo-request counter name others
        icmpv6 type echo-request counter name others
    }}
}}"""


def rows() -> Iterator[Row]:
    for hops in LENGTHS:
        with slow_chain(hops) as net:
            net.admit_icmp()
            yield from _in_chain(net)
    with trusting(), world(delay=0.002) as net:
        for where in ("inside", "outside"):
            v4, v6 = (world_map.address("target", version) for version in (4, 6))
            sent = counted(
                lambda *program, where=where: net.run(where, *program, check=True), v4, v6,
                lambda where=where: measure(net, where),
            )  # fmt: skip
            hops = len(net.path(where))
            others = f"; {sent['others']} to resolvers and controls"
            yield Row(f"whole diagnosis of a site, {hops} hops, {where}", MUST, told(sent) + others)


def _in_chain(net: Lab) -> Iterator[Row]:
    for method in METHODS:
        sent = _sent(net, "traced", method=method)
        yield Row(f"healthy trace, {net.hops} hops, {method}", MUST, told(sent))
    sent = _sent(net, "diagnosed")
    yield Row(f"whole diagnosis of an address, {net.hops} hops", MUST, told(sent))


def _sent(net: Lab, what: str, **given: str) -> dict[str, int]:
    """To both versions of the target, one after the other."""

    def run(*program: str) -> Any:
        return net.run(*program, check=True)

    def work() -> None:
        for target in TARGETS.values():
            call(net, what, target=target, **given)

    return counted(run, *TARGETS.values(), work)


def counted(run: Run, v4: str, v6: str, work: Callable[[], Any]) -> dict[str, int]:
    """What left the host to these two addresses, and to all others, while work was done."""
    counters = "\n".join(f"counter {name} {{ }}" for name in NAMES)
    run("nft", _RULES.format(counters=counters, v4=v4, v6=v6))
    work()
    listing = json.loads(run("nft", "-j", "list counters table inet bench").stdout)
    run("nft", "delete table inet bench")
    found = [one["counter"] for one in listing["nftables"] if "counter" in one]
    return {one["name"]: one["packets"] for one in found}


def told(sent: dict[str, int]) -> str:
    syns = f" + {sent['syns4']}/{sent['syns6']} SYNs" if sent["syns4"] or sent["syns6"] else ""
    return f"IPv4 {sent['probes4']}, IPv6 {sent['probes6']}{syns}"
