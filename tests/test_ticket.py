from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.refused import Refused
from netdesk.staff import actor_name
from netdesk.ticket import MESSAGE_LIMIT, STATES, VERBS, Attachment, Person, Ticket, act
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
# What each verb makes of a ticket in each of STATES; "" is a refusal.
AFTER = {
    "reply": ("open", "waiting", "resolved", "open"),
    "note": ("open", "waiting", "resolved", "suspect"),
    "assign": ("open", "waiting", "resolved", ""),
    "wait": ("waiting", "", "", ""),
    "resolve": ("resolved", "resolved", "", ""),
    "reopen": ("", "open", "open", ""),
    "called": ("open", "waiting", "resolved", ""),
    "let-in": ("", "", "", "open"),
    "message": ("open", "open", "open", "suspect"),
    "close": ("resolved", "resolved", "", "suspect"),
    "open-again": ("", "open", "open", "suspect"),
    "remark": ("open", "waiting", "resolved", "suspect"),
    "ask": ("open", "waiting", "resolved", "suspect"),
}
BY_CUSTOMER = ("message", "close", "open-again", "remark")
ANSWERS = ("reply", "wait", "resolve", "called")


def test_the_table_below_speaks_of_every_verb() -> None:
    assert AFTER.keys() == VERBS.keys()


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [(v, s, t) for v, all_ in AFTER.items() for s, t in zip(STATES, all_, strict=True)],
)
def test_a_verb_moves_a_ticket_or_is_refused(verb: str, before: str, after: str) -> None:
    ticket = replace(TICKET, state=before)
    if not after:
        told = f"{before}(, so| already)" if before != "suspect" else "held as suspect: let it in"
        with pytest.raises(Refused, match=f"^Ticket K7Q2-9WXA is {told}"):
            act(ticket, verb, entry("words"))
        return
    changed = act(ticket, verb, entry("words")).ticket
    assert changed == replace(
        ticket, state=after, version=2, entries=2, turns=verb not in BY_CUSTOMER,
        last_word=changed.last_word, resolved_at=NOW if after == "resolved" != before else None,
        answered=changed.answered,
    )  # fmt: skip


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("verb", "state", "promised", "before", "after"),
    [
        *((verb, "open", NOW, "no", "in time") for verb in ANSWERS),
        *((verb, "open", NOW - HOUR, "no", "late") for verb in ANSWERS),
        ("reply", "open", NOW - HOUR, "in time", "in time"),  # the first answer counts
        ("reply", "open", NOW, "late", "late"),
        ("note", "open", NOW, "no", "no"),
        ("message", "open", NOW, "no", "no"),
        ("close", "open", NOW, "no", ""),  # nobody waits any more
        ("close", "open", NOW, "late", "late"),
        ("let-in", "suspect", NOW, "", "no"),
        ("reply", "suspect", NOW, "", "in time"),
        ("message", "suspect", NOW, "", ""),
    ],
)
def test_the_first_answer_is_in_time_or_late(
    verb: str, state: str, promised: datetime, before: str, after: str
) -> None:
    ticket = replace(TICKET, state=state, promised_by=promised, answered=before)
    assert act(ticket, verb, entry("words")).ticket.answered == after


PHONE = Person("Ann", "", "818-555-0100")


def test_whom_no_mail_reaches_is_to_be_called_until_somebody_did() -> None:
    ticket = replace(TICKET, person=PHONE, calls=(1,))
    answered = act(ticket, "reply", entry("Try again now."))
    assert (answered.ticket.calls, answered.letter) == ((1, 2), "")
    assert act(ticket, "note", entry("Told nobody.")).ticket.calls == (1,)
    assert act(ticket, "resolve", entry("")).ticket.calls == (1,)  # nothing new to tell
    assert act(answered.ticket, "called", entry("")).ticket.calls == ()
    assert act(TICKET, "reply", entry("By mail.")).ticket.calls == ()


def test_a_suspect_is_answered_when_it_is_let_in_and_only_then() -> None:
    suspect = replace(TICKET, state="suspect", answered="")
    for verb in ("message", "close", "open-again"):
        assert act(suspect, verb, entry("words")).letter == ""
    let_in = act(suspect, "let-in", entry(""))
    assert (let_in.letter, let_in.pages, let_in.entry.public) == ("acknowledgement", False, False)
    urgent = act(replace(suspect, emergency=True, person=PHONE), "let-in", entry(""))
    assert (urgent.letter, urgent.pages, urgent.ticket.calls) == ("", True, (2,))


def test_a_file_alone_is_a_message() -> None:
    file = Attachment("a.txt", "text/plain", 1, "digest", "key")
    change = act(replace(TICKET, state="resolved"), "message", entry("", attachments=(file,)))
    assert (change.ticket.state, change.entry.kind, change.entry.text) == ("open", "message", "")


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
    same |= {"resolved_at": None, "answered": ticket.answered}
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
