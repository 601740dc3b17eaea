"""Mails as SES stores them, and a desk that takes them in."""

from datetime import datetime
from email.message import EmailMessage

from netdesk.ticket import Ticket
from tests.desk import NOW, Cloud, report
from ticket_intake import token
from ticket_intake.desk import Desk, open_ticket
from ticket_intake.mailroom.intake import MailRoom, take_in
from ticket_intake.mailroom.register import Filed

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


def delivered(
    cloud: Cloud, room: MailRoom, content: bytes, key: str = "inbound/one", now: datetime = NOW
) -> Filed:
    """What became of a mail that SES stored just now."""
    cloud.s3.put_object(Bucket=cloud.name("MailBucket"), Key=key, Body=content)
    filed = take_in(room, key, now)
    assert filed is not None
    return filed


def arrives(
    cloud: Cloud, room: MailRoom, content: bytes, key: str = "inbound/one", now: datetime = NOW
) -> Ticket:
    """The ticket that a mail became, or was added to."""
    ticket = room.desk.tickets.read(delivered(cloud, room, content, key, now).number)
    assert ticket is not None
    return ticket


def kinds(desk: Desk, number: str) -> list[tuple[str, str, str]]:
    return [(told.who, told.kind, told.text) for told in desk.tickets.entries(number)]


def known(room: MailRoom) -> Ticket:
    return open_ticket(room.desk, report(), ("known",), NOW)


def thread(room: MailRoom, number: str) -> str:
    return token.sign(room.desk.secret, number)


def follow_up(room: MailRoom, text: str, **headers: str) -> bytes:
    to = room.desk.provider.mail.replace("@", f"+{thread(room, known(room).number)}@")
    return raw(text, **{"to": to, "message_id": f"<{text[:3].strip()}@example.org>"} | headers)
