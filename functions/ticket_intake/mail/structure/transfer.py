"""Transfer encodings of a part's body (RFC 2045 section 6), as broken as they come."""

import binascii
import re
from collections.abc import Callable, Mapping

from ticket_intake.mail.structure import uuencode

_NAMES = {
    "base64": re.compile(r"base-?64"),
    "quoted-printable": re.compile(r"quoted[-_ ]?printable"),
    "x-uuencode": re.compile(r"(?:x-)?uue(?:ncode)?"),
}
_STRANGE = re.compile(rb"[^A-Za-z0-9+/=\s]")
_NO_LETTER = re.compile(rb"[^A-Za-z0-9+/]+")
_BLOCK = re.compile(rb"([^=]+)={0,2}\s*")
_CLEAN = re.compile(rb"[A-Za-z0-9+/\s]+=")
_SAMPLE = 4_096
_SHORT_WORD = 10
_MOST_BLOCKS = 1_000
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n|\Z)")
_BARE_BREAK = re.compile(rb"=\r(?!\n)")


def encoding(value: str) -> str:
    """What a Content-Transfer-Encoding field names, empty when nothing is to be undone."""
    folded = value.lower()
    return next((name for name, written in _NAMES.items() if written.search(folded)), "")


def decoded(body: memoryview | bytes, name: str) -> bytes:
    """The bytes that were meant; what no rule explains is left as it stands."""
    decoder = _DECODERS.get(name)
    return decoder(bytes(body)) if decoder else bytes(body)


def _base64(body: bytes) -> bytes:
    """RFC 2045 section 6.8: what is no letter of it is ignored, except in what is plain text."""
    if _is_plain(body):
        return body
    pad = body.find(b"=")
    if pad < 0 or not body[pad:].strip(b"=\r\n \t\0"):
        return _letters(body)
    # Several encoded one after the other; of another kind is what a gateway wrote below them.
    pieces: list[bytes] = []
    position = 0
    while (block := _BLOCK.match(body, position)) and len(pieces) < _MOST_BLOCKS:
        if pieces and not _CLEAN.match(body, position):
            break
        pieces.append(_letters(block[1]))
        position = block.end()
    return b"".join(pieces)


def _letters(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:  # its padding is wrong: one letter too many says nothing
        letters = _NO_LETTER.sub(b"", body)
        whole = len(letters) - (len(letters) % 4 == 1)
        return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4))


def _is_plain(body: bytes) -> bool:
    """Whether a body that claims to be base64 was never encoded: short words, other characters."""
    sample = body[:_SAMPLE].lstrip(b"=").partition(b"=")[0]
    words = sample.split()
    length = sum(map(len, words))
    strange = len(_STRANGE.findall(sample))
    short = len(words) >= 3 and length < _SHORT_WORD * len(words)
    return strange * 3 > length or (short and (strange > 0 or not body.rstrip().endswith(b"=")))


def _quoted_printable(body: bytes) -> bytes:
    # binascii knows no blanks in a soft line break, and drops the line behind a bare CR.
    return binascii.a2b_qp(_BARE_BREAK.sub(b"=\n", _SOFT_BREAK.sub(b"=", body)))


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "base64": _base64,
    "quoted-printable": _quoted_printable,
    "x-uuencode": uuencode.content,
}
