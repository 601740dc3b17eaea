from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdesk.hours import Hours, is_open, promise, say, within
from tests.working_minutes import MINUTE, Period, counted, span, working

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
WEEK = frozenset(range(5))
DESK = Hours("America/Los_Angeles", "Pacific", WEEK, time(8), time(17))
THANKSGIVING = replace(DESK, holidays=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
ROUND_THE_CLOCK = Hours("America/Los_Angeles", "Pacific", frozenset(range(7)), time(0), time(0))


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
        lambda: within(MINUTE, datetime(2026, 11, 20, 16), DESK),
        lambda: is_open(datetime(2026, 11, 20, 16), DESK),
        lambda: say(datetime(2026, 11, 20, 16), DESK, local("2026-11-20 16:00")),
        lambda: say(local("2026-11-20 16:00"), DESK, datetime(2026, 11, 20, 16)),
    ):
        with pytest.raises(ValueError, match=r"2026-11-20T16:00:00 has no zone: .*\.$"):
            ask()


@pytest.mark.parametrize(
    ("calendar", "opened", "minutes", "then"),
    [
        (DESK, "2026-11-16 10:00", 60, "2026-11-16 11:00"),  # inside
        (DESK, "2026-11-16 10:00:07.25", 60, "2026-11-16 11:00:07.25"),
        (DESK, "2026-11-16 07:59", 60, "2026-11-16 09:00"),  # before opening
        (DESK, "2026-11-16 08:00", 60, "2026-11-16 09:00"),  # at opening
        (DESK, "2026-11-16 16:00", 60, "2026-11-16 17:00"),  # until closing, not the next opening
        (DESK, "2026-11-16 16:01", 60, "2026-11-17 08:01"),
        (DESK, "2026-11-16 17:00", 60, "2026-11-17 09:00"),  # at closing
        (DESK, "2026-11-16 23:59", 60, "2026-11-17 09:00"),
        (DESK, "2026-11-20 16:30", 60, "2026-11-23 08:30"),  # over a weekend
        (DESK, "2026-11-21 12:00", 60, "2026-11-23 09:00"),  # Saturday
        (THANKSGIVING, "2026-11-25 16:30", 60, "2026-11-30 08:30"),  # over a holiday
        (THANKSGIVING, "2026-11-26 12:00", 60, "2026-11-30 09:00"),  # on it
        (DESK, "2026-11-16 16:00", 600, "2026-11-17 17:00"),  # longer than a day
        (DESK, "2026-11-16 16:00", 1_500, "2026-11-19 14:00"),  # than two
        (DESK, "2026-10-30 16:30", 60, "2026-11-02 08:30"),  # summer time ends between
        (DESK, "2026-03-06 16:30", 60, "2026-03-09 08:30"),  # and begins
        (ROUND_THE_CLOCK, "2026-11-14 23:30", 60, "2026-11-15 00:30"),
        (ROUND_THE_CLOCK, "2026-03-08 01:30", 60, "2026-03-08 03:30"),  # over the hour skipped
        (ROUND_THE_CLOCK, "2026-03-08 01:30", 90, "2026-03-08 04:00"),
    ],
)
def test_so_much_working_time_ends_then(
    calendar: Hours, opened: str, minutes: int, then: str
) -> None:
    assert within(minutes * MINUTE, local(opened), calendar) == local(then)


def test_working_time_that_clocks_show_twice_is_counted_once() -> None:
    opened = local("2026-11-01 01:30").replace(fold=1)
    ended = within(20 * MINUTE, opened, ROUND_THE_CLOCK)
    assert (ended - opened, ended.fold) == (20 * MINUTE, 1)


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


# Clocks change at night, when these calendars are closed. A calendar may be open on one weekday
# alone, and holidays take three of these: so long the periods go on.
CHANGES = [Period(datetime(2026, month, 20, tzinfo=UTC), 84) for month in (2, 10)]
STARTS = st.integers(0, 30 * 24 * 60)


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    opens, closes = sorted(
        draw(st.lists(st.integers(4 * 60, 23 * 60), min_size=2, max_size=2, unique=True))
    )  # minutes since midnight
    return Hours(
        draw(st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"])),
        "local",
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        time(*divmod(opens, 60)),
        time(*divmod(closes, 60)),
        draw(st.frozensets(st.dates(date(2026, 3, 1), date(2026, 3, 20)), max_size=6)),
    )


@settings(max_examples=50, deadline=None)
@given(calendars(), st.sampled_from(CHANGES), st.lists(STARTS, min_size=40, max_size=40))
def test_promises_are_what_counting_minutes_finds(
    calendar: Hours, period: Period, starts: list[int]
) -> None:
    minutes = working(calendar, period)
    opens, closes = span(calendar)
    day = closes - opens
    for opened in (period.first + start * MINUTE for start in starts):
        given_, part = promise(opened, calendar), 1 + opened.minute % day
        assert given_.usual_by == counted(minutes, opened, day, period)
        assert given_.latest_by == counted(minutes, opened, 2 * day, period)
        for length in (part, day + part):
            assert within(length * MINUTE, opened, calendar) == counted(
                minutes, opened, length, period
            )


@given(calendars(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 9999))
def test_who_comes_later_is_not_promised_earlier(
    calendar: Hours, opened: datetime, minutes: int
) -> None:
    first = opened.replace(tzinfo=UTC)
    earlier, later = promise(first, calendar), promise(first + timedelta(minutes=minutes), calendar)
    assert first < earlier.usual_by < earlier.latest_by
    assert earlier.usual_by <= later.usual_by and earlier.latest_by <= later.latest_by
