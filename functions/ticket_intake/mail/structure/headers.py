"""Mail headers as strangers write them: encoded words, addresses, ids.

The standard library's structured header parser is left aside: it raises on bad input, recurses
into it, and hands CR and LF on from encoded words (CVE-2024-6923).
"""

import binascii
import quopri
import re
from itertools import islice

from netdesk.text import one_line
from ticket_intake.mail.structure.charset import decode
from ticket_intake.mail.structure.fields import Headers

__all__ = ["LONGEST_LINE", "Headers", "addresses", "decoded", "eight_bit", "ids"]

LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_LONGEST_NAME = 200
_MOST_ADDRESSES = 200
_MOST_WORDS = 500

_CHARSET = r"=\?[^?\s]{1,80}\?[bBqQ]\?"
_TEXT = r"(?>(?:[^?=]|=(?!\?[^=])|\?(?!=|$)){0,2000})"  # a bare ? in it is forbidden, but written
_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?(" + _TEXT + r")(?:\?=|\??$)")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?=" + _CHARSET + ")")  # RFC 2047 section 6.2
_ID = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>,;@]{1,250}@[^\s<>,;@]{1,250}")
_TOKEN = re.compile(
    r"(?P<encoded>" + _CHARSET + _TEXT + r"\?=)"  # may hold a comma
    r'|"(?P<quoted>(?>(?:[^"\\]|\\.)*))"?(?P<local>@[^\s<>(),;:"@]{1,250})?'
    r"|\((?P<comment>(?>(?:[^()\\]|\\.|\((?>(?:[^()\\]|\\.)*)\))*))\)?"
    r"|<(?P<angle>[^<>]*+)>?"
    r"|(?P<stop>[,;:])"
    r'|(?P<word>[^"(<,;:\s]++)',
    re.DOTALL,
)
_PAIR, _SECOND = re.compile(r"\\(.)"), r"\1"  # RFC 5322 section 3.2.1
_ADDRESS = re.compile(
    # Only where a word begins: or each of its letters would be tried.
    r"""(?<![^\s<>()\[\],;:"'@])(?!')"""
    r"""(?:"[^"\s<>@]{1,200}(?: [^"\s<>@]{1,200}){0,5}"|[^\s<>()\[\],;:"@]{1,250})"""
    r"""@(?:\[[^\s\]]{1,100}\]|[^\s<>()\[\],;:"'@]{1,250})"""
)


def decoded(raw: str, label: str = "") -> str:
    """A header's text: encoded words read, and bare 8-bit bytes, perhaps in this character set."""
    if "=?" not in raw:
        return eight_bit(raw, label)
    raw = _BETWEEN_WORDS.sub("", raw)
    pieces: list[str] = []
    charset, content, end = "", b"", 0
    for word in islice(_WORD.finditer(raw), _MOST_WORDS):
        # A character may be cut in two between words, so neighbours are decoded as one.
        if word.start() > end or word[1].lower() != charset:
            pieces += [decode(content, charset), eight_bit(raw[end : word.start()], label)]
            content = b""
        charset, content = word[1].lower(), content + _word_bytes(word[2], word[3])
        end = word.end()
    return "".join([*pieces, decode(content, charset), eight_bit(raw[end:], label)])


def eight_bit(raw: str, label: str = "") -> str:
    """Bytes beyond ASCII in a header: UTF-8 by RFC 6532, or what its mail says, or a guess."""
    if raw.isascii():
        return raw
    content = raw.encode("utf-8", "surrogateescape")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return decode(content, label)


def addresses(raw: str, label: str = "") -> tuple[tuple[str, str], ...]:
    """The (name, address) pairs of an address header; what has no address is left out."""
    found: list[tuple[str, str]] = []
    words: list[str] = []
    angle = ""
    for token in _TOKEN.finditer(raw):
        ends = token["stop"] or (token["angle"] and "@" in angle)  # two in angles are two
        if ends:
            found += _mailbox(words, angle, label) if words or angle else ()
            words, angle = [], ""
        if len(found) >= _MOST_ADDRESSES:
            break
        if token["angle"] is not None:
            angle = angle or _routed(token["angle"])
        elif not token["stop"]:
            words.append(_word(token))
    return (*found, *_mailbox(words, angle, label))[:_MOST_ADDRESSES]


def ids(raw: str) -> tuple[str, ...]:
    """Message ids without <>; a folded one is put together again."""
    found = _ID.findall(raw) or _BARE_ID.findall(raw)
    clean = (one_line("".join(found_.split()), LONGEST_LINE) for found_ in found)
    return tuple(dict.fromkeys(id_ for id_ in clean if id_))


def _routed(angle: str) -> str:
    """RFC 5322 section 4.4: a route to the address may stand before it."""
    return angle.rpartition(":")[2] if angle.lstrip().startswith("@") else angle


def _word(token: re.Match[str]) -> str:
    if token["local"]:  # RFC 5322 section 3.4.1: a local part may be quoted
        return f'"{token["quoted"]}"{token["local"]}'
    if token["comment"] is not None:
        return f"({_PAIR.sub(_SECOND, token['comment'])})"
    return _PAIR.sub(_SECOND, token["quoted"] or "") or token["word"] or token["encoded"] or ""


def _mailbox(words: list[str], angle: str, label: str) -> list[tuple[str, str]]:
    text = decoded(" ".join(words), label)
    if inside := _ADDRESS.search(_closed_up(decoded(angle, label))):
        return [(_name(text), _clean(inside[0]))]
    outside = decoded(" ".join(word for word in words if not word.startswith("(")), label)
    tries = (_ADDRESS.findall(place) for place in (outside, _closed_up(outside), text))
    found = next(filter(None, tries), [])
    if len(found) == 1:
        text = text if found[0] in text else _closed_up(text)
        return [(_name(text.replace(found[0], "", 1)), _clean(found[0]))]
    return [("", _clean(address)) for address in found]  # with nothing but blanks between them


def _name(text: str) -> str:
    name = one_line(text, _LONGEST_NAME).strip(" <>[]\"'")
    if name.startswith("(") and name.endswith(")"):
        return name[1:-1].strip()  # RFC 822's way to write a name
    return name


def _closed_up(text: str) -> str:
    """RFC 5322 section 4.4: there were blanks around the @."""
    return "@".join(piece.strip() for piece in text.split("@"))


def _clean(address: str) -> str:
    return one_line(address, LONGEST_LINE).rstrip(".")


def _word_bytes(encoding: str, text: str) -> bytes:
    plain = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(plain, header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", plain)
    whole = len(letters) - (len(letters) % 4 == 1)
    return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4))
