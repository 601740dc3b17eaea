import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from netdesk.ticket import MESSAGE_LIMIT, Ticket, act
from tests.desk import MINUTE, NOW, Cloud, Door, entry, mail_event, provider, report
from ticket_intake import token
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.mail_intake import MailRoom, left_lying, take_in

# On top of each mail, as SES writes it.
BLOCK = """\
Return-Path: <ann@example.org>
Received: from mx.example.org (mx.example.org [192.0.2.7])
 by inbound-smtp.us-west-2.amazonaws.com with SMTP id 1a2b3c
 for problem@support.example.net; Mon, 23 Nov 2026 17:00:00 +0000 (UTC)
X-SES-Spam-Verdict: {spam}
X-SES-Virus-Verdict: PASS
Received-SPF: {spf}
Authentication-Results: amazonses.com; spf={spf} client-ip=192.0.2.7;
 dkim={dkim} header.i=@example.org; dmarc={dmarc} header.from=example.org;
X-SES-RECEIPT: QUVGQkJCQkJC
"""
CUT = "[This mail could not be read in full. The original is kept.]"
GOOD = {"spam": "PASS", "spf": "pass", "dkim": "pass", "dmarc": "pass"}


@pytest.fixture
def room(cloud: Cloud, desk: Desk) -> MailRoom:
    return MailRoom(desk, cloud.s3, cloud.name("MailBucket"))


@pytest.fixture
def mail(door: Callable[..., Door]) -> Door:
    return door("MailFunction")


def raw(text: str = "It is dead.", *files: tuple[str, bytes], **headers: str) -> bytes:
    """A mail as SES stores it; a header's dashes are written as underscores."""
    verdicts = GOOD | {name: headers.pop(name) for name in GOOD.keys() & headers.keys()}
    message = EmailMessage()
    given = {"from": "Ann <ann@example.org>", "to": "problem@support.example.net"}
    given |= {"subject": "No dial tone", "message_id": "<first@example.org>"} | headers
    for name, value in given.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="text", subtype="x-log", filename=name)
    return BLOCK.format(**verdicts).encode() + message.as_bytes()


def arrives(room: MailRoom, content: bytes, key: str = "inbound/one") -> Ticket | None:
    room.client.put_object(Bucket=room.bucket, Key=key, Body=content)
    return take_in(room, key, NOW)


def kinds(desk: Desk, number: str) -> list[tuple[str, str, str]]:
    return [(told.who, told.kind, told.text) for told in desk.tickets.entries(number)]


# --- a new ticket --------------------------------------------------------------------------------


def test_a_mail_becomes_a_ticket_with_an_acknowledgement(cloud: Cloud, room: MailRoom) -> None:
    content = raw("It is dead.\n\nReally.", ("log.txt", b"line"))
    ticket = arrives(room, content)
    assert ticket is not None
    assert (ticket.subject, ticket.source, ticket.state) == ("No dial tone", "mail", "open")
    assert (ticket.person.name, ticket.person.email) == ("Ann", "ann@example.org")
    [told] = room.desk.tickets.entries(ticket.number)
    assert told.text.splitlines() == ["It is dead.", "", "Really."]
    assert told.message_id == "first@example.org"
    digest = hashlib.sha256(b"line").hexdigest()
    [file] = told.attachments
    assert (file.name, file.media_type, file.size, file.digest) == (
        "log.txt", "text/x-log", 4, digest
    )  # fmt: skip
    assert f"attachment/{digest}" in cloud.objects("filesbucket")
    assert [row["letter"] for row in cloud.outbox()] == ["acknowledgement"]


def test_the_raw_mail_moves_from_inbound_to_its_months_place(cloud: Cloud, room: MailRoom) -> None:
    content = raw()
    arrives(room, content, "inbound/abc")
    assert cloud.objects("mailbucket") == {"mail/2026/11/abc": content}


def test_the_same_mail_twice_is_one_ticket(cloud: Cloud, room: MailRoom) -> None:
    first = arrives(room, raw())
    assert arrives(room, raw(), "inbound/two") == first
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)
    assert cloud.objects("mailbucket").keys() == {"mail/2026/11/one", "mail/2026/11/two"}


@pytest.mark.parametrize(
    ("second", "tickets"),
    [
        (raw("Other words.", message_id=""), 2),
        (raw(message_id=""), 1),
    ],
)
def test_without_an_id_the_bytes_say_whether_it_is_the_same(
    cloud: Cloud, room: MailRoom, second: bytes, tickets: int
) -> None:
    arrives(room, raw(message_id=""))
    arrives(room, second, "inbound/two")
    assert len(cloud.tickets()) == tickets


def test_anothers_id_does_not_make_it_anothers_mail(cloud: Cloud, room: MailRoom) -> None:
    arrives(room, raw())
    arrives(room, raw("Hi.", **{"from": "bob@example.org"}), "inbound/two")
    assert len(cloud.tickets()) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"precedence": "bulk"},
        {"list_id": "<list.example.org>"},
        {"from": "MAILER-DAEMON@example.org"},
        {"from": provider().mail},
        {"dmarc": "fail"},
        {"spf": "fail", "dkim": "none", "dmarc": "none"},
        {"spam": "FAIL"},
    ],
)
def test_what_must_not_be_answered_is_a_ticket_without_a_mail(
    cloud: Cloud, room: MailRoom, headers: dict[str, str]
) -> None:
    assert arrives(room, raw(**headers)) is not None
    assert (len(cloud.tickets()), cloud.outbox()) == (1, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"spf": "fail", "dkim": "pass"},  # forwarded
        {"dmarc": "none", "spf": "none", "dkim": "none"},  # a domain without any of it
    ],
)
def test_honest_mail_of_poor_domains_is_acknowledged(
    cloud: Cloud, room: MailRoom, headers: dict[str, str]
) -> None:
    arrives(room, raw(**headers))
    assert len(cloud.outbox()) == 1


def test_an_empty_mail_is_a_ticket_too(room: MailRoom) -> None:
    ticket = arrives(room, b"")
    assert ticket is not None
    assert (ticket.subject, ticket.person.email) == ("(no subject)", "")


def test_a_mail_that_is_too_long_to_show_is_cut_with_a_mark(room: MailRoom) -> None:
    """A page of many megabytes could not be answered; the raw mail keeps the rest."""
    for content in (raw("x" * 150_000), follow_up(room, "y" * 150_000)):
        ticket = arrives(room, content)
        assert ticket is not None
        text = room.desk.tickets.entries(ticket.number)[-1].text
        assert len(text) <= MESSAGE_LIMIT
        assert text.endswith(CUT)


@pytest.mark.parametrize(("count", "kept", "text"), [(50, 50, "x"), (51, 50, f"x\n\n{CUT}")])
def test_of_very_many_files_the_first_are_kept_with_a_mark(
    room: MailRoom, count: int, kept: int, text: str
) -> None:
    ticket = arrives(room, raw("x", *[(f"{place}.log", b"line") for place in range(count)]))
    assert ticket is not None
    [told] = room.desk.tickets.entries(ticket.number)
    assert (len(told.attachments), told.text) == (kept, text)


@pytest.mark.parametrize("before", ["GRAY", "FAIL", None])
def test_files_that_no_scan_let_pass_are_named_but_not_kept(
    cloud: Cloud, room: MailRoom, before: str | None
) -> None:
    content = raw("x", ("log.txt", b"line"))
    verdict = b"X-SES-Virus-Verdict: PASS\n"
    told = verdict.replace(b"PASS", before.encode()) if before else b""
    ticket = arrives(room, content.replace(verdict, told))
    assert ticket is not None
    [file] = room.desk.tickets.entries(ticket.number)[0].attachments
    assert (file.name, file.size, file.digest) == ("log.txt", 4, "")
    assert cloud.objects("filesbucket") == {}


@runs(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", BLOCK.format(**GOOD).encode()]))
def test_any_bytes_are_taken_in_and_put_away(
    cloud: Cloud, room: MailRoom, content: bytes, before: bytes
) -> None:
    assert arrives(room, before + content) is not None
    assert cloud.objects("mailbucket", "inbound/") == {}


# --- an answer on a ticket -----------------------------------------------------------------------


def known(room: MailRoom) -> Ticket:
    return open_ticket(room.desk, report(), ("known",), NOW)


def thread(room: MailRoom, number: str) -> str:
    return token.sign(room.desk.secret, number)


def follow_up(room: MailRoom, text: str, **headers: str) -> bytes:
    to = room.desk.provider.mail.replace("@", f"+{thread(room, known(room).number)}@")
    return raw(text, **{"to": to, "message_id": f"<{text[:3].strip()}@example.org>"} | headers)


@pytest.mark.parametrize("place", ["to", "cc", "references", "in_reply_to"])
@pytest.mark.parametrize("change", [str, str.upper])
def test_the_signed_token_leads_a_mail_to_its_ticket(
    cloud: Cloud, room: MailRoom, place: str, change: Any
) -> None:
    ticket = known(room)
    signed = change(thread(room, ticket.number))
    user, _, domain = room.desk.provider.mail.partition("@")
    written = (
        f"Desk <{user}+{signed}@{domain}>" if place in ("to", "cc")
        else f"<other@example.org> <{signed}@{domain}>"
    )  # fmt: skip
    answer = arrives(room, raw("Still dead.", **{place: written, "message_id": "<2@example.org>"}))
    assert answer is not None and answer.number == ticket.number
    assert kinds(room.desk, ticket.number)[1:] == [("customer", "message", "Still dead.")]
    assert len(cloud.tickets()) == 1


@pytest.mark.parametrize("plus", ["+{forged}@", "+{unknown}@", "+{empty}@", "+K7Q2-9WXA@"])
def test_a_token_that_nobody_signed_is_a_new_ticket(
    cloud: Cloud, room: MailRoom, plus: str
) -> None:
    ticket = known(room)
    forged = token.sign(b"another secret", ticket.number)
    unknown = thread(room, "0000-0000")
    plus = plus.format(forged=forged, unknown=unknown, empty="")
    address = room.desk.provider.mail.replace("@", plus)
    thread_id = f"<{forged}@support.example.net>"
    answer = arrives(room, raw("Hello.", to=address, references=thread_id))
    assert answer is not None and answer.number != ticket.number
    assert len(cloud.tickets()) == 2


def test_an_answer_opens_a_resolved_ticket_again_and_is_not_acknowledged(
    cloud: Cloud, room: MailRoom
) -> None:
    content = follow_up(room, "No.\n\nOn Mon, 2 Nov 2026 at 9:15, Desk wrote:\n> Works now?\n")
    number = known(room).number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    before = len(cloud.outbox())
    ticket = arrives(room, content)
    assert ticket is not None and ticket.state == "open"
    assert kinds(room.desk, number)[-1] == ("customer", "message", "No.")
    assert len(cloud.outbox()) == before


@pytest.mark.parametrize(
    "headers",
    [{"from": "MAILER-DAEMON@example.org"}, {"auto_submitted": "auto-replied"}],
)
def test_a_machines_answer_is_kept_for_staff_and_opens_nothing(
    room: MailRoom, headers: dict[str, str]
) -> None:
    content = follow_up(room, "I am away.", **headers)
    number = known(room).number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    ticket = arrives(room, content)
    assert ticket is not None and ticket.state == "resolved"
    told = room.desk.tickets.entries(number)[-1]
    assert (told.who, told.text, told.public) == ("mail system", "I am away.", False)


def test_the_same_answer_twice_is_kept_once(room: MailRoom) -> None:
    content = follow_up(room, "Still dead.")
    first = arrives(room, content)
    assert arrives(room, content, "inbound/two") == first
    assert len(kinds(room.desk, known(room).number)) == 2


@pytest.mark.parametrize("text", ["", " \n", "\u200b", " \u200b\u00a0\u200b "])
def test_an_answer_without_a_visible_word_is_kept(room: MailRoom, text: str) -> None:
    assert arrives(room, follow_up(room, text, message_id="<2@example.org>")) is not None
    assert kinds(room.desk, known(room).number)[-1] == ("customer", "message", "(no text)")


# --- the door ------------------------------------------------------------------------------------


def put(cloud: Cloud, key: str, content: bytes) -> str:
    cloud.s3.put_object(Bucket="mailbucket", Key=key, Body=content)
    return key


def test_the_queues_message_names_the_mail_to_take_in(cloud: Cloud, mail: Door) -> None:
    put(cloud, "inbound/a b+c", raw())
    assert mail(mail_event("inbound/a+b%2Bc")) == {"batchItemFailures": []}
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/") == {}


def test_a_mail_that_is_gone_was_taken_in_by_somebody_else(cloud: Cloud, mail: Door) -> None:
    put(cloud, "inbound/one", raw())
    event = mail_event("inbound/one")
    assert mail(event) == mail(event) == {"batchItemFailures": []}
    assert len(cloud.tickets()) == 1


def test_what_is_no_inbound_mail_is_let_lie(cloud: Cloud, mail: Door) -> None:
    put(cloud, "mail/2026/11/old", raw())
    put(cloud, "inbound/AMAZON_SES_SETUP_NOTIFICATION", b"Hello")
    event = mail_event("mail/2026/11/old", "inbound/AMAZON_SES_SETUP_NOTIFICATION")
    event["Records"] += [{"messageId": "test", "body": '{"Event": "s3:TestEvent"}'}]
    assert mail(event) == {"batchItemFailures": []}
    assert cloud.tickets() == []


def test_only_the_mail_that_failed_comes_again(
    cloud: Cloud, mail: Door, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.s3.delete_bucket(Bucket="filesbucket")
    put(cloud, "inbound/bad", raw("canary", ("a.log", b"canary")))
    put(cloud, "inbound/good", raw("Hi.", message_id="<2@example.org>"))
    answer = mail(mail_event("inbound/bad", "inbound/good"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/").keys() == {"inbound/bad"}
    logged = caplog.text + str([vars(record) for record in caplog.records])
    assert "a mail was not taken in" in logged
    assert "canary" not in logged
    assert "ann@example.org" not in logged


def test_only_what_lies_for_more_than_a_minute_is_left_lying(cloud: Cloud, room: MailRoom) -> None:
    put(cloud, "inbound/one", raw())
    put(cloud, "mail/2026/11/old", raw())
    now = datetime.now(UTC)
    assert list(left_lying(room, now + timedelta(seconds=50))) == []
    assert list(left_lying(room, now + timedelta(seconds=62))) == ["inbound/one"]


def test_the_minute_takes_in_what_was_left_lying_and_one_bad_mail_delays_no_other(
    cloud: Cloud, mail: Door
) -> None:
    cloud.s3.delete_bucket(Bucket="filesbucket")
    put(cloud, "inbound/bad", raw("x", ("a.log", b"x")))
    put(cloud, "inbound/good", raw())
    assert mail(MINUTE) == {"failed": 0}
    assert cloud.tickets() == []
    age(cloud, timedelta(seconds=61))
    assert mail(MINUTE) == {"failed": 1}
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/").keys() == {"inbound/bad"}


def age(cloud: Cloud, by: timedelta) -> None:
    for key in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["mailbucket"].keys.values():
        key.last_modified -= by
