"""Whole diagnoses in the lab's internet: what is found, what it costs, and what is left behind."""

import asyncio
import gc
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from queue import Queue

import pytest

from netdesk.facts import OWN, Control, Lookup, Network, Service, Way, hops, of_kind, to_row
from netdesk.probe.checks.networks import Networks
from netdesk.probe.counting import USUAL as USUAL_PACKETS
from netdesk.probe.diagnosis import diagnose
from netdesk.probe.host import Host
from netdesk.probe.order import Order
from netdesk.probe.path.budget import MOST_PACKETS
from netdesk.probe.record import Record
from netdesk.trace import Wish
from tests.lab import namespaces, world_map
from tests.lab.diagnosing import CONTROLS, RULES, SITE, USUAL, measure, said, trusting
from tests.lab.world import WorldFault, world
from tests.lab.world_map import address
from tests.lab.zones import HOSTILE_NODE

HERE = "inside"
RESOLVER = world_map.OWN_RESOLVER[HERE]
BOTH = {4, 6}


@pytest.fixture(scope="module")
def net():
    with trusting(), world() as made:
        yield made


def found(net, target=SITE, where=HERE, **wish):
    return measure(net, where, target, Wish(**wish)).run.facts


def newest(facts, kind, *key):
    return {tuple(getattr(fact, part) for part in key): fact for fact in of_kind(facts, kind)}


def ways(facts):
    return {version: way.progress for (version,), way in newest(facts, Way, "version").items()}


def services(facts):
    return newest(facts, Service, "version", "port")


# --- what is found


TARGETS = [
    (SITE, {}, BOTH),
    (SITE, {"version": 4}, {4}),
    (SITE, {"version": 6}, {6}),
    ("v4only.example.com", {}, {4}),
    ("v6only.example.com", {}, {6}),
    ("chain3.example.com", {}, BOTH),
    (address("target"), {}, {4}),
    (address("target", 6), {}, {6}),
    (f"HTTP://{SITE.upper()}./page?q", {}, BOTH),  # no door would order this
]


@pytest.fixture(scope="module")
def told(net):
    """What is found out about each of them; one host does all of it at once."""
    with ThreadPoolExecutor(len(TARGETS)) as pool:
        return list(pool.map(lambda one: found(net, one[0], **one[1]), TARGETS))


@pytest.mark.parametrize("number", range(len(TARGETS)), ids=lambda number: str(TARGETS[number]))
def test_each_version_that_the_target_has_and_the_wish_allows(net, told, number):
    (target, _, versions), facts = TARGETS[number], told[number]
    assert ways(facts) == dict.fromkeys(versions, "reached")
    literal = target in (address("target"), address("target", 6))
    assert bool(of_kind(facts, Lookup)) != literal
    for version in versions:
        path = [set(hop.addresses) for hop in hops(facts, version)]
        expected = [set(hop) for hop in net.path(HERE, version)]
        assert len(path) == len(expected) and all(map(set.issubset, path, expected))
        secure, plain = (services(facts)[version, port] for port in (443, 80))
        assert (secure.connect, secure.tls, secure.status) == ("open", "" if literal else "ok", 200)
        assert (plain.connect, plain.tls, plain.status) == ("open", "", 200)
    assert {version for version, _ in services(facts)} == versions
    controls = newest(facts, Control, "address")
    assert {at for (at,) in controls} == set(CONTROLS)
    assert all(control.reached for control in controls.values())


def test_the_server_is_asked_for_nothing_but_its_root_by_the_targets_name(net):
    del net.web.requests[:]
    found(net, f"https://user@{SITE}:8443/private/page?token=7#x")
    assert len(net.web.requests) == 4
    assert {(one.line, one.host) for one in net.web.requests} == {("GET / HTTP/1.1", SITE)}


def test_a_version_that_the_name_does_not_have_leads_nowhere(net):
    facts = found(net, "v4only.example.com", version=6)
    assert (of_kind(facts, Way), of_kind(facts, Service)) == ([], [])


@pytest.mark.parametrize("trouble", ["servfail", "refused"])
def test_where_the_own_name_server_fails_another_ones_answer_is_traced(net, trouble):
    with net.names.failing(trouble, resolver=RESOLVER):
        facts = found(net)
    lookups = newest(facts, Lookup, "resolver")
    assert lookups[OWN,].outcome == "failed"
    assert {lookups[other,].outcome for other in world_map.OTHER_RESOLVERS} == {"found"}
    assert ways(facts) == dict.fromkeys(BOTH, "reached")


def test_where_nobody_knows_the_name_only_that_is_told(net):
    with net.names.failing("servfail", SITE):
        facts = found(net)
    assert {type(fact) for fact in facts} == {Lookup, Control}
    assert {lookup.outcome for lookup in of_kind(facts, Lookup)} == {"failed"}


def test_what_a_stranger_calls_his_router_never_gets_into_a_fact(net):
    facts = found(net)
    asked = {question.name for question in net.names.asked if question.kind == "PTR"}
    networks = newest(facts, Network, "address")
    for version in (4, 6):
        hostile = networks[address(HOSTILE_NODE, version),]
        assert (hostile.name, hostile.operator) == ("", "Transit Example Inc.")
        assert networks[address("r1", version),].name == "r1.ours.example"
    assert "4.16.18.198.in-addr.arpa" in asked
    written = json.dumps([to_row(fact) for fact in facts])
    assert "script" not in written and "\\u001b" not in written and "\\u0007" not in written


@pytest.mark.parametrize(
    ("certificate", "tls"),
    [("expired", "expired"), ("wrong-name", "wrong-name"), ("self-signed", "untrusted")],
)
def test_certificates(net, certificate, tls):
    with net.web.serving(certificate=certificate):
        run = measure(net, HERE).run
    for version in (4, 6):
        secure, plain = (services(run.facts)[version, port] for port in (443, 80))
        assert (secure.connect, secure.tls, secure.status) == ("open", tls, None)
        assert (plain.connect, plain.status) == ("open", 200)
    assert said(run).code == "certificate"


@pytest.mark.parametrize(
    ("status", "code"), [(301, "answers"), (503, "server-fault"), (None, "server-fault")]
)
def test_what_the_server_says(net, status, code):
    with net.web.serving(status=status):
        run = measure(net, HERE).run
    assert [one.status for one in services(run.facts).values()] == [status] * 4
    assert said(run).code == code


def test_a_host_without_ipv6_says_so_and_blames_nobody(net):
    with without_ipv6(net):
        run = measure(net, HERE).run
    assert ways(run.facts) == {4: "reached", 6: "no-way"}
    assert {services(run.facts)[6, port].connect for port in (80, 443)} == {"unreachable"}
    verdict = said(run)
    assert (verdict.code, verdict.good, verdict.version) == ("answers", True, 4)


@contextmanager
def without_ipv6(net):
    def switch(off):
        namespaces.within(
            net.spaces[HERE], namespaces.settings, {"net.ipv6.conf.all.disable_ipv6": int(off)}
        )

    own, router = address(HERE, 6), f"fe80::{world_map.NUMBERS['r1']:x}"
    lines = [
        f"addr add {own}/128 dev lo nodad",
        f"addr add fe80::{world_map.NUMBERS[HERE]:x}/64 dev r1 nodad",
        f"route add 2001:db8::/32 via {router} dev r1 src {own} metric 100",
        f"route add {address('r1', 6)} via {router} dev r1 src {own} metric 100",
    ]
    switch(True)
    try:
        yield
    finally:
        switch(False)
        namespaces.within(
            net.spaces[HERE], lambda: namespaces.feed("ip", "-6", "-batch", "-", lines=lines)
        )


# --- what it costs

# All that a job sends to somebody else than a name server: probes, and what opens a connection.
COUNTER = """table inet cost {
    counter probes {}
    counter opened {}
    chain out {
        type filter hook output priority 0
        meta l4proto udp udp dport 53 accept
        meta l4proto udp counter name probes
        icmp type echo-request counter name probes
        icmpv6 type echo-request counter name probes
        tcp dport { 80, 443 } tcp flags & (syn | ack) == syn counter name opened
    }
}
"""


@contextmanager
def counting(net):
    def nft(*lines):
        namespaces.within(net.spaces[HERE], lambda: namespaces.feed("nft", "-f", "-", lines=lines))

    def counts():
        listing = net.run(HERE, "nft", "-j", "list", "counters", "table", "inet", "cost").stdout
        rows = [item["counter"] for item in json.loads(listing)["nftables"] if "counter" in item]
        return {row["name"]: row["packets"] for row in rows}

    nft(COUNTER)
    try:
        yield counts
    finally:
        nft("delete table inet cost")


WORST = {
    "well": ([], {}),
    "flows": ([], {"flows": 8}),
    "tcp": ([], {"method": "tcp"}),
    "dead": ([WorldFault("dead")], {}),
    "dead early": ([WorldFault("dead", "r2")], {}),
    "cut off": ([WorldFault("cut-off", HERE)], {}),
    "dead, udp, flows": ([WorldFault("dead")], {"method": "udp", "flows": 8}),
    "dead, tcp, flows": ([WorldFault("dead")], {"method": "tcp", "flows": 8}),
    "one dead, flows": ([WorldFault("dead", version=6)], {"flows": 8}),
    "loop, flows": ([WorldFault("loop", "x3")], {"flows": 8}),
    "quiet, flows": ([WorldFault("quiet-host")], {"flows": 8}),
    "loss, flows": ([WorldFault("loss", "d1", percent=20)], {"flows": 8}),
    "loss, tcp, flows": ([WorldFault("loss", "d1", percent=20)], {"method": "tcp", "flows": 8}),
}
# Four services, two connections to each, and the kernel repeats a SYN twice in three seconds.
MOST_SYNS = 4 * 2 * 3
AT_ONCE = 4  # worlds: most of a diagnosis is waiting


@pytest.fixture(scope="module")
def spent(net):
    """What each of them costs."""
    free = Queue()
    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        for one in [net, *(stack.enter_context(world()) for _ in range(AT_ONCE - 1))]:
            free.put(one)

        def cost(case):
            faults, wish = case
            here = free.get()
            try:
                with here.fault(*faults), counting(here) as counts:
                    found(here, **wish)
                    return counts()
            finally:
                free.put(here)

        return dict(zip(WORST, pool.map(cost, WORST.values()), strict=True))


@pytest.mark.parametrize("case", WORST)
def test_no_job_sends_more_than_it_may(spent, case):
    """Beside its probes it opens the connections that the service is asked over."""
    _, wish = WORST[case]
    probes, opened = spent[case]["probes"], spent[case]["opened"]
    if "method" in wish and wish["method"] == "tcp":  # there a SYN is a probe
        assert probes + opened <= MOST_PACKETS + MOST_SYNS
    else:
        assert probes <= MOST_PACKETS and opened <= MOST_SYNS


def test_what_is_well_costs_little(spent):
    """Two versions of IP, four controls."""
    assert spent["well"]["probes"] <= 2 * USUAL_PACKETS + 4
    assert spent["well"]["opened"] == 4


# --- what is left behind


async def job(record, networks=None):
    own = (RESOLVER,)
    host = Host(RULES, own, networks or Networks(own, RULES.allow))
    order = Order("0" * 32, SITE, timedelta(days=1), USUAL, world_map.OTHER_RESOLVERS, CONTROLS)
    await diagnose(order, host, record)


@pytest.mark.parametrize(
    ("faults", "facts"),
    [*(([], facts) for facts in (0, 1, 4, 20, 40)), ([WorldFault("dead", "x3")], 9)],
    ids=str,
)
def test_a_cancelled_diagnosis_leaves_nothing(net, faults, facts):
    """At whatever moment: with the name asked for, packets under way, connections half open."""

    async def cancelled():
        record = Record()
        work = asyncio.create_task(job(record))
        while len(record.facts) < facts and not work.done():
            await asyncio.sleep(0)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        # Whose a router is others may ask, too: such a question ends by itself, and soon.
        async with asyncio.timeout(10):
            while asyncio.all_tasks() != {asyncio.current_task()}:
                await asyncio.sleep(0.01)
        return record.facts

    with net.fault(*faults):
        known = net.within(HERE, asyncio.run, cancelled())
    gc.collect()  # a socket that nobody closed would complain now
    assert len(known) >= facts


def test_twenty_at_once_find_what_one_finds(net):
    async def twenty():
        records = [Record() for _ in range(20)]
        networks = Networks((RESOLVER,), RULES.allow)
        await asyncio.gather(*(job(record, networks) for record in records))
        return [record.facts for record in records]

    for facts in net.within(HERE, asyncio.run, twenty()):
        assert ways(facts) == dict.fromkeys(BOTH, "reached")
        for version in (4, 6):
            path = [set(hop.addresses) for hop in hops(facts, version)]
            expected = [set(hop) for hop in net.path(HERE, version)]
            assert len(path) == len(expected) and all(map(set.issubset, path, expected))
        assert {(one.connect, one.status) for one in services(facts).values()} == {("open", 200)}
        owners = newest(facts, Network, "address")
        assert owners[address("x1"),].operator == "Transit Example Inc."
