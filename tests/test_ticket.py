from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.refused import Refused
from netdesk.staff import actor_name
from netdesk.ticket import MESSAGE_LIMIT, VERBS, Person, Ticket, act
from tests.desk import NOW, entry

TICKET = Ticket(
    number="K7Q2-9WXA",
    state="open",
    subject="No dial tone",
    category="technical",
    person=Person("Ann", "ann@example.org"),
    opened_at=NOW,
    promised_by=NOW,
    latest_by=NOW,
    source="web",
    nonce="n",
    key_hash="h",
)
STATES = ("open", "waiting", "resolved")
# What each verb makes of a ticket in each state; "" is a refusal.
AFTER = {
    "reply": ("open", "waiting", "resolved"),
    "note": ("open", "waiting", "resolved"),
    "assign": ("open", "waiting", "resolved"),
    "wait": ("waiting", "", ""),
    "resolve": ("resolved", "resolved", ""),
    "reopen": ("", "open", "open"),
    "message": ("open", "open", "open"),
    "remark": ("open", "waiting", "resolved"),
    "ask": ("open", "waiting", "resolved"),
}


def test_the_table_below_speaks_of_every_verb() -> None:
    assert AFTER.keys() == VERBS.keys()


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [(v, s, t) for v, all_ in AFTER.items() for s, t in zip(STATES, all_, strict=True)],
)
def test_a_verb_moves_a_ticket_or_is_refused(verb: str, before: str, after: str) -> None:
    ticket = replace(TICKET, state=before)
    if not after:
        with pytest.raises(Refused, match=f"^Ticket K7Q2-9WXA is {before}(, so| already)"):
            act(ticket, verb, entry("words"))
        return
    changed = act(ticket, verb, entry("words")).ticket
    turns, last_word = verb not in ("message", "remark"), changed.last_word
    resolved_at = NOW if verb == "resolve" else None
    assert changed == replace(
        ticket, state=after, version=2, entries=2, turns=turns, last_word=last_word,
        resolved_at=resolved_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "who"), [("reply", "anna"), ("resolve", "anna"), ("note", "customer")]
)
def test_the_last_word_is_whose_words_the_customer_can_read(verb: str, who: str) -> None:
    assert act(TICKET, verb, replace(entry("words"), who="anna")).ticket.last_word == who


@pytest.mark.parametrize("verb", ["wait", "resolve"])
def test_no_words_are_no_mail(verb: str) -> None:
    assert act(TICKET, verb, entry("")).letter == ""


@pytest.mark.parametrize(
    ("verb", "kind", "public", "mailed"),
    [
        ("reply", "answer", True, "answer"),
        ("note", "note", False, ""),
        ("wait", "answer", True, "answer"),
        ("resolve", "answer", True, "answer"),
        ("message", "message", True, ""),
        ("remark", "message", True, ""),
        ("ask", "event", False, "status"),
    ],
)
def test_words_are_kept_as_they_are_and_told_to_whom_they_concern(
    verb: str, kind: str, public: bool, mailed: str
) -> None:
    change = act(TICKET, verb, entry("words", actor="arn"))
    told = change.entry
    assert (told.text, told.kind, told.public, told.actor) == ("words", kind, public, "arn")
    assert change.letter == mailed
    nobody = replace(TICKET, person=Person("Ann", "", "818-555-0100"))
    assert act(nobody, verb, entry("words")).letter == ""


@pytest.mark.parametrize(
    ("verb", "text"),
    [("wait", "waiting for the customer"), ("resolve", "resolved"), ("assign", "assigned to bob")],
)
def test_without_words_the_event_itself_is_told(verb: str, text: str) -> None:
    told = act(TICKET, verb, entry(" \n"), assignee="bob").entry
    assert (told.kind, told.text) == ("event", text)


@pytest.mark.parametrize("verb", ["reply", "note", "message"])
def test_an_empty_message_is_refused(verb: str) -> None:
    with pytest.raises(Refused, match="The message is empty"):
        act(TICKET, verb, entry(" \n\t"))


def test_a_message_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert act(TICKET, "message", entry("x" * MESSAGE_LIMIT)).entry.text
    with pytest.raises(Refused, match="too long: send at most 100000 characters"):
        act(TICKET, "message", entry("x" * (MESSAGE_LIMIT + 1)))


def test_assigning_changes_the_owner_and_nothing_else_does() -> None:
    assert act(TICKET, "assign", entry(), assignee="bob").ticket.assignee == "bob"
    owned = replace(TICKET, assignee="bob")
    for verb in ("reply", "note", "wait", "resolve", "message"):
        assert act(owned, verb, entry("words")).ticket.assignee == "bob"


@given(st.sampled_from(sorted(VERBS)), st.sampled_from(STATES), st.text())
def test_every_action_is_one_step_or_a_sentence(verb: str, state: str, text: str) -> None:
    ticket = replace(TICKET, state=state)
    try:
        change = act(ticket, verb, entry(text))
    except Refused as error:
        assert str(error).endswith(".")
        return
    assert change.ticket.version == change.ticket.entries == 2
    assert change.entry.text.strip()
    same: dict[str, Any] = {"version": 1, "entries": 1, "turns": 0, "last_word": ticket.last_word}
    same |= {"resolved_at": None}
    kept = replace(change.ticket, state=state, **same)
    assert kept == ticket


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::123456789012:user/anna", "anna"),
        ("arn:aws:iam::123456789012:user/staff/desk/anna", "anna"),
        ("arn:aws:sts::123456789012:assumed-role/Desk/anna@example.net", "anna@example.net"),
        ("arn:aws:iam::123456789012:root", "root"),
    ],
)
def test_staff_go_by_the_last_part_of_their_arn(arn: str, name: str) -> None:
    assert actor_name(arn) == name


def test_who_left_both_is_reached_by_mail() -> None:
    assert Person("", "a@example.org", "1").reached_at == "a@example.org"
    assert Person("", "", "1").reached_at == "1"
    assert Person("Ann").reached_at == ""
