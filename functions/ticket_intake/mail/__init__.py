"""A mail as the desk understands it, from the bytes of a stranger."""

import hashlib

from netdesk.text import one_line
from ticket_intake.mail import forwarded, ses_block
from ticket_intake.mail.content import body, texts
from ticket_intake.mail.html import without_quotes
from ticket_intake.mail.machines import bounce
from ticket_intake.mail.machines.rules import LOOP_HEADER, is_absence, no_answer
from ticket_intake.mail.reply import written
from ticket_intake.mail.shape import Attachment, Mail
from ticket_intake.mail.structure import headers as read
from ticket_intake.mail.structure import parts
from ticket_intake.mail.structure.fields import Headers, first
from ticket_intake.mail.structure.parameters import parameters

__all__ = ["Attachment", "Mail", "parse"]

_LONGEST_SUBJECT = 250
_LONGEST_REPLY = 200_000  # what is longer, nobody wrote by hand
_LONGEST_PAGE = 1_000_000
_SENDER_FIELDS = ("from", "reply-to", "return-path", "sender")
_RECIPIENT_FIELDS = ("to", "cc", "delivered-to", "x-original-to")


def parse(raw: bytes) -> Mail:
    """Read a mail; bad fields come out empty or repaired, and no bytes make this raise."""
    verdicts, start = ses_block.split(raw)
    root = parts.opened(raw)
    headers = root.headers
    label = parameters(first(headers, "content-type")).get("charset", "")
    subject = one_line(read.decoded(first(headers, "subject"), label), _LONGEST_SUBJECT)
    sender_name, sender = _sender(headers, label)
    said = body.read(root)
    types = frozenset(part.kind for part in parts.walk(root))
    return Mail(
        subject=subject,
        sender=sender,
        sender_name=sender_name,
        message_id=next(iter(read.ids(first(headers, "message-id"))), ""),
        references=read.ids(first(headers, "references")),
        in_reply_to=read.ids(first(headers, "in-reply-to")),
        recipients=_addresses(headers, *_RECIPIENT_FIELDS),
        text=said.text,
        reply=_reply(said),
        attachments=said.attachments,
        no_answer=no_answer(headers, types, subject, said.text),
        verdicts=verdicts,
        loops=_addresses(headers, "x-loop", LOOP_HEADER.lower()),
        fingerprint=hashlib.sha256(memoryview(raw)[start:]).hexdigest(),
        bounce=bounce.read(root),
        forwarded=forwarded.read(said.text[:_LONGEST_REPLY]),
        is_absence=is_absence(headers, subject),
        senders=_addresses(headers, "from"),
        copied=_addresses(headers, "to", "cc"),
    )


def _reply(said: body.Body) -> str:
    """Where the mail is a page, its marks say more of what was quoted than its text."""
    anew = without_quotes(said.page[:_LONGEST_PAGE]) if said.page else None
    return texts.clean(anew) if anew else written(said.text[:_LONGEST_REPLY])


def _addresses(headers: Headers, *names: str) -> tuple[str, ...]:
    values = (value for name in names for value in headers.get(name, ()))
    found = (address for value in values for _, address in read.addresses(value))
    return tuple(dict.fromkeys(found))


def _sender(headers: Headers, label: str) -> tuple[str, str]:
    """The first field that holds something like an address: a mail is never lost for its From."""
    for name in _SENDER_FIELDS:
        for value in headers.get(name, ()):
            for mailbox in read.addresses(value, label):
                return mailbox
    return "", ""
