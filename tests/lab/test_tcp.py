"""A trace by TCP in the lab: open, closed, guarded and hidden targets, at one connection each."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.lab.lab import TARGET, TARGET6, Fault, chain
from tests.lab.probing import HOPS, oracle, routers, seen, trace, within

SERVER = """
import socket
with socket.create_server(("::", 443), family=socket.AF_INET6, dualstack_ipv6=True) as server:
    print("ready", flush=True)
    while True:
        server.accept()[0].close()
"""
# SYN packets that arrive at the target, and what it does with them.
GUARD = "table inet guard {{ chain in {{ type filter hook input priority 0; {}; }}; }}"
SYN = "tcp flags & (syn | ack) == syn counter"


def target(net, *program):
    command = ["ip", "netns", "exec", net.nodes[-1], *program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def guard(net, rules="accept"):
    target(net, "nft", "flush ruleset; " + GUARD.format(f"tcp dport 443 {SYN}; {rules}"))


def connections(net):
    """How often the target was asked for one."""
    rules = json.loads(target(net, "nft", "-j", "list", "table", "inet", "guard"))["nftables"]
    parts = [part for item in rules if "rule" in item for part in item["rule"]["expr"]]
    return next(part["counter"]["packets"] for part in parts if "counter" in part)


@contextmanager
def listening(net):
    command = ["ip", "netns", "exec", net.nodes[-1], sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        server.stdout.readline()
        yield
        server.kill()


def shown(net):
    """Over IPv4 and IPv6: to which address, the hops, and the end."""
    with ThreadPoolExecutor(2) as pool:
        traces = pool.map(lambda to: trace(net, to, "--tcp"), (TARGET, TARGET6))
        return [(to, hops, end) for to, (hops, end) in zip((TARGET, TARGET6), traces, strict=True)]


def whole(to):
    return routers(6 if ":" in to else 4) | {HOPS: (to, "")}


@pytest.fixture(scope="module")
def net():
    with chain(HOPS) as net:
        net.admit_icmp()
        yield net


@pytest.mark.parametrize("rules", ["accept", "tcp dport 443 reject with tcp reset"])
def test_a_closed_port_is_reached(net, rules):
    guard(net, rules)
    for to, hops, end in shown(net):
        assert seen(hops) == whole(to)
        assert (end["reached"], end["hops"]) == (True, HOPS)
    assert connections(net) == 2  # one each


def test_an_open_port_is_opened_once(net):
    guard(net)
    with listening(net):
        traces = shown(net)
    for to, hops, end in traces:
        assert seen(hops) == whole(to)
        assert end["reached"]
    assert connections(net) == 2


def test_what_the_targets_firewall_answers_is_its_mark(net):
    guard(net, "tcp dport 443 reject with icmpx admin-prohibited")
    for to, hops, end in shown(net):
        assert seen(hops)[HOPS] == (to, "!X")
        assert end["reached"]


def test_a_filtered_port_is_given_up_after_three_distances(net):
    guard(net, "tcp dport 443 drop")
    for to, hops, end in shown(net):
        silent = dict.fromkeys(range(HOPS, HOPS + 3), ("",))
        assert seen(hops) == routers(6 if ":" in to else 4) | silent
        assert (end["reached"], end["hops"]) == (False, HOPS - 1)
        assert [hops[ttl]["tries"] for ttl in range(HOPS, HOPS + 3)] == [2, 1, 1]


def test_a_target_that_ignores_echoes_is_found_one_step_beyond(net):
    guard(net, "meta l4proto { icmp, udp } drop; icmpv6 type echo-request drop")
    for to, hops, end in shown(net):
        assert seen(hops) == whole(to)
        assert end["reached"]
    assert connections(net) == 2


@pytest.mark.skipif(shutil.which("traceroute") is None, reason="traceroute is not installed")
@pytest.mark.parametrize(
    "faults", [[], [Fault("silent", 3)], [Fault("no-route", 4)]], ids=["closed", "silent", "!N"]
)
def test_traceroute_shows_the_same(faults):
    with chain(HOPS, *faults) as net:
        net.admit_icmp()
        for to in (TARGET, TARGET6):
            assert oracle(net, to, "tcp") == seen(trace(net, to, "--tcp")[0])


ABANDONED = """
import asyncio, os, time
from contextlib import aclosing
from netdesk.probe.path.engine import trace

async def stopped(way, leave):
    first = asyncio.Event()
    async def use():
        async with aclosing(trace("198.19.0.1", **way)) as events:
            async for event in events:
                first.set()
                if leave:
                    return
    before, task = set(os.listdir("/proc/self/fd")), asyncio.create_task(use())
    await first.wait()
    start = time.monotonic()
    if not leave:
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return [len(set(os.listdir("/proc/self/fd")) - before), time.monotonic() - start]

async def main():
    ways = [{"method": "icmp"}, {"method": "udp"}, {"method": "tcp"}, {"flows": 8}]
    return [await stopped(way, leave) for way in ways for leave in (False, True)]
"""


def test_an_abandoned_trace_leaves_no_socket(net):
    guard(net, "meta l4proto { tcp, udp } drop; icmp type echo-request drop")
    for files, seconds in within(net, ABANDONED):
        assert files == 0
        assert seconds < 0.5  # each of them would go on for a second
