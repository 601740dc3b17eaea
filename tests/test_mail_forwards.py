"""Mail that staff pass on to the desk from a mailbox of their own: it is its writer's."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from netdesk.provider import Provider
from netdesk.ticket import act
from tests.desk import NOW, entry
from tests.mail_memory import Memory, cloud, mailer, room
from tests.mail_room import arrives, kinds, thread
from tests.mail_samples import ANN, mail
from ticket_intake.desk import change_ticket
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.dispatch import Mailer, sweep

FIXTURES = cloud, mailer, room

STAFF = "Sue <sue@jet.net>"
INLINE = """\
Can somebody look? He sounds angry.

---------- Forwarded message ---------
From: Bob Hill <bob@bob.example>
Date: Mon, 23 Nov 2026 at 09:00
Subject: Fwd: My line
To: Sue <sue@jet.net>

My line is dead.
"""


@pytest.fixture
def staffed(room: MailRoom) -> Iterator[MailRoom]:
    provider: Provider = replace(room.desk.provider, staff_senders=("sue@jet.net",))
    pages = replace(room.desk.pages, provider=provider)
    yield replace(room, desk=replace(room.desk, pages=pages))


def enclosing(*, name: str = "Bob Hill <bob@bob.example>", note: str = "Look.") -> bytes:
    inner = f"From: {name}\nSubject: My line\nMessage-ID: <b@bob.example>\n\nMy line is dead.\n"
    head, _, _ = mail(STAFF, note, subject="Fwd: My line").partition(b"Content-Type:")
    return (
        head
        + (
            'Content-Type: multipart/mixed; boundary="cut"\n\n'
            f"--cut\nContent-Type: text/plain\n\n{note}\n"
            f"--cut\nContent-Type: message/rfc822\n\n{inner}\n--cut--\n"
        ).encode()
    )


@pytest.mark.parametrize("content", [mail(STAFF, INLINE, subject="Fwd: My line"), enclosing()])
def test_it_becomes_a_ticket_of_who_wrote_it_first(
    cloud: Memory, staffed: MailRoom, mailer: Mailer, content: bytes
) -> None:
    ticket = arrives(cloud, staffed, content)
    assert (ticket.person.name, ticket.person.email) == ("Bob Hill", "bob@bob.example")
    assert (ticket.subject, ticket.people) == ("My line", ())
    [told] = staffed.desk.tickets.entries(ticket.number)
    assert (told.who, told.text) == ("customer", "My line is dead.")
    assert told.sender == "sue@jet.net"
    assert told.remark.startswith("passed on by sue@jet.net: ")
    assert sweep(mailer, NOW) == 1
    assert "\nTo: bob@bob.example" in cloud.sent()[0].replace("\r", "")


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (ANN, {}),  # a customer may forward as much as he likes
        (STAFF, {"dmarc": "fail"}),
        (STAFF, {"dmarc": "none", "spf": "none", "dkim": "none"}),
        (f"{ANN}, {STAFF}", {}),
        ("'sue@jet.net' <sue@evil.example>", {}),
    ],
)
def test_nobody_else_opens_a_ticket_in_anothers_name(
    cloud: Memory, staffed: MailRoom, sender: str, headers: dict[str, str]
) -> None:
    ticket = arrives(cloud, staffed, mail(sender, INLINE, subject="Fwd: My line", **headers))
    assert ticket.person.email not in ("bob@bob.example", "")
    assert "passed on" not in staffed.desk.tickets.entries(ticket.number)[0].remark


@pytest.mark.parametrize(
    "address", ["sue@jet.net", "problem@support.jet.net", "problem@jet.net", "nobody"]
)
def test_what_staff_wrote_themselves_is_theirs(
    cloud: Memory, staffed: MailRoom, address: str
) -> None:
    ours = {"problem@support.jet.net": staffed.desk.provider.mail}
    text = INLINE.replace("bob@bob.example", ours.get(address, address))
    ticket = arrives(cloud, staffed, mail(STAFF, text, subject="Fwd: My line"))
    assert ticket.person.email == "sue@jet.net"


def test_a_machine_whose_mail_is_passed_on_gets_no_answer(cloud: Memory, staffed: MailRoom) -> None:
    ticket = arrives(cloud, staffed, enclosing(name="Shop <no-reply@shop.example>"))
    assert ticket.person.email == "no-reply@shop.example"
    assert cloud.outbox() == []


def test_passed_on_to_its_ticket_the_note_is_for_staff_alone(
    cloud: Memory, staffed: MailRoom
) -> None:
    ticket = arrives(cloud, staffed, mail("Bob Hill <bob@bob.example>"), "inbound/1")
    change_ticket(staffed.desk, ticket.number, lambda t: act(t, "resolve", entry()), NOW)
    marked = f"{INLINE}\n> [ref:{thread(staffed, ticket.number)}]\n"
    again = arrives(cloud, staffed, mail(STAFF, marked, subject="Fwd: My line"), "inbound/2")
    assert (again.number, again.state) == (ticket.number, "open")
    who, kind, text = kinds(staffed.desk, ticket.number)[-1]
    assert (who, kind) == ("customer", "message")
    assert "My line is dead." in text
    assert "angry" not in text
    assert "angry" in staffed.desk.tickets.entries(ticket.number)[-1].remark


def test_staff_may_pass_on_as_many_as_come(cloud: Memory, staffed: MailRoom) -> None:
    for n in range(22):
        text = INLINE.replace("bob@", f"bob{n}@")
        arrives(cloud, staffed, mail(STAFF, text, subject="Fwd: My line"), f"inbound/{n}")
    assert len(cloud.tickets()) == 22
