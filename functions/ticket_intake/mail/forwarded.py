"""A mail that somebody passed on in the text of his own: who wrote it first, and what it said."""

import re

from ticket_intake.mail.reply.quote_words import is_forward, is_original
from ticket_intake.mail.reply.quotes import MARK, RULE, HeaderBlock, header_block
from ticket_intake.mail.reply.signature import without_signature
from ticket_intake.mail.shape import Forwarded
from ticket_intake.mail.structure.headers import addresses

_MOST_LINES = 5_000
_LONGEST_LINE = 500
_ONE_MARK = re.compile(r"^\s*[>\uff1e] ?")
_BLANKS = " \t\xa0"

# Outlook and others write an address twice, or in brackets of their own.
_LINK = re.compile(r"[\[<(]?mailto:([^\s\[\]<>()]{1,250})[\])>]?", re.IGNORECASE)
_COMMA_NAME = re.compile(r"([^\"<>,]{1,100},[^\"<>,]{1,100}?)\s*(<[^<>]{1,250}>)")


def read(text: str) -> Forwarded | None:
    """The outermost mail that is passed on in this text, if its header names an address."""
    lines = text.split("\n")
    bare = [_ONE_MARK.sub("", line, count=1) for line in lines[:_MOST_LINES]]
    for place in range(len(bare)):
        block = header_block(bare, place)
        if block:
            quoted = bool(MARK().match(lines[place]))
            below = _quoted(lines[block.end :]) if quoted else lines[block.end :]
            return _forwarded(block, below, _note(bare[:place]))
    return None


def _forwarded(block: HeaderBlock, text: list[str], note: str) -> Forwarded | None:
    for name, address in addresses(_mailbox(block.fields["from"])):
        subject = block.fields.get("subject", "").strip(f"*{_BLANKS}")
        return Forwarded(name, address, subject, _without_empty_ends(text), note)
    return None


def _mailbox(value: str) -> str:
    value = value[:_LONGEST_LINE].replace("*", "")
    value = _LINK.sub("" if value.count("@") > 1 else r"<\1>", value)
    return _COMMA_NAME.sub(r'"\1" \2', value)


def _quoted(lines: list[str]) -> list[str]:
    """The lines down to the first that is the forwarder's own, without their marks."""
    own = next(
        (at for at, line in enumerate(lines) if line.strip() and not MARK().match(line)), None
    )
    return [_ONE_MARK.sub("", line, count=1) for line in lines[:own]]


def _note(above: list[str]) -> str:
    end = len(above)
    while end and _announces(above[end - 1][:_LONGEST_LINE]):
        end -= 1
    return _without_empty_ends(without_signature(above[:end]))


def _announces(line: str) -> bool:
    return not line.strip() or bool(RULE().fullmatch(line)) or is_forward(line) or is_original(line)


def _without_empty_ends(lines: list[str]) -> str:
    said = [at for at, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[said[0] : said[-1] + 1]) if said else ""
