"""Signed tokens: of a mail thread, of a ticket's link, and of a form that somebody began."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime

from netdesk import number as numbers

# 100 bits, so that a thread can't be guessed; with the number 28 characters of a local part's 64
# (RFC 5321 section 4.5.3.1.1).
_SIGNATURE_LENGTH = 20
_NUMBER_LENGTH = 8
_TOKEN = re.compile(rf"[0-9a-z]{{{_NUMBER_LENGTH + _SIGNATURE_LENGTH}}}")

# One secret serves several purposes; the label keeps a token of one from passing for another.
_THREAD = b"netdesk mail thread"
_LINK = b"netdesk ticket link"
_FORM = b"netdesk form"
_LINK_BYTES = 16
_FORM_TOKEN = re.compile(r"([0-9a-f]{12})-[0-9a-f]{16}-[0-9a-f]{32}")


def sign(secret: bytes, number: str) -> str:
    """The token of a ticket's mail thread; lower case only, because mail systems fold case."""
    mac = base64.b32encode(_mac(secret, _THREAD, number)).decode().lower()
    return number.replace("-", "").lower() + mac[:_SIGNATURE_LENGTH]


def verify(secret: bytes, token: str) -> str | None:
    """The number that a token was signed for, None if nobody here signed it."""
    folded = token.lower()
    if not _TOKEN.fullmatch(folded):
        return None
    number = numbers.read(folded[:_NUMBER_LENGTH])
    genuine = sign(secret, number) if number else ""
    # In constant time: how long a refusal takes must not tell how much of a guess was right.
    return number if hmac.compare_digest(genuine, folded) else None


def link_key(secret: bytes, number: str, nonce: str) -> str:
    """The key in a ticket's link: 128 bits, safe in a URL, another one for another nonce."""
    mac = _mac(secret, _LINK, number, nonce)[:_LINK_BYTES]
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def form(secret: bytes, nonce: str, now: datetime) -> str:
    """When a form was begun; `nonce` are 16 hexadecimal digits that make it this form's own."""
    said = f"{int(now.timestamp() * 1000):012x}-{nonce}"
    return f"{said}-{_mac(secret, _FORM, said)[:16].hex()}"


def form_begun(secret: bytes, token: str) -> datetime | None:
    """When the form of this token was begun; None if nobody here signed it."""
    found = _FORM_TOKEN.fullmatch(token)
    if not found:
        return None
    genuine = _mac(secret, _FORM, token.rpartition("-")[0])[:16].hex()
    if not hmac.compare_digest(genuine, token[-32:]):
        return None
    return datetime.fromtimestamp(int(found[1], 16) / 1000, UTC)


def hashed(key: str) -> str:
    """What is stored of a key; a plain hash is enough for 128 random bits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _mac(secret: bytes, purpose: bytes, *fields: str) -> bytes:
    if not secret:
        raise ValueError("Tokens need a secret: an empty one would let anybody sign.")
    message = b"\0".join([purpose, *(field.encode() for field in fields)])
    return hmac.digest(secret, message, "sha256")
