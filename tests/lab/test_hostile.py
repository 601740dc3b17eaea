"""Whatever an order asks for, nothing is sent to what must not be traced: counted behind it."""

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network

import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest

from netdesk.facts import Lookup, Way, of_kind
from netdesk.probe import order as orders
from netdesk.probe.checks.networks import Networks
from netdesk.probe.diagnosis import diagnose
from netdesk.probe.host import Host
from netdesk.probe.record import Record
from netdesk.ranges import NO_EXCEPTIONS, Rules
from netdesk.refused import Refused
from tests.lab import namespaces, world_map
from tests.lab.diagnosing import RULES, SITE
from tests.lab.world import world
from tests.lab.world_map import address
from tests.test_target import HOSTILE

HERE = "inside"
OWN = world_map.OWN_RESOLVER[HERE]
OTHERS = world_map.OTHER_RESOLVERS
# An operator's own machines: nobody may trace them, though the lab's networks may be traced here.
MANAGED = world_map.OPERATORS["CTRL2"]
GUARDED = Rules(RULES.allow, (ip_network(MANAGED.v4), ip_network(MANAGED.v6)))

# At the last hook on the way out, loopback too; only what IPv6 says to its neighbours is left out.
LEDGER = """table inet ledger {
    set left_v4 { type ipv4_addr; flags dynamic; }
    set left_v6 { type ipv6_addr; flags dynamic; }
    chain out {
        type filter hook postrouting priority 300
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
        icmpv6 type { mld-listener-report, mld2-listener-report } accept
        ip version 4 add @left_v4 { ip daddr }
        ip6 version 6 add @left_v6 { ip6 daddr }
    }
}
"""


@pytest.fixture(scope="module")
def net():
    """The measuring host has a way to everywhere, so that nothing stays for want of one."""
    with world() as made:
        router = f"fe80::{world_map.NUMBERS['r1']:x}"
        own = {version: address(HERE, version) for version in (4, 6)}
        lines = [
            f"route add default via {address('r1')} dev r1 src {own[4]}",
            f"route add default via {router} dev r1 src {own[6]}",
        ]
        space = made.spaces[HERE]
        namespaces.within(space, lambda: namespaces.feed("ip", "-batch", "-", lines=lines))
        yield made


@dataclass
class Seen:
    facts: tuple
    refused: str
    sent_to: set  # addresses
    asked: list  # of name servers


@contextmanager
def ledger(net):
    """Yields where packets have gone since then."""

    def nft(*lines):
        namespaces.within(net.spaces[HERE], lambda: namespaces.feed("nft", "-f", "-", lines=lines))

    def listed():
        done = net.run(HERE, "nft", "-j", "list", "table", "inet", "ledger")
        sets = [item["set"] for item in json.loads(done.stdout)["nftables"] if "set" in item]
        return {element for one in sets for element in one.get("elem", [])}

    nft(LEDGER)
    try:
        yield listed
    finally:
        nft("delete table inet ledger")


def forged(target, resolvers=(), controls=()):
    """An order as it comes out of the queue, whoever has put it there."""
    wish = {"method": None, "version": None, "flows": 1}
    row = {"id": "0" * 32, "target": target, "days": 1, "wish": wish}
    others = {"resolvers": list(resolvers), "controls": list(controls)}
    return orders.read(json.dumps(row | others))


async def _tried(host, order):
    record = Record()
    try:
        await diagnose(order, host, record)
    except Refused as refused:
        return tuple(record.facts), str(refused)
    return tuple(record.facts), ""


def tried(net, order, rules=GUARDED):
    host = Host(rules, (OWN,), Networks((OWN,), rules.allow))
    before = len(net.names.asked)
    with ledger(net) as listed:
        facts, refused = net.within(HERE, asyncio.run, _tried(host, order))
        return Seen(facts, refused, listed(), net.names.asked[before:])


def test_no_hostile_target_gets_a_packet_or_is_looked_up(net):
    assert len(HOSTILE) > 75
    host = Host(NO_EXCEPTIONS, (OWN,), Networks((OWN,)))
    with ledger(net) as listed:
        for target, says in HOSTILE:
            facts, refused = net.within(HERE, asyncio.run, _tried(host, forged(target)))
            assert says in refused, target
            assert facts == (), target
        assert listed() == set()


def test_a_good_target_gets_them(net):
    """So what is counted above would have been seen."""
    seen = tried(net, forged(SITE))
    assert seen.refused == ""
    assert {address("target"), address("target", 6)} <= seen.sent_to
    gone = net.run(HERE, "ip", "route", "get", "10.0.0.1").stdout
    assert "via" in gone


@contextmanager
def saying(net, *records, name="hostile.example.com"):
    """A name that its owner has pointed there: (type, address) each."""
    kept = dict(net.names.records)
    for kind, text in records:
        key = dns.name.from_text(name), dns.rdatatype.from_text(kind)
        said = dns.rdata.from_text("IN", kind, text)
        net.names.records[key] = [*net.names.records.get(key, []), said]
    try:
        yield name
    finally:
        net.names.records.clear()
        net.names.records.update(kept)


def nat64(v4):
    return f"64:ff9b::{v4}"


GOOD = [("A", address("target")), ("AAAA", address("target", 6))]
REFUSED = {
    "private": ("A", "10.0.0.1"),
    "loopback": ("A", "127.0.0.1"),
    "metadata": ("A", "169.254.169.254"),
    "cloud metadata": ("A", "100.100.100.200"),
    "this network": ("A", "0.0.0.0"),  # noqa: S104 - nothing is bound to it
    "group": ("A", "224.0.0.251"),
    "everybody": ("A", "255.255.255.255"),
    "loopback6": ("AAAA", "::1"),
    "nobody6": ("AAAA", "::"),
    "link": ("AAAA", "fe80::1"),
    "private6": ("AAAA", "fd00:ec2::254"),
    "group6": ("AAAA", "ff02::1"),
    "mapped": ("AAAA", "::ffff:10.0.0.1"),
    "mapped loopback": ("AAAA", "::ffff:127.0.0.1"),
    "NAT64": ("AAAA", nat64("10.0.0.1")),
    "NAT64 metadata": ("AAAA", nat64("169.254.169.254")),
    "local NAT64": ("AAAA", "64:ff9b:1::a00:1"),
    "6to4": ("AAAA", "2002:a00:1::1"),
    "Teredo": ("AAAA", "2001:0:a00:1::1"),
    "compatible": ("AAAA", "::10.0.0.1"),
    "the host": ("A", address(HERE)),
    "the host6": ("AAAA", address(HERE, 6)),
    "the host mapped": ("AAAA", f"::ffff:{address(HERE)}"),
    "the host over NAT64": ("AAAA", nat64(address(HERE))),
    "managed": ("A", address("ctrl2")),
    "managed6": ("AAAA", address("ctrl2", 6)),
    "managed mapped": ("AAAA", f"::ffff:{address('ctrl2')}"),
    "managed over NAT64": ("AAAA", nat64(address("ctrl2"))),
}


@pytest.mark.parametrize("record", REFUSED.values(), ids=REFUSED)
def test_a_name_that_leads_to_a_refused_address_gets_no_packet(net, record):
    """Alone, and among good ones, first or last: else a stranger could pick."""
    for records in ([record], [*GOOD, record], [record, *GOOD]):
        with saying(net, *records) as name:
            seen = tried(net, forged(name))
        assert seen.refused.endswith("."), records
        assert seen.sent_to == {OWN}
        assert [type(fact) for fact in seen.facts] == [Lookup]


@pytest.mark.parametrize("name", ["private.example.com", "mixed.example.com"])
def test_names_of_the_lab_that_lead_astray(net, name):
    seen = tried(net, forged(name, OTHERS))
    assert "private address" in seen.refused
    assert seen.sent_to <= {OWN, OTHERS[0]}  # the other one is of the managed network


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_a_literal_of_the_host_itself_gets_no_packet(net, kind):
    seen = tried(net, forged(address(HERE, 4 if kind == "A" else 6)))
    assert "the measuring host itself" in seen.refused
    assert seen.sent_to == set()


class Turning(dict):
    """Records of which one name's have changed when it is asked for the second time."""

    def __init__(self, records, name, second):
        super().__init__(records)
        self._name, self._second = dns.name.from_text(name), second
        self.asked = []

    def get(self, key, otherwise=None):
        name, kind = key
        if name == self._name and kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            self.asked.append(kind)
            if self.asked.count(kind) > 1:
                return [dns.rdata.from_text("IN", kind, self._second[kind])]
        return super().get(key, otherwise)


def test_an_answer_that_changes_is_asked_for_once(net, monkeypatch):
    """DNS rebinding: what was judged is what is traced, connected to, and spoken with."""
    second = {dns.rdatatype.A: "10.0.0.1", dns.rdatatype.AAAA: "fd00::1"}
    turning = Turning(net.names.records, SITE, second)
    monkeypatch.setattr(net.names, "records", turning)
    seen = tried(net, forged(SITE))
    assert sorted(turning.asked) == [dns.rdatatype.A, dns.rdatatype.AAAA]
    assert {way.address for way in of_kind(seen.facts, Way)} == {text for _, text in GOOD}
    assert seen.sent_to == {OWN, *(text for _, text in GOOD)}
    assert tried(net, forged(SITE)).refused  # so it had changed


def test_what_another_name_server_says_is_noted_and_not_traced(net):
    """Who controls one of them shows nothing but what it says."""
    other = OTHERS[0]
    bad = {dns.rdatatype.A: "10.0.0.1", dns.rdatatype.AAAA: "fd00::1"}

    def astray(reply, name, kind, resolver):
        if resolver == other and name == dns.name.from_text(SITE) and kind in bad:
            said = dns.rdata.from_text("IN", kind, bad[kind])
            reply.answer.append(dns.rrset.from_rdata(name, 60, said))
            return True
        return False

    with differing(net, astray):
        seen = tried(net, forged(SITE, [other]))
    said = {lookup.resolver: lookup.addresses for lookup in of_kind(seen.facts, Lookup)}
    assert said[other] == ("10.0.0.1", "fd00::1")
    assert seen.sent_to == {OWN, other, *(text for _, text in GOOD)}


def test_where_only_others_know_a_name_they_are_judged_alike(net):
    other = OTHERS[0]
    with net.names.failing("servfail", resolver=OWN):
        seen = tried(net, forged("mixed.example.com", [other]))
        assert "private address" in seen.refused
        assert seen.sent_to == {OWN, other}
        assert tried(net, forged(SITE, [other])).refused == ""


@contextmanager
def differing(net, lie):
    """One resolver that answers otherwise."""
    real_answer, real_fill = net.names.answer, net.names._fill
    at = []

    def answer(packet, resolver, *size):
        at[:] = [resolver]  # one thread answers one question after the other
        return real_answer(packet, resolver, *size)

    def fill(reply, name, kind):
        if not lie(reply, name, kind, at[0]):
            real_fill(reply, name, kind)

    with pytest.MonkeyPatch.context() as here:
        here.setattr(net.names, "answer", answer)
        here.setattr(net.names, "_fill", fill)
        yield


@pytest.mark.parametrize(("length", "traced"), [(3, True), (12, False)])
def test_aliases_without_end_lead_nowhere(net, length, traced):
    seen = tried(net, forged(f"chain{length}.example.com"))
    assert seen.refused == ""
    assert bool(of_kind(seen.facts, Way)) == traced
    assert traced or seen.sent_to == {OWN}
    [own] = of_kind(seen.facts, Lookup)
    assert own.outcome == ("found" if traced else "failed")


def test_a_forged_order_names_no_name_server_or_control_that_is_refused(net):
    """They get packets, too: whoever can write orders must not choose where to."""
    astray = ["10.0.0.53", "127.0.0.1", address(HERE), address("ctrl2")]
    seen = tried(net, forged(SITE, astray, astray))
    assert seen.refused == ""
    assert seen.sent_to == {OWN, *(text for _, text in GOOD)}
