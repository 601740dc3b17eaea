"""Where, in a mail's text, another mail is quoted: copied headers, attributions, separators."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from netdesk.lazy import lazy
from ticket_intake.mail.reply.quote_words import field, is_forward, is_original

MARK = lazy(r"\s*[>\uff1e]")
# Only below an attribution: a table has bars as well, and a router's prompt has letters.
OTHER_MARK = lazy(r"\s*(?:\||[A-Z]{1,4}>)")
RULE = lazy(r"[\s*]*+[_\-=\u2010-\u2015]{5,}[\s*]*")

_OTHER_DESK = lazy(
    r"[\s*]*+(?:#{2,}+|[-\u2010-\u2015=]{2,}+)[^\w\n]*+(?:\w++[ ,]++){0,4}"
    r"(?:reply|answer|response|respond|write|type)\b.{0,60}\babove this line",
    re.IGNORECASE,
)
_BLOCK_LINES = 14
_LONGEST_LINE = 500
_LOOKAHEAD = 5


@dataclass(frozen=True)
class HeaderBlock:
    """The headers of a mail as another program copied them into its text."""

    fields: dict[str, str]
    end: int  # the place of the first line below it


def header_block(lines: Sequence[str], place: int) -> HeaderBlock | None:
    """The copied headers that begin at this line."""
    if not field(lines[place])[0]:
        return None
    fields: dict[str, str] = {}
    end = place
    for at in range(place, min(place + _BLOCK_LINES, len(lines))):
        kind, value = field(lines[at])
        if kind in fields or (not kind and _ends_block(lines, at)):
            break
        if kind:
            fields[kind] = value
            end = at + 1
    announced = place > 0 and _is_announced(lines, place)
    return HeaderBlock(fields, end) if _is_block(fields, announced) else None


def ends_here(lines: Sequence[str], place: int) -> bool:
    """Whether nothing that stands from this line on was written anew."""
    line = lines[place][:_LONGEST_LINE]
    if not line.strip():
        return False
    if is_original(line) or is_forward(line) or _OTHER_DESK().match(line):
        return True
    return header_block(lines, place) is not None


def quote_follows(lines: Sequence[str], place: int) -> bool:
    """Whether a quote is marked line by line, so that an answer may stand below it."""
    following = next_written(lines, place)
    return bool(MARK().match(following) or OTHER_MARK().match(following))


def next_written(lines: Sequence[str], place: int) -> str:
    """The next line that is not empty, if one is near."""
    return next((line for line in lines[place : place + _LOOKAHEAD] if line.strip()), "")


def _ends_block(lines: Sequence[str], at: int) -> bool:
    """An empty line ends the headers, unless each of them has one below it."""
    if lines[at].strip():
        return False  # a folded value
    return not field(next_written(lines, at)[:_LONGEST_LINE])[0]


def _is_announced(lines: Sequence[str], place: int) -> bool:
    above = next_written(lines[max(0, place - _LOOKAHEAD) : place][::-1], 0)
    return bool(RULE().fullmatch(above[:_LONGEST_LINE]) or is_original(above) or is_forward(above))


def _is_block(fields: dict[str, str], announced: bool) -> bool:
    if "from" not in fields:
        return False
    if announced:
        return len(fields) >= 2
    # "From: Berlin, To: Bonn, Date: Monday" is a removal, not a mail.
    mail_like = "subject" in fields or any("@" in value for value in fields.values())
    return len(fields) >= 3 and mail_like
