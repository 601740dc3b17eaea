"""The mails that leave: their thread, as mail programs follow it, and what they quote."""

from datetime import timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from netdesk.ticket import act
from tests.desk import NOW, REGION, entry
from tests.mail_memory import Memory, cloud, mailer, room
from tests.mail_room import arrives, thread
from tests.mail_samples import ANN, EVE, Thread, acknowledged, mail, report
from ticket_intake.desk import change_ticket
from ticket_intake.mail import parse
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.compose import QUOTED_LINES, ses_message_id
from ticket_intake.outbox.dispatch import Mailer, sweep

FIXTURES = cloud, mailer, room


@pytest.fixture
def ann(cloud: Memory, room: MailRoom, mailer: Mailer) -> Thread:
    return acknowledged(cloud, room, mailer)


def sent(cloud: Memory, mailer: Mailer, minute: int = 0) -> EmailMessage:
    """The last of the mails that go out now."""
    assert sweep(mailer, NOW + timedelta(minutes=minute)) > 0
    message: Any = message_from_string(cloud.sent()[-1], policy=default)
    return message  # type: ignore[no-any-return]


def answer(room: MailRoom, ann: Thread, text: str = "Try it now.", verb: str = "reply") -> None:
    change_ticket(room.desk, ann.ticket.number, lambda t: act(t, verb, entry(text)), NOW)


def ids(message: EmailMessage) -> list[str]:
    return [id_.strip("<>") for id_ in str(message["References"]).split()]


def ses_ids(cloud: Memory) -> list[str]:
    rows = sorted(cloud.outbox(), key=lambda row: str(row["sk"]))
    return [ses_message_id(row["message_id"], REGION) for row in rows if "message_id" in row]


@pytest.mark.parametrize(
    ("told", "region", "message_id"),
    [
        ("0101-ab", "us-west-2", "0101-ab@us-west-2.amazonses.com"),
        ("0101-ab", "eu-central-1", "0101-ab@eu-central-1.amazonses.com"),
        ("0101-ab", "us-east-1", "0101-ab@email.amazonses.com"),
        ("0101-ab@here", "us-west-2", "0101-ab@here"),  # whole already
    ],
)
def test_d2_the_id_that_ses_writes_from_the_id_that_it_tells(
    told: str, region: str, message_id: str
) -> None:
    assert ses_message_id(told, region) == message_id


def test_b4_d1_the_acknowledgement_answers_the_customers_mail(
    cloud: Memory, room: MailRoom, ann: Thread
) -> None:
    token = thread(room, ann.ticket.number)
    first: Any = message_from_string(cloud.sent()[0], policy=default)
    domain = room.desk.provider.mail.partition("@")[2]
    assert ids(first) == [f"{token}@{domain}", "first@example.org"]
    assert first["In-Reply-To"] == "<first@example.org>"
    assert first["Reply-To"] == room.desk.provider.mail.replace("@", f"+{token}@")
    assert parse(cloud.sent()[0].encode()).text.rstrip().endswith(f"[ref:{token}]")


def test_d2_references_tell_the_thread_in_order_mail_and_answer(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    token = f"<{thread(room, ann.ticket.number)}@support.jet.net>"
    answer(room, ann)
    sent(cloud, mailer)
    more = mail(ANN, "Still dead.", message_id="<2@example.org>", references=token)
    arrives(cloud, room, more, "inbound/2")
    answer(room, ann, "And now?")
    last = sent(cloud, mailer)
    acknowledgement, first, _ = ses_ids(cloud)
    assert ids(last)[1:] == ["first@example.org", acknowledgement, first, "2@example.org"]
    assert last["In-Reply-To"] == "<2@example.org>"
    assert acknowledgement == ann.ses


def test_d7_d11_what_only_staff_see_is_no_part_of_the_thread(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    token = f"<{thread(room, ann.ticket.number)}@support.jet.net>"
    delayed = report(f"References: {token}", "4.4.1", message_id="<bounce@mx.example.org>")
    arrives(cloud, room, delayed, "inbound/2")
    away = {"auto_submitted": "auto-replied", "message_id": "<away@example.org>"}
    arrives(cloud, room, mail(ANN, "Away.", references=token, **away), "inbound/3")
    answer(room, ann, "Between us.", "note")
    answer(room, ann)
    last = sent(cloud, mailer)
    assert ids(last)[1:] == ["first@example.org", ann.ses]
    assert last["In-Reply-To"] == "<first@example.org>"
    assert "Between us." not in parse(cloud.sent()[-1].encode()).text


def test_an_answer_quotes_what_the_customer_said_last(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread
) -> None:
    token = f"<{thread(room, ann.ticket.number)}@support.jet.net>"
    arrives(cloud, room, mail(ANN, "Still dead.\n\nReally.", references=token), "inbound/2")
    arrives(cloud, room, mail(EVE, "I pay for it.", references=token), "inbound/3")
    answer(room, ann)
    sent(cloud, mailer)
    text = parse(cloud.sent()[-1].encode()).text.replace("\r\n", "\n")
    assert "> Still dead.\n>\n> Really.\n" in text.replace("> \n", ">\n")
    assert "I pay" not in text
    assert text.index("Try it now.") < text.index("> Still dead.")


@pytest.mark.parametrize(("lines", "cut"), [(QUOTED_LINES, False), (QUOTED_LINES + 1, True)])
def test_of_a_long_mail_the_beginning_is_quoted(
    cloud: Memory, room: MailRoom, mailer: Mailer, lines: int, cut: bool
) -> None:
    text = "\n".join(f"line {n}" for n in range(lines))
    ticket = arrives(cloud, room, mail(ANN, text))
    answer(room, Thread(ticket, ""))
    sent(cloud, mailer)
    quoted = parse(cloud.sent()[-1].encode()).text
    assert f"> line {QUOTED_LINES - 1}" in quoted
    assert ("> ..." in quoted, f"> line {QUOTED_LINES}" in quoted) == (cut, False)


@pytest.mark.parametrize(
    "id_",
    ["<a b@x.example>", "<=?utf-8?q?x=0D=0ABcc:_v=40x.example?=@x>", "<\u00fc@x.example>", "<>"],
)
def test_g14_an_id_that_can_not_stand_in_a_header_is_left_out(
    cloud: Memory, room: MailRoom, mailer: Mailer, id_: str
) -> None:
    content = mail(ANN, message_id="").replace(b"subject:", f"Message-ID: {id_}\nsubject:".encode())
    answer(room, Thread(arrives(cloud, room, content), ""))
    last = sent(cloud, mailer)
    assert last["Bcc"] is None
    assert all(one.isascii() and "=?" not in one for one in ids(last))
