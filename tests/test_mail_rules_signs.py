from dataclasses import replace

import pytest

from ticket_intake.mail import parse
from ticket_intake.mail.machines.rules import answerable, is_absence, is_notice, no_answer
from ticket_intake.mail.structure.fields import Headers

OWN = frozenset({"problem@support.example.net"})


def reason(name: str, value: str, kinds: frozenset[str] = frozenset()) -> str:
    return (no_answer({name: (value,)}, kinds, "hello") or "").partition(":")[0]


@pytest.mark.parametrize(
    ("rule", "name", "value"),
    [
        ("A5", "x-auto-reply", "yes"),
        ("A5", "x-vacation", "yes"),
        ("A5", "x-apple-action", "VACATION/1"),
        ("A5", "x-ms-exchange-generated-message-source", "Mailbox Rules Agent"),
        ("A5", "x-cron-env", "<SHELL=/bin/sh>"),
        ("A8", "from", "MAILER-DAEMON (Mail Delivery System)"),
        ("A8", "from", "Mail Delivery Subsystem"),
        ("A8", "from", "mailerdaemon@example.org"),
        ("A8", "from", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org"),
        ("A8", "from", "ne-pas-repondre@example.org"),
        ("A8", "from", "nicht.antworten@example.org"),
        ("A8", "from", "nao-responda@example.org"),
        ("A8", "from", "shop.no_response@example.org"),
        ("A8", "reply-to", "noreplies@example.org"),
        ("A9", "received", "(qmail 1234 invoked for bounce); 22 Nov 2026 09:00:00 -0000"),
        ("A9", "content-class", "urn:content-classes:dsn"),
        ("A9", "x-dsncontext", "335a7efd"),
        ("A9", "x-ms-exchange-message-is-ndr", ""),
    ],
)
def test_a5_a8_a9_the_signs_of_a_machine(rule: str, name: str, value: str) -> None:
    assert reason(name, value) == rule


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "Bob <bob@postmaster.example>"),
        ("from", "mail.demon@example.org"),
        ("from", "norespond@example.org"),
        ("received", "(qmail 1234 invoked by uid 89); 22 Nov 2026 09:00:00 -0000"),
        ("content-class", "urn:content-classes:message"),
        ("x-mailer", "vacation planner"),
    ],
)
def test_a5_a8_a9_people_have_none(name: str, value: str) -> None:
    assert reason(name, value) == ""


@pytest.mark.parametrize(
    "kind", ["message/global-delivery-status", "message/global-headers", "multipart/report"]
)
def test_a9_reports_in_utf8_are_reports(kind: str) -> None:
    assert reason("subject", "hello", frozenset({kind})) == "A9"


ABSENCES: list[Headers] = [
    {"auto-submitted": ('auto-replied; owner-email="ann@example.org"',)},
    {"auto-submitted": ("auto-replied (vacation)",)},
    {"x-ms-exchange-inbox-rules-loop": ("a@b",), "x-auto-response-suppress": ("All",)},
    {"precedence": ("auto_reply",)},
    {"x-autoreply": ("yes",)},
    {"x-vacation": ("yes",)},
    {"x-apple-action": ("vacation",)},
]
NO_ABSENCES: list[Headers] = [
    {},
    {"x-ms-exchange-inbox-rules-loop": ("a@b",)},  # a rule that passes mail on
    {"x-auto-response-suppress": ("OOF",)},
    {"auto-submitted": ("auto-generated",)},
    {"auto-submitted": ("no",)},
    {"auto-submitted": ("auto-replied",), "content-type": ("multipart/report; boundary=b",)},
    {"auto-submitted": ("auto-replied",), "from": ("MAILER-DAEMON@example.org",)},
    {"auto-submitted": ("auto-replied",), "x-failed-recipients": ("bob@example.org",)},
    {"precedence": ("bulk",)},
]


@pytest.mark.parametrize("headers", ABSENCES, ids=str)
def test_a11_an_absence_is_known(headers: Headers) -> None:
    assert is_absence(headers, "hello")


@pytest.mark.parametrize("headers", NO_ABSENCES, ids=str)
def test_a11_other_mail_is_no_absence(headers: Headers) -> None:
    assert not is_absence(headers, "hello")


def test_a12_a_report_of_delay_is_a_notice_not_an_absence() -> None:
    headers = {"auto-submitted": ("auto-replied",)}
    subject = "Warning: message 1abc-2d delayed 24 hours"
    assert is_notice(headers, subject) and not is_absence(headers, subject)


def test_b1_our_own_mail_is_known_without_its_loop_header() -> None:
    lost = {"message-id": ("<1@support.example.net>",), "precedence": ("bulk",)}
    assert (no_answer(lost, frozenset(), "hello") or "").startswith("A2: ")


def test_b2_our_own_mail_is_known_by_its_loop_header() -> None:
    assert reason("x-netdesk-loop", "problem@support.example.net") == "B2"


def test_b3_one_of_several_senders_may_be_ourselves() -> None:
    found = parse(b"From: Ann <ann@example.org>\n\nHello.\n")
    twice = replace(found, senders=("ann@example.org", "Problem+T@support.example.net"))
    assert answerable(found, OWN) is None
    assert (answerable(twice, OWN) or "").startswith("B3: ")


@pytest.mark.parametrize(
    "name", ["X-Netdesk-Ticket", "X-Netdesk-State", "X-Ticket", "X-SES-RECEIPT"]
)
def test_b5_control_headers_of_a_stranger_mean_nothing(name: str) -> None:
    plain = parse(b"From: ann@example.org\nSubject: x\n\nHello.\n")
    marked = parse(f"From: ann@example.org\nSubject: x\n{name}: K7Q2-9WXA\n\nHello.\n".encode())
    assert replace(marked, fingerprint=plain.fingerprint) == plain


def test_f2_answers_may_go_elsewhere_but_the_sender_is_in_from() -> None:
    found = parse(b"Reply-To: boss@example.net\nFrom: Ann <ann@example.org>\n\nHello.\n")
    assert found.sender == "ann@example.org"
