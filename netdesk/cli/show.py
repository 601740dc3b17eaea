"""How things look in a terminal: every text from outside goes through safe()."""

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TextIO

from netdesk.text import one_line, safe

Json = dict[str, Any]
NARROW = 12  # columns that are cut keep so much
_BEGINNING = re.compile(r" *(?:- |[a-z]{1,12} {2,})?")


def document(value: Any) -> None:
    """One JSON document; its escapes keep control characters out of the terminal."""
    print(json.dumps(value, indent=1))


def lines(*texts: str) -> None:
    """On a terminal long lines go on below, at the next word and as far in as they began."""
    for text in texts:
        for line in safe(text).split("\n"):
            print(_wrapped(line, sys.stdout))


def verbatim(text: str) -> None:
    """As it is, to be copied or piped: no line of it is wrapped."""
    print(safe(text).removesuffix("\n"))


def _wrapped(line: str, stream: TextIO) -> str:
    width = shutil.get_terminal_size().columns if stream.isatty() else 0
    if not 0 < width < len(line):
        return line
    indent = " " * min(_margin(line), width // 2)
    return textwrap.fill(
        line, width, subsequent_indent=indent, replace_whitespace=False, expand_tabs=False,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _margin(line: str) -> int:
    """Where the text begins: after blanks, a bullet, or a word in a column of its own."""
    began = _BEGINNING.match(line)
    return began.end() if began else 0


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Columns side by side; on a terminal the last ones are cut, so that a row stays a line."""
    cells = [[one_line(str(cell), 60) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if sys.stdout.isatty():
        widths = _fitted(widths, shutil.get_terminal_size().columns)
    for row in cells:
        cut = [one_line(c, w).ljust(w) for c, w in zip(row, widths, strict=True)]
        print("  ".join(cut).rstrip())


def _fitted(widths: list[int], room: int) -> list[int]:
    """The widths with the last column narrowed, and when that is not enough the one before."""
    *kept, last, very_last = widths
    left = room - sum(kept) - 2 * (len(kept) + 1)
    very_last = min(very_last, max(NARROW, left - last))
    return [*kept, min(last, max(NARROW, left - very_last)), very_last]


def short(moment: str) -> str:
    """A moment in this machine's zone, for a column whose head tells the zone."""
    return f"{datetime.fromisoformat(moment).astimezone():%d %b %H:%M}"


def zone() -> str:
    return f"{datetime.now().astimezone():%Z}"


def local(moment: str) -> str:
    """A moment in this machine's zone, with the zone's name."""
    return f"{datetime.fromisoformat(moment).astimezone():%a %d %b %H:%M %Z}"


def count(things: Sequence[Any], name: str) -> str:
    """1 page, 2 pages."""
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def warn(sentence: str) -> None:
    """One line on stderr, where it can't be taken for what was asked for."""
    print(_wrapped(one_line(sentence, 1000), sys.stderr), file=sys.stderr)


def complain(sentence: str) -> int:
    warn(sentence)
    return 1
