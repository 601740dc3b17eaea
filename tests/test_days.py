"""The last days of a component, beside a slow oracle that looks at one stretch after the other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.states import COMPONENT_STATES
from status_publish.days import UNKNOWN, Day, Record
from status_publish.heading import Heading, heading
from tests.desk import NOW
from tests.test_notice import KEYS, notice

ZONE = ZoneInfo("America/Los_Angeles")
KEY, OTHER = "web", "dns"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MINOR, MAJOR, CRITICAL = COMPONENT_STATES[2:]
MAINTAINED = "under_maintenance"


def local(text: str) -> datetime:
    """As the provider's clock shows it: 11-24 10:00, of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def hit(
    since: str, until: str = "", *, impact: str = "major", state: str = "investigating",
    kind: str = "incident", elsewhere: str = "", components: tuple[str, ...] = (KEY,),
    id: str = "20261124-k3x",
) -> Heading:  # fmt: skip
    ended = local(until) if until else None
    told = "resolved" if until and state == "investigating" else state
    return Heading(id, "Trouble", kind, impact, components, elsewhere, told, local(since), ended)


def days(
    *headings: Heading,
    now: str = "11-24 10:00",
    began_at: datetime | None = LONG_AGO,
    most: int = 3,
) -> list[Day]:
    return Record(headings, ZONE, local(now), began_at, most).days(KEY)


def told(found: Sequence[Day]) -> list[tuple[str, str, float]]:
    """The day, its state, and for how many hours."""
    return [(f"{day.date:%m-%d}", day.state, day.hit / timedelta(hours=1)) for day in found]


TABLE: list[tuple[list[Heading], list[tuple[str, float]]]] = [
    ([], [("operational", 0), ("operational", 0), ("operational", 0)]),
    ([hit("11-23 10:00", "11-23 12:00")], [("operational", 0), (MAJOR, 2), ("operational", 0)]),
    ([hit("11-23 22:00", "11-24 01:00")], [("operational", 0), (MAJOR, 2), (MAJOR, 1)]),
    ([hit("11-22 00:00", "11-23 00:00")], [(MAJOR, 24), ("operational", 0), ("operational", 0)]),
    ([hit("11-24 08:30")], [("operational", 0), ("operational", 0), (MAJOR, 1.5)]),
    ([hit("11-01 00:00")], [(MAJOR, 24), (MAJOR, 24), (MAJOR, 10)]),
    ([hit("10-01 00:00", "11-22 06:00")], [(MAJOR, 6), ("operational", 0), ("operational", 0)]),
    ([hit("10-01 00:00", "10-02 00:00")], [("operational", 0)] * 3),
    (
        [hit("11-23 10:00", "11-23 12:00"), hit("11-23 11:00", "11-23 13:00", impact="minor")],
        [("operational", 0), (MAJOR, 3), ("operational", 0)],
    ),
    (
        [hit("11-23 10:00", "11-23 16:00"), hit("11-23 11:00", "11-23 12:00", impact="critical")],
        [("operational", 0), (CRITICAL, 6), ("operational", 0)],
    ),
    (
        [hit("11-23 10:00", "11-23 11:00"), hit("11-23 15:00", "11-23 16:00")],
        [("operational", 0), (MAJOR, 2), ("operational", 0)],
    ),
    ([hit("11-23 10:00", "11-23 12:00", impact="none")], [("operational", 0)] * 3),
    ([hit("11-23 10:00", "11-23 12:00", state="retracted")], [("operational", 0)] * 3),
    ([hit("11-23 10:00", elsewhere="Other Net")], [("operational", 0)] * 3),
    ([hit("11-23 10:00", elsewhere="internet")], [("operational", 0)] * 3),
    ([hit("11-23 10:00", components=(OTHER,))], [("operational", 0)] * 3),
    (
        [hit("11-23 10:00", "11-23 12:00", state="postmortem", components=(OTHER, KEY))],
        [("operational", 0), (MAJOR, 2), ("operational", 0)],
    ),
    (
        [hit("11-23 10:00", "11-23 12:00", kind="maintenance", state="completed")],
        [("operational", 0), (MAINTAINED, 2), ("operational", 0)],
    ),
    (
        [
            hit("11-23 10:00", "11-23 12:00", kind="maintenance", state="completed"),
            hit("11-23 11:00", "11-23 11:30", impact="minor"),
        ],
        [("operational", 0), (MINOR, 2), ("operational", 0)],
    ),
    ([hit("11-25 10:00", kind="maintenance", state="scheduled")], [("operational", 0)] * 3),
    ([hit("11-24 20:00", kind="maintenance", state="scheduled")], [("operational", 0)] * 3),
    (
        [hit("11-24 20:00", "11-23 10:00", kind="maintenance", state="completed")],
        [("operational", 0)] * 3,
    ),
]


@pytest.mark.parametrize(("headings", "expected"), TABLE)
def test_a_day_is_as_bad_as_its_worst_notice_for_as_long_as_one_lasted(
    headings: list[Heading], expected: list[tuple[str, float]]
) -> None:
    dates = ("11-22", "11-23", "11-24")
    assert told(days(*headings)) == [(d, *e) for d, e in zip(dates, expected, strict=True)]


def test_a_bad_day_names_its_worst_notice() -> None:
    slow = hit("11-23 10:00", "11-23 20:00", impact="minor", id="20261123-aaa")
    dead = hit("11-23 11:00", "11-23 12:00", impact="critical", id="20261123-bbb")
    for headings in permutations([slow, dead]):
        assert [day.notice for day in days(*headings)] == ["", "20261123-bbb", ""]


def test_of_equally_bad_notices_a_day_names_the_same_whatever_their_order() -> None:
    headings = [hit("11-23 10:00", "11-23 20:00", id=f"20261123-{symbol * 3}") for symbol in "abc"]
    assert len({tuple(days(*some)) for some in permutations(headings)}) == 1


@pytest.mark.parametrize(
    ("now", "since", "until", "expected"),
    [
        # At 02:00 the clocks go on to 03:00: a day of 23 hours.
        ("03-09 12:00", "03-08 00:00", "03-09 00:00", [("03-08", MAJOR, 23)]),
        ("03-09 12:00", "03-08 01:00", "03-08 03:00", [("03-08", MAJOR, 1)]),
        ("03-09 12:00", "03-07 23:00", "03-08 04:00", [("03-07", MAJOR, 1), ("03-08", MAJOR, 3)]),
        # At 02:00 they go back to 01:00: a day of 25.
        ("11-02 12:00", "11-01 00:00", "11-02 00:00", [("11-01", MAJOR, 25)]),
        ("11-02 12:00", "11-01 00:30", "11-01 03:30", [("11-01", MAJOR, 4)]),
        ("11-02 12:00", "10-31 23:00", "11-02 01:00",
         [("10-31", MAJOR, 1), ("11-01", MAJOR, 25), ("11-02", MAJOR, 1)]),
    ],
)  # fmt: skip
def test_a_day_is_as_long_as_it_is_where_the_provider_is(
    now: str, since: str, until: str, expected: list[tuple[str, str, float]]
) -> None:
    found = told(days(hit(since, until), now=now, most=3))
    assert [one for one in found if one[1] != "operational"] == expected


def test_days_are_the_providers_and_the_last_is_today() -> None:
    """At 23:30 Pacific it is tomorrow in UTC."""
    found = days(now="11-24 23:30", most=90)
    assert (len(found), found[0].date, found[-1].date) == (
        90,
        date(2026, 8, 27),
        date(2026, 11, 24),
    )
    assert [later.date - day.date for day, later in pairwise(found)] == [timedelta(days=1)] * 89


@pytest.mark.parametrize(
    ("began_at", "unknown"),
    [
        (None, 3),
        (local("11-21 00:00"), 0),
        (local("11-22 23:59"), 0),
        (local("11-23 00:00"), 1),
        (local("11-24 09:59"), 2),
    ],
)
def test_of_days_before_the_record_nothing_is_known(
    began_at: datetime | None, unknown: int
) -> None:
    states = [day.state for day in days(began_at=began_at)]
    assert states == [UNKNOWN] * unknown + ["operational"] * (3 - unknown)


def test_the_heading_of_a_maintenance_begins_when_it_does() -> None:
    made = replace(
        notice(), kind="maintenance", scheduled_for=NOW, scheduled_until=NOW + timedelta(hours=2),
        opened_at=NOW - timedelta(days=3),
    )  # fmt: skip
    assert (heading(made).since, heading(made).makes) == (NOW, MAINTAINED)


def test_the_heading_of_an_incident_begins_when_it_was_noticed() -> None:
    made = replace(notice(components=(KEYS[1],)), began_at=NOW - timedelta(hours=3))
    told = heading(made)
    assert (told.since, told.ended_at, told.makes) == (NOW - timedelta(hours=3), None, MAJOR)
    assert (told.components, told.month) == ((KEYS[1],), "2026-11")


# --- the oracle ----------------------------------------------------------------------------------


def oracle(headings: Sequence[Heading], now: datetime, most: int) -> list[tuple[date, str, float]]:
    today = now.astimezone(ZONE).date()
    found = []
    for back in reversed(range(most)):
        day = today - timedelta(days=back)
        begin, end = (
            datetime.combine(one, time(), ZONE).astimezone(UTC)
            for one in (day, day + timedelta(days=1))
        )
        marks = {begin, end}
        for one in headings:
            marks |= {min(max(moment, begin), end) for moment in (one.since, one.ended_at or now)}
        worst, seconds = "operational", 0.0
        for start, stop in pairwise(sorted(marks)):
            there = [
                one
                for one in headings
                if one.since <= start and (one.ended_at or now) >= stop and counts(one)
            ]
            seconds += (stop - start).total_seconds() if there else 0
            worst = max([worst, *map(makes, there)], key=COMPONENT_STATES.index)
        found.append((day, worst, seconds))
    return found


def counts(one: Heading) -> bool:
    return KEY in one.components and not one.elsewhere and one.state != "retracted" and (
        makes(one) != "operational"
    )  # fmt: skip


def makes(one: Heading) -> str:
    words = {"none": "operational", "minor": MINOR, "major": MAJOR, "critical": CRITICAL}
    return MAINTAINED if one.kind == "maintenance" else words[one.impact]


MOMENTS = [local("03-09 15:00"), local("11-02 00:10"), local("11-24 10:00")]
SECONDS = 8 * 86_400


@st.composite
def scenes(draw: st.DrawFn) -> tuple[datetime, list[Heading]]:
    """A moment near a change of the clocks or not, and what went wrong in the days before it."""
    now = draw(st.sampled_from(MOMENTS)).astimezone(UTC)
    headings = []
    for place in range(draw(st.integers(0, 7))):
        since = now + timedelta(seconds=draw(st.integers(-SECONDS, 3_600)))
        length = draw(st.none() | st.integers(0, 3 * 86_400) | st.just(120))
        ended = None if length is None else min(since + timedelta(seconds=length), max(now, since))
        headings.append(
            Heading(
                id=f"20261124-{place:03}",
                title="Trouble",
                kind=draw(st.sampled_from(["incident", "incident", "maintenance"])),
                impact=draw(st.sampled_from(["none", "minor", "major", "critical"])),
                components=draw(st.sampled_from([(KEY,), (KEY, OTHER), (OTHER,)])),
                elsewhere=draw(st.sampled_from(["", "", "", "Other Net", "internet"])),
                state=draw(st.sampled_from(["resolved", "retracted", "postmortem", "completed"])),
                since=since,
                ended_at=ended,
            )
        )
    return now, headings


@runs(max_examples=300, deadline=None)
@given(scenes())
def test_the_days_are_those_of_the_oracle(scene: tuple[datetime, list[Heading]]) -> None:
    now, headings = scene
    found = Record(headings, ZONE, now, LONG_AGO, 6).days(KEY)
    assert [(day.date, day.state, day.hit.total_seconds()) for day in found] == oracle(
        headings, now, 6
    )
    by_id = {one.id: one for one in headings}
    for day in found:
        assert bool(day.notice) == (day.state != "operational")
        assert not day.notice or makes(by_id[day.notice]) == day.state


@runs(max_examples=100, deadline=None)
@given(scenes())
def test_one_more_notice_makes_no_day_better(scene: tuple[datetime, list[Heading]]) -> None:
    now, headings = scene
    fewer, more = (
        Record(some, ZONE, now, LONG_AGO, 6).days(KEY) for some in (headings[1:], headings)
    )
    for before, after_ in zip(fewer, more, strict=True):
        assert before.hit <= after_.hit
        assert COMPONENT_STATES.index(before.state) <= COMPONENT_STATES.index(after_.state)
