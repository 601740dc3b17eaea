"""Spans of time as people type them: 30m, 2h, 1d, 1h 30m."""

import re
from datetime import datetime, timedelta

_SPAN = re.compile(
    r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m(?:in)?)?", re.ASCII | re.IGNORECASE
)


def due(text: str, now: datetime) -> str:
    """The moment after a span from now, in ISO 8601; what is no span is left as it was typed."""
    typed = "".join(text.split())
    span = _SPAN.fullmatch(typed)
    if not (typed and span):
        return text
    days, hours, minutes = (int(part or 0) for part in span.groups())
    moment = now + timedelta(days=days, hours=hours, minutes=minutes)
    return moment.isoformat(timespec="seconds")
