"""A stranger who knows all of a ticket but its token, and a forger who writes as its customer."""

import re
from email import message_from_string
from email.policy import default

import pytest

from netdesk.number import spell
from tests.desk import NOW
from tests.mail_memory import Memory, cloud, mailer, room
from tests.mail_room import BLOCK, delivered, thread
from tests.mail_samples import (
    ANN,
    EVE,
    Thread,
    acknowledged,
    mail,
    report,
    state,
    without_block,
)
from ticket_intake.mail import parse
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.dispatch import Mailer, sweep

FIXTURES = cloud, mailer, room

SUBJECT = "Re: [#{number}] No dial tone"
FIRST = "<first@example.org>"
BOTH = f"{FIRST} <{{ses}}>"


@pytest.fixture
def ann(cloud: Memory, room: MailRoom, mailer: Mailer) -> Thread:
    return acknowledged(cloud, room, mailer)


def untouched(cloud: Memory, room: MailRoom, ann: Thread, content: bytes) -> None:
    before = state(cloud, ann.ticket.number)
    filed = delivered(cloud, room, content, "inbound/attack")
    assert filed.number != ann.ticket.number
    assert state(cloud, ann.ticket.number) == before


STRANGER = [
    {"subject": SUBJECT},
    {"subject": "status {number}"},
    {"subject": SUBJECT, "text": ""},
    {"subject": "status", "text": "{number}"},
    {"subject": "x", "text": "status {number}"},
    {"subject": SUBJECT, "references": BOTH, "in_reply_to": "<{ses}>"},
    {"subject": "No dial tone", "references": BOTH, "cc": ANN},
    {"subject": SUBJECT, "reply_to": ANN},
    {"subject": SUBJECT, "sender": ANN},
    {"subject": SUBJECT, "cc": ANN, "to": ANN},
    {"subject": SUBJECT, "from": '"ann@example.org" <eve@evil.example>'},
    {"subject": SUBJECT, "from": '"Ann <ann@example.org>" <eve@evil.example>'},
    {"subject": SUBJECT, "from": f"{ANN}, {EVE}"},
    {"subject": SUBJECT, "from": f"{EVE}, {ANN}"},
    {"subject": "No dial tone", "message_id": FIRST},
    {"subject": "No dial tone", "message_id": FIRST, "text": "It is dead."},  # the very same
    {"subject": SUBJECT, "to": "problem+{guess}@support.jet.net"},
    {"subject": SUBJECT, "references": "<{guess}@support.jet.net>"},
    {"subject": SUBJECT, "text": "[ref:{guess}]"},
    {"subject": SUBJECT, "x_netdesk_ticket": "{number}"},
]


@pytest.mark.parametrize("headers", STRANGER, ids=lambda given: " ".join(map(str, given.values())))
def test_d5_f2_f4_a_stranger_never_adds_to_a_ticket(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread, headers: dict[str, str]
) -> None:
    guess = thread(room, ann.ticket.number)[:8] + "a" * 20
    told = {"number": ann.ticket.number, "ses": ann.ses, "guess": guess}
    given = {name: value.format(**told) for name, value in headers.items()}
    sender, text = given.pop("from", EVE), given.pop("text", "Let me in.")
    content = mail(EVE, text, **given).replace(
        b"From: " + EVE.encode(), b"From: " + sender.encode()
    )
    untouched(cloud, room, ann, content)
    sweep(mailer, NOW)
    [_, *others] = cloud.sent()
    assert all("\nTo: ann@example.org" not in sent for sent in others if "evil" in sender)


VERDICTS = [
    {"dmarc": "fail", "spf": "fail", "dkim": "none"},
    {"dmarc": "fail", "spf": "pass", "dkim": "pass"},
    {"dmarc": "none", "spf": "softfail", "dkim": "none"},
    {"dmarc": "temperror", "spf": "pass", "dkim": "pass"},
]


@pytest.mark.parametrize("verdicts", VERDICTS, ids=lambda given: " ".join(given.values()))
@pytest.mark.parametrize("headers", STRANGER[:6], ids=lambda given: " ".join(given.values()))
def test_f4_a_forger_never_adds_to_the_ticket_of_whom_he_forges(
    cloud: Memory, room: MailRoom, ann: Thread, headers: dict[str, str], verdicts: dict[str, str]
) -> None:
    told = {"number": ann.ticket.number, "ses": ann.ses}
    given = {name: value.format(**told) for name, value in headers.items()}
    text = given.pop("text", "Let me in.")
    untouched(cloud, room, ann, mail(ANN, text, **given, **verdicts))


def test_f4_without_sess_block_or_with_a_forged_one_nobody_is_proven(
    cloud: Memory, room: MailRoom, ann: Thread
) -> None:
    honest = mail(ANN, "Let me in.", subject=SUBJECT.format(number=ann.ticket.number))
    bare = without_block(honest)
    above = BLOCK.format(spam="PASS", spf="fail", dkim="none", dmarc="fail").encode()
    for content in (bare, b"X-First: 1\n" + honest, above + honest):
        untouched(cloud, room, ann, content)
    other = mail(ANN, "It is me.", subject=SUBJECT.format(number=ann.ticket.number))
    assert delivered(cloud, room, other, "inbound/honest").number == ann.ticket.number


def test_a_forged_copy_of_the_customers_own_mail_adds_nothing_and_reaches_nobody(
    cloud: Memory, room: MailRoom, ann: Thread
) -> None:
    before = state(cloud, ann.ticket.number), cloud.outbox()
    copy = mail(ANN, dmarc="fail", spf="fail", message_id=FIRST)
    delivered(cloud, room, copy, "inbound/copy")
    assert (state(cloud, ann.ticket.number), cloud.outbox()) == before


def answer_to(cloud: Memory, room: MailRoom, mailer: Mailer, content: bytes) -> str:
    """The mail that goes back, without what is the new ticket's own."""
    filed = delivered(cloud, room, content, f"inbound/{len(cloud.sent())}")
    sweep(mailer, NOW)
    sent = message_from_string(cloud.sent()[-1], policy=default)
    assert sent["To"] == "eve@evil.example"
    text = f"{sent['Subject']}\n{parse(cloud.sent()[-1].encode()).text}"
    own_number = filed.number, spell(filed.number), thread(room, filed.number)
    for own in (*own_number, r"key=\S+"):
        text = re.sub(own, "", text)
    return text


@pytest.mark.parametrize("subject", ["status {}", "[#{}] status", "Re: [#{}] No dial tone"])
@pytest.mark.parametrize("text", ["status", "", "Hello."])
def test_the_answer_does_not_tell_whether_there_is_such_a_ticket(
    cloud: Memory, room: MailRoom, mailer: Mailer, ann: Thread, subject: str, text: str
) -> None:
    absent = "0000-0000"
    numbers = (ann.ticket.number, absent)
    first, second = (
        answer_to(cloud, room, mailer, mail(EVE, text, subject=subject.format(number)))
        .replace(number, "")
        for number in numbers
    )  # fmt: skip
    assert first == second
    assert "ann" not in first.replace("annot", "").casefold()


@pytest.mark.parametrize(
    "headers",
    [
        {},  # of no mail that we know
        {"enclosed": "Message-ID: <{ses}>"},
        {"enclosed": "Message-ID: <{ses}>\nIn-Reply-To: <first@example.org>"},
        {"enclosed": "Message-ID: <{ses}>\nReply-To: problem+{guess}@support.jet.net"},
        {"enclosed": "Message-ID: <{ses}>", "subject": SUBJECT},
    ],
    ids=lambda given: " ".join(given.values()),
)
def test_d7_c3_a_strangers_report_is_no_report_and_kills_no_address(
    cloud: Memory, room: MailRoom, ann: Thread, headers: dict[str, str]
) -> None:
    guess = thread(room, ann.ticket.number)[:8] + "a" * 20
    told = {"number": ann.ticket.number, "ses": ann.ses, "guess": guess}
    given = {name: value.format(**told) for name, value in headers.items()}
    for sender in ("MAILER-DAEMON@evil.example", "eve@example.org"):
        untouched(cloud, room, ann, report(sender=sender, **given))
    assert not room.dead.why("ann@example.org", NOW)
