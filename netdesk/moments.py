"""Times as staff type them, and spans as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from netdesk.refused import Refused
from netdesk.text import one_line


def read_moment(text: str, zone: str) -> datetime:
    """ISO 8601 with offset, or `YYYY-MM-DD HH:MM` in the provider's zone; in UTC.

    Refused when it is neither, or names an hour that the clocks skip.
    """
    there = ZoneInfo(zone)
    try:
        given = datetime.fromisoformat(text.strip())
        moment = (given if given.tzinfo else given.replace(tzinfo=there)).astimezone(UTC)
        shown = moment.astimezone(there).replace(tzinfo=None)
    except (ValueError, OverflowError):  # overflow: the first and the last day that there are
        raise Refused(
            f"{one_line(text, 40) or 'Nothing'} is no time: write it like 2026-12-24 22:00, "
            "or with an offset like 2026-12-24T22:00-08:00."
        ) from None
    if not given.tzinfo and shown != given:
        raise Refused(f"{one_line(text, 40)} does not exist: the clocks skip that hour.")
    return moment


def say_length(length: timedelta) -> str:
    """How long something lasted, in two units at most: 2 days 3 h, 1 h 20 min, 1 min."""
    minutes = max(1, round(length.total_seconds() / 60))
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} day{'s' if days > 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{left} min"] if left and not days else []
    return " ".join(parts)
