"""An oracle for support hours: it counts real minutes one by one, by what the clocks show then."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from netdesk.hours import Hours

MINUTE = timedelta(minutes=1)
Shown = tuple[
    int, int
]  # which minute since the beginning, and which one of its day the clock shows


@dataclass(frozen=True)
class Period:
    first: datetime
    days: int


@cache
def shown(zone: str, period: Period) -> dict[date, list[Shown]]:
    """By the date that the zone's clocks showed, all minutes of the period."""
    begin, there = int(period.first.timestamp()), ZoneInfo(zone)
    found: dict[date, list[Shown]] = {}
    for place in range(period.days * 24 * 60):
        here = datetime.fromtimestamp(begin + place * 60, there)
        found.setdefault(here.date(), []).append((place, here.hour * 60 + here.minute))
    return found


def working(calendar: Hours, period: Period) -> list[int]:
    """Which minutes of the period are in support hours."""
    opens, closes = span(calendar)
    return [
        place
        for day, clocks in shown(calendar.zone, period).items()
        if day.weekday() in calendar.days and day not in calendar.holidays
        for place, clock in clocks
        if opens <= clock < closes
    ]


def span(calendar: Hours) -> tuple[int, int]:
    """The minutes of a day at which the desk opens and closes."""
    opens, closes = (at.hour * 60 + at.minute for at in (calendar.opens, calendar.closes))
    return opens, closes or 24 * 60


def counted(minutes: list[int], start: datetime, length: int, period: Period) -> datetime:
    """When so many of these minutes have passed since then."""
    begun = (start.astimezone(UTC) - period.first) // MINUTE
    last = minutes[bisect_left(minutes, begun) + length - 1]
    return period.first + (last + 1) * MINUTE
