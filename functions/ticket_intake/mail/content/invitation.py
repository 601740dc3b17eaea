"""One line for what an iCalendar part (RFC 5545) invites to."""

import re

from netdesk.text import one_line

_FOLD = re.compile(r"\r?\n[ \t]")
_EVENT = re.compile(r"^BEGIN:(?:VEVENT|VTODO)\s*$", re.MULTILINE | re.IGNORECASE)
_SUMMARY = re.compile(r"^SUMMARY(?:;[^:\r\n]{0,300})?:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_START = re.compile(
    r"^DTSTART(?:;[^:\r\n]{0,300})?:(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?",
    re.MULTILINE | re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_LONGEST_TITLE = 200
_SAMPLE = 100_000


def line(calendar: str) -> str:
    """The title and the start of its first event, as far as it tells them."""
    text = _FOLD.sub("", calendar[:_SAMPLE])
    event = _EVENT.search(text)
    place = event.end() if event else 0
    title, start = _SUMMARY.search(text, place), _START.search(text, place)
    told = [one_line(_ESCAPED.sub(_character, title[1]), _LONGEST_TITLE)] if title else []
    told += [_moment(start)] if start else []
    return f"[Invitation: {', '.join(filter(None, told)) or 'see the attached calendar'}]"


def _character(escaped: re.Match[str]) -> str:
    return " " if escaped[1] in "nN" else escaped[1]


def _moment(start: re.Match[str]) -> str:
    year, month, day, hour, minute, utc = start.groups()
    clock = f" {hour}:{minute}{' UTC' if utc else ''}" if hour else ""
    return f"{year}-{month}-{day}{clock}"
