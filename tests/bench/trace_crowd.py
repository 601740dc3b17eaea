"""Fifty traces at once: beyond one round trip, on processors, in memory."""

import shutil
from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.table import Row
from tests.bench.trace_host import call
from tests.bench.trace_peers import COMMANDS, TUNED
from tests.bench.trace_times import DELAY
from tests.lab.lab import TARGET, Lab, chain

COUNT, ROUNDS, HOPS = 50, 5, 12
MUST = "0.20 s, 25 MB"


def rows() -> Iterator[Row]:
    """Over cables of the kernel, and over slow ones that a thread of ours has to serve as well."""
    for cables, delay in (("of the kernel", 0.0), ("that take 5 ms", DELAY)):
        with chain(HOPS, delay=delay) as net:
            net.admit_icmp()
            yield Row(
                f"{COUNT} at once, {HOPS} hops, cables {cables}", MUST, _ours(net), _peer(net)
            )


def _ours(net: Lab) -> str:
    runs = [call(net, "crowd", target=TARGET, count=COUNT) for _ in range(ROUNDS)]
    reached = min(run["reached"] for run in runs)
    more = median(run["mb"] for run in runs)
    return f"{_told(net, runs)}, {more:.1f} MB, {reached} arrive"


def _peer(net: Lab) -> str:
    if shutil.which("traceroute") is None:
        return ""
    runs = [call(net, "processes", command=COMMANDS[TUNED], count=COUNT) for _ in range(ROUNDS)]
    return f"{COUNT} processes traceroute {TUNED}: {_told(net, runs)}"


def _told(net: Lab, runs: list[dict[str, Any]]) -> str:
    rtt = min(call(net, "echoes", target=TARGET, count=ROUNDS))
    wall, cpu = (median(run[name] for run in runs) for name in ("wall", "cpu"))
    return f"RTT + {wall - rtt:.3f} s, {cpu:.2f} s CPU"
