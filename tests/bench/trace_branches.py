"""Whether a trace takes the same way each time where routers share their load out."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.bench.table import Row
from tests.lab.lab import Lab, address
from tests.lab.probing import within
from tests.lab.test_flows import AGAIN, BRANCH, TARGETS, branches

FLIPS = 20
TARGET = TARGETS[4]
PEERS = {
    "traceroute -q1": ("traceroute", "-n", "-q1", "-N60", "-w1", TARGET),
    "scamper udp-paris": ("scamper", "-I", f"trace -P udp-paris {TARGET}"),
    "scamper icmp-paris": ("scamper", "-I", f"trace -P icmp-paris {TARGET}"),
}


def rows() -> Iterator[Row]:
    with branches() as net:
        peer = f"{FLIPS} runs each: {flips(net)}"
        for version, target in TARGETS.items():
            for method, paths in zip(("icmp", "udp"), within(net, AGAIN, target), strict=True):
                ours = "100 of 100" if len(paths) == 1 else f"{len(paths)} DIFFERENT PATHS"
                figure = f"one of two branches, {method}, IPv{version}, 100 times"
                yield Row(figure, "100 of 100", ours, peer)
                peer = ""


def flips(net: Lab) -> str:
    """How many runs of each peer went by which branch."""
    installed = {name: command for name, command in PEERS.items() if shutil.which(command[0])}
    with ThreadPoolExecutor(4) as pool:
        told = []
        for name, command in installed.items():
            seen = Counter(pool.map(lambda _, run=command: _branch(net, run), range(FLIPS)))
            told.append(f"{name} {seen[address(3)]}/{seen[BRANCH[4]]}")
    return ", ".join(told)


def _branch(net: Lab, command: Sequence[str]) -> str:
    found = re.search(r"^ 3  (\S+)", net.run(*command).stdout, re.MULTILINE)
    return found[1] if found else ""
