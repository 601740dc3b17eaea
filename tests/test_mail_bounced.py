"""What becomes of reports on mail of ours, and of the addresses that they tell of."""

from datetime import timedelta

import pytest

from netdesk.ticket import act
from tests.desk import NOW, entry
from tests.mail_memory import Memory, cloud, mailer, room
from tests.mail_room import arrives, delivered, thread
from tests.mail_samples import ANN, Thread, acknowledged, mail, report
from ticket_intake.desk import change_ticket
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.register import FOLLOW_UP, QUARANTINED, TICKET
from ticket_intake.mailroom.staff import let_out
from ticket_intake.outbox.dispatch import Mailer, sweep

FIXTURES = cloud, mailer, room


@pytest.fixture
def ann(cloud: Memory, room: MailRoom, mailer: Mailer) -> Thread:
    return acknowledged(cloud, room, mailer)


def enclosed(room: MailRoom, ann: Thread, form: str) -> str:
    return form.format(ses=ann.ses, token=thread(room, ann.ticket.number))


@pytest.mark.parametrize(
    "form",
    [
        "References: <{token}@support.jet.net> <first@example.org>",
        "Reply-To: problem+{token}@support.jet.net",
        "Message-ID: <{ses}>",
        "Message-ID: <{ses}>\nIn-Reply-To: <first@example.org>",
    ],
)
def test_d7_a_bounce_belongs_to_the_ticket_whose_mail_bounced(
    cloud: Memory, room: MailRoom, ann: Thread, form: str
) -> None:
    filed = delivered(cloud, room, report(enclosed(room, ann, form)), "inbound/b")
    assert (filed.outcome, filed.number) == (FOLLOW_UP, ann.ticket.number)
    told = room.desk.tickets.entries(ann.ticket.number)[-1]
    assert (told.who, told.kind, told.public) == ("mail system", "note", False)
    assert "it did not work" in told.text
    assert len(cloud.tickets()) == 1
    assert len(cloud.outbox()) == 1  # nothing is answered


@pytest.mark.parametrize(
    ("sender", "joins"),
    [
        ("MAILER-DAEMON@example.org", True),
        ("postmaster@mx.example.org", True),
        ("MAILER-DAEMON@us-west-2.amazonses.com", True),
        ("MAILER-DAEMON@evil.example", False),
        ("MAILER-DAEMON@notexample.org", False),
        ("ann@example.org", False),
    ],
)
def test_d7_an_id_alone_is_believed_to_the_customers_own_mail_system(
    cloud: Memory, room: MailRoom, ann: Thread, sender: str, joins: bool
) -> None:
    about = f"Message-ID: <{ann.ses}>"
    filed = delivered(cloud, room, report(about, sender=sender), "inbound/b")
    assert (filed.number == ann.ticket.number) == joins
    forged = report(about, sender=sender, dmarc="fail", message_id="<2@example.org>")
    assert delivered(cloud, room, forged, "inbound/c").outcome == QUARANTINED


def test_d7_a_bounce_to_the_plus_address_brings_nothing_else(
    cloud: Memory, room: MailRoom, ann: Thread
) -> None:
    to = room.desk.provider.mail.replace("@", f"+{thread(room, ann.ticket.number)}@")
    content = report(sender="MAILER-DAEMON@somewhere.example").replace(
        b"to: problem@support.example.net", f"to: {to}".encode()
    )
    assert delivered(cloud, room, content, "inbound/b").number == ann.ticket.number


@pytest.mark.parametrize(
    ("status", "to", "dead"),
    [
        ("5.1.1", "ann@example.org", True),
        ("5.1.1", "ANN@Example.org", True),
        ("5.1.1", "bob@example.org", False),  # somebody she forwards it to
        ("5.2.2", "ann@example.org", False),  # full
        ("5.7.1", "ann@example.org", False),
        ("4.4.1", "ann@example.org", False),
    ],
)
def test_c3_only_the_customers_own_dead_address_is_dead(
    cloud: Memory, room: MailRoom, ann: Thread, status: str, to: str, dead: bool
) -> None:
    form = enclosed(room, ann, "References: <{token}@support.jet.net>")
    delivered(cloud, room, report(form, status, to), "inbound/b")
    assert bool(room.dead.why("ann@example.org", NOW)) == dead


def test_c3_for_sixty_days_staff_write_to_a_dead_address_and_machines_do_not(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    form = enclosed(room, ann, "References: <{token}@support.jet.net>")
    delivered(cloud, room, report(form), "inbound/b")

    def sent(text: str, days: int) -> int:
        now = NOW + timedelta(days=days)
        arrives(cloud, room, mail(ANN, text, subject=text), f"inbound/{text}", now)
        return sweep(mailer, now)

    assert [sent("One.", 0), sent("Two.", 59), sent("Three.", 60)] == [0, 0, 1]
    assert "C3: mail to this address came back lately" in {r.get("failed") for r in cloud.outbox()}
    change_ticket(mailer.desk, ann.ticket.number, lambda t: act(t, "reply", entry("Hi.")), NOW)
    assert sweep(mailer, NOW) == 1


@pytest.mark.parametrize("status", ["4.4.1", "4.2.2", "5.1.1"])
def test_a12_no_report_opens_a_resolved_ticket(
    cloud: Memory, room: MailRoom, ann: Thread, status: str
) -> None:
    number = ann.ticket.number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    form = enclosed(room, ann, "References: <{token}@support.jet.net>")
    assert arrives(cloud, room, report(form, status), "inbound/b").state == "resolved"


def test_a_report_on_no_mail_of_ours_waits_in_quarantine_until_staff_let_it_out(
    cloud: Memory, room: MailRoom
) -> None:
    filed = delivered(cloud, room, report("Message-ID: <spam@elsewhere.example>"), "inbound/b")
    assert (filed.outcome, filed.reason) == (QUARANTINED, "D7: a report on no mail of ours")
    assert let_out(room, "b", NOW)["outcome"] == TICKET
    assert cloud.outbox() == []


@pytest.mark.parametrize("to_ticket", [True, False])
def test_a11_an_absence_note_wakes_nobody(
    cloud: Memory, room: MailRoom, ann: Thread, to_ticket: bool
) -> None:
    number = ann.ticket.number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    away = {"auto_submitted": "auto-replied", "subject": "Automatic reply: No dial tone"}
    id_ = f"<{thread(room, number)}@support.jet.net>" if to_ticket else "<other@x.example>"
    filed = delivered(cloud, room, mail(ANN, "I am away.", references=id_, **away), "inbound/b")
    if to_ticket:
        assert (filed.outcome, filed.number) == (FOLLOW_UP, number)
        assert room.desk.tickets.entries(number)[-1].kind == "note"
    else:
        assert filed.reason == "A11: an absence note on no mail of ours"
        assert let_out(room, "b", NOW)["outcome"] == TICKET
    assert cloud.tickets()[0]["state"] == "resolved" or len(cloud.tickets()) == 2
    assert len(cloud.outbox()) == 1


def test_one_mail_system_reports_for_many_customers(cloud: Memory, room: MailRoom) -> None:
    """So what it sends is no flood of one sender."""
    for n in range(22):
        ticket = arrives(cloud, room, mail(f"c{n}@example.org"), f"inbound/{n}")
        form = f"References: <{thread(room, ticket.number)}@support.jet.net>"
        about = report(form, to=f"c{n}@example.org", message_id=f"<{n}@example.org>")
        assert delivered(cloud, room, about, f"inbound/b{n}").outcome == FOLLOW_UP
        assert room.dead.why(f"c{n}@example.org", NOW)
