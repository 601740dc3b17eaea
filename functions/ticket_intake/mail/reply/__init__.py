"""A reply without what was quoted in it."""

import re
from collections.abc import Iterator, Sequence

from ticket_intake.mail.reply.attribution import attribution
from ticket_intake.mail.reply.quotes import MARK, OTHER_MARK, ends_here, next_written, quote_follows
from ticket_intake.mail.reply.signature import without_empty_end, without_signature

# Stands on top of every mail that we send, so that everything below it is ours.
SEPARATOR = "=== Please write your answer above this line ==="

# Clients fold and quote it, and some change its blanks.
_SEPARATOR = re.compile(
    r"=\s*" + r"[\s>|*]+".join(map(re.escape, SEPARATOR.strip("= ").split())), re.IGNORECASE
)
_MOST_LINES = 5_000  # all below them counts as one line
_WRAPPED_FROM = 50  # a quote's line this long may have been wrapped by a mail program


def written(text: str) -> str:
    """What the sender wrote anew; everything if nothing else is left."""
    return cut(text) or text


def cut(text: str) -> str:
    """What the sender wrote anew, or nothing."""
    above, below = around_separator(text)
    answer = _cut(below)
    return _cut(above) or (answer if answer.split() != below.split() else "")


def around_separator(text: str) -> tuple[str, str]:
    """What stands above our separator line, and below; all is above if there is none."""
    found = _SEPARATOR.search(text)
    if not found:
        return text, ""
    start = text.rfind("\n", 0, found.start()) + 1
    # Quoted line by line, as the mail below it is: then an answer may stand between the lines.
    if MARK().match(text, start, found.start() + 1) and _is_quote_below(text, found.end()):
        return text, ""
    return text[: found.start()].rstrip("=*_ \t\xa0"), text[found.end() :].lstrip("=*_ \t\xa0")


def _is_quote_below(text: str, end: int) -> bool:
    below = text[end : end + 2_000].split("\n")[1:]
    return bool(MARK().match(next_written(below, 0)))


def _cut(text: str) -> str:
    lines = text.split("\n", _MOST_LINES)
    passages = list(_passages(lines))
    return _joined(map(without_signature, passages)) or _joined(map(without_empty_end, passages))


def _joined(passages: Iterator[list[str]]) -> str:
    lines: list[str] = []
    for passage in passages:
        start = next((at for at, line in enumerate(passage) if line.strip()), len(passage))
        between = 1 if lines and start else 0  # one empty line of those that stood there
        lines += passage[start - between :]
    return "\n".join(lines)


def _passages(lines: Sequence[str]) -> Iterator[list[str]]:
    """The runs of lines between the quotes, down to where nothing new follows."""
    passage: list[str] = []
    mark = MARK()
    place = 0
    while place < len(lines) and not ends_here(lines, place):
        attributed = attribution(lines, place)
        if attributed and not quote_follows(lines, place + attributed):
            break
        if attributed and not MARK().match(next_written(lines, place + attributed)):
            mark = OTHER_MARK()
        if attributed or _is_quoted(lines, place, mark):
            yield passage
            passage = [""] if passage and not passage[-1].strip() else []
        else:
            passage.append(lines[place])
        place += attributed or 1
    yield passage


def _is_quoted(lines: Sequence[str], place: int, mark: re.Pattern[str]) -> bool:
    line = lines[place]
    if MARK().match(line) or mark.match(line):
        return True
    return (line[:1] == "<" or line[:1].islower()) and _is_wrapped(lines, place)


def _is_wrapped(lines: Sequence[str], place: int) -> bool:
    """Whether a mail program broke the quote's line above, and gave the rest of it no mark."""
    if not 0 < place < len(lines) - 1 or not MARK().match(lines[place + 1]):
        return False
    above = lines[place - 1]
    return bool(MARK().match(above)) and len(above) >= _WRAPPED_FROM and above[-1] not in ".!?:"
