"""The SMTP port: plays SES's receiving part, from the receipt rule to the bucket."""

import email
import re
import secrets
from datetime import UTC, datetime
from email import policy
from email.utils import format_datetime, parseaddr
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SIZE_LIMIT = 40 * 1024 * 1024  # of SES's S3 action
VERDICTS_HEADER = "X-Local-Verdicts"  # "dmarc=fail spf=fail" or "none"; taken out before SES's part
PASSING = {"spf": "pass", "dkim": "pass", "dmarc": "pass", "spam": "pass", "virus": "pass"}
POLICY = "policy"  # of the sender's domain, such as "policy=reject"; SES rarely tells it


class Receiver:
    def __init__(self, s3: Any, bucket: str, domain: str, region: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._domain = domain
        self._region = region

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.rpartition("@")[2].lower() != self._domain:
            return f"550 5.7.1 This port takes mail for {self._domain} alone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        verdicts, raw = _take_verdicts(bytes(envelope.original_content or b""))
        key = secrets.token_hex(20)
        author = _author_domain(raw)
        block = b"" if verdicts is None else self._block(envelope, session, key, verdicts, author)
        self._s3.put_object(Bucket=self._bucket, Key=f"inbound/{key}", Body=block + raw)
        return f"250 OK {key}"

    def _block(
        self, envelope: Envelope, session: Session, key: str, verdicts: dict[str, str], author: str
    ) -> bytes:
        """What SES writes on top, in its order; the last line ends with the sender's first."""
        sender = envelope.mail_from or ""
        policy = f" policy.dmarc={verdicts[POLICY]}" if POLICY in verdicts else ""
        peer = session.host_name or "localhost"
        now = format_datetime(datetime.now(UTC))
        return (
            f"Return-Path: <{sender}>\r\n"
            f"Received: from {peer} ({peer} [127.0.0.1])\r\n"
            f" by inbound-smtp.{self._region}.amazonaws.com with SMTP id {key}\r\n"
            f" for {envelope.rcpt_tos[0]}; {now}\r\n"
            f"X-SES-Spam-Verdict: {verdicts['spam'].upper()}\r\n"
            f"X-SES-Virus-Verdict: {verdicts['virus'].upper()}\r\n"
            f"Received-SPF: {verdicts['spf']} (spfCheck: local) client-ip=127.0.0.1;"
            f" envelope-from={sender}; helo={peer};\r\n"
            f"Authentication-Results: amazonses.com;\r\n"
            f" spf={verdicts['spf']} (spfCheck: local) client-ip=127.0.0.1;"
            f" envelope-from={sender}; helo={peer};\r\n"
            f" dkim={verdicts['dkim']} header.i=@{author};\r\n"
            f" dmarc={verdicts['dmarc']} header.from={author}{policy};\r\n"
            f"X-SES-RECEIPT: {secrets.token_urlsafe(30)}\r\n"
        ).encode()


def listen(receiver: Receiver, port: int) -> Controller:
    return Controller(
        receiver, hostname="127.0.0.1", port=port, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True
    )


def _take_verdicts(raw: bytes) -> tuple[dict[str, str] | None, bytes]:
    """The verdicts that the mail asks for, and the mail without asking; None for no block."""
    headers = email.message_from_bytes(raw.partition(b"\r\n\r\n")[0], policy=policy.compat32)
    wish = str(headers.get(VERDICTS_HEADER, ""))
    kept = [
        line
        for line in raw.splitlines(keepends=True)
        if not line.lower().startswith(VERDICTS_HEADER.lower().encode() + b":")
    ]
    if wish.strip() == "none":
        return None, b"".join(kept)
    asked = dict(pair.split("=", 1) for pair in wish.split() if "=" in pair)
    return PASSING | asked, b"".join(kept)


def _author_domain(raw: bytes) -> str:
    """Of the address in From, which DMARC is about."""
    head = email.message_from_bytes(raw.partition(b"\r\n\r\n")[0], policy=policy.compat32)
    address = parseaddr(str(head.get("From", "")))[1]
    return re.sub(r"[^A-Za-z0-9.-]", "", address.rpartition("@")[2]) or "localhost"
