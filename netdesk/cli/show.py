"""How things look in a terminal: every text from outside goes through safe()."""

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from netdesk.text import one_line, safe

Json = dict[str, Any]


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
    """The widths with the last two columns narrowed, never below ten."""
    *kept, last, very_last = widths
    left = room - sum(kept) - 2 * len(kept) - 2
    last = max(10, min(last, left // 2))
    return [*kept, last, max(10, min(very_last, left - last))]


def local(moment: str) -> str:
    """A moment in this machine's zone, with the zone's name."""
    return f"{datetime.fromisoformat(moment).astimezone():%a %d %b %H:%M %Z}"


def complain(sentence: str) -> int:
    print(one_line(sentence, 1000), file=sys.stderr)
    return 1
