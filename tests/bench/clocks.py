"""Promises: how many a second, and whether they are what counting minutes finds."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from random import Random

from netdesk.hours import Hours, promise, within
from tests.bench.table import Row, show
from tests.desk import provider
from tests.working_minutes import MINUTE, Period, counted, span, working

STARTS, CALENDARS = 100_000, 50
DAY = 24 * 60
YEAR = Period(datetime(2026, 2, 1, tzinfo=UTC), 540)
# Clocks that change north and south of the equator, by an hour and by half of one, and never.
ZONES = (
    "America/Los_Angeles",
    "Europe/Berlin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
CHANGES = (date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4))
CHANGES += (date(2026, 10, 25), date(2026, 11, 1), date(2027, 3, 14), date(2027, 3, 28))
OPEN = range(4 * 60, 23 * 60)  # clocks change at night, when these desks are closed


def main() -> None:
    show(rows())


def rows() -> Iterator[Row]:
    desk, hour = provider().hours, timedelta(hours=1)
    starts = [start(Random(place)) for place in range(20_000)]
    yield Row("promises on one core", "50,000/s", rate(lambda at: promise(at, desk), starts))
    yield Row("  of an emergency", "", rate(lambda at: within(hour, at, desk), starts))
    wrong = list(differences(Random(5)))
    ours = f"WRONG {len(wrong):,}: {wrong[0]}" if wrong else "all"
    yield Row(f"{STARTS:,} starts, as counting minutes finds", "all", ours)


def rate(work: Callable[[datetime], object], starts: Sequence[datetime]) -> str:
    before = time.process_time()
    for at in starts:
        work(at)
    return f"{len(starts) / (time.process_time() - before):,.0f}/s"


def differences(dice: Random) -> Iterator[str]:
    """Promises, and the time of an emergency, that counting minutes does not find."""
    for _ in range(CALENDARS):
        calendar = drawn(dice)
        minutes = working(calendar, YEAR)
        opens, closes = span(calendar)
        day = closes - opens
        for _ in range(STARTS // CALENDARS):
            at, length = start(dice), dice.randrange(1, 3 * day)
            found = promise(at, calendar)
            ours = (found.usual_by, found.latest_by, within(length * MINUTE, at, calendar))
            theirs = (counted(minutes, at, one, YEAR) for one in (day, 2 * day, length))
            if ours != tuple(theirs):
                yield f"{at:%F %R} in {calendar.zone}"


def drawn(dice: Random) -> Hours:
    opens, closes = sorted(dice.sample(OPEN, 2))
    days = frozenset(dice.sample(range(7), dice.randrange(1, 8)))
    near = [day + timedelta(dice.randrange(-9, 9)) for day in CHANGES]
    far = [date(2026, 2, 1) + timedelta(dice.randrange(420)) for _ in range(12)]
    zone = dice.choice(ZONES)
    return Hours(zone, "there", days, time_of(opens), time_of(closes), frozenset(near + far))


def time_of(minute: int) -> clock:
    return clock(*divmod(minute, 60))


def start(dice: Random) -> datetime:
    """A whole minute of a year; every second one is within a week of a change of clocks."""
    if dice.random() < 0.5:
        middle = datetime.combine(dice.choice(CHANGES), clock(), UTC)
        return middle + dice.randrange(-7 * DAY, 7 * DAY) * MINUTE
    return datetime(2026, 3, 1, tzinfo=UTC) + dice.randrange(390 * DAY) * MINUTE


if __name__ == "__main__":
    main()
