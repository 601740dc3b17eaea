"""The same mail again, however it comes: one ticket, one entry, one answer."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.dynamo import unpack
from netdesk.ticket import Ticket, act
from tests.desk import NOW, entry
from tests.mail_memory import Memory, cloud, room
from tests.mail_room import arrives, delivered, kinds, known, thread
from tests.mail_samples import ANN, BOB, mail
from tests.mail_world import room_of
from tests.small_cloud import Object, SmallCloud
from ticket_intake.desk import change_ticket
from ticket_intake.mail.subject import cleaned
from ticket_intake.mailroom.intake import MailRoom, take_in
from ticket_intake.mailroom.register import FOLLOW_UP, TICKET

FIXTURES = cloud, room

FIRST = "<first@example.org>"


def test_e1_the_same_id_is_one_ticket_with_one_acknowledgement(
    cloud: Memory, room: MailRoom
) -> None:
    content = mail(ANN, message_id=FIRST)
    first = arrives(cloud, room, content, "inbound/1")
    assert arrives(cloud, room, content, "inbound/2") == first
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)


def test_e1_a_device_may_give_every_mail_the_same_id(cloud: Memory, room: MailRoom) -> None:
    """Its second mail is not lost, and one about something else is a ticket of its own."""
    first = arrives(cloud, room, mail(ANN, "Fan 1.", message_id=FIRST), "inbound/1")
    again = arrives(cloud, room, mail(ANN, "Fan 2.", message_id=FIRST), "inbound/2")
    other = arrives(cloud, room, mail(ANN, "x", message_id=FIRST, subject="Power"), "inbound/3")
    assert (again.number, other.number == first.number) == (first.number, False)
    assert [text for _, _, text in kinds(room.desk, first.number)] == ["Fan 1.", "Fan 2."]


@pytest.mark.parametrize(("second", "tickets"), [("It is dead.", 1), ("Other words.", 2)])
def test_e2_without_an_id_the_bytes_say_whether_it_is_the_same(
    cloud: Memory, room: MailRoom, second: str, tickets: int
) -> None:
    arrives(cloud, room, mail(ANN, message_id=""), "inbound/1")
    arrives(cloud, room, mail(ANN, second, message_id=""), "inbound/2")
    assert len(cloud.tickets()) == tickets


def test_e3_the_same_mail_over_several_of_our_addresses_is_one_ticket(
    cloud: Memory, room: MailRoom
) -> None:
    """The forwarder of the well-known address leaves its own Received lines and verdicts."""
    content = mail(ANN, message_id=FIRST, to=room.desk.provider.known_as)
    forwarded = content.replace(b"spf=pass", b"spf=fail").replace(
        b"QUVGQkJCQkJC\n", b"QUVGQkJCQkJC\nReceived: from jet.net by mx.jet.net; Mon\n"
    )
    assert content != forwarded
    first = arrives(cloud, room, content, "inbound/1")
    assert arrives(cloud, room, forwarded, "inbound/2") == first
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)


@pytest.mark.parametrize("wait", [0, 5, 50])
def test_e4_a_delivery_again_does_not_open_a_resolved_ticket(
    cloud: Memory, room: MailRoom, wait: int
) -> None:
    content = mail(ANN, message_id=FIRST)
    number = arrives(cloud, room, content, "inbound/1").number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry("Done.")), NOW)
    before = kinds(room.desk, number)
    filed = delivered(cloud, room, content, "inbound/1", NOW + timedelta(days=wait))
    assert (filed.outcome, filed.number) == (TICKET, number)
    again = arrives(cloud, room, content, "inbound/2", NOW + timedelta(days=wait))
    assert (again.state, kinds(room.desk, number)) == ("resolved", before)


def test_e4_an_answer_again_is_added_once_even_when_its_ticket_was_closed_since(
    cloud: Memory, room: MailRoom
) -> None:
    number = known(room).number
    id_ = f"<{thread(room, number)}@support.jet.net>"
    content = mail(ANN, "Still dead.", references=id_)
    assert delivered(cloud, room, content, "inbound/1").outcome == FOLLOW_UP
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry("Done.")), NOW)
    filed = delivered(cloud, room, content, "inbound/2", NOW + timedelta(days=40))
    assert (filed.outcome, filed.number) == (FOLLOW_UP, number)
    assert (len(cloud.tickets()), cloud.tickets()[0]["state"]) == (1, "resolved")


MAILS = (
    mail(ANN, "It is dead.", message_id=FIRST),
    mail(ANN, "And smokes.", message_id="<2@example.org>", in_reply_to=FIRST,
         references=FIRST, subject="Re: No dial tone"),
    mail(ANN, "And burns.", message_id="<3@example.org>", in_reply_to="<2@example.org>",
         references=f"{FIRST} <2@example.org>", subject="Re: No dial tone"),
    mail(BOB, "Mine too.", message_id=FIRST),
)  # fmt: skip
DELIVERIES = st.lists(st.tuples(st.integers(0, len(MAILS) - 1), st.integers(0, 1)), max_size=6)


def outcome(mails: Iterable[tuple[int, int]]) -> Any:
    """The tickets, their entries and mails after these deliveries, as far as order is no matter.

    Each delivery is of one of the mails, in one of two objects.
    """
    cloud = SmallCloud()
    room = room_of(cloud)
    for which, place in mails:
        key = f"inbound/{which}-{place}"
        cloud.objects[key] = Object(MAILS[which], {}, NOW)
        take_in(room, key, NOW)
    assert not [key for key in cloud.objects if key.startswith("inbound/")]
    rows = [unpack(row) for row in cloud.rows.values()]
    letters = sorted(row["letter"] for row in rows if row["sk"].startswith("outbox#"))
    found = (room.desk.tickets.read(row["number"]) for row in rows if row["sk"] == "ticket")
    return letters, sorted(summary(room, ticket) for ticket in found if ticket)


def summary(room: MailRoom, ticket: Ticket) -> Any:
    entries = room.desk.tickets.entries(ticket.number)
    said = sorted((told.who, told.message_id, told.text.strip()) for told in entries)
    return cleaned(ticket.subject), ticket.person.email, ticket.state, said


@given(st.permutations([(which, 0) for which in range(len(MAILS))]), DELIVERIES, st.randoms())
def test_e1_e4_any_order_of_any_deliveries_comes_to_the_same(
    order: list[tuple[int, int]], again: list[tuple[int, int]], dice: Random
) -> None:
    mixed = [*order, *again]
    dice.shuffle(mixed)
    assert outcome(mixed) == outcome((which, 0) for which in range(len(MAILS)))
