"""What is known of a mail once it has been read."""

from dataclasses import dataclass

from ticket_intake.mail.ses_block import Verdicts


@dataclass(frozen=True)
class Attachment:
    """A part to keep but not to read; its name is text to show, never a path or a key."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """A machine's report on a mail of ours."""

    kind: str  # permanent: the address is dead; failed; delayed; complaint: called spam
    addresses: tuple[str, ...] = ()  # that were not reached
    ids: tuple[str, ...] = ()  # of the mail that it reports on, and of those that this answered
    tokens: tuple[str, ...] = ()  # the plus-parts of its Reply-To, From and Return-Path
    about: str = ""  # the id of the mail that it reports on


@dataclass(frozen=True)
class Forwarded:
    """A mail that somebody passed on in his own."""

    name: str
    address: str  # of who wrote it first
    subject: str
    text: str
    note: str = ""  # what was written above it


@dataclass(frozen=True)
class Mail:
    """One mail; ids stand without <>, and what is missing is empty."""

    subject: str
    sender: str
    sender_name: str
    message_id: str
    references: tuple[str, ...]
    in_reply_to: tuple[str, ...]
    recipients: tuple[str, ...]
    text: str  # as written: whoever shows it passes it through netdesk.text.safe
    reply: str
    attachments: tuple[Attachment, ...]
    no_answer: str | None
    verdicts: Verdicts
    loops: tuple[str, ...]  # addresses of desks that it came from, in X-Loop or our own header
    fingerprint: str  # of what the sender wrote: names a mail that has no Message-ID
    bounce: Bounce | None = None
    forwarded: Forwarded | None = None
    is_absence: bool = False  # out of office: kept, but it wakes nobody
    senders: tuple[str, ...] = ()  # every address in From: more than one proves nobody
    copied: tuple[str, ...] = ()  # addresses in To and Cc, as the sender chose them
