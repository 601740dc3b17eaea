"""How long a trace takes in chains of routers whose every hop is 10 ms farther."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

from tests.bench import trace_peers
from tests.bench.table import Row
from tests.bench.trace_host import METHODS, call
from tests.bench.trace_peers import CUT, Seconds
from tests.lab.lab import TARGET, TARGET6, Fault, Lab, address, chain

DELAY = 0.005  # of each cable, each way
ROUNDS, PEER_ROUNDS, DEAD_ROUNDS = 15, 5, 6
LENGTHS = (5, 12, 25)
BROKEN = 6  # of 12
TARGETS = {4: TARGET, 6: TARGET6}
HEALTHY_MUST, SILENT_MUST, DEAD_MUST = "1.08 x RTT", "3 x RTT", "1.05 s"


def rows() -> Iterator[Row]:
    with ExitStack() as stack:
        healthy = {f"{hops}": stack.enter_context(lab(hops)) for hops in LENGTHS}
        silent = stack.enter_context(lab(12, Fault("silent", BROKEN)))
        dead = stack.enter_context(lab(12, Fault("dead", BROKEN)))
        slow = trace_peers.slow(healthy | {"silent": silent, "dead": dead})
        for name, net in healthy.items():
            yield from _whole(net, f"healthy path, {name} hops", HEALTHY_MUST, _of(slow, name))
        yield from _silent(silent, _of(slow, "silent"))
        yield _dead(dead, _of(slow, "dead"))


def lab(hops: int, *faults: Fault) -> Any:
    return chain(hops, *faults, delay=DELAY)


def path(hops: int, version: int, *silent: int) -> list[str]:
    found = [*(address(hop, version) for hop in range(1, hops)), TARGETS[version]]
    return ["" if hop in silent else one for hop, one in enumerate(found, 1)]


def _of(slow: Seconds, name: str) -> dict[str, float]:
    return {peer: seconds for (where, peer), seconds in slow.items() if where == name}


def _whole(net: Lab, figure: str, must: str, slow: dict[str, float]) -> Iterator[Row]:
    """Until the whole path was told, over the RTT of the farthest hop."""
    net.admit_icmp()
    fast = trace_peers.fast(net, path(net.hops, 4), PEER_ROUNDS)
    for version, target in TARGETS.items():
        found = call(net, "times", target=target, path=path(net.hops, version), rounds=ROUNDS)
        rtt = min(found["ping"])
        limit = f"{rtt * 1000:.1f} ms; {ratios(found['ping'], rtt)}"
        yield Row(f"  RTT there, IPv{version}: the best of {ROUNDS} echoes", "", limit)
        for method in METHODS:
            times = [told for told, _ in found[method] if told is not None]
            ours = f"{ratios(times, rtt)}, right {len(times)} of {ROUNDS}"
            told = {peer: median(t or CUT for t, _ in runs) for peer, runs in fast.items()}
            peer = peers(told | slow, rtt) if (version, method) == (4, "icmp") else ""
            yield Row(f"{figure}, {method}, IPv{version}", must, ours, peer)


def _silent(net: Lab, slow: dict[str, float]) -> Iterator[Row]:
    """Until the end: only then it is known that one says nothing."""
    net.admit_icmp()
    fast = trace_peers.until_end(net)
    for version, target in TARGETS.items():
        hops = path(12, version, BROKEN)
        found = call(net, "times", target=target, path=hops, rounds=ROUNDS)
        rtt = min(found["ping"])
        for method in METHODS:
            right = [over for told, over in found[method] if told is not None]
            ours = f"{ratios(right, rtt)}, right {len(right)} of {ROUNDS}"
            peer = peers(fast | slow, rtt) if (version, method) == (4, "icmp") else ""
            figure = f"silent hop {BROKEN} of 12, {method}, IPv{version}, until the end"
            yield Row(figure, SILENT_MUST, ours, peer)


def _dead(net: Lab, slow: dict[str, float]) -> Row:
    net.admit_icmp()
    found = call(net, "ends", targets=list(TARGETS.values()), rounds=DEAD_ROUNDS)
    ours = f"{median(found):.3f} s, worst {max(found):.3f} of {len(found)}"
    told = trace_peers.until_end(net) | slow
    peer = ", ".join(f"{name} {seconds:.1f} s{cut(seconds)}" for name, seconds in told.items())
    return Row(f"dead after hop {BROKEN} of 12: the engine's end", DEAD_MUST, ours, peer)


def cut(seconds: float) -> str:
    return " (cut)" if seconds >= CUT else ""


def ratios(times: Sequence[float], rtt: float) -> str:
    if len(times) < 2:
        return "never"
    return f"{median(times) / rtt:.3f}, p90 {quantiles(times, n=10)[8] / rtt:.3f}"


def peers(told: dict[str, float], rtt: float) -> str:
    return ", ".join(f"{name} {seconds / rtt:.3g}{cut(seconds)}" for name, seconds in told.items())
