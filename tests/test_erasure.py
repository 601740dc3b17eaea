"""Erasing: nothing that a person gave is left anywhere, whatever befalls who erases."""

from dataclasses import fields
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from netdesk.ticket import Entry, Ticket
from tests.desk import ARN, NOW, template
from tests.erasing import (
    PROBLEM,
    Cupboard,
    by_mail,
    eraser_of,
    erasing,
    mailed,
    noted,
    planted,
    posted,
    written,
)
from tests.invocation import KINDS, Faults, Invocation
from tests.mail_world import SECRET, desk_of, sweeping
from tests.permissions import denied
from tests.test_interleavings import plant
from ticket_intake import erasure, token
from ticket_intake.desk import customer_ticket
from ticket_intake.erasure import BACKUPS, EMPTY, ERASED, NOTED, erase

LATER = NOW + timedelta(days=2)
KEPT_OF_TICKET = {
    "number", "state", "category", "opened_at", "promised_by", "latest_by", "source", "nonce",
    "assignee", "last_word", "turns", "emergency", "follows", "resolved_at", "answered",
}  # fmt: skip
CHANGED_OF_TICKET = {
    "subject", "person", "key_hash", "url", "occurred_at", "error_text", "people", "calls",
    "suspicion", "erased_at", "code", "entries", "version",
}  # fmt: skip
KEPT_OF_ENTRY = {"at", "kind", "public", "actor"}
CHANGED_OF_ENTRY = {"who", "text", *EMPTY}


@pytest.fixture
def cloud() -> Any:
    return planted()[0].copy()


@pytest.fixture
def number() -> str:
    return planted()[1]


def read(cloud: Any, number: str) -> Ticket:
    ticket = desk_of(cloud).tickets.read(number)
    assert ticket
    return ticket


def told(cloud: Any, number: str) -> list[tuple[str, str, str]]:
    return [(one.who, one.kind, one.text) for one in desk_of(cloud).tickets.entries(number)]


def test_every_field_is_known_to_be_kept_or_erased() -> None:
    """A new field of a ticket or an entry must be put on one of these lists."""
    assert {field.name for field in fields(Ticket)} == KEPT_OF_TICKET | CHANGED_OF_TICKET
    assert {field.name for field in fields(Entry)} == KEPT_OF_ENTRY | CHANGED_OF_ENTRY


def test_no_word_is_left_and_number_times_and_states_stay(cloud: Any, number: str) -> None:
    before = read(cloud, number)
    places = ("code", "suspicion", "person", "subject", "url", "occurred_at", "error_text")
    assert all(getattr(before, place) for place in places)
    done = erase(eraser_of(cloud), number, ARN, LATER)
    assert cloud.planted() == []
    after = read(cloud, number)
    assert after.subject == ERASED
    assert [getattr(after, one) for one in KEPT_OF_TICKET] == [
        getattr(before, one) for one in KEPT_OF_TICKET
    ]
    assert {kind: done[kind] for kind in ("entries", "files", "mails")} == {
        "entries": 8, "files": 4, "mails": 2,
    }  # fmt: skip
    assert not [key for key in cloud.objects if "/" in key]


def test_a_ticket_that_came_by_mail_names_nobody_any_more() -> None:
    start, number = by_mail()
    cloud: Any = start.copy()
    assert read(cloud, number).people
    assert all(one.remark for one in desk_of(cloud).tickets.entries(number) if one.message_id)
    erase(eraser_of(cloud), number, ARN, NOW)
    assert cloud.planted() == []


def test_the_history_still_tells_who_did_what_and_who_erased_it(cloud: Any, number: str) -> None:
    erase(eraser_of(cloud), number, ARN, LATER)
    entries = desk_of(cloud).tickets.entries(number)
    assert [(one.who, one.kind) for one in entries] == [
        ("customer", "message"), ("anna", "event"), ("customer", "message"),
        ("customer", "message"), (ERASED, "message"), ("anna", "note"), ("anna", "answer"),
        ("anna", "answer"), ("anna", "event"),
    ]  # fmt: skip
    last = entries[-1]
    assert (last.text, last.at, last.actor, last.public) == (NOTED, LATER, ARN, False)


def test_what_the_desk_itself_says_of_states_stays(cloud: Any, number: str) -> None:
    desk = desk_of(cloud)
    noted(cloud, number, "resolve")
    erase(eraser_of(cloud), number, ARN, NOW)
    noted(cloud, number, "reopen")
    erase(eraser_of(cloud), number, ARN, LATER)
    assert cloud.planted() == []
    assert [text for _, _, text in told(cloud, number)].count(NOTED) == 2
    assert desk.tickets.read(number)


def test_the_customers_link_opens_no_more(cloud: Any, number: str) -> None:
    desk = desk_of(cloud)
    key = token.link_key(SECRET, number, read(cloud, number).nonce)
    assert customer_ticket(desk, number, key)
    erase(eraser_of(cloud), number, ARN, NOW)
    assert customer_ticket(desk, number, key) is None


def test_mail_that_was_not_sent_is_not_sent(cloud: Any, number: str) -> None:
    erase(eraser_of(cloud), number, ARN, NOW)
    before = cloud.state
    sweeping(LATER).do(cloud)
    assert (cloud.mails, cloud.state) == ([], before)


def test_nobody_is_called_who_was_erased() -> None:
    cloud: Any = Cupboard(now=NOW)
    number = posted(cloud, PROBLEM | {"email": "", "leave_empty": ""})
    desk = desk_of(cloud)
    assert [one.number for one in desk.tickets.to_call()] == [number]
    erase(eraser_of(cloud), number, ARN, NOW)
    assert (desk.tickets.to_call(), cloud.planted()) == ([], [])


def test_once_more_changes_nothing_and_says_the_same_of_backups(cloud: Any, number: str) -> None:
    first = erase(eraser_of(cloud), number, ARN, NOW)
    before = cloud.state
    again = erase(eraser_of(cloud), number, ARN, LATER)
    assert cloud.state == before
    assert again == first | {"entries": 0, "files": 0, "mails": 0}


def test_what_is_written_later_is_erased_when_staff_say_so_again(cloud: Any, number: str) -> None:
    erase(eraser_of(cloud), number, ARN, NOW)
    mailed(cloud, number, "three")
    assert cloud.planted()
    done = erase(eraser_of(cloud), number, ARN, LATER)
    assert (done["entries"], done["files"], done["mails"]) == (1, 1, 1)
    assert done["erased_at"] == LATER.isoformat(timespec="seconds")
    assert cloud.planted() == []


@pytest.mark.parametrize("attempts", [1, 3])
def test_who_meets_a_fault_at_any_call_ends_it_the_next_time(attempts: int) -> None:
    start, number = planted()
    count = Faults()
    Invocation(start.copy(), erasing(number), count, attempts).go()
    plans = [(place, kind) for place, kind in product(range(len(count.calls)), KINDS)]
    wrong = [f"{plan}: {found}" for plan in plans if (found := left(start, number, attempts, plan))]
    print(f"{len(wrong)} of {len(plans)} plans go wrong")
    assert not wrong, "\n".join(wrong[:5])


def left(start: Cupboard, number: str, attempts: int, plan: tuple[int, str]) -> str:
    """What is wrong after a run with this fault and one without."""
    cloud: Any = start.copy()
    first = Invocation(cloud, erasing(number), Faults(dict([plan])), attempts)
    first.go()
    again = Invocation(cloud, erasing(number, LATER), Faults())
    again.go()
    found = [*cloud.planted(), *denied("StaffFunction", first.asked | again.asked)]
    found += [repr(again.error)] if again.error else []
    ticket, entries = read(cloud, number), told(cloud, number)
    found += [] if len(entries) == ticket.entries else ["the entries are not counted"]
    before = cloud.state
    erasing(number, LATER).do(cloud)
    return "; ".join(found + ([] if cloud.state == before else ["once more changes something"]))


def test_the_files_go_before_the_row_that_names_them(cloud: Any, number: str) -> None:
    """Killed at each call in turn: what lies in the buckets is named by a row, to the last."""
    count = Faults()
    Invocation(cloud.copy(), erasing(number), count).go()
    for place in range(len(count.calls)):
        mine = cloud.copy()
        Invocation(mine, erasing(number), Faults({place: "die"})).go()
        rows = str([*mine.rows.values()])
        assert not [key for key in mine.objects if key not in rows], place


FILES, WRITE = "files = belongings.drop_files(row)", "belongings.write(_emptied(row))"
MAILS, FORGET = (
    "mails = belongings.drop_mail(row)", "eraser.register.forget(number, mail_id(row))",
)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "then"), [(FILES, WRITE), (MAILS, FORGET)], ids=["files", "raw mails"]
)
def test_a_planted_fault_shows(monkeypatch: pytest.MonkeyPatch, first: str, then: str) -> None:
    """The row goes first: who dies between the two leaves what nobody finds again."""
    old, new = (f"{one}\n{' ' * 12}{two}" for one, two in ((first, then), (then, first)))
    plant(monkeypatch, erasure._clear, old, new)
    start, number = planted()
    count = Faults()
    Invocation(start.copy(), erasing(number), count).go()
    assert any(left(start, number, 1, (place, "die")) for place in range(len(count.calls)))


def test_a_message_at_the_same_moment_is_new_text_and_whole() -> None:
    """The customer writes before each call of who erases; the ticket keeps nothing of a person."""
    start, number = planted()
    count = Faults()
    Invocation(start.copy(), erasing(number), count).go()
    for place in range(1, len(count.calls)):
        cloud: Any = start.copy()
        eraser = Invocation(cloud, erasing(number), Faults())
        eraser.go(place)
        open_still = read(cloud, number).erased_at is None
        if open_still:
            written(cloud, number, "canary at the same moment", LATER)
        eraser.go()
        assert eraser.error is None
        ticket, entries = read(cloud, number), desk_of(cloud).tickets.entries(number)
        assert (ticket.subject, ticket.person.email, len(entries)) == (ERASED, "", ticket.entries)
        assert cloud.planted() == []


def test_the_sentence_on_backups_is_what_the_template_keeps() -> None:
    found = template()["Resources"]
    table = found["TicketsTable"]["Properties"]["PointInTimeRecoverySpecification"]
    assert table == {"PointInTimeRecoveryEnabled": True}  # 35 days unless it says otherwise
    assert timedelta(days=35) == BACKUPS
    for bucket in ("MailBucket", "FilesBucket"):
        assert "VersioningConfiguration" not in found[bucket]["Properties"]
