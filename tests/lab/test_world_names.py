"""The name servers of the lab's internet say what they should, and fail as they are told."""

import dns.exception
import dns.flags
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.reversename
import pytest

from tests.lab import world_map, zones
from tests.lab.looking import SILENCE, ask, said
from tests.lab.world import world
from tests.lab.world_map import address

V4, V6 = address("target"), address("target", 6)
OTHER = world_map.OTHER_RESOLVERS[1]


@pytest.fixture(scope="module")
def net():
    with world() as made:
        yield made


@pytest.mark.parametrize(
    "name, a, aaaa",
    [
        ("www.example.com", [V4], [V6]),
        ("WWW.Example.COM", [V4], [V6]),
        ("v4only.example.com", [V4], []),
        ("v6only.example.com", [], [V6]),
        ("private.example.com", ["10.0.0.1"], []),
        ("mixed.example.com", [V4, "10.0.0.1"], []),
        ("no-address.example.com", [], []),
    ],
)
def test_names(net, name, a, aaaa):
    for resolver in (world_map.OWN_RESOLVER["inside"], *world_map.OTHER_RESOLVERS):
        for kind, expected in (("A", a), ("AAAA", aaaa)):
            reply = ask(net, "inside", name, kind, resolver=resolver)
            assert (said(reply), reply.rcode()) == (sorted(expected), dns.rcode.NOERROR)
    assert said(ask(net, "outside", name, "A", way=dns.query.tcp)) == sorted(a)


@pytest.mark.parametrize("length", [3, 12])
def test_chains_of_aliases(net, length):
    reply = ask(net, "inside", f"chain{length}.example.com", "A", way=dns.query.tcp)
    assert len(reply.answer) - 1 == length
    assert reply.answer[-1][0].to_text() == V4


def test_an_answer_that_is_too_long_for_udp_says_so(net):
    name = dns.name.from_text("long.example.com")
    text = dns.rdata.from_text("IN", "TXT", " ".join(['"' + "x" * 200 + '"'] * 4))
    net.names.records[name, dns.rdatatype.TXT] = [text]
    assert ask(net, "inside", "long.example.com", "TXT").flags & dns.flags.TC
    reply = ask(net, "inside", "long.example.com", "TXT", way=dns.query.tcp)
    assert "x" * 200 in said(reply)[0]


def test_no_such_name(net):
    assert ask(net, "inside", "nowhere.example.com", "A").rcode() == dns.rcode.NXDOMAIN


def test_a_resolver_fails_for_a_name(net):
    other = world_map.OTHER_RESOLVERS[0]
    own = world_map.OWN_RESOLVER["inside"]
    with net.names.failing("servfail", "www.example.com", own):
        assert ask(net, "inside", "www.example.com", "A").rcode() == dns.rcode.SERVFAIL
        assert said(ask(net, "inside", "v4only.example.com", "A")) == [V4]
        assert said(ask(net, "inside", "www.example.com", "A", resolver=other)) == [V4]
    assert said(ask(net, "inside", "www.example.com", "A")) == [V4]


def test_a_resolver_fails_for_all_below_a_name(net):
    name = "1.28.18.198.origin.asn.cymru.com"
    with net.names.failing("servfail", "cymru.com"):
        assert ask(net, "inside", name, "TXT").rcode() == dns.rcode.SERVFAIL
        assert said(ask(net, "inside", "www.example.com", "A")) == [V4]
    assert said(ask(net, "inside", name, "TXT"))


@pytest.mark.parametrize("way", [dns.query.udp, dns.query.tcp])
def test_a_resolver_is_silent(net, way):
    with net.names.failing("silent", resolver=OTHER):
        with pytest.raises(dns.exception.Timeout):
            ask(net, "inside", "a.example.com", "A", resolver=OTHER, way=way, patience=SILENCE)
        assert said(ask(net, "inside", "www.example.com", "A")) == [V4]


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_a_program_has_the_resolver_of_its_host(net, where):
    found = net.run(where, "getent", "ahostsv4", "www.example.com").stdout
    assert V4 in found
    question = [one for one in net.names.asked if one.name == "www.example.com"][-1]
    assert question.resolver == world_map.OWN_RESOLVER[where]


@pytest.mark.parametrize(
    "name, text",
    [
        ("80.28.18.198.origin.asn.cymru.com", "64502 | 198.18.28.0/22 | DE | ripencc | 1998-09-25"),
        ("1.27.18.198.origin.asn.cymru.com", "64501 | 198.18.16.0/20 | US | arin | 1998-09-25"),
        ("0.0.0.1.8.b.d.0.1.0.0.2.origin6.asn.cymru.com", "64501 | 2001:db8:1000::/36 | US | "),
        ("AS64501.asn.cymru.com", "TRANSIT-EXAMPLE Transit Example Inc., US"),
    ],
)
def test_whose_an_address_is(net, name, text):
    [answer] = said(ask(net, "inside", name, "TXT"))
    assert text in answer


@pytest.mark.parametrize(
    "name", ["x.origin.asn.cymru.com", "1.0.19.198.origin.asn.cymru.com", "AS1.asn.cymru.com"]
)
def test_whose_no_address_is(net, name):
    assert ask(net, "inside", name, "TXT").rcode() == dns.rcode.NXDOMAIN


def test_what_machines_are_called(net):
    def called(one):
        [rrset] = ask(net, "inside", dns.reversename.from_address(one), "PTR").answer
        return rrset[0].target

    assert called(address("x1", 6)).to_text() == "x1.transit.example."
    hostile = called(address(zones.HOSTILE_NODE)).labels
    assert b"<script>" in hostile[0]
    assert b"\x1b" in hostile[1]
