"""What the probe hears from name servers, good, broken and hostile; each a real one on loopback."""

import asyncio
import errno
import os
import resource
import struct
from itertools import pairwise
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netdesk.probe.checks.names import Answer, ask, host_servers
from tests.name_server import SILENT, NameServer

HERE = "127.0.0.1"
WWW = "www.example.com"
V4, V6 = "192.0.2.7", "2001:db8::7"
QUICK = 0.12  # where silence is awaited
AMPLE = 20.0  # where it is not


@pytest.fixture
def server():
    with NameServer({WWW: {"A": [V4], "AAAA": [V6]}}) as server:
        yield server


def asked(server, name=WWW, seconds=AMPLE, servers=(HERE,)):
    return asyncio.run(ask(name, servers, seconds, server.port))


def test_both_versions_ipv4_first(server):
    assert asked(server) == Answer("found", (V4, V6))
    assert sorted(server.asked) == [(WWW, "A", "udp"), (WWW, "AAAA", "udp")]


def test_an_ipv6_server():
    with NameServer({WWW: {"A": [V4]}}, "::1") as server:
        assert asked(server, servers=["::1"]) == Answer("found", (V4,))


@pytest.mark.parametrize("search", ["example.com", "example.com."])
def test_the_name_is_absolute(server, search, monkeypatch):
    monkeypatch.setenv("LOCALDOMAIN", search)
    assert asked(server, "www") == Answer("no-such-name")
    assert {name for name, _, _ in server.asked} == {"www"}


@pytest.mark.parametrize(
    ("a", "aaaa", "answer"),
    [
        (None, None, Answer("found", (V4, V6))),
        (None, "SERVFAIL", Answer("found", (V4,))),
        (None, "NXDOMAIN", Answer("found", (V4,))),
        ("REFUSED", None, Answer("found", (V6,))),
        (SILENT, None, Answer("found", (V6,))),
        ("NXDOMAIN", "NXDOMAIN", Answer("no-such-name")),
        ("NXDOMAIN", "SERVFAIL", Answer("no-such-name")),
        ("SERVFAIL", "SERVFAIL", Answer("failed")),
        ("REFUSED", "REFUSED", Answer("failed")),
        ("FORMERR", "NOTIMP", Answer("failed")),
        ("NOERROR", "NOERROR", Answer("no-address")),
        ("NOERROR", "SERVFAIL", Answer("failed")),
        ("SERVFAIL", "NOERROR", Answer("failed")),
        # Some servers deny the name when asked for AAAA: it may well be there.
        ("NOERROR", "NXDOMAIN", Answer("no-address")),
        ("NXDOMAIN", "NOERROR", Answer("no-address")),
        ("SERVFAIL", "NXDOMAIN", Answer("failed")),
        (SILENT, SILENT, Answer("failed")),
    ],
)
def test_outcomes(server, a, aaaa, answer):
    faults = {(WWW, "A"): a, (WWW, "AAAA"): aaaa}
    server.faults = {question: code for question, code in faults.items() if code}
    waits = SILENT in (a, aaaa)
    assert asked(server, seconds=0.6 if waits else AMPLE) == answer


def test_a_name_of_other_records_alone_has_no_address(server):
    server.table["mail.example.com"] = {"TXT": ["hello"]}
    assert asked(server, "mail.example.com") == Answer("no-address")


def test_an_alias_of_nothing_is_a_name(server):
    server.table["old.example.com"] = {"CNAME": ["gone.example.com"]}
    assert asked(server, "old.example.com") == Answer("no-address")
    assert asked(server, "gone.example.com") == Answer("no-such-name")


@pytest.mark.parametrize(("aliases", "outcome"), [(1, "found"), (8, "found"), (9, "failed")])
def test_aliases_are_followed_eight_times(server, aliases, outcome):
    names = [f"a{number}.example.com" for number in range(aliases)] + [WWW]
    for name, target in pairwise(names):
        server.table[name] = {"CNAME": [target]}
    assert asked(server, names[0]).outcome == outcome


def test_aliases_in_a_ring_fail(server):
    server.table |= {"a.example.com": {"CNAME": ["b.example.com"]}}
    server.table |= {"b.example.com": {"CNAME": ["a.example.com"]}}
    assert asked(server, "a.example.com") == Answer("failed")


def test_eight_addresses_at_most_and_ipv6_among_them(server):
    v4 = [f"192.0.2.{number}" for number in range(1, 21)]
    v6 = [f"2001:db8::{number}" for number in range(1, 7)]
    server.table |= {"v4.example.com": {"A": v4}, "many.example.com": {"A": v4, "AAAA": v6}}
    server.table |= {"few.example.com": {"A": v4, "AAAA": v6[:1]}}
    for name, most in {"v4.example.com": 8, "many.example.com": 4, "few.example.com": 7}.items():
        addresses = asked(server, name).addresses
        assert len(set(addresses)) == 8
        assert set(addresses[:most]) <= set(v4) and set(addresses[most:]) <= set(v6)


def test_a_lost_query_is_repeated(server):
    server.lose = 2  # the first for each version
    assert asked(server, seconds=3.0) == Answer("found", (V4, V6))
    assert sorted(server.asked) == [(WWW, "A", "udp")] * 2 + [(WWW, "AAAA", "udp")] * 2


def test_a_cut_answer_comes_by_tcp(server):
    server.cut = {WWW}
    assert asked(server) == Answer("found", (V4, V6))
    assert sorted(by for _, _, by in server.asked) == ["tcp", "tcp", "udp", "udp"]


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED", SILENT])
def test_the_next_server_is_asked(server, code):
    with NameServer(host="127.0.0.2", port=server.port) as bad:
        bad.faults[WWW] = code
        nobody = "127.0.0.3"
        found = asked(server, servers=[nobody, bad.host, HERE], seconds=3.0)
    assert found == Answer("found", (V4, V6))
    assert len(bad.asked) == 2 and len(server.asked) == 2


def test_where_nobody_listens_it_fails_at_once(server):
    async def long_before_the_time_is_over():
        async with asyncio.timeout(AMPLE / 4):  # a third of it is the wait for a second query
            return await ask(WWW, ["127.0.0.2"], AMPLE, gone.port)

    with NameServer(host="127.0.0.2") as gone:
        pass
    assert asyncio.run(long_before_the_time_is_over()) == Answer("failed")


def test_no_resolver_is_the_hosts_own(server, monkeypatch):
    monkeypatch.setattr(host_servers, "__defaults__", ("/nonexistent",))
    assert asked(server, servers=()) == Answer("found", (V4, V6))


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("nameserver 192.0.2.53\n", ("192.0.2.53",)),
        ("# one\nsearch a.example\nnameserver ::1\nnameserver 192.0.2.1", ("::1", "192.0.2.1")),
        ("nameserver 192.0.2.1\n" * 5, ("192.0.2.1",) * 3),
        ("nameserver\nsearch example.com\n", (HERE,)),
        ("nameserver somewhere\n", (HERE,)),
        ("", (HERE,)),
        ("\0\xff", (HERE,)),
        (None, (HERE,)),
    ],
    ids=repr,
)
def test_the_hosts_own_resolver(tmp_path, text, servers):
    path = tmp_path / "resolv.conf"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    assert host_servers(str(path)) == servers


# --- hostile servers ----------------------------------------------------------------------


def _answer(wire, address=V4, **changed):
    query = dns.message.from_wire(wire)
    answer = dns.message.make_response(query)
    kind = query.question[0].rdtype
    text = address if kind == 1 else V6
    answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", kind, text))
    for name, value in changed.items():
        setattr(answer, name, value)
    return answer.to_wire(max_size=65_535)


def _other_question(wire):
    query = dns.message.from_wire(wire)
    other = dns.message.make_query("other.example.com", query.question[0].rdtype)
    other.id = query.id
    return _answer(other.to_wire(), "192.0.2.66")


def _big(wire):
    query = dns.message.from_wire(wire)
    answer = dns.message.make_response(query)
    texts = [f"192.0.{n >> 8}.{n & 255}" for n in range(4_000)]
    answer.answer.append(dns.rrset.from_text_list(query.question[0].name, 60, "IN", "A", texts))
    return answer.to_wire(max_size=65_535)


def _ring(wire):
    """A name that is a pointer to itself."""
    return wire[:2] + struct.pack("!5H", 0x8180, 1, 1, 0, 0) + b"\xc0\x0c" + wire[-4:]


FORGED = {
    "another id": lambda wire: bytes([wire[0] ^ 1]) + _answer(wire)[1:],
    "another question": _other_question,
    "a query": lambda wire: wire,
    "nothing": lambda wire: b"",
    "half": lambda wire: _answer(wire)[:-3],
    "more": lambda wire: _answer(wire) + b"more",
    "a ring": _ring,
    "no question": lambda wire: wire[:2] + struct.pack("!5H", 0x8180, 0, 0, 0, 0),
    "an update": lambda wire: wire[:2] + struct.pack("!5H", 0xA980, 0, 0, 0, 0),
    "counts that lie": lambda wire: wire[:4] + b"\xff" * 8 + wire[12:],
    "zeros": lambda wire: bytes(60_000),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_is_no_reply_is_passed_over(server, forged):
    server.raw = lambda wire: [forged(wire), _answer(wire)]
    assert asked(server) == Answer("found", (V4, V6))
    server.raw = lambda wire: [forged(wire)]
    assert asked(server, seconds=QUICK) == Answer("failed")


def test_all_that_a_datagram_holds(server):
    server.raw = lambda wire: [_big(wire)]
    assert len(asked(server).addresses) == 8


def test_a_flood_of_forgeries_ends_in_time(server):
    server.raw = lambda wire: (FORGED["another id"](wire) for _ in range(3_000))
    assert asked(server, seconds=QUICK) == Answer("failed")


def _framed(length, body):
    return struct.pack("!H", length) + body


@pytest.mark.parametrize(
    "said",
    [
        lambda wire: [],
        lambda wire: [b"\0"],
        lambda wire: [_framed(0, b"")],
        lambda wire: [_framed(65_535, _answer(wire))],
        lambda wire: [_framed(len(_answer(wire)), FORGED["another id"](wire))],
        lambda wire: [_framed(len(_ring(wire)), _ring(wire))],
        lambda wire: [os.urandom(65_535)],
    ],
)
def test_lies_over_tcp(server, said):
    cut = dns.flags.QR | dns.flags.TC
    turns = {"udp": lambda wire: [_answer(wire, flags=cut)], "tcp": said}
    server.reply = lambda wire, by: turns[by](wire)
    server.raw = said  # so that TCP adds no length
    assert asked(server, seconds=QUICK) == Answer("failed")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tail=st.binary(max_size=300), flags=st.integers(0, 65_535), keep=st.integers(2, 60))
def test_no_bytes_are_too_strange(server, tail, flags, keep):
    """After them comes a server failure that ends the wait; they may also be an answer."""
    refused = struct.pack("!5H", 0x8182, 0, 0, 0, 0)

    def said(wire):
        head = wire[:2] + struct.pack("!H", flags & ~0x0200) + wire[4:]  # not cut
        return [head[:keep] + tail, wire[:2] + refused]

    server.raw = said
    answer = asked(server, seconds=2.0)
    assert answer.outcome in ("found", "no-such-name", "no-address", "failed")


@pytest.mark.parametrize("name", ["", ".", "a..b", "a" * 64 + ".de", "a." * 130, "\\", "\udc80"])
def test_what_is_no_name_is_not_found(server, name):
    assert asked(server, name).outcome in ("failed", "no-such-name")


# --- ourselves ----------------------------------------------------------------------


def _sockets():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_who_cancels_leaves_nothing_behind(server):
    server.faults[WWW] = SILENT

    async def begun_and_cancelled():
        before = _sockets()
        task = asyncio.create_task(ask(WWW, [HERE], AMPLE, server.port))
        while not server.asked:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)
        assert _sockets() == before
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(begun_and_cancelled())


def test_no_socket_left_is_not_the_name_servers_fault(server):
    async def without_sockets():
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
        try:
            await ask(WWW, [HERE], AMPLE, server.port)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    with pytest.raises(OSError, match=os.strerror(errno.EMFILE)):
        asyncio.run(without_sockets())
