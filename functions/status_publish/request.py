"""What staff send, read: JSON fields as a draft, a window, a moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from netdesk.draft import Draft
from netdesk.maintenance import Window
from netdesk.moments import read_moment
from netdesk.notice import Notice
from netdesk.refused import Refused

Fields = Mapping[str, Any]


def text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def draft(fields: Fields, zone: str) -> Draft:
    components = fields.get("components", [])
    return Draft(
        title=text(fields, "title"),
        impact=text(fields, "impact"),
        components=tuple(map(str, components)) if isinstance(components, list) else (),
        message=text(fields, "message"),
        elsewhere=text(fields, "at"),
        meanwhile=text(fields, "meanwhile"),
        began_at=moment(fields, "since", zone),
        next_at=moment(fields, "next_update", zone),
    )


def moment(fields: Fields, name: str, zone: str) -> datetime | None:
    return read_moment(given, zone) if (given := text(fields, name)) else None


def window(fields: Fields, zone: str) -> Window | None:
    if "from" not in fields and "to" not in fields:
        return None
    return read_moment(text(fields, "from"), zone), read_moment(text(fields, "to"), zone)


def new_window(notice: Notice, fields: Fields, zone: str) -> Window | None:
    """The maintenance's times with those that were given; None when none was."""
    begins, ends = moment(fields, "from", zone), moment(fields, "to", zone)
    if not (begins or ends):
        return None
    if not (notice.scheduled_for and notice.scheduled_until):
        raise Refused(f"Notice {notice.id} is no maintenance: it has no times to change.")
    return begins or notice.scheduled_for, ends or notice.scheduled_until
