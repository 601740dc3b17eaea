"""What was said on a ticket, as much of it as one answer carries: an answer of Lambda's has 6 MB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ticket_intake.desk import Desk
from ticket_intake.files import EXCERPT
from ticket_intake.rows import Kept

# Bytes of all texts that are whole, and of all beginnings. A quote is five bytes of HTML.
WHOLE, BEGINNINGS = 800_000, 200_000


def history(desk: Desk, number: str, only: str = "", *, public: bool = False) -> list[Kept]:
    """The newest texts whole, of long ones before them the beginning; or `only` one, whole.

    That is named by its place, and there may be none.
    """
    entries = _one(desk, number, only) if only else desk.tickets.entries(number)
    newest_first = [entry for entry in reversed(entries) if entry.public or not public]
    told = [*_whole(desk, newest_first)]
    told += _begun(newest_first[len(told) :])
    return told[::-1]


def _one(desk: Desk, number: str, place: str) -> list[Kept]:
    is_place = re.fullmatch("[0-9]{1,5}", place)
    entry = desk.tickets.entry(number, int(place)) if is_place else None
    return [entry] if entry else []


def _whole(desk: Desk, entries: Sequence[Kept]) -> Iterator[Kept]:
    """Of what lies elsewhere, no more is fetched than what fits, and the first that does not."""
    left = WHOLE
    for entry in entries:
        whole = desk.files.whole(entry)
        left -= len(whole.text.encode())
        if left < 0:
            return
        yield whole


def _begun(entries: Sequence[Kept]) -> Iterator[Kept]:
    """Of what is older than all that fits only the place is told: each can be read alone."""
    left = BEGINNINGS
    for entry in entries:
        text = entry.text[:EXCERPT]
        left -= len(text.encode())
        kept = text if left >= 0 else ""
        yield replace(entry, text=kept, cut=entry.cut or kept != entry.text)
