from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.notice import (
    IMPACTS,
    MESSAGE,
    STATES,
    TITLE,
    UPDATES,
    Draft,
    Notice,
    Refused,
    component_states,
    draw_id,
    opened,
    updated,
    worst_impact,
)  # fmt: skip
from netdesk.text import safe
from tests.desk import NOW, provider

KEYS = [component.key for component in provider().components]
DRAFT = Draft("No dial tone", "major", (KEYS[0],), "We are looking.")


def notice(**changes: Any) -> Notice:
    made = opened(replace(DRAFT, **changes), provider(), "20261124-k3x", "anna", NOW)
    assert made.version == 1
    return made


def after(*states: str, **changes: Any) -> Notice:
    """A notice that went through these states, a minute apart."""
    made = notice(**changes)
    for place, state in enumerate(states, 1):
        made = updated(made, state, f"Now {state}.", "bob", NOW + timedelta(minutes=place))
    return made


def test_a_new_notice_is_being_investigated() -> None:
    made = notice(components=(KEYS[0], KEYS[1], KEYS[0]), elsewhere=" Other\nNet ")
    assert (made.title, made.impact, made.kind) == ("No dial tone", "major", "incident")
    assert made.components == (KEYS[0], KEYS[1])
    assert (made.elsewhere, made.opened_at, made.resolved_at) == ("Other Net", NOW, None)
    [first] = made.updates
    assert (first.state, first.message, first.who) == ("investigating", "We are looking.", "anna")


def test_updates_are_added_until_it_is_resolved() -> None:
    made = after("identified", "identified", "monitoring", "resolved")
    assert [told.state for told in made.updates][1:] == [
        "identified", "identified", "monitoring", "resolved",
    ]  # fmt: skip
    assert (made.state, made.version, made.opened_at) == ("resolved", 5, NOW)
    assert made.resolved_at == NOW + timedelta(minutes=4)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": " \n"}, "The title is empty"),
    ({"impact": "huge"}, "Impact huge is unknown: use none, minor, major or critical."),
    ({"impact": ""}, "Impact  is unknown"),
    ({"components": ()}, "Name at least one component"),
    ({"components": (KEYS[0], "moon")}, f"Component moon is unknown: use {KEYS[0]}, "),
    ({"message": ""}, "The message is empty"),
    ({"message": "x" * (MESSAGE + 1)}, "The message is too long: use at most 5000"),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG)
def test_what_can_not_be_opened_is_said_in_one_sentence(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused) as caught:
        notice(**changes)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("state", "message", "sentence"),
    [
        ("gone", "x", "State gone is unknown: use investigating, identified, monitoring or"),
        ("identified", " ", "The message is empty"),
        ("identified", "x" * (MESSAGE + 1), "The message is too long"),
    ],
)
def test_what_can_not_be_added_is_said_in_one_sentence(
    state: str, message: str, sentence: str
) -> None:
    with pytest.raises(Refused) as caught:
        updated(notice(), state, message, "bob", NOW)
    assert str(caught.value).startswith(sentence)


def test_a_resolved_notice_stays_as_it_is() -> None:
    with pytest.raises(Refused, match="Notice 20261124-k3x is resolved: open a new one"):
        updated(after("resolved"), "monitoring", "x", "bob", NOW)


def test_a_notice_has_room_for_so_many_updates() -> None:
    full = after(*["identified"] * (UPDATES - 1))
    with pytest.raises(Refused, match="is full: resolve it and open a new one"):
        updated(full, "identified", "x", "bob", NOW)
    assert updated(full, "resolved", "x", "bob", NOW).resolved_at


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_whatever_staff_paste_is_harmless_or_refused(title: str, message: str, at: str) -> None:
    try:
        made = notice(title=title, message=message, elsewhere=at)
    except Refused:
        return
    for line in (made.title, made.elsewhere):
        assert len(line) <= TITLE
        assert "\n" not in line
    for text in (made.title, made.elsewhere, made.updates[0].message):
        assert safe(text) == text


def test_an_id_is_the_providers_day_and_three_symbols() -> None:
    """At 01:00 UTC it is still the day before in California."""
    night = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    drawn = {draw_id(night, "America/Los_Angeles", Random(seed)) for seed in range(200)}
    assert {made.partition("-")[0] for made in drawn} == {"20261124"}
    assert len(drawn) > 190
    assert all(set(made[9:]) <= set("0123456789abcdefghjkmnpqrstvwxyz") for made in drawn)


def test_a_component_is_in_the_worst_state_that_an_open_notice_says() -> None:
    states = component_states(
        provider(),
        [
            notice(impact="minor"),
            notice(impact="critical"),
            notice(impact="major", components=(KEYS[1],)),
            after("resolved", impact="critical", components=(KEYS[2],)),
            replace(notice(), components=("closed long ago",)),
        ],
    )
    assert states == dict.fromkeys(KEYS, "operational") | {
        KEYS[0]: "major_outage",
        KEYS[1]: "partial_outage",
    }


@given(st.lists(st.sampled_from(list(IMPACTS))), st.sampled_from(STATES))
def test_the_site_is_as_bad_as_its_worst_open_notice(impacts: list[str], state: str) -> None:
    notices = [after(state, impact=impact) for impact in impacts]
    order = list(IMPACTS)
    places = [order.index(impact) for impact in impacts if state != "resolved"]
    assert worst_impact(notices) == order[max(places, default=0)]


def test_a_notice_is_full_before_it_is_too_large_for_its_row() -> None:
    """Characters of four bytes: 50 updates would be 1 MB."""
    notice = opened(DRAFT, provider(), "20261124-abc", "anna", NOW)
    with pytest.raises(Refused, match="is full"):
        for _ in range(UPDATES):
            notice = updated(notice, "identified", "\U0001f600" * MESSAGE, "anna", NOW)
    assert len(notice.updates) < UPDATES
    assert updated(notice, "resolved", "Over.", "anna", NOW).resolved_at == NOW
