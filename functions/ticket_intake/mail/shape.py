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
    loops: tuple[str, ...]  # addresses in X-Loop
    fingerprint: str  # of what the sender wrote: names a mail that has no Message-ID
