"""What a customer is told, written from topology and fault: one row, one test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.trace import Hop, Run
from netdesk.verdict import verdict
from tests.test_trace import hops

SEEN = "Seen from our measuring host outside Jet.Net's network, "
SITE, TARGET = "www.example.com", "198.19.0.1"


def path(*addresses, mark="", reached=False, **facts):
    """A finished run whose hops 1, 2, ... answered from these addresses; None was silent."""
    hops = [
        Hop(ttl, ttl, (address,), 10.0 * ttl) if address else Hop(ttl, ttl)
        for ttl, address in enumerate(addresses, 1)
    ]
    if mark:
        last = hops[-1]
        hops[-1] = Hop(last.n, last.ttl, last.addresses, last.rtt_ms, mark)
    return Run("done", TARGET, tuple(hops), reached, **facts)


def routers(count):
    return [f"198.18.{hop}.2" for hop in range(1, count + 1)]


REACHED = (
    SEEN + "packets reach the machine 198.19.0.1 of www.example.com (hop 6). This does not prove "
    "that the service on it works, nor that your own way there is free."
)
STOPS = (
    SEEN + "the last to answer on the way to www.example.com was 198.18.6.2 (hop 6). Stars can be "
    "a firewall that ignores traces: this alone does not prove a fault."
)
LOOP = (
    SEEN + "packets for www.example.com go round in a loop between 198.18.6.2 and 198.18.7.2 and "
    "don't arrive. A loop can pass by itself in some minutes; who caused it is not proven by this."
)

ROWS = [
    ("a whole path", path(*routers(5), TARGET, reached=True), "reached", "certain", REACHED),
    (
        "a silent hop before the end",
        path(*routers(4), None, TARGET, reached=True),
        "reached",
        "certain",
        REACHED,
    ),
    (
        "a firewall on the target",
        path(*routers(5), TARGET, reached=True, mark="!X"),
        "reached",
        "certain",
        SEEN + "packets reach the machine 198.19.0.1 of www.example.com (hop 6), and its firewall "
        "turns traces away. This is no fault, and does not prove that the service on it works.",
    ),
    ("dead after hop 6", path(*routers(6), *[None] * 24), "stops-after", "low", STOPS),
    ("dead after hop 6, not told", path(*routers(6)), "stops-after", "low", STOPS),
    (
        "no route at hop 6",
        path(*routers(6), mark="!N"),
        "no-route",
        "high",
        SEEN + "198.18.6.2 (hop 6) answers that it knows no way to www.example.com. Packets end "
        "there; whether the cause is there or further on is not proven by this.",
    ),
    (
        "the machine is off",
        path(*routers(6), mark="!H"),
        "host-unreachable",
        "high",
        SEEN + "198.18.6.2 (hop 6) answers that the machine of www.example.com can't be reached. "
        "It is probably switched off or cut off; which of the two is not proven by this.",
    ),
    (
        "prohibited at hop 6",
        path(*routers(6), mark="!X"),
        "blocked",
        "medium",
        SEEN + "198.18.6.2 (hop 6) answers that it does not let packets of this kind pass to "
        "www.example.com. That is a rule that somebody set; ordinary connections may still pass.",
    ),
    (
        "rejected at hop 6",
        path(*routers(6), mark="!P"),
        "blocked",
        "medium",
        SEEN + "198.18.6.2 (hop 6) answers that it does not let packets of this kind pass to "
        "www.example.com. That is a rule that somebody set; ordinary connections may still pass.",
    ),
    (
        "a loop behind hop 6",
        path(*routers(5), *["198.18.6.2", "198.18.7.2"] * 12),
        "loop",
        "high",
        LOOP,
    ),
    (
        "a loop, two cycles only, then stars",
        path(*routers(5), *["198.18.6.2", "198.18.7.2"] * 2, *[None] * 21),
        "loop",
        "high",
        LOOP,
    ),
    (
        "a path of more than 30 hops",
        path(*routers(30)),
        "too-long",
        "low",
        SEEN + "packets for www.example.com had not arrived after 30 hops; the last to answer was "
        "198.18.30.2. This alone does not prove a fault.",
    ),
    (
        "nobody answers",
        path(*[None] * 30),
        "no-statement",
        "none",
        SEEN + "nothing answered, not even the first hop: our measuring host itself may be cut "
        "off. This says nothing about www.example.com.",
    ),
    (
        "no such name",
        Run("failed", reason="no-such-name"),
        "no-such-name",
        "high",
        "There is no such name as www.example.com: check the spelling. If it worked before, its "
        "registration may have run out.",
    ),
    (
        "silent name servers",
        Run("failed", reason="no-answer-dns"),
        "name-servers-silent",
        "medium",
        "The name servers for www.example.com did not answer us, so its address is not known. "
        "Whether they are at fault, or the way to them, is not proven by this.",
    ),
    (
        "a name with a private address",
        Run("failed", "10.0.0.1", reason="refused-address"),
        "refused-address",
        "certain",
        "The name www.example.com points to an address that is not on the public Internet, so it "
        "can't be reached from outside its own network. Only the owner of the name can change "
        "that.",
    ),
    (
        "the probe is away",
        Run("failed", TARGET, reason="no-probe"),
        "no-probe",
        "none",
        "Our measuring host is away at the moment, so nothing was measured. This says nothing "
        "about www.example.com: please try again later.",
    ),
    (
        "something else went wrong",
        Run("failed", TARGET, reason="out-of-tea"),
        "unfinished",
        "none",
        "The trace could not be finished. This says nothing about www.example.com: please try "
        "again.",
    ),
    (
        "still under way",
        Run("running", TARGET, (Hop(1, 1, ("198.18.1.2",), 9.0),)),
        "pending",
        "none",
        "The trace of the way to www.example.com is not finished yet.",
    ),
]


@pytest.mark.parametrize(
    ("run", "code", "confidence", "sentence"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_what_a_path_shows(run, code, confidence, sentence):
    said = verdict(SITE, run, "Jet.Net")
    assert (said.code, said.confidence, said.sentence) == (code, confidence, sentence)


@pytest.mark.parametrize(
    ("run", "where"),
    [
        (path(*routers(5), TARGET, reached=True), TARGET),
        (path(*routers(6), None, None), "198.18.6.2"),
        (path(*routers(5), *["198.18.6.2", "198.18.7.2"] * 4), "198.18.6.2 and 198.18.7.2"),
        (path(None, None), ""),
        (Run("failed", "10.0.0.1", reason="refused-address"), "10.0.0.1"),
        (Run("failed", TARGET, reason="no-probe"), ""),
    ],
)
def test_where_it_shows(run, where):
    assert verdict(SITE, run, "Jet.Net").where == where


@pytest.mark.parametrize(
    "addresses",
    [
        ["a"] * 6,  # one address: a router that counts badly
        ["a", "b", "a"],  # no two cycles
        ["a", None, "a", None],  # a silent hop proves nothing
        ["a", "b", None, "a", "b"],
    ],
    ids=str,
)
def test_what_is_no_loop(addresses):
    assert verdict(SITE, path(*addresses), "Jet.Net").code == "stops-after"


def test_a_loop_of_three_is_named_whole():
    said = verdict(SITE, path("r", *["a", "b", "c"] * 2), "Jet.Net")
    assert (said.code, said.where) == ("loop", "a and b and c")


def test_the_last_word_on_a_hop_counts():
    hops = (Hop(1, 1, ("198.18.1.2",), 9.0), Hop(2, 2), Hop(3, 2, (TARGET,), 900.0))
    said = verdict(SITE, Run("done", TARGET, hops, reached=True), "Jet.Net")
    assert said.where == TARGET


runs = st.builds(
    Run,
    state=st.sampled_from(["queued", "running", "done", "failed"]),
    address=st.none() | st.ip_addresses().map(str),
    hops=st.lists(hops, max_size=3).map(tuple),
    reached=st.booleans(),
    reason=st.sampled_from(["", "no-such-name", "no-probe"]),
)


@given(runs)
def test_every_run_has_a_sentence(run):
    said = verdict("{0}", run, "{provider}")
    assert said.sentence.endswith(".")
    assert "{0}" in said.sentence
    assert said.code != "reached" or "does not prove" in said.sentence
