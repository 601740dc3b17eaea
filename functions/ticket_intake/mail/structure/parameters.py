"""The parameters of Content-Type and Content-Disposition: RFC 2045, RFC 2231, and what is sent."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from ticket_intake.mail.structure.charset import decode

_TYPE = re.compile(r"[\s\"']*([a-z0-9!#$&^_.+-]{1,60})\s*/\s*([a-z0-9!#$&^_.+-]{1,66})")
_MOST = 1_000
_PARAMETER = re.compile(
    r"[;\s,]([a-z0-9!#$&^_.+-]{1,60})(?P<section>\*[0-9]{1,4})?(?P<encoded>\*)?\s{0,100}=\s*"
    r'(?:"(?P<quoted>(?>(?:[^"\\]|\\.)*))"?'
    r"|(?P<bare>(?>(?:=\?[^?;\s]{1,60}\?[bq]\?[^?]{0,1000}\?=|[^;])*)))",
    re.IGNORECASE | re.DOTALL,
)
_PAIR = re.compile(r'\\(["\\])')  # RFC 5322 section 3.2.4, but the path C:\temp\a.txt stays


def media_type(value: str, default: str = "text/plain") -> str:
    """In lower case; RFC 2045 section 5.2 says what a missing or broken one means."""
    found = _TYPE.match(value.lower())
    if found:
        return f"{found[1]}/{found[2]}"
    return "text/plain" if value.strip() else default


def parameters(value: str) -> Mapping[str, str]:
    """By lower-case name, sections joined (RFC 2231); an encoded word in one is left as it is."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for place, found in enumerate(_PARAMETER.finditer(" " + value)):
        if place >= _MOST:
            break
        name, text = found[1].lower(), _text(found)
        if found["section"] or found["encoded"]:
            number = int((found["section"] or "*0")[1:])
            sections.setdefault(name, {}).setdefault(number, (bool(found["encoded"]), text))
        else:
            plain.setdefault(name, text)
    return plain | {name: _joined(pieces) for name, pieces in sections.items()}


def _text(found: re.Match[str]) -> str:
    if found["quoted"] is not None:
        return _PAIR.sub(r"\1", found["quoted"])
    return found["bare"].strip()


def _joined(pieces: Mapping[int, tuple[bool, str]]) -> str:
    """RFC 2231 section 4.1: the character set stands in the first section alone."""
    label, content = "", b""
    for place, number in enumerate(sorted(pieces)):
        encoded, text = pieces[number]
        if encoded and place == 0 and text.count("'") >= 2:
            label, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if encoded else raw
    return decode(content, label)
