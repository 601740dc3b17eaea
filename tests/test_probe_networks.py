"""Whose an address is, by name servers like Team Cymru's: no name, or the right one."""

import asyncio
import os
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netdesk.facts import clean_name
from netdesk.probe.checks.cymru import Origin, operator, origin, origin_name
from netdesk.probe.checks.networks import DAY, HOUR, MINUTE, Networks, Owner
from netdesk.probe.checks.shared import Found, Shared
from tests.name_server import SILENT, NameServer

LAB = (ip_network("198.18.0.0/15"), ip_network("2001:db8::/32"))
HOP = "198.18.16.7"
HOP6 = "2001:db8:3::2"
TABLE = {
    "7.16.18.198.origin.asn.cymru.com": {
        "TXT": ['"64500 | 198.18.16.0/20 | US | arin | 1998-09-25"']
    },
    "AS64500.asn.cymru.com".lower(): {
        "TXT": ['"64500 | US | arin | 1998-09-25 | TRANSIT-EXAMPLE Transit Example Inc., US"']
    },
    "7.16.18.198.in-addr.arpa": {"PTR": ["ae1.r2.transit.example."]},
    origin_name(ip_address(HOP6)): {"TXT": ['"64501 | 2001:db8:3::/48 | DE | ripencc | "']},
    "as64501.asn.cymru.com": {"TXT": ['"64501 | DE | ripencc | | ACCESS-EXAMPLE, DE"']},
}
TRANSIT = Owner(64500, "Transit Example Inc.", "ae1.r2.transit.example")


@pytest.fixture
def server():
    with NameServer({name: dict(records) for name, records in TABLE.items()}) as server:
        yield server


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def networks(server, now):
    return Networks([server.host], LAB, port=server.port, clock=lambda: now[0])


def of(networks, *addresses):
    async def all_at_once():
        return await asyncio.gather(*map(networks.of, addresses))

    return asyncio.run(all_at_once())


def test_who_runs_it_and_what_it_is_called(networks):
    assert of(networks, HOP) == [TRANSIT]
    assert of(networks, "::ffff:198.18.16.7") == [TRANSIT]


def test_ipv6(networks):
    assert of(networks, HOP6) == [Owner(64501, "ACCESS-EXAMPLE")]


def test_ipv6_is_asked_for_by_all_its_digits():
    assert origin_name(ip_address("2001:4860:b002::68")) == (
        "8.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.b.0.6.8.4.1.0.0.2.origin6.asn.cymru.com"
    )


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "192.168.1.1",
        "100.64.0.1",
        "240.0.0.1",
        "127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2001:db8::1",
        "198.18.0.1",
        "router",
        "-",
    ],
)
def test_of_private_addresses_nobody_is_asked(server, address):
    assert of(Networks([server.host], port=server.port), address) == [Owner()]
    assert server.asked == []


# --- the cache ----------------------------------------------------------------------


def test_each_question_is_asked_once(server, networks):
    assert of(networks, *[HOP] * 20) == [TRANSIT] * 20
    assert of(networks, HOP) == [TRANSIT]
    assert sorted((name, kind) for name, kind, _ in server.asked) == [
        ("7.16.18.198.in-addr.arpa", "PTR"),
        ("7.16.18.198.origin.asn.cymru.com", "TXT"),
        ("as64500.asn.cymru.com", "TXT"),
    ]


def _origins(server):
    return [name for name, _, _ in server.asked if ".origin" in name]


def test_neighbours_share_a_question(server, networks):
    neighbours = [f"198.18.16.{number}" for number in range(7, 27)]
    assert {owner.asn for owner in of(networks, *neighbours)} == {64500}
    assert of(networks, "198.18.16.200") == [Owner(64500, "Transit Example Inc.")]
    assert len(_origins(server)) == 1


def test_a_part_of_a_network_may_be_another_ones(server, networks):
    """The /20 was learnt first; within it somebody else announces a /24."""
    server.table["1.17.18.198.origin.asn.cymru.com"] = {
        "TXT": [f'"{line}"' for line in ("64500 | 198.18.16.0/20 |", "64501 | 198.18.17.0/24 |")]
    }
    assert [owner.asn for owner in of(networks, HOP)] == [64500]
    assert [owner.asn for owner in of(networks, "198.18.17.1")] == [64501]


def test_a_block_may_be_cut_all_the_same(server, networks):
    for last, asn, network in ((1, 64500, "198.18.40.0/25"), (129, 64501, "198.18.40.128/25")):
        name = f"{last}.40.18.198.origin.asn.cymru.com"
        server.table[name] = {"TXT": [f'"{asn} | {network} |"']}
    for _ in range(2):
        owners = of(networks, "198.18.40.1", "198.18.40.129")
        assert [owner.asn for owner in owners] == [64500, 64501]
    assert len(_origins(server)) == 2


@pytest.mark.parametrize(
    ("fault", "kept"), [(None, DAY), ("NXDOMAIN", HOUR), ("NOERROR", HOUR), ("SERVFAIL", MINUTE)]
)
def test_how_long_an_answer_is_kept(server, networks, now, fault, kept):
    if fault:
        server.faults = dict.fromkeys(TABLE, fault)
    first = of(networks, HOP)
    assert first == [Owner() if fault else TRANSIT]
    asked, server.faults, server.table = len(server.asked), {}, {}
    now[0] = kept - 1
    assert of(networks, HOP) == first and len(server.asked) == asked
    server.table = TABLE
    now[0] = kept + 1
    assert of(networks, HOP) == [TRANSIT] and len(server.asked) > asked


def test_an_ambiguous_answer_is_kept_for_an_hour(server, networks, now):
    server.table["7.16.18.198.origin.asn.cymru.com"] = {"TXT": ['"64500 64501 | 198.18.0.0/16 |"']}
    assert of(networks, HOP)[0].asn is None
    now[0] = HOUR + 1
    assert of(networks, HOP)[0].asn is None
    assert len(_origins(server)) == 2


def test_the_oldest_answers_make_room():
    asked = []

    async def answered(key):
        async def ask():
            asked.append(key)
            return Found(key.upper(), DAY)

        return await shared.get(key, ask)

    async def all_in_turn():
        return [await answered(key) for key in "abcabcdab"]

    shared = Shared(3, lambda: 0.0)
    assert asyncio.run(all_in_turn()) == list("ABCABCDAB")
    assert asked == list("abcdab")
    assert len(shared) == 3


# --- time ----------------------------------------------------------------------


def test_what_comes_in_time_is_told(server, networks):
    server.faults["as64500.asn.cymru.com"] = SILENT
    assert of(networks, HOP) == [Owner(64500, "", "ae1.r2.transit.example")]


def test_who_goes_away_takes_nothing_from_the_others(server, networks):
    async def two_askers():
        hasty, patient = (asyncio.create_task(networks.of(HOP)) for _ in range(2))
        while not server.asked:
            await asyncio.sleep(0)
        hasty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hasty
        return await patient

    assert asyncio.run(two_askers()) == TRANSIT
    assert len(server.asked) == 3


@pytest.mark.parametrize("turns", range(8))
def test_an_asker_that_is_stopped_leaves_the_next_one_whole(server, networks, turns):
    """Its loop ends before, in or after the question; another asks it again."""

    async def stopped():
        asyncio.get_running_loop().create_task(networks.of(HOP))
        for _ in range(turns):
            await asyncio.sleep(0)

    server.faults = dict.fromkeys(TABLE, SILENT)
    asyncio.run(stopped())
    server.faults = {}
    assert of(networks, HOP) == [TRANSIT]


def test_garbage_is_no_name(server, networks):
    server.raw = lambda wire: [wire[:2] + b"\x81\x80" + wire[4:] + os.urandom(40)]
    assert of(networks, HOP) == [Owner()]


# --- what is read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["64500 | 198.18.16.0/20 | US | arin | 1998-09-25"], (64500, "198.18.16.0/20")),
        (["4200000001|198.18.0.0/15"], (4200000001, "198.18.0.0/15")),
        (["64500 | 198.18.0.0/15 |", "64501 | 198.18.16.0/20 |"], (64501, "198.18.16.0/20")),
        (["64501 | 198.18.16.0/20 |", "64500 | 198.18.0.0/15 |"], (64501, "198.18.16.0/20")),
        (["64500 | 198.18.16.0/20 |", "64500 | 198.18.16.0/20 | DE"], (64500, "198.18.16.0/20")),
        (["64500 | 198.18.16.0/20 |", "64501 | 198.18.32.0/20 |"], (64500, "198.18.16.0/20")),
        (["64500 64501 | 198.18.16.0/20 |"], None),
        (["64500 | 198.18.16.0/20 |", "64501 | 198.18.16.0/20 |"], None),
        (["64500 | 198.18.0.0/15 |", "64501 64502 | 198.18.16.0/20 |"], None),
        (["64500 | 198.18.0.0/15 |", "| 198.18.16.0/20 |"], None),
        (["64500 | 198.18.32.0/20 |"], None),  # it is elsewhere
        (["64500 | 198.18.16.7/20 |"], None),  # no network
        (["64500 | 2001:db8::/32 |"], None),
        (["64500 | 0.0.0.0/0 |"], None),
        (["64500 | 198.18.16.0/20/3 |"], None),
        (["0 | 198.18.16.0/20 |"], None),
        (["23456 | 198.18.16.0/20 |"], None),
        (["4294967296 | 198.18.16.0/20 |"], None),
        (["-64500 | 198.18.16.0/20 |"], None),
        (["٦٤٥٠٠ | 198.18.16.0/20 |"], None),
        (["{64500} | 198.18.16.0/20 |"], None),
        (["AS64500 | 198.18.16.0/20 |"], None),
        (["NA | NA | NA"], None),
        ([""], None),
        ([], None),
    ],
    ids=repr,
)
def test_who_alone_announces_it(texts, found):
    asn, network = found or (0, "")
    expected = Origin(ip_network(network), asn) if found else None
    assert origin(texts, ip_address(HOP)) == expected


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("TRANSIT-EXAMPLE Transit Example Inc., US", "Transit Example Inc."),
        ("TRANSIT-EXAMPLE - Transit Example, Inc., US", "Transit Example, Inc."),
        ("ATT-INTERNET4 - AT&T Services, Inc., US", "AT&T Services, Inc."),
        ("GOOGLE, US", "GOOGLE"),
        ("NAME-2, DE", "NAME-2"),
        ("KPN KPN National, NL", "KPN National"),
        ("Example-AS - Example | Sons, GB", "Example | Sons"),
        ("Transit Example", "Transit Example"),
        ("TRANSIT \x1b[31mred\u202e\n<b>, US", "\ufffd[31mred\ufffd <b>"),
        ("LONG " + "x" * 200 + ", US", "x" * 79 + "\u2026"),
        ("-Reserved AS-, ZZ", ""),
        ("-Private Use AS-, ZZ", ""),
        ("NAME -, US", ""),
        (", US", ""),
        ("", ""),
    ],
)
def test_an_operator_by_its_readable_name(said, name):
    assert operator([f"64500 | US | arin | 1998-09-25 | {said}"], 64500) == name


@pytest.mark.parametrize(
    "texts",
    [
        ["64501 | US | arin | 1998-09-25 | OTHER, US"],
        ["64500 | US | arin | 1998-09-25 | ONE, US", "64500 | US | arin | 1998-09-25 | TWO, US"],
        ["64500 | US | arin | 1998-09-25"],
        ["no"],
        [],
    ],
    ids=repr,
)
def test_no_operator_rather_than_a_wrong_one(texts):
    assert operator(texts, 64500) == ""


@given(st.lists(st.text(st.characters(codec="utf-8")) | st.from_regex(r"[0-9 ]+\|[0-9./ ]+\|.*")))
@example(["64500 | 198.18.16.0/20 | \udc80"])
def test_any_text_may_come(texts):
    found = origin(texts, ip_address(HOP))
    assert found is None or ip_address(HOP) in found.network
    asn = found.asn if found else 64500
    said = [f"{asn} | | | | {text}" for text in texts[:1]]
    assert len(operator(said, asn)) <= 80 and "\n" not in operator(said, asn)


@pytest.mark.parametrize(
    ("pointers", "name"),
    [
        (["R1.Transit.Example."], "r1.transit.example"),
        (["b.transit.example.", "a.transit.example."], "a.transit.example"),
        (["<b>.transit.example."], ""),
        (["\\027[31m.transit.example."], ""),
        (["a\\.b.transit.example."], ""),
        (["a\\032b.transit.example."], ""),
        (["\\255.transit.example."], ""),
        (["192.0.2.1."], ""),
        (["64500."], ""),
        (["."], ""),
    ],
    ids=repr,
)
def test_a_reverse_name_is_hostile(server, networks, pointers, name):
    server.table["7.16.18.198.in-addr.arpa"] = {"PTR": pointers}
    assert of(networks, HOP) == [Owner(64500, "Transit Example Inc.", name)]
    assert clean_name(name) == name


def test_a_reverse_name_behind_an_alias(server, networks):
    """RFC 2317: whose the address is, names it."""
    server.table["7.16.18.198.in-addr.arpa"] = {"CNAME": ["7.0-15.16.18.198.in-addr.arpa"]}
    server.table["7.0-15.16.18.198.in-addr.arpa"] = {"PTR": ["r1.transit.example."]}
    assert of(networks, HOP)[0].name == "r1.transit.example"
