from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from botocore.exceptions import ClientError

from netdesk.ticket import Person, Ticket, act
from tests.desk import NOW, Cloud, Meanwhile, entry, fails, provider, report
from ticket_intake import token
from ticket_intake.desk import change_ticket, open_ticket
from ticket_intake.mail import parse
from ticket_intake.outbox.dispatch import ATTEMPTS, Mailer, deliver, sweep
from ticket_intake.outbox.rows import LEASE, Outbox, Unsent

SECOND = timedelta(seconds=1)


def opened(mailer: Mailer, key: str = "one", now: datetime = NOW, **changes: Any) -> Ticket:
    return open_ticket(mailer.desk, report(**changes), (key,), now)


def only(mailer: Mailer, now: datetime = NOW) -> Unsent:
    [row] = mailer.outbox.due(now)
    return row


def with_ses(mailer: Mailer, happens: Any, *, always: bool = True) -> Mailer:
    return replace(mailer, ses=Meanwhile(mailer.ses, "send_raw_email", happens, always=always))


def notes(mailer: Mailer, ticket: Ticket) -> list[str]:
    entries = mailer.desk.tickets.entries(ticket.number)
    return [told.text for told in entries if told.kind == "note"]


def test_a_mail_is_due_at_once_and_a_future_one_is_not(mailer: Mailer) -> None:
    ticket = opened(mailer)
    row = only(mailer)
    assert (row.number, row.letter, row.place) == (ticket.number, "acknowledgement", 1)
    assert mailer.outbox.due(NOW - SECOND) == []


def test_of_two_claimers_one_wins_and_after_the_lease_it_can_be_claimed_again(
    mailer: Mailer,
) -> None:
    opened(mailer)
    row = only(mailer)
    assert mailer.outbox.claim(row, NOW)
    assert not mailer.outbox.claim(row, NOW)
    assert not mailer.outbox.claim(row, NOW + LEASE - SECOND)
    assert mailer.outbox.due(NOW + LEASE - SECOND) == []
    assert only(mailer, NOW + LEASE).attempts == 1
    assert mailer.outbox.claim(row, NOW + LEASE)
    assert not mailer.outbox.claim(row, NOW + LEASE)


@pytest.mark.parametrize("end", [Outbox.sent, Outbox.given_up])
def test_what_is_done_leaves_the_index_and_can_not_be_claimed(
    cloud: Cloud, mailer: Mailer, end: Any
) -> None:
    opened(mailer)
    row = only(mailer)
    end(mailer.outbox, row, "the reason", NOW)
    assert mailer.outbox.due(NOW + timedelta(days=1)) == []
    assert not mailer.outbox.claim(row, NOW + timedelta(days=1))
    [kept] = cloud.outbox()
    assert "the reason" in kept.values()
    assert not {"unsent", "due_at"} & kept.keys()


def test_marking_a_row_that_is_not_there_makes_none(cloud: Cloud, mailer: Mailer) -> None:
    mailer.outbox.sent(Unsent("ticket#0", "outbox#1", "0", "answer", 1, 0), "id", NOW)
    assert cloud.rows("TicketsTable") == []


def test_a_sweep_ends_before_its_time_and_the_next_goes_on(cloud: Cloud, mailer: Mailer) -> None:
    for n in range(3):
        opened(mailer, key=f"{n}", message=f"Report {n}.")
    asked = iter([False, False, True])
    assert sweep(mailer, NOW, lambda: next(asked)) == 2
    assert sweep(mailer, NOW) == 1
    assert len(cloud.sent()) == 3


def test_an_acknowledgement_says_number_times_and_link(cloud: Cloud, mailer: Mailer) -> None:
    ticket = opened(mailer, message_id="first@example.org")
    assert sweep(mailer, NOW) == 1
    [raw] = cloud.sent()
    mail = message_from_string(raw, policy=default)
    thread = token.sign(mailer.desk.secret, ticket.number)
    assert mail["To"] == "ann@example.org"
    name = provider().name  # a form can name anybody's address: no word of a stranger goes there
    assert mail["Subject"] == f"[#{ticket.number}] Your report to {name}"
    assert thread in mail["Reply-To"]
    assert mail["References"].split()[-1] == "<first@example.org>"
    assert mail["Auto-Submitted"] == "auto-replied"
    text = parse(raw.encode()).text
    assert mailer.desk.link(ticket) in text
    assert f"{ticket.promised_by:%H:%M}" in text
    assert f"{ticket.latest_by:%H:%M}" in text
    [row] = cloud.outbox()
    assert row["message_id"]
    assert row["sent_at"] == "2026-11-24T18:00:00+00:00"


def test_an_answer_carries_the_words_that_it_was_written_with(cloud: Cloud, mailer: Mailer) -> None:
    ticket = opened(mailer, message_id="first@example.org")
    sweep(mailer, NOW)

    def reply(text: str) -> None:
        told = entry(text)
        change_ticket(mailer.desk, ticket.number, lambda t: act(t, "reply", told), NOW)

    reply("Is the modem <on> & warm?")
    reply("And now?")
    assert sweep(mailer, NOW) == 2
    first, second = (parse(raw.encode()) for raw in cloud.sent()[1:])
    assert "Is the modem <on> & warm?" in first.text
    assert "And now?" not in first.text
    assert "And now?" in second.text
    assert first.no_answer is not None and "B2" in first.no_answer


def test_what_was_sent_is_not_sent_again(cloud: Cloud, mailer: Mailer) -> None:
    opened(mailer)
    row = only(mailer)
    assert deliver(mailer, row, NOW)
    assert not deliver(mailer, row, NOW + LEASE)
    assert sweep(mailer, NOW + LEASE) == 0
    assert len(cloud.sent()) == 1


def test_while_one_sends_nobody_else_does(cloud: Cloud, mailer: Mailer) -> None:
    opened(mailer)
    row = only(mailer)
    both = with_ses(mailer, lambda _: deliver(mailer, row, NOW + LEASE - SECOND))
    assert deliver(both, row, NOW)
    assert len(cloud.sent()) == 1


@pytest.mark.parametrize("code", ["MessageRejected", "InvalidParameterValue", "ValidationError"])
def test_what_ses_refuses_for_good_is_marked_and_staff_are_told(
    cloud: Cloud, mailer: Mailer, code: str
) -> None:
    ticket = opened(mailer)
    refusing = with_ses(mailer, fails(code))
    assert sweep(refusing, NOW) == 0
    assert sweep(refusing, NOW + timedelta(hours=1)) == 0
    [row] = cloud.outbox()
    assert code in row["failed"]
    [note] = notes(mailer, ticket)
    assert note.startswith("The acknowledgement could not be sent by mail: ")
    assert code in note


def test_an_address_that_no_mail_can_be_written_to_is_the_same(
    cloud: Cloud, mailer: Mailer
) -> None:
    ticket = opened(mailer, person=Person("Ann", "\u00fc@example.org"))
    assert sweep(mailer, NOW) == 0
    assert cloud.outbox()[0]["failed"]
    assert len(notes(mailer, ticket)) == 1


def test_a_reader_who_dies_before_staff_are_told_leaves_the_row_to_the_next(
    cloud: Cloud, mailer: Mailer
) -> None:
    ticket = opened(mailer)
    refusing = with_ses(mailer, fails("MessageRejected"))
    down = Meanwhile(cloud.dynamodb, "transact_write_items", fails("InternalServerError", 500))
    tickets = type(mailer.desk.tickets)(down, "TicketsTable", mailer.desk.files)
    dying = replace(refusing, desk=replace(mailer.desk, tickets=tickets))
    with pytest.raises(ClientError):
        deliver(dying, only(mailer), NOW)
    sweep(refusing, NOW + LEASE)
    assert len(notes(mailer, ticket)) == 1


def test_a_passing_fault_raises_and_the_mail_is_sent_later(cloud: Cloud, mailer: Mailer) -> None:
    opened(mailer)
    busy = with_ses(mailer, fails("Throttling"))
    with pytest.raises(ClientError, match="Throttling"):
        deliver(busy, only(mailer), NOW)
    assert sweep(mailer, NOW + LEASE) == 1
    assert len(cloud.sent()) == 1


def test_one_mail_that_fails_delays_no_other_of_the_sweep(cloud: Cloud, mailer: Mailer) -> None:
    for place in range(3):
        opened(mailer, str(place), message=str(place))
    with pytest.raises(ExceptionGroup, match="1 mails were not sent"):
        sweep(with_ses(mailer, fails("Throttling"), always=False), NOW)
    assert len(cloud.sent()) == 2


def test_an_acknowledgement_is_sent_when_ses_is_back_after_many_faults(
    cloud: Cloud, mailer: Mailer
) -> None:
    """Each attempt is not one more acknowledgement to that address."""
    opened(mailer)
    busy = with_ses(mailer, fails("Throttling"))
    for attempt in range(5):
        with pytest.raises(ExceptionGroup):
            sweep(busy, NOW + attempt * LEASE)
    assert sweep(mailer, NOW + 5 * LEASE) == 1


def test_after_many_attempts_a_fault_counts_as_final(cloud: Cloud, mailer: Mailer) -> None:
    ticket = opened(mailer)
    row = replace(only(mailer), attempts=ATTEMPTS)
    assert not deliver(with_ses(mailer, fails("Throttling")), row, NOW)
    assert "Throttling" in cloud.outbox()[0]["failed"]
    assert len(notes(mailer, ticket)) == 1


def test_the_fourth_acknowledgement_within_an_hour_is_withheld_but_the_ticket_is_there(
    cloud: Cloud, mailer: Mailer
) -> None:
    for place in range(4):
        person = Person("Ann", "ANN@example.org" if place else "ann@example.org")
        opened(mailer, str(place), person=person)
    assert sweep(mailer, NOW) == 3
    assert len(cloud.tickets()) == 4
    [withheld] = [row for row in cloud.outbox() if "failed" in row]
    assert withheld["failed"] == "C2: many automatic mails went to this address"
    opened(mailer, "bob", person=Person("Bob", "bob@example.org"))
    opened(mailer, "later", NOW + timedelta(hours=1))
    assert sweep(mailer, NOW + timedelta(hours=1)) == 2


def test_the_eleventh_within_a_day_is_withheld(mailer: Mailer) -> None:
    sent = []
    for hour in range(4):
        now = NOW.replace(hour=1) + timedelta(hours=hour)
        for place in range(3):
            opened(mailer, f"{hour} {place}", now)
        sent.append(sweep(mailer, now))
    assert sent == [3, 3, 3, 1]


def test_answers_are_never_withheld(mailer: Mailer) -> None:
    ticket = opened(mailer)
    for place in range(5):
        told = entry(str(place))
        change_ticket(mailer.desk, ticket.number, lambda t, e=told: act(t, "reply", e), NOW)
    assert sweep(mailer, NOW) == 6


def test_mail_of_a_ticket_that_is_gone_is_given_up(cloud: Cloud, mailer: Mailer) -> None:
    ticket = opened(mailer)
    key = {"pk": {"S": f"ticket#{ticket.number.replace('-', '')}"}, "sk": {"S": "ticket"}}
    cloud.dynamodb.delete_item(TableName="TicketsTable", Key=key)
    assert sweep(mailer, NOW) == 0
    assert cloud.outbox()[0]["failed"] == "there is no such ticket"
