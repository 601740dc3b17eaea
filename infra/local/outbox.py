"""The outbox: what SES would have sent, kept as files and shown as a list."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class SentMail:
    to: str
    subject: str
    headers: dict[str, str]
    text: str

    def as_json(self) -> dict[str, Any]:
        return {"to": self.to, "subject": self.subject, "headers": self.headers, "text": self.text}


class Sink:
    """Takes what the emulator's SES relays; numbers the files, so that the newest is last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        number = len(list(self._folder.iterdir())) + 1
        part = self._folder / "incoming.part"
        part.write_bytes(bytes(envelope.original_content or b""))
        part.rename(self._folder / f"{number:06d}.eml")
        return "250 kept"

    def mails(self) -> list[SentMail]:
        return list(self._read())

    def _read(self) -> Iterator[SentMail]:
        for path in sorted(self._folder.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=default)
            assert isinstance(message, EmailMessage)  # noqa: S101 - policy.default makes these
            body = message.get_body(("plain",))
            yield SentMail(
                to=str(message["To"]),
                subject=str(message["Subject"]),
                headers={name: str(value) for name, value in message.items()},
                text=body.get_content() if body else "",
            )


def listen(sink: Sink, port: int) -> Controller:
    return Controller(sink, hostname="127.0.0.1", port=port)
