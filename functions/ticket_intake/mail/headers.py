"""Mail headers as strangers write them: fields, encoded words, addresses, ids.

The standard library's structured header parser is left aside: it raises on bad input, recurses
into it, and hands CR and LF on from encoded words (CVE-2024-6923).
"""

import binascii
import quopri
import re
from collections.abc import Mapping
from email.message import Message

from netdesk.text import one_line
from ticket_intake.mail.charset import decode

Headers = Mapping[str, tuple[str, ...]]

LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_MOST_FIELDS = 1_000

_FOLDS = re.compile(r"[\r\n]+[ \t]?")
_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?[^?\s]{1,80}\?[bBqQ]\?)")  # RFC 2047 section 6.2
_ID = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>,;@]{1,250}@[^\s<>,;@]{1,250}")
_TOKEN = re.compile(
    r"(?P<encoded>=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*+\?=)"  # may hold a comma
    r'|"(?P<quoted>(?>(?:[^"\\]|\\.)*))"?'
    r"|\((?P<comment>(?>(?:[^()\\]|\\.)*))\)?"
    r"|<(?P<angle>[^<>]*+)>?"
    r"|(?P<stop>[,;:])"
    r'|(?P<word>[^"(<,;:\s]++)',
    re.DOTALL,
)
_ADDRESS = re.compile(r'[^\s<>()\[\],;:"@]{1,250}@[^\s<>(),;:"@]{1,250}')


def collect(message: Message) -> Headers:
    """Every field's raw values by its lower-case name, unfolded, in order."""
    fields: dict[str, list[str]] = {}
    for place, (name, value) in enumerate(message.raw_items()):
        if place >= _MOST_FIELDS:
            break
        fields.setdefault(name.lower(), []).append(_FOLDS.sub(" ", str(value)).strip())
    return {name: tuple(values) for name, values in fields.items()}


def decoded(raw: str) -> str:
    """A header's text: encoded words and bare 8-bit bytes read; not yet fit to be shown."""
    raw = _BETWEEN_WORDS.sub("", raw)
    pieces: list[str] = []
    label, content, end = "", b"", 0
    for word in _WORD.finditer(raw):
        # A character may be cut in two between words, so neighbours are decoded as one.
        if word.start() > end or word[1].lower() != label:
            pieces += [decode(content, label), eight_bit(raw[end : word.start()])]
            content = b""
        label, content, end = word[1].lower(), content + _word_bytes(word[2], word[3]), word.end()
    return "".join([*pieces, decode(content, label), eight_bit(raw[end:])])


def eight_bit(raw: str) -> str:
    """Bytes beyond ASCII in a header: UTF-8 by RFC 6532, or whatever an old mailer had."""
    return raw if raw.isascii() else decode(raw.encode("utf-8", "surrogateescape"), None)


def addresses(raw: str) -> tuple[tuple[str, str], ...]:
    """The (name, address) pairs of an address header; what has no address is left out."""
    found: list[tuple[str, str]] = []
    words: list[str] = []
    angle = ""
    for token in _TOKEN.finditer(raw):
        if token["stop"]:
            found += _mailbox(words, angle)
            words, angle = [], ""
        elif token["angle"] is not None:
            angle = angle or token["angle"]
        else:
            words.append(
                token["quoted"] or token["comment"] or token["word"] or token["encoded"] or ""
            )
    return (*found, *_mailbox(words, angle))


def ids(raw: str) -> tuple[str, ...]:
    """Message ids without <>; a folded one is put together again."""
    found = _ID.findall(raw) or _BARE_ID.findall(raw)
    clean = (one_line("".join(found_.split()), LONGEST_LINE) for found_ in found)
    return tuple(dict.fromkeys(id_ for id_ in clean if id_))


def _mailbox(words: list[str], angle: str) -> list[tuple[str, str]]:
    text = decoded(" ".join(words))
    inside = _ADDRESS.search(decoded(angle))
    address = inside or _ADDRESS.search(text)
    if not address:
        return []
    name = text if inside else text.replace(address[0], "", 1)
    return [(one_line(name.strip(" <>\"'"), 200), one_line(address[0], LONGEST_LINE))]


def _word_bytes(encoding: str, text: str) -> bytes:
    plain = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(plain, header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", plain)
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])
