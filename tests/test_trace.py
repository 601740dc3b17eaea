"""The nouns of a trace: what a probe wrote is read strictly, and later events win."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.trace import Hop, Verdict, latest

ROW = {"n": 3, "ttl": 2, "addresses": ["198.18.2.2"], "rtt_ms": 20.5, "mark": ""}

hops = st.builds(
    Hop,
    n=st.integers(1, 200),
    ttl=st.integers(1, 30),
    addresses=st.lists(st.ip_addresses().map(str), max_size=3).map(tuple),
    rtt_ms=st.none() | st.floats(0, 30_000),
    mark=st.sampled_from(["", "!N", "!H", "!P", "!X"]),
)


@given(hops)
def test_a_hop_survives_the_store(hop):
    assert Hop.from_dict(hop.to_dict()) == hop


def test_the_numbers_of_dynamodb_are_read():
    row = ROW | {"n": Decimal(3), "ttl": Decimal(2), "rtt_ms": Decimal("20.5")}
    assert Hop.from_dict(row) == Hop(3, 2, ("198.18.2.2",), 20.5)


def test_a_silent_hop_needs_no_mark():
    row = {"n": 1, "ttl": 6, "addresses": [], "rtt_ms": None}
    assert Hop.from_dict(row) == Hop(1, 6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"n": "x"},
        {"n": None},
        {"ttl": 0},
        {"ttl": 31},
        {"ttl": float("inf")},
        {"ttl": Decimal("NaN")},
        {"addresses": "198.18.2.2"},
        {"addresses": None},
        {"addresses": ["<script>"]},
        {"addresses": ["router.example.com"]},
        {"addresses": ["fe80::1%<script>"]},
        {"addresses": [5]},
        {"addresses": ["198.18.2.2"] * 9},
        {"rtt_ms": -1},
        {"rtt_ms": float("nan")},
        {"rtt_ms": "soon"},
        {"mark": "!Z"},
        {"mark": None},
        {"mark": ["!N"]},
    ],
    ids=str,
)
def test_what_is_no_hop_is_refused(wrong):
    with pytest.raises(ValueError):
        Hop.from_dict(ROW | wrong)


@pytest.mark.parametrize("missing", ["n", "ttl", "addresses"])
def test_a_hop_needs_its_parts(missing):
    with pytest.raises(ValueError, match=missing):
        Hop.from_dict({key: value for key, value in ROW.items() if key != missing})


def test_a_late_answer_replaces_a_silent_hop():
    silent, first, late = (
        Hop(1, 2),
        Hop(2, 1, ("198.18.1.2",), 9.0),
        Hop(3, 2, ("198.18.2.2",), 700),
    )
    assert latest([late, silent, first]) == (first, late)


def test_a_verdict_is_a_plain_dict_for_the_page():
    assert Verdict("reached", "198.19.0.1", "It is.", "certain").to_dict() == {
        "code": "reached",
        "where": "198.19.0.1",
        "sentence": "It is.",
        "confidence": "certain",
    }
