"""The status of a ticket by mail: only to its own address, and nothing that is staff's."""

from email import message_from_string
from email.policy import default

import pytest

from netdesk.ticket import act
from tests.desk import NOW, entry
from tests.mail_memory import Memory, cloud, mailer, room
from tests.mail_room import arrives, kinds, thread
from tests.mail_samples import ANN, BOB, EVE, Thread, acknowledged, mail, report
from ticket_intake.desk import change_ticket
from ticket_intake.history import history
from ticket_intake.mail import parse
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.dispatch import Mailer, sweep

FIXTURES = cloud, mailer, room


@pytest.fixture
def ann(cloud: Memory, room: MailRoom, mailer: Mailer) -> Thread:
    return acknowledged(cloud, room, mailer)


def asks(room: MailRoom, ann: Thread, text: str = "status", **headers: str) -> bytes:
    headers = {"subject": f"Re: [#{ann.ticket.number}] No dial tone"} | headers
    return mail(ANN, text, **headers)


def told(cloud: Memory, mailer: Mailer) -> str:
    """What the last mail says."""
    sweep(mailer, NOW)
    return parse(cloud.sent()[-1].encode()).text


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("status", {}),
        ("Status?\n\nAnn", {}),
        ("", {}),
        ("> We have your report.\n> [ref:x]", {}),
        ("Hello.", {"subject": "status {number}"}),
        ("Hello.", {"subject": "[#{number}] status"}),
        ("status {number}", {"subject": "My modem"}),
        ("{number}", {"subject": "status {number}"}),
    ],
)
def test_whoever_asks_for_his_ticket_is_told_at_once(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread, text: str, headers: dict[str, str]
) -> None:
    number = ann.ticket.number
    given = {name: value.format(number=number) for name, value in headers.items()}
    content = asks(room, ann, text.format(number=number), **given)
    assert arrives(cloud, room, content).number == number
    answer = told(cloud, mailer)
    assert f"Ticket {number} is open, number 1 in the queue." in answer
    assert "The last that was said, by you" in answer
    assert "It is dead." in answer
    sent = message_from_string(cloud.sent()[-1], policy=default)
    assert sent["To"] == "ann@example.org"
    assert sent["In-Reply-To"].strip("<>") == parse(content).message_id
    assert sent["Auto-Submitted"] == "auto-replied"


def test_the_question_is_kept_but_wakes_nobody(cloud: Memory, room: MailRoom, ann: Thread) -> None:
    number = ann.ticket.number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry("Done.")), NOW)
    assert arrives(cloud, room, asks(room, ann)).state == "resolved"
    assert kinds(room.desk, number)[-1] == ("customer", "event", "status")


def test_what_is_said_beside_the_question_is_a_message_and_answered_too(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    number = ann.ticket.number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry("Done.")), NOW)
    more = "status\n\nSince noon the second line is dead as well and nobody calls me back."
    assert arrives(cloud, room, asks(room, ann, more)).state == "open"
    assert kinds(room.desk, number)[-1][1] == "message"
    assert "The last that was said, by you" in told(cloud, mailer)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("wait", "waits for your answer"),
        ("resolve", "is solved"),
        ("note", "is open, number 1 in the queue"),
    ],
)
def test_it_tells_the_state_and_the_last_that_was_said_to_the_customer(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread, state: str, words: str
) -> None:
    said = entry("Between us." if state == "note" else "Try it now.")
    change_ticket(room.desk, ann.ticket.number, lambda t: act(t, state, said), NOW)
    arrives(cloud, room, asks(room, ann))
    sweep(mailer, NOW)
    answer = next(t for t in map(_text, reversed(cloud.sent())) if "The last that was said" in t)
    assert words in answer
    assert ("Try it now." in answer) == (state != "note")
    assert "Between us." not in answer


def _text(written: str) -> str:
    return parse(written.encode()).text


@pytest.mark.parametrize("sender", [BOB, EVE])
def test_somebody_else_with_the_token_learns_nothing(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread, sender: str
) -> None:
    id_ = f"<{thread(room, ann.ticket.number)}@support.jet.net>"
    before = len(cloud.sent())
    ticket = arrives(cloud, room, mail(sender, "status", references=id_))
    assert ticket.number == ann.ticket.number
    assert sweep(mailer, NOW) == 0
    assert len(cloud.sent()) == before


def test_a_wrong_number_becomes_a_ticket_and_the_sender_reads_so(
    cloud: Memory, room: MailRoom, mailer: Mailer
) -> None:
    ticket = arrives(cloud, room, mail(ANN, "status", subject="status 0000-0000"))
    answer = told(cloud, mailer)
    assert "We found no ticket for what you asked" in answer
    assert ticket.number in answer


def test_c1_c2_six_reports_an_hour_for_one_address(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    for n in range(8):
        arrives(cloud, room, asks(room, ann, message_id=f"<s{n}@example.org>"), f"inbound/{n}")
    assert sweep(mailer, NOW) == 6


def test_what_staff_alone_may_see_reaches_neither_page_nor_mail(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    """Notes, remarks, addresses that mails came from, and reports on our mails."""
    number = ann.ticket.number
    id_ = f"<{thread(room, number)}@support.jet.net>"
    change_ticket(room.desk, number, lambda t: act(t, "note", entry("secret-note")), NOW)
    arrives(cloud, room, report(f"References: {id_}"), "inbound/1")
    away = {"auto_submitted": "auto-replied", "message_id": "<secret-away@example.org>"}
    arrives(cloud, room, mail(ANN, "secret-away", references=id_, **away), "inbound/2")
    arrives(cloud, room, mail(ANN, "More.", references=id_, dmarc="fail"), "inbound/3")
    change_ticket(room.desk, number, lambda t: act(t, "reply", entry("Try it.")), NOW)
    arrives(cloud, room, asks(room, ann), "inbound/4")
    assert sweep(mailer, NOW) == 1  # the answer: to a dead address no machine writes
    entries = room.desk.tickets.entries(number)
    assert any("not proven" in told.remark for told in entries)
    [*_, answer] = cloud.sent()
    seen = answer + room.desk.pages.render("ticket.html", **_page(room, number))
    for secret in ("secret", "proven", "it did not work", "mail system", "DMARC"):
        assert secret not in seen


def _page(room: MailRoom, number: str) -> dict[str, object]:
    return {
        "ticket": room.desk.tickets.read(number),
        "state": "open",
        "place": 1,
        "entries": history(room.desk, number, public=True),
        "alone": False,
        "questions": {},
        "now": NOW,
        "error": "",
        "typed": "",
    }
