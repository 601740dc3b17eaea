"""Maintenance: planned with two times, begun and ended by the clock."""

from dataclasses import replace
from datetime import datetime

from netdesk.draft import Draft
from netdesk.notice import Notice, Update, edited, opened
from netdesk.provider import Provider
from netdesk.refused import Refused

CLOCK = "netdesk"  # who speaks when nobody typed
BEGUN = "The maintenance has begun."
OVER = "The maintenance is over."
Window = tuple[datetime, datetime]  # when it begins and ends


def planned(
    draft: Draft, window: Window, provider: Provider, notice_id: str,
    who: str, now: datetime, once: str = "",
) -> Notice:  # fmt: skip
    """A new maintenance, or Refused with the first thing to mend."""
    begins, ends = _checked(window, now)
    notice = opened(draft, provider, notice_id, who, now, once)
    first = replace(notice.updates[0], state="scheduled")
    return replace(
        notice,
        kind="maintenance",
        updates=(first,),
        scheduled_for=begins,
        scheduled_until=ends,
    )


def moved(
    notice: Notice, window: Window, draft: Draft, provider: Provider, now: datetime
) -> Notice:
    """Corrected, and at other times; only what has not begun can begin at another."""
    if notice.kind != "maintenance" or notice.resolved_at:
        raise Refused(f"Notice {notice.id} is no maintenance to come: it has no times to change.")
    begins, ends = _checked(window, now)
    if notice.state != "scheduled" and begins != notice.scheduled_for:
        raise Refused(f"Maintenance {notice.id} has begun: only its end can be changed.")
    told = edited(notice, draft, provider, now)
    return replace(told, scheduled_for=begins, scheduled_until=ends)


def _checked(window: Window, now: datetime) -> Window:
    begins, ends = window
    if ends <= begins:
        raise Refused("The maintenance would end before it begins: check the two times.")
    if ends <= now:
        raise Refused("The maintenance would be over already: check the two times.")
    return window


def by_the_clock(notice: Notice, now: datetime) -> Notice | None:
    """What the clock makes of it now: begun or ended; None when there is nothing to do.

    Once staff have spoken in it, they end it too: nobody knows better whether it is over.
    """
    if not (notice.scheduled_for and notice.scheduled_until) or notice.resolved_at:
        return None
    if notice.state == "scheduled" and now >= notice.scheduled_for:
        return _told(notice, "in_progress", BEGUN, notice.scheduled_for)
    silent = notice.updates[-1].who == CLOCK
    if notice.state == "in_progress" and silent and now >= notice.scheduled_until:
        return _told(notice, "completed", OVER, notice.scheduled_until)
    return None


def overruns(notice: Notice, now: datetime) -> bool:
    """Whether it should be over and is not."""
    late = notice.scheduled_until is not None and now > notice.scheduled_until
    return late and notice.resolved_at is None


def _told(notice: Notice, state: str, message: str, at: datetime) -> Notice:
    told = Update(at, state, message, CLOCK)
    return replace(notice, updates=(*notice.updates, told), version=notice.version + 1)
