"""Times as staff type them."""

from datetime import UTC, datetime
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
