"""How mail programs mark, in HTML, the mail that is answered."""

import re
from typing import Literal

from ticket_intake.mail.html.markup import Tag, characters
from ticket_intake.mail.reply.quote_words import field, is_forward

# A quote ends with its element; "rest": nothing below is new; "frame": quotes and answers in turn.
Kind = Literal["", "quote", "rest", "frame"]

_QUOTES = frozenset(
    {"protonmail_quote", "yahoo_quoted", "zmail_extra", "tutanota_quote", "moz-cite-prefix"}
    | {"mac-quoted", "olk_src_body_section", "isreplycontent", "reply-intro", "lark-mail-quote"}
    | {"mail-editor-reference-message-container", "ms-outlook-mobile-reference-message"}
    | {"qmquote", "ntes-mailmaster-quote"}
)
_FRAMES = frozenset({"gmail_quote", "gmail_quote_container", "gmail_extra"})
_RESTS = frozenset({"divrplyfwdmsg", "appendonsend", "stopspelling", "outlookmessageheader"})
_REWRITTEN = re.compile(r"(?:x_)+")  # Outlook's mark on the names of others
_RULES = re.compile(  # the line that Outlook draws above the headers of a quote
    r"border(?:-top|-color)?:[^;]{0,60}"
    r"(?:#e1e1e1|#b5c4df|rgb\(225,225,225\)|rgb\(181,196,223\))"
)
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_SPACE = re.compile(r"\s+")
_AHEAD = 2_000
_TEXT_AHEAD = 600


def kind_of_quote(tag: Tag, attributes: dict[str, str], html: str) -> Kind:
    """What the element that this tag opens is to the mail."""
    names = _names(attributes)
    if not _RESTS.isdisjoint(names) or _is_outlook_rule(tag, attributes, html):
        return "rest"
    if "gmail_attr" in names:
        return _attribution(tag, html)
    if tag.name == "blockquote":
        quoted = _is_cited(names, attributes)
    else:
        quoted = tag.name == "includetail" or not _QUOTES.isdisjoint(names)
    if quoted:
        return "" if _is_forward(tag, html) else "quote"
    return "frame" if not _FRAMES.isdisjoint(names) and not _is_forward(tag, html) else ""


def _names(attributes: dict[str, str]) -> set[str]:
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"[:1_000].lower().split()
    return {_REWRITTEN.sub("", name) if name.startswith("x_") else name for name in names}


def _is_cited(names: set[str], attributes: dict[str, str]) -> bool:
    style = attributes.get("style", "").lower()
    drawn = "border-left" in style and "none" not in style
    return "gmail_quote" in names or attributes.get("type", "").lower() == "cite" or drawn


def _attribution(tag: Tag, html: str) -> Kind:
    """Gmail's "Ann wrote:"; without a quote below it, all that follows is old."""
    if _is_forward(tag, html):
        return ""
    return "quote" if "<blockquote" in html[tag.end : tag.end + _AHEAD].lower() else "rest"


def _is_outlook_rule(tag: Tag, attributes: dict[str, str], html: str) -> bool:
    style = _SPACE.sub("", attributes.get("style", "")[:_AHEAD]).lower()
    return bool(_RULES.search(style)) and bool(field(_text_ahead(tag, html))[0])


def _is_forward(tag: Tag, html: str) -> bool:
    line = _text_ahead(tag, html)
    return is_forward(line) or is_forward(line.partition(":")[0] + ":")


def _text_ahead(tag: Tag, html: str) -> str:
    ahead = _MARKUP.sub(" ", html[tag.end : tag.end + _TEXT_AHEAD])
    return _SPACE.sub(" ", characters(ahead)).strip()[:200]
