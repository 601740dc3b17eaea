"""Debian's traceroute, mtr and scamper beside our traces, where they are installed."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from tests.bench.table import Row
from tests.bench.trace_host import call
from tests.lab.lab import TARGET, Lab

TUNED = "-q1 -N60 -w1,2,3"
COMMANDS: dict[str, Sequence[str]] = {
    "traceroute": ("traceroute", "-n", TARGET),
    TUNED: ("traceroute", "-n", *TUNED.split(), TARGET),
    "mtr -c1": ("mtr", "-n", "--report", "-c1", TARGET),
    "mtr -c3": ("mtr", "-n", "--report", "-c3", TARGET),
    "scamper": ("scamper", "-I", f"trace -P icmp-paris {TARGET}"),
}
BY_HOP, MTR, ALL = ("traceroute", TUNED), ("mtr -c1", "mtr -c3"), tuple(COMMANDS)
CUT = 30.0  # seconds
Seconds = dict[str, float]  # by peer


def missing() -> Iterator[Row]:
    for program in sorted({command[0] for command in COMMANDS.values()}):
        if shutil.which(program) is None:
            yield Row(f"peer {program}", "", "is not installed here: left out")


def at_once(wanted: Mapping[str, tuple[Lab, Sequence[str]]]) -> dict[str, Seconds]:
    """Those that need seconds, each once in each lab, until their end; all at the same time."""
    ways = [(name, peer) for name, (_, peers) in wanted.items() for peer in _installed(peers)]
    found: dict[str, Seconds] = {name: {} for name in wanted}
    with ThreadPoolExecutor(len(ways) or 1) as pool:
        runs = pool.map(lambda way: _run(wanted[way[0]][0], way[1], [], 1), ways)
        for (name, peer), [(_, over)] in zip(ways, runs, strict=True):
            found[name][peer] = over
    return found


def told(net: Lab, peers: Sequence[str], path: Sequence[str], rounds: int) -> Seconds:
    """Until the output had the whole path, or till the end where it never had: the medians."""
    return {
        peer: median(told or over for told, over in _run(net, peer, path, rounds))
        for peer in _installed(peers)
    }


def ended(net: Lab, peers: Sequence[str], rounds: int) -> Seconds:
    return {
        peer: median(over for _, over in _run(net, peer, [], rounds)) for peer in _installed(peers)
    }


def _installed(peers: Sequence[str]) -> list[str]:
    return [peer for peer in peers if shutil.which(COMMANDS[peer][0])]


def _run(net: Lab, peer: str, path: Sequence[str], rounds: int) -> list[tuple[float | None, float]]:
    command = ["timeout", f"{CUT:.0f}", *COMMANDS[peer]]
    found: list[tuple[float | None, float]] = call(
        net, "run", command=command, path=path, rounds=rounds
    )
    return found


def ratios(seconds: Seconds, rtt: float) -> str:
    return ", ".join(f"{peer} {took / rtt:.3g}{_cut(took)}" for peer, took in seconds.items())


def plainly(seconds: Seconds) -> str:
    return ", ".join(f"{peer} {took:.2f} s{_cut(took)}" for peer, took in seconds.items())


def _cut(seconds: float) -> str:
    return " (cut)" if seconds >= CUT else ""
