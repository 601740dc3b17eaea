"""The picture of a component's days."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.states import COMPONENT_STATES
from status_publish.bars import HEIGHT, LEAST, STEP, Bar, bar
from status_publish.days import UNKNOWN, Day

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TODAY = date(2026, 11, 24)
BAD = COMPONENT_STATES[1:]


def day(state: str = "operational", hit: timedelta = timedelta(), ago: int = 0) -> Day:
    return Day(TODAY - timedelta(days=ago), state, hit, "20261124-k3x" if hit else "")


def height(hit: timedelta) -> int:
    """How tall the mark of a day is that was hit for so long."""
    path = bar([day("partial_outage", hit)]).paths["partial_outage"]
    found = re.fullmatch(rf"M2 {HEIGHT}v-(\d+)", path)
    assert found, path
    return int(found[1])


@pytest.mark.parametrize(
    ("hit", "tall"),
    [
        (timedelta(seconds=1), LEAST),
        (2 * MINUTE, LEAST),
        (4 * HOUR, LEAST),
        (6 * HOUR, 5),
        (12 * HOUR, 10),
        (18 * HOUR, 15),
        (24 * HOUR, HEIGHT),
        (25 * HOUR, HEIGHT),
    ],
)
def test_a_mark_is_as_tall_as_the_part_of_the_day_that_was_hit(hit: timedelta, tall: int) -> None:
    assert height(hit) == tall


def test_a_day_that_was_hit_for_two_minutes_is_seen_and_is_small() -> None:
    assert 0 < height(2 * MINUTE) <= HEIGHT / 4


@given(st.timedeltas(timedelta(seconds=1), 25 * HOUR), st.timedeltas(MINUTE, HOUR))
def test_what_was_hit_for_longer_is_never_smaller(hit: timedelta, more: timedelta) -> None:
    assert LEAST <= height(hit) <= height(hit + more) <= HEIGHT


def test_each_state_is_a_path_and_each_day_stands_in_its_place() -> None:
    made = bar(
        [
            day(UNKNOWN, ago=4),
            day("partial_outage", 12 * HOUR, ago=3),
            day(ago=2),
            day("under_maintenance", 6 * HOUR, ago=1),
            day("partial_outage", 24 * HOUR),
        ]
    )
    assert made == Bar(
        days=5,
        bad=(
            day("partial_outage", 24 * HOUR),
            day("under_maintenance", 6 * HOUR, ago=1),
            day("partial_outage", 12 * HOUR, ago=3),
        ),
        unknown=1,
        paths={
            "under_maintenance": "M17 20v-5",
            "partial_outage": "M7 20v-10M22 20v-20",
        },
    )


def test_good_days_draw_nothing() -> None:
    assert bar([day(ago=ago) for ago in reversed(range(90))]) == Bar(90, (), 0, {})


def test_a_new_desk_knows_of_no_day() -> None:
    made = bar([day(UNKNOWN, ago=ago) for ago in reversed(range(90))])
    assert (made.days, made.unknown, made.bad, made.paths) == (90, 90, (), {})


states = st.sampled_from([UNKNOWN, *COMPONENT_STATES])


@given(st.lists(states, min_size=1, max_size=90), st.timedeltas(MINUTE, 24 * HOUR))
def test_every_bad_day_is_drawn_once_and_said_once(told: list[str], hit: timedelta) -> None:
    days = [
        day(state, hit if state in BAD else timedelta(), ago=len(told) - place)
        for place, state in enumerate(told)
    ]
    made = bar(days)
    drawn = {
        (int(x), state)
        for state, path in made.paths.items()
        for x in re.findall(r"M(\d+) \d+v-\d+", path)
    }
    assert drawn == {(n * STEP + 2, state) for n, state in enumerate(told) if state in BAD}
    assert list(made.bad) == [one for one in reversed(days) if one.state in BAD]
    assert made.days == len(told)
    assert made.unknown == told.count(UNKNOWN)
