from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.draft import MESSAGE, TITLE, Draft
from netdesk.notice import (
    UPDATES,
    Notice,
    component_states,
    draw_id,
    edited,
    explained,
    is_late,
    next_update,
    opened,
    retracted,
    updated,
    worst_first,
    worst_impact,
)
from netdesk.refused import Refused
from netdesk.states import IMPACTS, STATES
from netdesk.text import safe
from tests.desk import NOW, provider

KEYS = [component.key for component in provider().components]
DRAFT = Draft("No dial tone", "major", (KEYS[0],), "We are looking.")
NOTHING = Draft("", "", (), "")  # an edit that leaves all as it is
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


# --- since when -----------------------------------------------------------------------------------


def test_it_counts_from_when_it_was_noticed() -> None:
    assert notice().since == NOW
    noticed = notice(began_at=NOW - 2 * HOUR)
    assert (noticed.since, noticed.opened_at) == (NOW - 2 * HOUR, NOW)


def test_the_worst_comes_first_and_of_equals_what_is_younger() -> None:
    made = {
        "older": replace(notice(impact="minor"), began_at=NOW - HOUR),
        "younger": notice(impact="minor"),
        "worst": replace(notice(impact="critical"), began_at=NOW - DAY),
    }
    for some in permutations(made.values()):
        assert worst_first(some) == [made["worst"], made["younger"], made["older"]]


# --- promises -------------------------------------------------------------------------------------


@pytest.mark.parametrize("impact", IMPACTS)
def test_an_update_is_promised_by_how_bad_it_is(impact: str) -> None:
    promised = next_update(notice(impact=impact), provider(), NOW)
    assert promised == NOW + provider().next_update[impact]


def test_worse_trouble_is_promised_news_sooner() -> None:
    waits = [provider().next_update[impact] for impact in IMPACTS]
    assert waits == sorted(waits, reverse=True)


def test_what_is_over_or_has_its_own_times_promises_nothing() -> None:
    works = replace(notice(), kind="maintenance", scheduled_for=NOW, scheduled_until=NOW + HOUR)
    gone = retracted(notice(), "Not so.", "bob", NOW)
    over = after("resolved")
    for made in (works, gone, over, explained(over, "Why.", "bob", NOW)):
        assert next_update(made, provider(), NOW) is None


@pytest.mark.parametrize(
    ("seconds", "late"), [(-3600, False), (-1, False), (0, False), (1, True), (86_400, True)]
)
def test_a_promise_is_broken_when_its_time_is_past(seconds: int, late: bool) -> None:
    made = notice(next_at=NOW + HOUR)
    assert is_late(made, NOW + HOUR + timedelta(seconds=seconds)) is late


def test_nothing_is_late_that_promised_nothing_or_is_over() -> None:
    assert not is_late(notice(), NOW + 9 * DAY)
    promised = notice(next_at=NOW + HOUR)
    for over in (updated(promised, "resolved", "Up.", "bob", NOW),
                 retracted(promised, "Not so.", "bob", NOW)):  # fmt: skip
        assert over.next_at is None
        assert not is_late(replace(over, next_at=NOW + HOUR), NOW + 9 * DAY)


def test_an_update_keeps_what_was_promised_and_may_promise_anew() -> None:
    promised = notice(next_at=NOW + HOUR)
    assert updated(promised, "identified", "A fuse.", "bob", NOW).next_at is None
    again = updated(promised, "identified", "A fuse.", "bob", NOW, next_at=NOW + 2 * HOUR)
    assert again.next_at == NOW + 2 * HOUR
    over = updated(promised, "resolved", "Up.", "bob", NOW, next_at=NOW + 2 * HOUR)
    assert over.next_at is None


@pytest.mark.parametrize("next_at", [NOW, NOW - HOUR, NOW + 31 * DAY])
def test_an_update_can_not_promise_the_past_or_the_far_future(next_at: datetime) -> None:
    with pytest.raises(Refused, match="The next update can't be promised for then"):
        updated(notice(), "identified", "A fuse.", "bob", NOW, next_at=next_at)


# --- edits ----------------------------------------------------------------------------------------

FULL = Draft(
    title="Two places", impact="critical", components=(KEYS[1], KEYS[2]), message="A fuse.",
    elsewhere="Other Net", meanwhile="Use line 2.", began_at=NOW - HOUR, next_at=NOW + HOUR,
)  # fmt: skip


def told(made: Notice) -> Draft:
    """What a notice says, as staff would have drafted it."""
    return Draft(
        made.title, made.impact, made.components, made.updates[-1].message,
        made.elsewhere, made.meanwhile, made.began_at, made.next_at,
    )  # fmt: skip


def test_an_edit_that_says_nothing_changes_nothing() -> None:
    made = opened(FULL, provider(), "20261124-k3x", "anna", NOW)
    told = edited(made, NOTHING, provider(), NOW + HOUR)
    assert told == replace(made, version=2, edited_at=NOW + HOUR)
    assert told.changed_at == NOW + HOUR


@pytest.mark.parametrize("field", list(vars(FULL)))
def test_an_edit_changes_the_field_that_it_names(field: str) -> None:
    made = notice()
    new = getattr(FULL, field)
    changed = edited(made, replace(NOTHING, **{field: new}), provider(), NOW)
    assert told(changed) == replace(told(made), **{field: new})
    assert (changed.id, changed.version, changed.state) == (made.id, 2, made.state)
    assert (changed.opened_at, changed.updates[-1].at) == (NOW, NOW)


def test_an_edit_corrects_the_last_message_alone() -> None:
    made = after("identified", "monitoring")
    changed = edited(made, replace(NOTHING, message="Watched."), provider(), NOW)
    assert [told.message for told in changed.updates] == [
        "We are looking.", "Now identified.", "Watched.",
    ]  # fmt: skip
    assert changed.updates[-1] == replace(made.updates[-1], message="Watched.")


def test_an_edit_of_what_is_over_promises_nothing() -> None:
    changed = edited(after("resolved"), replace(NOTHING, next_at=NOW + HOUR), provider(), NOW)
    assert changed.next_at is None


def test_an_edit_is_checked_like_a_new_notice() -> None:
    for changes, sentence in (
        ({"impact": "huge"}, "Impact huge is unknown"),
        ({"components": ("moon",)}, "Component moon is unknown"),
        ({"message": "x" * (MESSAGE + 1)}, "The message is too long"),
        ({"began_at": NOW + DAY}, "It can't have begun then"),
        ({"next_at": NOW - DAY}, "The next update can't be promised for then"),
    ):
        with pytest.raises(Refused, match=sentence):
            edited(notice(), replace(NOTHING, **changes), provider(), NOW)


def test_what_began_long_ago_can_be_edited_for_as_long_as_it_lasts() -> None:
    """It may last for months: its beginning was allowed when it was opened."""
    made = notice(began_at=NOW - 80 * DAY)
    going_on = updated(made, "identified", "Still.", "bob", NOW + 20 * DAY)
    changed = edited(going_on, replace(NOTHING, title="Still broken"), provider(), NOW)
    assert (changed.title, changed.began_at) == ("Still broken", NOW - 80 * DAY)


def test_it_did_not_begin_after_it_ended() -> None:
    over = explained(after("resolved"), "Why.", "bob", NOW + 2 * DAY)
    with pytest.raises(Refused, match="It can't have begun then"):
        edited(over, replace(NOTHING, began_at=NOW + DAY), provider(), NOW)
