"""Mails to measure with: hostile, very large, and usual ones; all are made here."""

import base64
import binascii
import random
from collections.abc import Callable
from email.message import EmailMessage

HEAD = b"From: Ann <ann@example.org>\nSubject: No dial tone\nMIME-Version: 1.0\n"
MEGABYTE = 1_000_000


def nested() -> bytes:
    levels = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000)
    )
    return HEAD + b"".join(levels) + b"\nthe bottom\n"


def one_part(kind: bytes, encoding: bytes, body: bytes) -> bytes:
    fields = b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: " + encoding
    return HEAD + fields + b"\n\n" + body


def with_attachment(size: int) -> bytes:
    fields = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    parts = b"--b\n\nSee the file.\n--b\n" + fields + base64.encodebytes(noise(size)) + b"--b--\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + parts


def uuencoded(size: int) -> bytes:
    content = noise(size)
    lines = (binascii.b2a_uu(content[at : at + 45]) for at in range(0, size, 45))
    return b"See:\nbegin 644 a.bin\n" + b"".join(lines) + b"`\nend\nBye.\n"


def noise(size: int) -> bytes:
    return random.Random(4).randbytes(size)


def repeated(line: bytes, size: int = 40 * MEGABYTE) -> bytes:
    return line * (size // len(line))


PROSE = b"The quick brown fox jumps over the lazy dog again and again.\n"
FOLDED = b"caf=C3=A9 and plain words of a text that goes on =\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "10,000 nested multiparts": nested,
    "100,000 parts": lambda: HEAD + MIXED + b"--b\n\nx\n" * 100_000,
    "10,000 nested message/rfc822": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 10_000,
    'From of 10,000 "(': lambda: b"From: " + b'"(' * 10_000 + b"\n\nx",
    "Subject of 20,000 encoded words": lambda: b"Subject: " + b"=?utf-8?q?x?=\n " * 20_000 + b"\nx",
}
LARGE: dict[str, Callable[[], bytes]] = {
    "40 MB: an attachment of 29 MB in base64": lambda: with_attachment(29 * MEGABYTE),
    "40 MB of text": lambda: one_part(b"text/plain", b"7bit", repeated(PROSE)),
    "40 MB of HTML": lambda: one_part(b"text/html", b"7bit", repeated(b"<p><b>The</b> " + PROSE)),
    "40 MB of quoted-printable": lambda: one_part(
        b"text/plain", b"quoted-printable", repeated(FOLDED)
    ),
    "40 MB of uuencode": lambda: one_part(b"text/plain", b"7bit", uuencoded(29 * MEGABYTE)),
    "40 MB of two dashes a line": lambda: HEAD + MIXED + repeated(b"--\n"),
    "40 MB of fields": lambda: HEAD + repeated(b"X: y\n"),
}


def plain() -> bytes:
    message = letter(PROSE.decode() * 20)
    return bytes(message)


def reply() -> bytes:
    quoted = "".join(f"> {line}" for line in [PROSE.decode()] * 14)
    message = letter(f"It is dead again.\n\nOn Mon, 23 Nov 2026, Support wrote:\n{quoted}")
    page = f"<p>It is dead again.</p><blockquote type=cite>{PROSE.decode() * 10}</blockquote>"
    message.add_alternative(page, subtype="html")
    return bytes(message)


def picture() -> bytes:
    message = letter(PROSE.decode() * 5)
    message.add_attachment(noise(42_000), "image", "jpeg", filename="the modem.jpg")
    return bytes(message)


def letter(text: str) -> EmailMessage:
    message = EmailMessage()
    for place in range(5):
        message["Received"] = f"from mx{place}.example.org by mx.example.net; Mon, 23 Nov 2026"
    message["From"] = '"Doe, Ann" <ann@example.org>'
    message["To"] = "Support <problem@support.example.net>"
    message["Subject"] = "Kein Anschluß seit gestern früh"
    message["Message-ID"] = "<two@example.org>"
    message["References"] = "<zero@support.example.net> <one@example.org>"
    message.set_content(text)
    return message


USUAL = {"a plain mail": plain(), "a reply in two forms": reply(), "a mail with picture": picture()}
