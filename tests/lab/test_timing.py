"""The probe over cables that take their time: hops as they come, late answers, short quotes."""

import json
import subprocess

import pytest

from tests.lab.lab import TARGET, Fault, address, chain
from tests.lab.probing import ALLOWED, HOPS, PROBE, routers, seen, trace, within

pytestmark = pytest.mark.usefixtures("slow_cables")

DELAY = 0.005  # each way: hop k answers after 10k ms


def test_hops_are_told_as_they_come():
    with chain(HOPS, Fault("dead", 2), delay=DELAY) as net:
        command = net.command(*PROBE, TARGET, "--json")
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=ALLOWED, text=True) as running:
            first = json.loads(running.stdout.readline())
            assert running.poll() is None  # it goes on for about a second
            rest = [json.loads(line) for line in running.stdout]
    assert (first["ttl"], first["addresses"]) == (1, [address(1)])
    assert first["t_ms"] < 500 < rest[-1]["t_ms"] < 1500


@pytest.mark.parametrize(
    ("faults", "round_trips"),
    [([], 1.6), ([Fault("silent", 6)], 4)],  # 1.04 and 2.5 where nothing else runs
    ids=["healthy", "silent"],
)
def test_the_time_it_takes(faults, round_trips):
    limit = 12 * 2 * DELAY * 1000
    with chain(12, *faults, delay=DELAY) as net:
        # The best of some: the cables are a thread of ours, and the machine may be busy.
        runs = [trace(net) for _ in range(4)]
    assert all(end["reached"] for _, end in runs)
    assert limit <= min(hops[12]["t_ms"] for hops, _ in runs) <= limit * 1.6
    assert min(end["t_ms"] for _, end in runs) <= limit * round_trips


def test_a_late_answer_is_patched_in():
    """Hop 4 thinks for 90 ms: its answer comes after the end, and after it was asked again."""

    def bend(packet):
        return 0.09 if packet[12:16] == bytes([198, 18, 4, 2]) else 0.0, packet

    with chain(HOPS, delay=DELAY, bend=bend) as net:
        hops, end = trace(net)
    assert seen(hops) == routers(4) | {HOPS: (TARGET, "")}
    assert hops[4]["rtt_ms"] > 120
    assert list(hops)[-1] == 4
    assert end["reached"]


AGAIN = """
from contextlib import aclosing
from netdesk.probe.path.engine import trace

async def main(method):
    async with aclosing(trace("198.19.0.1", method=method)) as events:
        await anext(events)
    *hops, _ = [event async for event in trace("198.19.0.1", method=method)]
    return [(hop.addresses, hop.rtt_ms) for hop in hops]
"""


@pytest.mark.parametrize("method", ["icmp", "udp"])
def test_late_answers_to_one_trace_are_none_to_the_next(method):
    """Both have the same port, and those to the first are under way when the second begins."""
    with chain(HOPS, delay=DELAY) as net:
        net.admit_icmp()
        path = within(net, AGAIN, method)
    assert [who for who, _ in path] == [[address(k)] for k in range(1, HOPS)] + [[TARGET]]
    assert all(rtt >= 2 * DELAY * 1000 * k for k, (_, rtt) in enumerate(path, 1))


def short_quote(packet):
    """An ICMP error as RFC 792 has it: the header and 8 bytes, which leave out our number."""
    if len(packet) < 56 or packet[9] != 1 or packet[20] not in (3, 11):
        return packet
    head, body = bytearray(packet[:20]), bytearray(packet[20:56])
    head[2:4] = (56).to_bytes(2, "big")
    for part, at in ((head, 10), (body, 2)):
        part[at : at + 2] = b"\0\0"
        total = sum(int.from_bytes(part[i : i + 2], "big") for i in range(0, len(part), 2))
        total = (total & 0xFFFF) + (total >> 16)
        part[at : at + 2] = (~((total & 0xFFFF) + (total >> 16)) & 0xFFFF).to_bytes(2, "big")
    return bytes(head + body)


@pytest.mark.parametrize("who", [{3}, {2, 4}, {HOPS}, set(range(1, HOPS + 1))], ids=str)
def test_routers_that_quote_eight_bytes(who):
    sources = {bytes([198, 18, hop, 2]) for hop in who if hop < HOPS}
    if HOPS in who:
        sources.add(bytes([198, 19, 0, 1]))

    def bend(packet):
        return 0.0, short_quote(packet) if packet[12:16] in sources else packet

    with chain(HOPS, delay=DELAY, bend=bend) as net:
        hops, end = trace(net)
    assert seen(hops) == routers(4) | {HOPS: (TARGET, "")}
    assert end["reached"]
