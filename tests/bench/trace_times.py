"""How long a trace takes in chains of routers whose every hop is 10 ms farther."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

from tests.bench import trace_peers
from tests.bench.table import Row
from tests.bench.trace_host import METHODS, call
from tests.bench.trace_peers import ALL, BY_HOP, MTR, Seconds
from tests.lab.lab import TARGET, TARGET6, Fault, Lab, address, chain

DELAY = 0.005  # of each cable, each way
ROUNDS, PEER_ROUNDS, DEAD_ROUNDS = 15, 3, 6
LENGTHS = (5, 12, 25)
BROKEN = 6  # of 12
TARGETS = {4: TARGET, 6: TARGET6}


def rows() -> Iterator[Row]:
    with ExitStack() as stack:
        healthy = [stack.enter_context(slow_chain(hops)) for hops in LENGTHS]
        silent = stack.enter_context(slow_chain(12, Fault("silent", BROKEN)))
        dead = stack.enter_context(slow_chain(12, Fault("dead", BROKEN)))
        wanted = {f"{net.hops}": (net, MTR) for net in healthy}
        wanted |= {"silent": (silent, (*MTR, "scamper")), "dead": (dead, ALL)}
        waited = trace_peers.at_once(wanted)
        for net in healthy:
            seconds = trace_peers.told(net, (*BY_HOP, "scamper"), path(net.hops, 4), PEER_ROUNDS)
            yield from _healthy(net, seconds | waited[f"{net.hops}"])
        seconds = trace_peers.ended(silent, BY_HOP, PEER_ROUNDS)
        yield from _silent(silent, seconds | waited["silent"])
        yield _dead(dead, waited["dead"])


def slow_chain(hops: int, *faults: Fault) -> Any:
    return chain(hops, *faults, delay=DELAY)


def path(hops: int, version: int, *silent: int) -> list[str]:
    found = [*(address(hop, version) for hop in range(1, hops)), TARGETS[version]]
    return ["" if hop in silent else one for hop, one in enumerate(found, 1)]


def _healthy(net: Lab, peers: Seconds) -> Iterator[Row]:
    """Until the whole path was told, over the RTT of the farthest hop."""
    net.admit_icmp()
    for version, target in TARGETS.items():
        found = call(net, "times", target=target, path=path(net.hops, version), rounds=ROUNDS)
        rtt = min(found["ping"])
        limit = f"{rtt * 1000:.1f} ms; {told(found['ping'], rtt)}"
        yield Row(f"  limit: best echo of {ROUNDS}, {net.hops} hops, IPv{version}", "", limit)
        for method in METHODS:
            times = [whole for whole, _ in found[method] if whole is not None]
            ours = f"{told(times, rtt)}, right {len(times)}/{ROUNDS}"
            peer = trace_peers.ratios(peers, rtt) if (version, method) == (4, "icmp") else ""
            figure = f"healthy path, {net.hops} hops, {method}, IPv{version}"
            yield Row(figure, "1.08 x RTT", ours, peer)


def _silent(net: Lab, peers: Seconds) -> Iterator[Row]:
    """Until the end: only then it is known that one says nothing."""
    net.admit_icmp()
    for version, target in TARGETS.items():
        hops = path(12, version, BROKEN)
        found = call(net, "times", target=target, path=hops, rounds=ROUNDS)
        rtt = min(found["ping"])
        for method in METHODS:
            times = [over for whole, over in found[method] if whole is not None]
            ours = f"{told(times, rtt)}, right {len(times)}/{ROUNDS}"
            peer = trace_peers.ratios(peers, rtt) if (version, method) == (4, "icmp") else ""
            figure = f"silent hop {BROKEN} of 12, {method}, IPv{version}, until the end"
            yield Row(figure, "3 x RTT", ours, peer)


def _dead(net: Lab, peers: Seconds) -> Row:
    net.admit_icmp()
    found = call(net, "ends", targets=list(TARGETS.values()), rounds=DEAD_ROUNDS)
    ours = f"{median(found):.3f} s, worst {max(found):.3f} of {len(found)}"
    figure = f"dead after hop {BROKEN} of 12: the engine alone"
    return Row(figure, "1.05 s", ours, trace_peers.plainly(peers))


def told(times: Sequence[float], rtt: float) -> str:
    if len(times) < 2:
        return "never"
    return f"{median(times) / rtt:.3f}, p90 {quantiles(times, n=10)[8] / rtt:.3f}"
