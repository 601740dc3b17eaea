"""How things look in a terminal: every text from outside goes through safe()."""

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from netdesk.text import one_line, safe

Json = dict[str, Any]
NARROW = 12  # columns that are cut keep so much


def document(value: Any) -> None:
    """One JSON document; its escapes keep control characters out of the terminal."""
    print(json.dumps(value, indent=1))


def lines(*texts: str) -> None:
    for text in texts:
        print(safe(text))


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


def complain(sentence: str) -> int:
    print(one_line(sentence, 1000), file=sys.stderr)
    return 1
