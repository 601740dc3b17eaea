"""Takes a mail in: from the raw object to a ticket or a message on one, then puts it away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.text import safe
from netdesk.ticket import MESSAGE_LIMIT, Attachment, Entry, Person, Ticket, act
from ticket_intake import token
from ticket_intake.desk import Desk, change_ticket, digest, open_ticket
from ticket_intake.mail import Mail, parse
from ticket_intake.mail.body import NOT_READ_IN_FULL
from ticket_intake.mail.rules import answerable
from ticket_intake.report import Report

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

INBOUND = "inbound/"
LEFT_LYING = timedelta(seconds=60)
NO_SUBJECT = "(no subject)"
FILES = 50  # of one mail: each is a request to S3, and all are named in one row
SES_NOTE = f"{INBOUND}AMAZON_SES_SETUP_NOTIFICATION"  # SES writes it once; it is no mail


@dataclass(frozen=True)
class MailRoom:
    desk: Desk
    client: "S3Client"
    bucket: str


def take_in(room: MailRoom, key: str, now: datetime) -> Ticket | None:
    """The ticket that this object became or was added to; None when it is not there any more."""
    raw = _read(room, key)
    if raw is None or key == SES_NOTE:
        return None
    mail = parse(raw)
    number = _thread(room.desk, mail)
    ticket = _follow_up(room.desk, number, mail, now) if number else _new(room.desk, mail, now)
    _put_away(room, key, raw, now)
    return ticket


def left_lying(room: MailRoom, now: datetime) -> Iterator[str]:
    """Keys of mail that should long have been taken in: its event was lost, or it failed."""
    pages = room.client.get_paginator("list_objects_v2").paginate(
        Bucket=room.bucket, Prefix=INBOUND
    )
    for page in pages:
        for item in page.get("Contents", []):
            if now - item["LastModified"] > LEFT_LYING:
                yield item["Key"]


def _thread(desk: Desk, mail: Mail) -> str | None:
    """The ticket whose signed token the mail carries: in our plus-address, or as a reference."""
    user = desk.provider.mail.partition("@")[0]
    addressed = [local.partition("@")[0].partition("+") for local in mail.recipients]
    tokens = [plus for name, _, plus in addressed if plus and name.lower() == user.lower()]
    tokens += [id_.partition("@")[0] for id_ in (*mail.references, *mail.in_reply_to)]
    found = (token.verify(desk.secret, given) for given in tokens)
    number = next((number for number in found if number), None)
    return number if number and desk.tickets.read(number) else None


def _new(desk: Desk, mail: Mail, now: datetime) -> Ticket:
    report = Report(
        person=Person(name=mail.sender_name, email=mail.sender),
        category=desk.provider.categories[0].key,
        subject=mail.subject or NO_SUBJECT,
        message=_shown(mail, mail.text),
        source="mail",
        attachments=_attachments(desk, mail),
        message_id=mail.message_id,
        acknowledge=_may_answer(desk, mail),
    )
    return open_ticket(desk, report, (_once(mail),), now)


def _follow_up(desk: Desk, number: str, mail: Mail, now: datetime) -> Ticket:
    """The customer's message reopens the ticket; a machine's answer is kept for staff alone."""
    entry = Entry(
        at=now,
        who="mail system" if mail.no_answer else "customer",
        kind="message",
        text=_shown(mail, mail.reply) or "(no text)",
        attachments=_attachments(desk, mail),
        message_id=mail.message_id,
    )
    verb = "note" if mail.no_answer else "message"
    return change_ticket(desk, number, lambda t: act(t, verb, entry), now, (_once(mail),))


def _shown(mail: Mail, text: str) -> str:
    """As much as a page can hold; the raw mail keeps the rest."""
    whole = safe(text).strip()
    if len(whole) <= MESSAGE_LIMIT and len(mail.attachments) <= FILES:
        return whole
    return f"{whole[: MESSAGE_LIMIT - len(NOT_READ_IN_FULL) - 2]}\n\n{NOT_READ_IN_FULL}"


def _attachments(desk: Desk, mail: Mail) -> tuple[Attachment, ...]:
    """What a virus scan let pass is kept apart; the rest is named, and stays in the raw mail."""
    files = mail.attachments[:FILES]
    if mail.verdicts.virus == "PASS":
        return tuple(desk.files.keep(file.name, file.media_type, file.content) for file in files)
    return tuple(Attachment(f.name, f.media_type, len(f.content), digest="") for f in files)


def _may_answer(desk: Desk, mail: Mail) -> bool:
    """Never to machines, to ourselves, or to an address that was forged."""
    own = frozenset(address.lower() for address in (desk.provider.mail, desk.provider.known_as))
    said = mail.verdicts
    forged = said.dmarc == "FAIL" or (said.spf == "FAIL" and said.dkim != "PASS")
    unwanted = "FAIL" in (said.spam, said.virus)
    return answerable(mail, own) is None and not forged and not unwanted


def _once(mail: Mail) -> str:
    """The mail's own id names it, with who wrote it and what; without one, its bytes do.

    Devices are known that give every mail the same id.
    """
    named = (mail.sender.lower(), mail.message_id, mail.subject, mail.text)
    return digest("mail", *(named if mail.message_id else (mail.fingerprint,)))


def _read(room: MailRoom, key: str) -> bytes | None:
    try:
        return room.client.get_object(Bucket=room.bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise


def _put_away(room: MailRoom, key: str, raw: bytes, now: datetime) -> None:
    """Both steps may be done twice; between them the mail is in both places, never in none."""
    kept = f"mail/{now:%Y/%m}/{key.removeprefix(INBOUND)}"
    room.client.put_object(Bucket=room.bucket, Key=kept, Body=raw)
    room.client.delete_object(Bucket=room.bucket, Key=key)
