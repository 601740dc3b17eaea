"""Load-balanced branches in the lab: one flow takes one of them each time, eight show both."""

import subprocess
from contextlib import contextmanager

import pytest

from tests.lab import relay
from tests.lab.lab import TARGET, TARGET6, V4, V6, address, chain
from tests.lab.probing import trace, within

TARGETS = {4: TARGET, 6: TARGET6}
BRANCH = {4: "198.18.103.2", 6: "2001:db8:67::2"}  # beside hop 3
_ROUTER = """sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv6.conf.default.accept_dad=0
"""
_ADDRESSES = """
ip link set {far} up
ip addr add 198.18.{k}.{n}/30 dev {far}
ip addr add 2001:db8:{k:x}::{n}/64 dev {far} nodad
"""


def _script(namespace, script):
    command = ["ip", "netns", "exec", namespace, "sh", "-e", "-c", script]
    subprocess.run(command, check=True, capture_output=True, text=True)


@contextmanager
def branches(policy=1):
    """A chain whose hop 2 shares its packets out between hop 3 and a router beside it.

    Over cables that carry packets and nothing else: a veth hands on the sender's socket hash, by
    which Linux would balance, and no router on earth sees that.
    """
    with chain(5, delay=0.0001) as net:
        net.admit_icmp()
        beside = f"{net.nodes[2]}b"
        subprocess.run(["ip", "netns", "add", beside], check=True)
        _script(beside, _ROUTER)
        try:
            _join(net.nodes[1], beside, net.nodes[3])
            _balance(net.nodes[1], policy)
            yield net
        finally:
            subprocess.run(["ip", "netns", "del", beside], check=True)


def _join(before, beside, after):
    for near, far, name in ((before, beside, "in"), (beside, after, "out")):
        link = f"ip link add {name}1 netns {near} type veth peer name {name}2 netns {far}"
        subprocess.run(link.split(), check=True)
    _script(before, _ADDRESSES.format(far="in1", k=103, n=1))
    _script(after, _ADDRESSES.format(far="out2", k=104, n=2))
    _script(
        beside,
        _ADDRESSES.format(far="in2", k=103, n=2)
        + _ADDRESSES.format(far="out1", k=104, n=1)
        + f"ip route add 198.18.1.0/30 via 198.18.103.1\nip route add {V4} via 198.18.104.2\n"
        f"ip route add 2001:db8:1::/64 via 2001:db8:67::1\nip route add {V6} via 2001:db8:68::2\n",
    )


def _balance(node, policy):
    """By addresses and ports, or with policy 0 for IPv6 by addresses and flow label."""
    _script(
        node,
        f"sysctl -qw net.ipv4.fib_multipath_hash_policy={policy} "
        f"net.ipv6.fib_multipath_hash_policy={policy}\n"
        "sysctl -eqw net.ipv4.fib_multipath_hash_seed=2\n"  # where the kernel has it: no dice
        f"ip route replace {V4} nexthop via {address(3)} nexthop via {BRANCH[4]}\n"
        f"ip -6 route del {V6}\n"
        f"ip -6 route add {V6} nexthop via {address(3, 6)} nexthop via {BRANCH[6]}\n",
    )


AGAIN = """
import asyncio
from netdesk.probe.path.engine import trace

async def paths(target, method):
    found = set()
    for _ in range(100):
        events = [event async for event in trace(target, method=method)]
        found.add(tuple(event.addresses for event in events[:-1]))
    return sorted(found)

async def main(target):
    return await asyncio.gather(*(paths(target, method) for method in ("icmp", "udp")))
"""


@pytest.fixture(scope="module", params=[1, 0], ids=["ports", "labels"])
def ways(request, _lab_possible):
    """The lab, and over which versions of IP it has two branches for one target."""
    if why := relay.unavailable():
        pytest.skip(why)
    with branches(request.param) as net:
        yield net, (4, 6) if request.param else (6,)


def test_a_hundred_traces_take_one_branch(ways):
    net, versions = ways
    for version in versions:
        for paths in within(net, AGAIN, TARGETS[version]):
            assert len(paths) == 1
            assert [len(hop) for hop in paths[0]] == [1] * 5
            assert paths[0][2][0] in (address(3, version), BRANCH[version])


def test_eight_flows_show_both(ways):
    net, versions = ways
    for version in versions:
        hops, end = trace(net, TARGETS[version], "--flows", "8")
        alone, _ = trace(net, TARGETS[version])
        assert set(hops[3]["addresses"]) == {address(3, version), BRANCH[version]}
        assert hops[3]["addresses"][:1] == alone[3]["addresses"]
        assert hops[3]["tries"] == 8
        assert [hops[ttl]["addresses"] for ttl in (1, 2)] == [[address(k, version)] for k in (1, 2)]
        assert (hops[5]["addresses"], end["reached"]) == ([TARGETS[version]], True)


def test_a_second_trace_to_the_same_target_takes_other_ports(slow_cables):
    code = """
import asyncio
from netdesk.probe.path.engine import trace

async def reached(method):
    return [event async for event in trace("198.19.0.1", method=method)][-1].reached

async def main():
    ways = ["icmp", "udp"] * 20
    return await asyncio.gather(*map(reached, ways))
"""
    with chain(2, delay=0.005) as net:
        net.admit_icmp()
        assert within(net, code) == [True] * 40
