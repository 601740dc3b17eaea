"""Debian's traceroute, mtr and scamper beside our traces, where they are installed."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from tests.bench.table import Row
from tests.bench.trace_host import call
from tests.lab.lab import TARGET, Lab

TUNED = "-q1 -N60 -w1,2,3"
# Those whose every hop counts in milliseconds, and those that take seconds: these all at once.
FAST = {"traceroute": ("traceroute", "-n"), TUNED: ("traceroute", "-n", *TUNED.split())}
SLOW = {
    "mtr -c1": ("mtr", "-n", "--report", "-c1"),
    "mtr -c3": ("mtr", "-n", "--report", "-c3"),
    "scamper": ("scamper", "-I", "trace -P icmp-paris "),
}
CUT = 30.0  # seconds
Seconds = dict[tuple[str, str], float]  # by lab and peer


def missing() -> Iterator[Row]:
    for program in sorted({command[0] for command in [*FAST.values(), *SLOW.values()]}):
        if shutil.which(program) is None:
            yield Row(f"peer {program}", "", "is not installed here: left out")


def slow(labs: Mapping[str, Lab]) -> Seconds:
    """Each once in each lab until its end, which is when it prints anything at all."""
    ways = list(product(labs, _installed(SLOW)))
    with ThreadPoolExecutor(len(ways) or 1) as pool:
        found = pool.map(lambda way: _seconds(labs[way[0]], SLOW[way[1]]), ways)
        return dict(zip(ways, found, strict=True))


def fast(net: Lab, path: list[str], rounds: int) -> dict[str, list[tuple[float | None, float]]]:
    """Until the output had the whole path, and until the end."""
    return {
        name: call(net, "run", command=[*FAST[name], TARGET], path=path, rounds=rounds)
        for name in _installed(FAST)
    }


def until_end(net: Lab) -> dict[str, float]:
    """The fast ones once where they have to wait."""
    names = _installed(FAST)
    with ThreadPoolExecutor(len(names) or 1) as pool:
        return dict(zip(names, pool.map(lambda n: _seconds(net, FAST[n]), names), strict=True))


def _installed(peers: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [name for name, command in peers.items() if shutil.which(command[0])]


def _seconds(net: Lab, command: tuple[str, ...]) -> float:
    *options, last = command
    given = [*options, last + TARGET] if last.endswith(" ") else [*command, TARGET]
    try:
        return float(call(net, "run", command=["timeout", f"{CUT:.0f}", *given], path=[], rounds=1)
                     [0][1])  # fmt: skip
    except subprocess.SubprocessError:
        return CUT
