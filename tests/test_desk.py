import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from netdesk.dynamo import unpack
from netdesk.hours import promise
from netdesk.refused import Refused
from netdesk.ticket import Change, Person, Ticket, act
from tests.desk import NOW, PUBLIC_URL, Cloud, Meanwhile, disturbed, entry, report, template
from ticket_intake import token
from ticket_intake.desk import (
    TRIES,
    Desk,
    change_ticket,
    customer_ticket,
    message_keys,
    next_ticket,
    open_ticket,
    submission_keys,
)

MINUTE = timedelta(minutes=1)


def opened(desk: Desk, key: str = "one", at: datetime = NOW, **changes: Any) -> Ticket:
    return open_ticket(desk, report(**changes), (key,), at)


def submit(desk: Desk, at: Any = NOW, key: str = "", **changes: Any) -> Ticket:
    given = report(**changes)
    return open_ticket(desk, given, submission_keys(given, key, at), at)


def test_a_ticket_is_promised_an_answer_and_says_who_opened_it(desk: Desk) -> None:
    ticket = opened(desk, source="mail", url="u", occurred_at="o", error_text="e")
    due = promise(NOW, desk.provider.hours)
    assert (ticket.promised_by, ticket.latest_by) == (due.usual_by, due.latest_by)
    assert (ticket.state, ticket.assignee, ticket.source) == ("open", "", "mail")
    assert (ticket.url, ticket.occurred_at, ticket.error_text) == ("u", "o", "e")
    read = desk.tickets.read(ticket.number)
    assert read == ticket
    [told] = desk.tickets.entries(ticket.number)
    assert (told.who, told.kind, told.text) == ("customer", "message", "It is dead.")


@pytest.mark.parametrize(
    ("changes", "letters"),
    [
        ({}, 1),
        ({"letter": ""}, 0),
        ({"person": Person("Ann", "", "818-555-0100")}, 0),
    ],
)
def test_a_ticket_is_acknowledged_where_that_can_and_may_be(
    cloud: Cloud, desk: Desk, changes: dict[str, Any], letters: int
) -> None:
    opened(desk, **changes)
    assert len(cloud.outbox()) == letters


def test_the_same_key_and_words_are_one_ticket_however_late(cloud: Cloud, desk: Desk) -> None:
    first = submit(desk, key="tap")
    assert submit(desk, NOW + timedelta(days=3), key="tap") == first
    assert submit(desk, key="another tap").number != first.number
    assert (len(cloud.tickets()), len(cloud.outbox())) == (2, 2)


def test_a_key_opens_nobody_elses_ticket(desk: Desk) -> None:
    first = submit(desk, key="1")
    assert submit(desk, key="1", message="Other words.").number != first.number
    somebody = Person(email="other@example.net")
    assert submit(desk, key="1", person=somebody).number != first.number


def test_the_same_words_after_it_was_solved_open_it_again(desk: Desk) -> None:
    first = submit(desk)
    done = entry()
    change_ticket(desk, first.number, lambda t: act(t, "resolve", done), NOW)
    for _ in range(2):  # two taps
        again = submit(desk)
        assert (again.number, again.state) == (first.number, "open")
    texts = [entry.text for entry in desk.tickets.entries(first.number)]
    assert texts == ["It is dead.", "resolved", "It is dead."]


EDGE = NOW.replace(minute=10)  # where one window of ten minutes ends and the next begins


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (EDGE, EDGE + 9 * MINUTE),
        (EDGE - timedelta(seconds=1), EDGE + timedelta(seconds=1)),
        (EDGE - timedelta(seconds=1), EDGE + 9 * MINUTE),
    ],
)
def test_the_same_words_within_ten_minutes_are_one_ticket_with_one_mail(
    cloud: Cloud, desk: Desk, first: Any, second: Any
) -> None:
    assert submit(desk, first) == submit(desk, second)
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)


def test_other_words_another_person_or_another_hour_are_another_ticket(
    cloud: Cloud, desk: Desk
) -> None:
    numbers = {
        submit(desk).number,
        submit(desk, message="It is not.").number,
        submit(desk, person=Person(email="bob@example.org")).number,
        submit(desk, NOW + 20 * MINUTE).number,
    }
    assert len(numbers) == len(cloud.tickets()) == 4


def test_two_of_the_same_at_the_same_moment_are_one_ticket(cloud: Cloud, desk: Desk) -> None:
    made: list[Ticket] = []
    busy = Meanwhile(cloud.dynamodb, "transact_write_items", lambda _: made.append(submit(desk)))
    assert submit(disturbed(desk, busy)) == made[0]
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)


def test_a_number_that_is_taken_is_drawn_again(cloud: Cloud, desk: Desk) -> None:
    taken = []

    def take(given: Any) -> None:
        rows = [unpack(step["Put"]["Item"]) for step in given["TransactItems"] if "Put" in step]
        [row] = [row for row in rows if row["sk"] == "ticket"]
        cloud.put("TicketsTable", pk=row["pk"], sk="ticket", subject="another's")
        taken.append(row["number"])

    ticket = submit(disturbed(desk, Meanwhile(cloud.dynamodb, "transact_write_items", take)))
    assert ticket.number not in taken
    assert {row["subject"] for row in cloud.tickets()} == {"another's", "No dial tone"}
    always = Meanwhile(cloud.dynamodb, "transact_write_items", take, always=True)
    with pytest.raises(RuntimeError, match="no free ticket number"):
        submit(disturbed(desk, always), key="no luck")


def note(text: str) -> Any:
    def change(ticket: Ticket) -> Change:
        return act(ticket, "note", entry(text))

    return change


def test_a_change_that_lost_is_made_again_and_nothing_is_lost(cloud: Cloud, desk: Desk) -> None:
    number = opened(desk).number

    def other(_: Any) -> None:
        change_ticket(desk, number, note("quicker"), NOW)

    slow = disturbed(desk, Meanwhile(cloud.dynamodb, "transact_write_items", other))
    assert change_ticket(slow, number, note("slower"), NOW).version == 3
    texts = [told.text for told in desk.tickets.entries(number)]
    assert texts == ["It is dead.", "quicker", "slower"]


def test_who_loses_every_time_is_told_so_before_the_function_ends(
    cloud: Cloud, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    number = opened(desk).number

    def other(_: Any) -> None:
        change_ticket(desk, number, note("quicker"), NOW)

    slow = Meanwhile(cloud.dynamodb, "transact_write_items", other, always=True)
    with pytest.raises(Refused, match="Several people are changing this ticket"):
        change_ticket(disturbed(desk, slow), number, note("slower"), NOW)
    texts = [told.text for told in desk.tickets.entries(number)]
    assert texts == ["It is dead.", *["quicker"] * TRIES]
    assert len(pauses) == TRIES - 1
    seconds = template()["Globals"]["Function"]["Timeout"]
    assert sum(0.1 * 2**attempt for attempt in range(1, TRIES)) < seconds - 5
    assert all(pause <= 0.1 * 2**attempt for attempt, pause in enumerate(pauses, 1))


@pytest.mark.parametrize("verb", ["note", "resolve"])
def test_the_same_change_again_is_made_once_and_answered_alike(desk: Desk, verb: str) -> None:
    """Also when the ticket is now in a state that forbids it."""
    number = opened(desk).number

    def change(ticket: Ticket) -> Change:
        return act(ticket, verb, entry("words"))

    done = change_ticket(desk, number, change, NOW, once=("request 1",))
    assert change_ticket(desk, number, change, NOW, once=("request 1",)) == done
    assert len(desk.tickets.entries(number)) == 2


@pytest.mark.parametrize("wanted", ["K7Q2-9WXA", "no number", ""])
def test_an_unknown_ticket_can_not_be_changed(desk: Desk, wanted: str) -> None:
    with pytest.raises(Refused, match=r"There is no ticket|is not a ticket number"):
        change_ticket(desk, wanted, note("x"), NOW)


def test_next_hands_out_the_oldest_that_nobody_has_emergencies_first(desk: Desk) -> None:
    old, new = (opened(desk, str(at), NOW + at * MINUTE) for at in (0, 1))
    urgent = opened(desk, "urgent", NOW + 2 * MINUTE, emergency=True)
    taken = [next_ticket(desk, entry(who=who), NOW) for who in ("anna", "bob", "anna")]
    assert [t.number for t in taken] == [urgent.number, old.number, new.number]
    assert [t.assignee for t in taken] == ["anna", "bob", "anna"]
    assert desk.tickets.entries(old.number)[-1].text == "assigned to bob"
    with pytest.raises(Refused, match="No open ticket is without an owner"):
        next_ticket(desk, entry(), NOW)


def test_two_who_ask_at_once_get_two_tickets(cloud: Cloud, desk: Desk) -> None:
    old, new = (opened(desk, str(at), NOW + at * MINUTE) for at in (0, 1))

    def other(_: Any) -> None:
        assert next_ticket(desk, entry(who="bob"), NOW).number == old.number

    slow = disturbed(desk, Meanwhile(cloud.dynamodb, "transact_write_items", other))
    assert next_ticket(slow, entry(who="anna"), NOW).number == new.number
    owners = {row["number"]: row["assignee"] for row in cloud.tickets()}
    assert owners == {old.number: "bob", new.number: "anna"}


def test_the_key_in_the_link_opens_this_ticket_and_no_other(desk: Desk) -> None:
    ticket, other = opened(desk, "one"), opened(desk, "other")
    address, _, key = desk.link(ticket).partition("?key=")
    assert address == f"{PUBLIC_URL}/api/tickets/{ticket.number}"
    assert customer_ticket(desk, ticket.number, key) == ticket
    assert customer_ticket(desk, ticket.number.replace("-", " ").lower(), key) == ticket
    assert customer_ticket(desk, other.number, key) is None
    for wrong in ("", key[:-1], key + "x", key.swapcase(), ticket.key_hash, "\ud800"):
        assert customer_ticket(desk, ticket.number, wrong) is None
    for unknown in ("K7Q2-9WXA", "", "x" * 5_000):
        assert customer_ticket(desk, unknown, key) is None
        assert customer_ticket(desk, unknown, "") is None


def test_the_key_is_stored_only_as_its_hash(cloud: Cloud, desk: Desk) -> None:
    key = desk.link(opened(desk)).partition("?key=")[2]
    assert len(key) == 22
    stored = str(cloud.rows("TicketsTable"))
    assert key not in stored
    assert token.hashed(key) in stored


def test_the_same_message_within_a_minute_is_kept_once_also_across_the_minutes_edge(
    desk: Desk,
) -> None:
    ticket = opened(desk)
    for seconds in (59, 61, 179):
        now = NOW + timedelta(seconds=seconds)
        told = entry("Still dead.", at=now)
        keys = message_keys(ticket, told.text, now)
        change_ticket(desk, ticket.number, lambda t, e=told: act(t, "message", e), now, keys)
    kept = [told.at - NOW for told in desk.tickets.entries(ticket.number)]
    assert kept == [timedelta(0), timedelta(seconds=59), timedelta(seconds=179)]
