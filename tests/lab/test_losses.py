"""What is lost, counted in the lab: by one router, by nobody, and by whom nobody can tell."""

import subprocess

import pytest

from tests.lab.lab import TARGET, TARGET6, V4, Fault, address, chain
from tests.lab.probing import within
from tests.lab.test_timing import short_quote

COUNT = """
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.losses import losses

async def main(target, method, rounds, most=120):
    budget = Budget(int(most))
    lost = await losses(target, [1, 2, 3, 4], int(rounds), budget, method)
    return [list(lost.items()), budget.left]
"""
ASK = """
import asyncio
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.losses import answers

async def said(target):
    budget = Budget()
    return [await answers(target, budget), 120 - budget.left]

async def main(*targets):
    return await asyncio.gather(*map(said, targets))
"""
EVERY_FOURTH = """table inet lossy { chain out { type filter hook output priority 0;
    icmp type time-exceeded numgen inc mod 4 == 0 drop
    icmpv6 type time-exceeded numgen inc mod 4 == 0 drop; }; }"""


@pytest.fixture(scope="module")
def net():
    with chain(4, Fault("silent", 3)) as net:
        net.admit_icmp()
        nft = ["ip", "netns", "exec", net.nodes[1], "nft", EVERY_FOURTH]
        subprocess.run(nft, check=True)
        yield net


@pytest.mark.parametrize(("target", "method"), [(TARGET, "udp"), (TARGET6, "icmp")])
def test_who_loses_what(net, target, method):
    lost, left = within(net, COUNT, target, method, 8)
    assert lost == [[1, [8, 0]], [2, [8, 2]], [3, [8, 8]], [4, [8, 0]]]
    assert left == 120 - 32


def test_no_more_is_sent_than_the_budget_has(net):
    lost, left = within(net, COUNT, TARGET, "icmp", 8, 6)
    assert [(ttl, sent) for ttl, (sent, _) in lost] == [(1, 2), (2, 2), (3, 1), (4, 1)]
    assert left == 0


def test_without_a_way_nothing_is_lost_and_nobody_answers():
    with chain(1) as net:
        net.run("ip", "route", "del", V4, check=True)
        assert within(net, COUNT, TARGET, "udp", 8) == [[], 120]
        assert within(net, ASK, TARGET) == [[False, 0]]


def test_who_answers(net):
    said = within(net, ASK, TARGET, TARGET6, address(2), address(3), address(3, 6), "198.19.0.9")
    assert said == [[True, 1], [True, 1], [True, 1], [False, 2], [False, 2], [False, 2]]


def test_who_can_not_be_told_apart_is_not_said_to_lose(slow_cables):
    """Hop 2 quotes too little of a UDP packet to say which of them it answers."""

    def bend(packet):
        return 0.0, short_quote(packet) if packet[12:16] == bytes([198, 18, 2, 2]) else packet

    with chain(4, delay=0.001, bend=bend) as net:
        lost, _ = within(net, COUNT, TARGET, "udp", 4)
    assert lost == [[1, [4, 0]], [3, [4, 0]], [4, [4, 0]]]
