import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.mail.machines.bounce import read
from ticket_intake.mail.shape import Bounce
from ticket_intake.mail.structure.parts import opened

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: problem@support.example.net
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary=b

--b

This is the mail system at host mx.example.net.
--b
Content-Type: message/{kind}

{fields}

--b
Content-Type: {enclosed}

Return-Path: <problem+VERP1@support.example.net>
From: Desk <problem+FROM1@support.example.net>
Reply-To: Desk
 <problem+TOKEN1@support.example.net>
Message-ID: <sent@ses.example>
In-Reply-To: <two@example.org>
References: <TOKEN1@support.example.net>
 <two@example.org>
Subject: [#K7Q2-9WXA] No dial tone

Hello.
--b--
"""
STATUS = """\
Reporting-MTA: dns; mx.example.net
Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; bob@Example.ORG
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""


def bounce(raw: str) -> Bounce | None:
    return read(opened(raw.encode()))


def report(fields: str, kind: str = "delivery-status", enclosed: str = "message/rfc822") -> str:
    return REPORT.format(fields=fields, kind=kind, enclosed=enclosed)


def status(action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 unknown") -> str:
    return report(STATUS.format(action=action, status=status, said=said))


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers"])
def test_d7_a_bounce_names_the_mail_that_bounced(enclosed: str) -> None:
    fields = STATUS.format(action="failed", status="5.1.1", said="550 5.1.1 unknown")
    assert bounce(report(fields, enclosed=enclosed)) == Bounce(
        "permanent",
        ("bob@example.org",),
        ("sent@ses.example", "two@example.org", "TOKEN1@support.example.net"),
        ("TOKEN1", "FROM1", "VERP1"),
        "sent@ses.example",
    )


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (("failed", "5.1.0", ""), "permanent"),
        (("failed", "5.1.1", ""), "permanent"),
        (("Failed (by me)", "5.1.2 (bad domain)", ""), "permanent"),
        (("failed", "5.1.3", ""), "permanent"),
        (("failed", "5.1.6", ""), "permanent"),
        (("failed", "5.1.10", ""), "permanent"),
        (("failed", "5.2.1", ""), "permanent"),
        (("failed", "5.4.4", ""), "permanent"),
        (("failed", "5.0.0", "550 5.1.1 no such user"), "permanent"),
        (("failed", "5.0.0", "550 no such user"), "permanent"),
        (("failed", "", "550 Requested action not taken"), "permanent"),
        (("failed", "5.0.0", "550 blocked as spam"), "failed"),
        (("failed", "5.0.0", "554 no thanks"), "failed"),
        (("failed", "5.2.2", "552 5.2.2 mailbox full"), "failed"),
        (("failed", "5.3.4", "552 5.3.4 too large"), "failed"),
        (("failed", "5.7.1", "550 5.7.1 refused"), "failed"),
        (("failed", "5.3.0", "553 5.3.0 user unknown"), "failed"),
        (("failed", "4.4.7", "421 4.4.7 given up"), "failed"),
        (("delayed", "4.4.1", "will try again"), "delayed"),
        (("delayed", "5.1.1", ""), "delayed"),
        (("", "4.4.1", "450 4.4.1 timed out"), "delayed"),
    ],
    ids=" ".join,
)
def test_c3_a12_the_status_tells_dead_from_delayed(fields: tuple[str, str, str], kind: str) -> None:
    found = bounce(status(*fields))
    assert found and (found.kind, found.addresses) == (kind, ("bob@example.org",))


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    assert bounce(status(action, "2.0.0", "250 ok")) is None


def test_of_several_recipients_the_gravest_failures_count() -> None:
    groups = "\n".join(
        f"Original-Recipient: rfc822;{who}@example.org\n"
        f"Final-Recipient: rfc822; <{who}2@b.example>\n"
        f"Action: failed\nStatus: {code}\n"
        for who, code in [("ann", "5.2.2"), ("bob", "5.1.1"), ("eve", "5.1.1")]
    )
    found = bounce(report(f"Reporting-MTA: dns; a.example\n\n{groups}"))
    assert found and found.kind == "permanent"
    assert found.addresses == (
        "bob@example.org",
        "bob2@b.example",
        "eve@example.org",
        "eve2@b.example",
    )


def test_the_id_may_stand_among_the_reports_fields() -> None:
    fields = "X-Original-Message-ID: <gone@ses.example>\n\nFinal-Recipient: rfc822; a@b.example"
    found = bounce(report(f"{fields}\nAction: failed\nStatus: 5.1.1", enclosed="text/plain"))
    assert found and "gone@ses.example" in found.ids


@pytest.mark.parametrize(
    ("feedback", "found"),
    [
        ("Feedback-Type: abuse\nOriginal-Rcpt-To: <bob@example.org>", ("bob@example.org",)),
        ("Feedback-Type: fraud", ()),
        ("Feedback-Type: not-spam", None),
        ("Feedback-Type: auth-failure", None),
    ],
)
def test_a_complaint_is_no_dead_address(feedback: str, found: tuple[str, ...] | None) -> None:
    got = bounce(report(feedback, kind="feedback-report"))
    expected = None if found is None else ("complaint", found)
    assert (got and (got.kind, got.addresses)) == expected
    assert got is None or got.tokens[0] == "TOKEN1"


def test_a_read_receipt_is_no_bounce() -> None:
    receipt = report("Final-Recipient: rfc822; bob@example.org", kind="disposition-notification")
    assert bounce(receipt) is None


PERSON = "From: Bob <bob@example.org>\nReturn-Path: <bob@example.org>\nSubject: {subject}\n"
ENCLOSED = (
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nWhat is this?\n--c\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        PERSON.format(subject="bounce")
        + ENCLOSED
        + f"Content-Type: message/rfc822\n\n{status()}\n--c--",
        PERSON.format(subject="Fwd: Undeliverable: x")
        + ENCLOSED
        + f"Content-Type: message/delivery-status\n\n{STATUS}\n--c--",
        PERSON.format(subject="Re: failure notice")
        + "\nHi. This is the qmail-send program at a.example.\n\n<bob@example.org>:\n550 unknown",
        PERSON.format(subject="x")
        + ENCLOSED.replace("mixed", "report")
        + "\nann@example.org\n--c--",
        PERSON.format(subject="help") + "\n<ann@example.org> does not exist, you say?",
        PERSON.format(subject="Out of office: x") + "\nI am away, write to ann@example.org.",
        PERSON.format(subject="x")
        + "Return-Path: <>\nAuto-Submitted: auto-replied\n\nann@example.org",
    ],
    ids=["enclosed", "parts", "quoted", "empty", "asked", "away", "automatic"],
)
def test_what_a_person_sends_on_is_no_bounce(raw: str) -> None:
    assert bounce(raw) is None


ALPHABET = [
    "Content-Type: multipart/report; boundary=b\n",
    "\n",
    "--b\n",
    "--b--",
    "Status: 5.1.1\n",
]
ALPHABET += ["Content-Type: message/delivery-status\n", "Final-Recipient: rfc822;a@b\n", "a@b", "<"]
ALPHABET += ["Subject: failure notice\n", "From: MAILER-DAEMON\n", "Action: failed\n", " ", "\xff"]


@given(st.lists(st.sampled_from(ALPHABET) | st.text(max_size=3)).map("".join))
def test_no_bytes_raise(text: str) -> None:
    found = bounce(text)
    assert found is None or found.kind in ("permanent", "failed", "delayed", "complaint")


UNITS = ["a@b.example ", "<a@b>:\n", "\n", "to ", "message-id: <a@b>\n", "message-id:\n ", "user "]
UNITS += [
    "5.1.1 ",
    "- ",
    "account ",
    "a",
    "@",
    "original message ",
    "Final-Recipient: rfc822;a@b\n\n",
]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", ["text/plain", "message/delivery-status"])
def test_hostile_repetition_takes_linear_time(kind: str, unit: str) -> None:
    head = f"Subject: failure notice\nFrom: MAILER-DAEMON\nContent-Type: {kind}\n\n"
    found = bounce(head + unit * (200_000 // len(unit)))
    assert found is None or len(found.addresses) <= 100


def test_of_very_many_recipients_and_mails_the_first_are_read() -> None:
    mails = "".join(
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{n}@b>\n" for n in range(20)
    )
    found = bounce(report("Final-Recipient: rfc822;a@b\n\n").replace("--b--", mails + "--b--"))
    assert found and len(found.ids) == 12
    reached = "Final-Recipient: rfc822;a@b\nAction: delivered\n\n" * 500
    assert bounce(report(f"{reached}Final-Recipient: rfc822;c@d\nAction: failed")) is None
