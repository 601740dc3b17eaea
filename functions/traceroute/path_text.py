"""The path to a site in plain text, as a ticket carries it."""

import textwrap
import unicodedata

from netdesk.text import one_line
from traceroute.paths import Path, Row, Stop

COLUMNS = 72
_INDENT = "     "
_ADDRESS = 39  # the longest one of IPv6


def lines(path: Path) -> list[str]:
    """At most so many columns, and nothing in them that steers a terminal."""
    address = cut(path.address, _ADDRESS)
    end = f"{address} answers." if path.reached else f"No answer came from {address}."
    hops = [line for row in path.rows for line in _lines(row)]
    return [line.rstrip() for line in (f"IPv{path.version} to {address}", *hops, end)]


def cut(text: str, most: int) -> str:
    """On one line of so many columns at most, of which a wide letter takes two."""
    line = one_line(text, most)
    if _columns(line) <= most:
        return line
    while _columns(line) >= most:
        line = line[:-1]
    return f"{line}\u2026"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _lines(row: Row) -> list[str]:
    if row.kind == "break":
        return [f"--- {row.words.lower()} ---"]
    if row.kind != "answer":
        return [f"{row.hops:>3}  {row.words}", *_noted(row.stop)]
    first, *others = (cut(address, _ADDRESS) for address in row.stop.addresses)
    room = " " * (_ADDRESS - _columns(first))
    return [
        f"{row.hops:>3}  {first}{room} {row.stop.after:>9} {row.stop.mark}",
        *(f"{_INDENT}or {other}" for other in others),
        *_who(row.stop),
        *_noted(row.stop),
    ]


def _who(stop: Stop) -> list[str]:
    """Its name and its network: on one line if they fit."""
    known = [part for part in (stop.name, stop.network) if part]
    together = ", ".join(one_line(part, COLUMNS) for part in known)
    room = COLUMNS - len(_INDENT)
    if cut(together, room) == together:
        known = [together] if together else []
    return [_INDENT + cut(part, room) for part in known]


def _noted(stop: Stop) -> list[str]:
    said = " ".join(f"{part[0].upper()}{part[1:]}" for part in (stop.says, stop.note) if part)
    return [
        f"{_INDENT}{cut(line, COLUMNS - len(_INDENT))}"
        for line in textwrap.wrap(one_line(said, 300), COLUMNS - len(_INDENT))
    ]
