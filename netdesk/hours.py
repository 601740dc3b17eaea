"""Support hours: when the desk is open, and by when an answer is promised."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_DAYS_THAT_A_NAME_TELLS = 6  # a week on, the same name would mean two days
# Not by strftime: it speaks the language of the machine that it runs on.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Hours:
    """A provider's calendar; closing at 00:00 means the end of that day."""

    zone: str
    zone_word: str
    days: frozenset[int]  # as in date.weekday(): Monday is 0
    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("Support hours need at least one weekday, from 0 (Monday) to 6.")
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("Opening and closing times carry no zone: the calendar names it.")
        if self.closes != time(0) and self.opens >= self.closes:
            raise ValueError("Support hours must open before they close, on the same day.")


@dataclass(frozen=True)
class Promise:
    """By when an answer usually comes, and by when at the latest."""

    usual_by: datetime
    latest_by: datetime


def promise(opened: datetime, calendar: Hours) -> Promise:
    """One working day's length of working hours from opening, at the latest two.

    Hours are those of the calendar's wall clock. A moment exactly at closing time is outside:
    the clock starts at the next opening. A promise that ends exactly at closing time stays
    there, and does not become the next opening.
    """
    local = _local(opened, calendar)
    day = _working_day(local.date(), calendar)
    if day == local.date() and _starts(day, calendar) < local < _ends(day, calendar):
        # One day's length on is the same time on the next working day, however long the night.
        usual = _working_day(day + _DAY, calendar)
        latest = _working_day(usual + _DAY, calendar)
        clock = local.time()
        return Promise(_aware(usual, clock, calendar), _aware(latest, clock, calendar))
    if day == local.date() and local >= _ends(day, calendar):
        day = _working_day(day + _DAY, calendar)
    # From an opening, a day's length ends at the same day's closing.
    return Promise(_closing(day, calendar), _closing(_working_day(day + _DAY, calendar), calendar))


def within(length: timedelta, opened: datetime, calendar: Hours) -> datetime:
    """When so much working time has passed since then; in UTC, because clocks show hours twice."""
    left, day = length, _working_day(_local(opened, calendar).date(), calendar)
    begun = max(opened.astimezone(UTC), _opening(day, calendar))
    while begun + left > (closing := _closing(day, calendar).astimezone(UTC)):
        left -= max(closing - begun, timedelta())
        day = _working_day(day + _DAY, calendar)
        begun = _opening(day, calendar)
    return (begun + left).astimezone(ZoneInfo(calendar.zone))


def _opening(day: date, calendar: Hours) -> datetime:
    return _aware(day, calendar.opens, calendar).astimezone(UTC)


def is_open(at: datetime, calendar: Hours) -> bool:
    """Whether somebody is at the desk: from the opening on, until just before closing time."""
    local = _local(at, calendar)
    day = local.date()
    return _works(day, calendar) and _starts(day, calendar) <= local < _ends(day, calendar)


def say(moment: datetime, calendar: Hours, now: datetime) -> str:
    """A moment in words, "Monday 16:00 Pacific"; with the date when the name is not enough."""
    local = _local(moment, calendar)
    ahead = (local.date() - _local(now, calendar).date()).days
    words = [_WEEKDAYS[local.weekday()]]
    if not 0 <= ahead <= _DAYS_THAT_A_NAME_TELLS:
        words.append(f"{local.day} {_MONTHS[local.month - 1]}")
    return " ".join([*words, f"{local:%H:%M}", calendar.zone_word])


def _local(moment: datetime, calendar: Hours) -> datetime:
    """The naive wall clock of the calendar's zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no zone: say when it is, with an offset.")
    return moment.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None, fold=0)


def _aware(day: date, clock: time, calendar: Hours) -> datetime:
    zone = ZoneInfo(calendar.zone)
    # Through UTC, so that a time that the clocks skip becomes one that they show.
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def _works(day: date, calendar: Hours) -> bool:
    return day.weekday() in calendar.days and day not in calendar.holidays


def _working_day(day: date, calendar: Hours) -> date:
    """The first working day from this one on; holidays are finite, so there is one."""
    while not _works(day, calendar):
        day += _DAY
    return day


def _starts(day: date, calendar: Hours) -> datetime:
    return datetime.combine(day, calendar.opens)


def _ends(day: date, calendar: Hours) -> datetime:
    end = datetime.combine(day, calendar.closes)
    return end if calendar.closes != time(0) else end + _DAY


def _closing(day: date, calendar: Hours) -> datetime:
    end = _ends(day, calendar)
    return _aware(end.date(), end.time(), calendar)
