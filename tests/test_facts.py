"""What a probe wrote is read strictly, and the newest fact about one thing counts."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.facts import (
    KINDS,
    OWN,
    Control,
    Hop,
    Lookup,
    Loss,
    Network,
    Service,
    Way,
    clean_name,
    from_row,
    hops,
    of_kind,
    to_row,
)

N = st.integers(1, 1_000)
VERSION = st.sampled_from([4, 6])
ADDRESS = st.ip_addresses().map(str)
ADDRESSES = st.lists(ADDRESS, max_size=3).map(tuple)
TIMES = st.none() | st.floats(0, 30_000)
COUNT = st.integers(0, 100)
FACTS = st.one_of(
    st.builds(Hop, N, st.integers(1, 30), ADDRESSES, TIMES, st.sampled_from(["", "!N", "!X"]),
              VERSION, COUNT),
    st.builds(Lookup, N, ADDRESS | st.just(OWN), st.sampled_from(["found", "failed"]), ADDRESSES),
    st.builds(Way, N, VERSION, ADDRESS, st.sampled_from(["begun", "reached", "ended", "no-way"])),
    st.builds(Service, N, VERSION, st.integers(1, 65_535), st.sampled_from(["open", "silent"]),
              TIMES, st.sampled_from(["", "ok", "expired"]), st.none() | st.integers(100, 599)),
    st.builds(Control, N, ADDRESS, st.booleans()),
    st.builds(Loss, N, VERSION, st.integers(1, 30), st.just(100), COUNT),
    st.builds(Network, N, ADDRESS, st.none() | st.integers(1, 2**32 - 1),
              st.sampled_from(["", "Example Transit"]), st.sampled_from(["", "r1.example.net"])),
)  # fmt: skip


@given(FACTS)
def test_a_fact_survives_the_store(fact):
    assert from_row(json.loads(json.dumps(to_row(fact)))) == fact


HOP = to_row(Hop(3, 2, ("198.18.2.2",), 20.5))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "hip"},
        {"kind": None},
        {"kind": []},
        {"n": 0},
        {"n": 1_001},
        {"n": "x"},
        {"n": None},
        {"n": True},
        {"ttl": 0},
        {"ttl": 31},
        {"ttl": float("inf")},
        {"addresses": "198.18.2.2"},
        {"addresses": None},
        {"addresses": ["<script>"]},
        {"addresses": ["router.example.com"]},
        {"addresses": ["fe80::1%<script>"]},
        {"addresses": [5.5]},
        {"addresses": ["198.18.2.2"] * 9},
        {"rtt_ms": -1},
        {"rtt_ms": float("nan")},
        {"rtt_ms": 1e300},
        {"rtt_ms": "soon"},
        {"mark": "!Z"},
        {"mark": None},
        {"mark": ["!N"]},
        {"version": 5},
        {"version": True},
        {"version": 4.0},
        {"tries": -1},
    ],
    ids=str,
)
def test_what_is_no_fact_is_refused(wrong):
    with pytest.raises(ValueError):
        from_row(HOP | wrong)


def test_no_more_is_lost_than_was_sent():
    row = to_row(Loss(1, 4, 3, 5, 5))
    assert from_row(row).lost == 5
    with pytest.raises(ValueError, match="more are lost"):
        from_row(row | {"lost": 6})


@pytest.mark.parametrize("missing", [part.name for part in fields(Hop)] + ["kind"])
def test_a_fact_needs_its_parts(missing):
    with pytest.raises(ValueError, match=missing):
        from_row({key: value for key, value in HOP.items() if key != missing})


@given(
    st.dictionaries(
        st.sampled_from([*HOP, "name", "operator", "asn", "outcome"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2),
    ),
    st.sampled_from(list(KINDS)),
)
def test_any_row_is_read_or_refused(row, kind):
    try:
        fact = from_row(row | {"kind": kind})
    except ValueError:
        return
    assert from_row(to_row(fact)) == fact


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("R1.Example.NET.", "r1.example.net"),
        ("ae-0_1.core.example.net", "ae-0_1.core.example.net"),
        ("<script>.example.net", ""),
        ("a b.example.net", ""),
        ("\x1b[2J.example.net", ""),
        ("-a.example.net", ""),
        ("a..example.net", ""),
        ("\u202eexample.net", ""),
        ("x" * 254, ""),
        ("", ""),
        ("a.\n", ""),
    ],
)
def test_a_name_that_is_none_is_no_name(written, name):
    assert clean_name(written) == name
    row = to_row(Network(1, "192.0.2.1")) | {"name": written}
    assert from_row(row).name == name


def test_an_operator_is_one_line_that_steers_nothing():
    row = to_row(Network(1, "192.0.2.1")) | {"operator": "Evil\x1b[2J\nInc. " + "x" * 200}
    operator = from_row(row).operator
    assert operator.isprintable()
    assert len(operator) <= 80


def test_a_late_answer_replaces_a_silent_hop():
    silent, first, late = Hop(1, 2), Hop(2, 1, ("198.18.1.2",), 9.0), Hop(3, 2, ("a",), 700)
    assert hops([late, silent, first]) == (first, late)


def test_hops_of_the_two_versions_stand_apart():
    four, six = Hop(1, 1, ("198.18.1.2",)), Hop(2, 1, ("2001:db8::1",), version=6)
    assert (hops([four, six]), hops([four, six], 6)) == ((four,), (six,))


def test_facts_come_in_the_order_in_which_they_were_learnt():
    ways = [Way(3, 4, "192.0.2.1", "ended"), Way(1, 4, "192.0.2.1")]
    assert [way.n for way in of_kind(ways, Way)] == [1, 3]
