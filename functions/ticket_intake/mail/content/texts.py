"""What a text part says, in characters and lines."""

import re

from ticket_intake.mail.content import flowed
from ticket_intake.mail.html import visible_text
from ticket_intake.mail.structure.charset import decode
from ticket_intake.mail.structure.fields import first
from ticket_intake.mail.structure.parameters import parameters
from ticket_intake.mail.structure.parts import Part

PAGES = frozenset({"text/html", "text/x-amp-html", "text/watch-html"})
MOST = 2_000_000  # of one mail's text

_META = re.compile(rb"<meta[^>]{0,300}?charset\s{0,20}=[\s\"']{0,20}([A-Za-z0-9._:-]{1,40})", re.I)
_META_WITHIN = 4_096


def read(part: Part, content: bytes, is_outlook: bool) -> str:
    """The text of a part whose decoded bytes these are, or the beginning of a very long one."""
    if part.kind in PAGES:
        return clean(visible_text(page(part, content)))
    settings = parameters(first(part.headers, "content-type"))
    text = clean(decode(content[:MOST], settings.get("charset", "")))
    if part.kind in ("text/enriched", "text/richtext"):
        return flowed.without_commands(text, part.kind == "text/enriched").strip("\n")
    if settings.get("format", "").lower() == "flowed":
        return flowed.unfolded(text, settings.get("delsp", "").lower() == "yes")
    return flowed.halved(text, is_outlook)


def page(part: Part, content: bytes) -> str:
    """The source of a page, in the character set that its part or it itself names."""
    label = parameters(first(part.headers, "content-type")).get("charset", "")
    return decode(content[:MOST], label or _declared(content))


def clean(text: str) -> str:
    """One kind of line end, and nothing that could not be stored."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode().strip("\n")


def _declared(content: bytes) -> str:
    """https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding"""
    found = _META.search(content, 0, _META_WITHIN)
    return found[1].decode() if found else ""
