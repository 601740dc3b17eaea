"""What a host of the lab measures in a process of its own: call() starts it there."""

import asyncio
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from netdesk.probe.checks.networks import Networks
from netdesk.probe.diagnosis import diagnose
from netdesk.probe.host import ALLOW, Host, rules
from netdesk.probe.order import Order
from netdesk.probe.path.engine import Done, trace
from netdesk.probe.record import Record
from netdesk.trace import Wish
from tests.lab.lab import Lab
from tests.lab.probing import ALLOWED

METHODS = ("icmp", "udp")
Path_ = Sequence[str]  # the address of each hop, empty for one that is silent


def call(net: Lab, what: str, **given: Any) -> Any:
    """What a function of this module returns on the lab's host."""
    command = [sys.executable, "-m", "tests.bench.trace_host", what, json.dumps(given)]
    done = net.run(*command, env=ALLOWED)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def times(target: str, path: Path_, rounds: int) -> dict[str, list[Any]]:
    """Seconds of an echo, and of each way to trace, in turns: what else is done here hits all."""
    found: dict[str, list[Any]] = {"ping": [], **{method: [] for method in METHODS}}
    asyncio.run(_traced(target, path, "icmp"))  # warm: the agent runs for weeks
    for _ in range(rounds):
        found["ping"].append(echo(target))
        for method in METHODS:
            found[method].append(asyncio.run(_traced(target, path, method)))
    return found


def echo(target: str) -> float:
    """The physical limit: one echo by a ping socket, without any loop."""
    six = ":" in target
    family, protocol = (
        (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
    )
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as own:
        own.settimeout(5)
        own.connect((target, 0))
        before = time.perf_counter()
        own.send(struct.pack("!BBHHH", 128 if six else 8, 0, 0, 0, 1) + bytes(16))
        own.recv(100)
        return time.perf_counter() - before


def echoes(target: str, count: int) -> list[float]:
    return [echo(target) for _ in range(count)]


async def _traced(target: str, path: Path_, method: Any) -> tuple[float | None, float]:
    """Seconds until the whole path was told, None if it never was right; and until the end."""
    before, told, hops = time.perf_counter(), None, {}
    async for event in trace(target, method=method):
        if isinstance(event, Done):
            break
        hops[event.ttl] = "".join(event.addresses[:1])
        whole = [hops.get(ttl) for ttl in range(1, len(path) + 1)] == list(path)
        if told is None and whole:
            told = time.perf_counter() - before
    whole = hops == dict(enumerate(path, 1))
    return told if whole else None, time.perf_counter() - before


def ends(targets: Sequence[str], rounds: int) -> list[float]:
    """Seconds until traces say that they are over, to all targets and by all methods at once."""

    async def all_of_them() -> list[float]:
        ways = [(target, method) for target in targets for method in METHODS]
        found = await asyncio.gather(*(_traced(target, (), method) for target, method in ways))
        return [over for _, over in found]

    return [over for _ in range(rounds) for over in asyncio.run(all_of_them())]


def traced(target: str, method: Any) -> None:
    """One trace, for whoever counts packets."""
    asyncio.run(_traced(target, (), method))


def diagnosed(target: str) -> list[float]:
    """One whole diagnosis of an address; nobody here knows whose the routers are."""
    own = rules({ALLOW: os.environ[ALLOW]})
    host = Host(own, ("127.0.0.1",), Networks(("127.0.0.1",), own.allow))
    order = Order("0" * 32, target, timedelta(days=1), Wish(), (), ())
    before = time.perf_counter()
    asyncio.run(diagnose(order, host, Record()))
    return [time.perf_counter() - before]


def run(command: Sequence[str], path: Path_, rounds: int) -> list[tuple[float | None, float]]:
    """A peer, as a process for each trace: until its output had the whole path; until its end."""
    return [_peer(command, path) for _ in range(rounds)]


def _peer(command: Sequence[str], path: Path_) -> tuple[float | None, float]:
    before, said, told = time.perf_counter(), b"", None
    missing = {address.encode() for address in path if address}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout
        while more := os.read(running.stdout.fileno(), 65536):
            said += more
            hops = said.partition(b"\n")[2].split()  # the first line names the target
            if told is None and missing <= {*hops}:
                told = time.perf_counter() - before
    return told, time.perf_counter() - before


def crowd(target: str, count: int) -> dict[str, float]:
    """So many traces at once in one process that has traced before."""

    async def all_of_them() -> int:
        found = await asyncio.gather(*(_reached(target) for _ in range(count)))
        return sum(found)

    asyncio.run(_reached(target))
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak begins anew
    memory, cpu, before = _peak(), time.process_time(), time.perf_counter()
    reached = asyncio.run(all_of_them())
    wall, cpu = time.perf_counter() - before, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "mb": _peak() - memory, "reached": reached}


async def _reached(target: str) -> bool:
    return [event async for event in trace(target)][-1].reached  # type: ignore[union-attr]


def _peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM:")]
    return int(peak.split()[1]) / 1024


def processes(command: Sequence[str], count: int) -> dict[str, float]:
    """A peer, so many processes at once."""
    before = time.perf_counter()
    running = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(count)
    ]
    for one in running:
        one.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": time.perf_counter() - before, "cpu": used.ru_utime + used.ru_stime}


WHAT: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (times, echoes, ends, traced, diagnosed, run, crowd, processes)
}

if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[1]](**json.loads(sys.argv[2]))))
