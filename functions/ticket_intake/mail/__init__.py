"""A mail as the desk understands it, from the bytes of a stranger."""

import hashlib
import re
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Compat32

from netdesk.text import one_line
from ticket_intake.mail import headers as read
from ticket_intake.mail import ses_block
from ticket_intake.mail.body import Body, attempt, clean, read_body
from ticket_intake.mail.charset import decode
from ticket_intake.mail.headers import Headers
from ticket_intake.mail.reply import written
from ticket_intake.mail.rules import no_answer
from ticket_intake.mail.shape import Attachment, Mail

__all__ = ["Attachment", "Mail", "parse"]

# SES stores at most 40 MB: https://docs.aws.amazon.com/ses/latest/dg/quotas.html
_MOST_BYTES = 40 * 1024 * 1024
_MOST_LINES = 1_500_000
# The standard parser compares each line with every boundary that is open, so what costs time is
# the product of the two; 30 million take about 5 seconds. At 1,000 nested parts it gives up.
_MOST_COMPARISONS = 30_000_000
_MOST_BOUNDARIES = 1_000
_LONGEST_FIELD = 16_384
_LONGEST_RAW_TEXT = 200_000
_LONGEST_SUBJECT = 250

_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
_SENDER_FIELDS = ("from", "reply-to", "return-path", "sender")
_RECIPIENT_FIELDS = ("to", "cc", "delivered-to", "x-original-to")


class _Policy(Compat32):
    """Raw header values, cut where reading their parameters would take quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_FIELD]


def parse(raw: bytes) -> Mail:
    """Read a mail; bad fields come out empty or repaired, and no bytes make this raise."""
    verdicts, start = ses_block.split(raw)
    message, body = _opened(raw)
    headers = read.collect(message)
    subject = one_line(read.decoded(_first(headers, "subject")), _LONGEST_SUBJECT)
    sender_name, sender = _sender(headers)
    text = body.text()
    return Mail(
        subject=subject,
        sender=sender,
        sender_name=sender_name,
        message_id=next(iter(read.ids(_first(headers, "message-id"))), ""),
        references=read.ids(_first(headers, "references")),
        in_reply_to=read.ids(_first(headers, "in-reply-to")),
        recipients=tuple(dict.fromkeys(_addresses(headers, *_RECIPIENT_FIELDS))),
        text=text,
        reply=written(text),
        attachments=tuple(body.attachments),
        no_answer=no_answer(headers, frozenset(body.types), subject),
        verdicts=verdicts,
        loops=_addresses(headers, "x-loop"),
        fingerprint=hashlib.sha256(raw[start:]).hexdigest(),
    )


def _opened(raw: bytes) -> tuple[Message, Body]:
    """The mail's headers and what its parts hold, as far as they can be read."""
    parser = BytesParser(policy=_Policy())
    message = attempt(lambda: parser.parsebytes(raw), None) if _is_bounded(raw) else None
    return (message, read_body(message)) if message is not None else _unopened(raw)


def _unopened(raw: bytes) -> tuple[Message, Body]:
    """For mail that no parser should touch: its headers, and the beginning of it as it stands."""
    head = raw[:_LONGEST_RAW_TEXT]
    parser = BytesHeaderParser(policy=_Policy())
    message = attempt(lambda: parser.parsebytes(head), Message())
    body = Body()
    body.types.add(attempt(message.get_content_type, ""))
    body.texts.append(clean(decode(head, None)))
    body.say_not_read_in_full()
    return message, body


def _is_bounded(raw: bytes) -> bool:
    if len(raw) > _MOST_BYTES:
        return False
    lines = raw.count(b"\n") + raw.count(b"\r")
    boundaries = len(_BOUNDARY.findall(raw))
    if lines > _MOST_LINES or boundaries > _MOST_BOUNDARIES:
        return False
    return lines * boundaries <= _MOST_COMPARISONS


def _first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def _addresses(headers: Headers, *names: str) -> tuple[str, ...]:
    values = (value for name in names for value in headers.get(name, ()))
    return tuple(address for value in values for _, address in read.addresses(value))


def _sender(headers: Headers) -> tuple[str, str]:
    """The first field that holds something like an address: a mail is never lost for its From."""
    for name in _SENDER_FIELDS:
        for value in headers.get(name, ()):
            for mailbox in read.addresses(value):
                return mailbox
    return "", ""
