from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdesk.hours import Hours, is_open, promise, say

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
WEEK = frozenset(range(5))
DESK = Hours("America/Los_Angeles", "Pacific", WEEK, time(8), time(17))
THANKSGIVING = replace(DESK, holidays=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
ROUND_THE_CLOCK = Hours("America/Los_Angeles", "Pacific", frozenset(range(7)), time(0), time(0))

QUARTER = timedelta(minutes=15)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOS_ANGELES)


# November 2026: the 1st is a Sunday and the end of summer time, the 26th is Thanksgiving.
TABLE = [
    (DESK, "2026-11-20 16:00", "2026-11-23 16:00", "2026-11-24 16:00"),  # Friday, the design's own
    (DESK, "2026-11-16 10:30", "2026-11-17 10:30", "2026-11-18 10:30"),  # within the week
    (DESK, "2026-11-16 16:59", "2026-11-17 16:59", "2026-11-18 16:59"),  # one minute left
    (DESK, "2026-11-16 17:00", "2026-11-17 17:00", "2026-11-18 17:00"),  # at closing: tomorrow's
    (DESK, "2026-11-16 17:01", "2026-11-17 17:00", "2026-11-18 17:00"),  # after closing
    (DESK, "2026-11-16 08:00", "2026-11-16 17:00", "2026-11-17 17:00"),  # at opening: today
    (DESK, "2026-11-16 07:59", "2026-11-16 17:00", "2026-11-17 17:00"),  # before opening
    (DESK, "2026-11-16 08:01", "2026-11-17 08:01", "2026-11-18 08:01"),
    (DESK, "2026-11-20 17:00", "2026-11-23 17:00", "2026-11-24 17:00"),  # Friday at closing
    (DESK, "2026-11-21 12:00", "2026-11-23 17:00", "2026-11-24 17:00"),  # Saturday
    (DESK, "2026-11-22 23:59", "2026-11-23 17:00", "2026-11-24 17:00"),  # Sunday
    (DESK, "2026-11-16 10:30:07.25", "2026-11-17 10:30:07.25", "2026-11-18 10:30:07.25"),
    (DESK, "2026-10-30 16:00", "2026-11-02 16:00", "2026-11-03 16:00"),  # summer time ends between
    (DESK, "2026-03-06 16:00", "2026-03-09 16:00", "2026-03-10 16:00"),  # and begins
    (DESK, "2026-12-31 09:00", "2027-01-01 09:00", "2027-01-04 09:00"),  # over the year's end
    (THANKSGIVING, "2026-11-25 16:00", "2026-11-30 16:00", "2026-12-01 16:00"),
    (THANKSGIVING, "2026-11-26 10:00", "2026-11-30 17:00", "2026-12-01 17:00"),  # on the holiday
    (THANKSGIVING, "2026-11-24 16:00", "2026-11-25 16:00", "2026-11-30 16:00"),
    (ROUND_THE_CLOCK, "2026-11-14 00:00", "2026-11-15 00:00", "2026-11-16 00:00"),
    (ROUND_THE_CLOCK, "2026-11-14 03:00", "2026-11-15 03:00", "2026-11-16 03:00"),
]


@pytest.mark.parametrize(("calendar", "opened", "usual", "latest"), TABLE)
def test_a_promise_is_one_working_day_at_the_latest_two(
    calendar: Hours, opened: str, usual: str, latest: str
) -> None:
    given_ = promise(local(opened), calendar)
    assert (given_.usual_by, given_.latest_by) == (local(usual), local(latest))


def test_a_promise_is_told_in_the_calendars_zone_whatever_the_callers() -> None:
    opened = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)  # Friday 16:00 in Los Angeles
    given_ = promise(opened, DESK)
    assert given_.usual_by.isoformat() == "2026-11-23T16:00:00-08:00"
    assert given_.latest_by.tzinfo == LOS_ANGELES


def test_a_time_that_the_clocks_skip_becomes_one_that_they_show() -> None:
    # On Sunday 8 March 2026 the clocks go from 02:00 to 03:00.
    given_ = promise(local("2026-03-07 02:30"), ROUND_THE_CLOCK)
    assert given_.usual_by.isoformat() == "2026-03-08T03:30:00-07:00"


def test_the_night_that_has_an_hour_twice_still_promises_the_same_clock_time() -> None:
    second_half_past_one = local("2026-11-01 01:30").replace(fold=1)
    given_ = promise(second_half_past_one, ROUND_THE_CLOCK)
    assert given_.usual_by.isoformat() == "2026-11-02T01:30:00-08:00"


def test_a_moment_without_a_zone_is_refused_with_a_sentence() -> None:
    for ask in (
        lambda: promise(datetime(2026, 11, 20, 16), DESK),
        lambda: is_open(datetime(2026, 11, 20, 16), DESK),
        lambda: say(datetime(2026, 11, 20, 16), DESK, local("2026-11-20 16:00")),
        lambda: say(local("2026-11-20 16:00"), DESK, datetime(2026, 11, 20, 16)),
    ):
        with pytest.raises(ValueError, match=r"2026-11-20T16:00:00 has no zone: .*\.$"):
            ask()


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": frozenset()},
        {"days": frozenset({7})},
        {"opens": time(17), "closes": time(8)},
        {"opens": time(8), "closes": time(8)},
        {"opens": time(8, tzinfo=UTC)},
    ],
)
def test_a_calendar_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^Support hours|^Opening and closing"):
        replace(DESK, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("calendar", "moment", "is_it"),
    [
        (DESK, "2026-11-20 08:00", True),
        (DESK, "2026-11-20 07:59:59", False),
        (DESK, "2026-11-20 16:59:59", True),
        (DESK, "2026-11-20 17:00", False),
        (DESK, "2026-11-21 12:00", False),
        (THANKSGIVING, "2026-11-26 12:00", False),
        (ROUND_THE_CLOCK, "2026-11-26 23:59:59", True),
    ],
)
def test_the_desk_is_open_from_opening_until_just_before_closing(
    calendar: Hours, moment: str, is_it: bool
) -> None:
    assert is_open(local(moment), calendar) is is_it


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23 16:00", "Monday 16:00 Pacific"),
        ("2026-11-20 17:00", "Friday 17:00 Pacific"),  # today
        ("2026-11-26 08:05", "Thursday 08:05 Pacific"),  # six days on
        ("2026-11-27 08:05", "Friday 27 November 08:05 Pacific"),  # a week on: which Friday?
        ("2026-11-30 16:00", "Monday 30 November 16:00 Pacific"),
        ("2026-11-19 16:00", "Thursday 19 November 16:00 Pacific"),  # gone by
    ],
)
def test_a_moment_is_said_in_words(moment: str, words: str) -> None:
    assert say(local(moment), DESK, local("2026-11-20 16:00")) == words


def test_days_away_are_counted_on_the_desks_calendar() -> None:
    late_friday = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)  # still Friday in Los Angeles
    assert say(late_friday, DESK, late_friday) == "Friday 23:00 Pacific"


# The oracle knows nothing of days: it walks through real time in quarters of an hour and counts
# those that begin in support hours. Clocks change at night, when these calendars are closed.


def walked(opened: datetime, calendar: Hours, quarters: int) -> datetime:
    moment = opened.astimezone(UTC)
    while quarters:
        here = moment.astimezone(ZoneInfo(calendar.zone))
        works = here.weekday() in calendar.days and here.date() not in calendar.holidays
        quarters -= works and calendar.opens <= here.time() < calendar.closes
        moment += QUARTER
    return moment


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    opens, closes = sorted(
        draw(st.lists(st.integers(16, 92), min_size=2, max_size=2, unique=True))
    )  # quarters of an hour since midnight
    return Hours(
        draw(st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])),
        "local",
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        time(opens // 4, opens % 4 * 15),
        time(closes // 4, closes % 4 * 15),
        draw(st.frozensets(st.dates(date(2026, 3, 1), date(2026, 3, 20)), max_size=6)),
    )


AROUND_BOTH_CHANGES = st.one_of(
    st.integers(0, 96 * 30).map(lambda n: datetime(2026, 2, 26, tzinfo=UTC) + n * QUARTER),
    st.integers(0, 96 * 14).map(lambda n: datetime(2026, 10, 22, tzinfo=UTC) + n * QUARTER),
)


@settings(max_examples=60, deadline=None)
@given(calendars(), AROUND_BOTH_CHANGES)
def test_a_promise_is_what_walking_through_the_quarters_of_an_hour_finds(
    calendar: Hours, opened: datetime
) -> None:
    day = datetime.combine(date.min, calendar.closes) - datetime.combine(date.min, calendar.opens)
    given_ = promise(opened, calendar)
    assert given_.usual_by == walked(opened, calendar, day // QUARTER)
    assert given_.latest_by == walked(opened, calendar, 2 * day // QUARTER)


@given(calendars(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 9999))
def test_who_comes_later_is_not_promised_earlier(
    calendar: Hours, opened: datetime, minutes: int
) -> None:
    first = opened.replace(tzinfo=UTC)
    earlier, later = promise(first, calendar), promise(first + timedelta(minutes=minutes), calendar)
    assert first < earlier.usual_by < earlier.latest_by
    assert earlier.usual_by <= later.usual_by and earlier.latest_by <= later.latest_by
