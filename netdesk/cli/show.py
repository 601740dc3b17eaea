"""How things look in a terminal: every text from outside goes through safe()."""

import json
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
    cells = [[one_line(str(cell), 60) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


def local(moment: str) -> str:
    """A moment in this machine's zone, with the zone's name."""
    return f"{datetime.fromisoformat(moment).astimezone():%a %d %b %H:%M %Z}"


def complain(sentence: str) -> int:
    print(one_line(sentence, 1000), file=sys.stderr)
    return 1
