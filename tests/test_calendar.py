"""The calendar of maintenance, read again by the library icalendar."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.maintenance import BEGUN, CLOCK, OVER
from netdesk.notice import Notice, Update
from netdesk.pages import Pages
from netdesk.text import safe
from status_publish.calendar import CALENDAR, KEY, LINE, MESSAGE, MISTAKE, calendar
from tests.desk import NOW, PUBLIC_URL, provider

HOUR = timedelta(hours=1)
BEGINS, ENDS = NOW + HOUR, NOW + 3 * HOUR
COMPONENTS = list(provider().components)
NAMES = [component.name for component in COMPONENTS]
PAGES = Pages(provider(), PUBLIC_URL)
UID = "20261124-mnt@support.example.net"
PAGE = f"{PUBLIC_URL}/status/notices/20261124-mnt/"
FIVE = "\u4e94"  # three octets
WORDS = "Short breaks are possible."
PLAN = Update(NOW, "scheduled", WORDS, "anna")


def maintenance(*updates: Update, **changes: Any) -> Notice:
    """One that is planned, then these updates; each of them raises the version."""
    planned = Notice(
        id="20261124-mnt",
        title="New router",
        impact="minor",
        components=(COMPONENTS[0].key,),
        opened_at=NOW,
        updates=(PLAN, *updates),
        kind="maintenance",
        scheduled_for=BEGINS,
        scheduled_until=ENDS,
        version=1 + len(updates),
    )
    return replace(planned, **changes)


def says(state: str, hours: float, message: str = "") -> Update:
    """What staff say that many hours after the planning."""
    return Update(NOW + hours * HOUR, state, message or f"Now {state}.", "anna")


def clock(state: str, at: datetime) -> Update:
    return Update(at, state, OVER if state == "completed" else BEGUN, CLOCK)


def written(*notices: Notice, now: datetime = NOW) -> str:
    return calendar(PAGES, notices, now)


def parsed(text: str) -> Any:
    """The calendar as the library reads it; what it can't read it keeps in errors."""
    whole = icalendar.Calendar.from_ical(text.encode())
    assert not [component.errors for component in whole.walk() if component.errors]
    return whole


def read(text: str) -> list[Any]:
    return list(parsed(text).walk("VEVENT"))


def one(*updates: Update, **changes: Any) -> Any:
    [event] = read(written(maintenance(*updates, **changes)))
    return event


BEGUN_BY_CLOCK = clock("in_progress", BEGINS)
EARLY = (BEGUN_BY_CLOCK, says("completed", 2, "Done early."))
LATE = (BEGUN_BY_CLOCK, says("in_progress", 2), says("completed", 5, "Done late."))
BACK = says("retracted", 0.5, "It was last year's plan.")
RESCHEDULED = {"version": 2, "scheduled_for": BEGINS + HOUR, "scheduled_until": ENDS + HOUR}


@pytest.mark.parametrize(
    ("updates", "changes", "window", "status", "sequence", "message"),
    [
        pytest.param((), {}, (1, 3), "CONFIRMED", 0, WORDS, id="scheduled"),
        pytest.param((), RESCHEDULED, (2, 4), "CONFIRMED", 1, WORDS, id="rescheduled"),
        pytest.param((BEGUN_BY_CLOCK,), {}, (1, 3), "CONFIRMED", 1, WORDS, id="in_progress"),
        pytest.param(
            (BEGUN_BY_CLOCK, says("verifying", 2, "We look.")),
            {}, (1, 3), "CONFIRMED", 2, "We look.", id="verifying",
        ),
        pytest.param(
            (BEGUN_BY_CLOCK, clock("completed", ENDS)),
            {}, (1, 3), "CONFIRMED", 2, WORDS, id="completed by the clock",
        ),
        pytest.param(EARLY, {}, (1, 2), "CONFIRMED", 2, "Done early.", id="completed early"),
        pytest.param(LATE, {}, (1, 5), "CONFIRMED", 3, "Done late.", id="completed late"),
        pytest.param(LATE[:2], {}, (1, 3), "CONFIRMED", 2, "Now in_progress.", id="overrunning"),
        pytest.param(
            (says("completed", 0.5, "We need not."),),
            {}, (1, 3), "CANCELLED", 1, "We need not.", id="completed before it began",
        ),
        pytest.param(
            (BACK,), {}, (1, 3), "CANCELLED", 1, f"{MISTAKE} {BACK.message}", id="retracted"
        ),
        pytest.param(
            (BEGUN_BY_CLOCK, says("retracted", 2, "Wrong.")),
            {}, (1, 3), "CANCELLED", 2, f"{MISTAKE} Wrong.", id="retracted while it ran",
        ),
        pytest.param(
            (*EARLY, says("retracted", 9, "Wrong.")),
            {}, (1, 2), "CANCELLED", 3, f"{MISTAKE} Wrong.", id="retracted when it was over",
        ),
    ],
)  # fmt: skip
def test_what_became_of_it_is_what_the_event_says(
    updates: Sequence[Update], changes: Any, window: tuple[int, int],
    status: str, sequence: int, message: str,
) -> None:  # fmt: skip
    notice = maintenance(*updates, **changes)
    for moment in (NOW, ENDS + 24 * HOUR):  # nothing but the notice decides
        [event] = read(written(notice, now=moment))
        assert (event.start, event.end) == (NOW + window[0] * HOUR, NOW + window[1] * HOUR)
        assert (str(event["STATUS"]), event["SEQUENCE"]) == (status, sequence)
        assert (str(event["UID"]), str(event["URL"])) == (UID, PAGE)
        title = "Cancelled: New router" if status == "CANCELLED" else "New router"
        assert str(event["SUMMARY"]) == title
        assert str(event["DESCRIPTION"]) == f"Affected: {NAMES[0]}.\n\n{message}\n\n{PAGE}"
        assert event.DTSTAMP == event.LAST_MODIFIED == max(u.at for u in notice.updates)


def test_a_small_calendar_to_the_letter() -> None:
    name = provider().name
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//netdesk//netdesk//EN",
        f"NAME:{name} maintenance",
        f"X-WR-CALNAME:{name} maintenance",
        "SOURCE;VALUE=URI:https://support.example.net/status/maintenance.ics",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VEVENT",
        "UID:20261124-mnt@support.example.net",
        "DTSTAMP:20261124T183000Z",
        "SEQUENCE:1",
        "CREATED:20261124T180000Z",
        "LAST-MODIFIED:20261124T183000Z",
        "DTSTART:20261124T190000Z",
        "DTEND:20261124T210000Z",
        "SUMMARY:Routers\\, old\\; new: a\\\\b",
        # 73 octets: the next character has three, and would be torn
        f"DESCRIPTION:One\\, two\\; three\\nfours {12 * FIVE}",
        f" {FIVE} and so on\\n\\nhttps://support.example.net/status/notices/20261124-mnt/",
        "URL:https://support.example.net/status/notices/20261124-mnt/",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "CLASS:PUBLIC",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    message = "One, two; three\nfours " + 13 * FIVE + " and so on"
    told = says("scheduled", 0.5, message)
    notice = maintenance(told, components=(), title="Routers, old; new: a\\b")
    assert written(notice) == "".join(f"{line}\r\n" for line in lines)


def test_all_components_are_named() -> None:
    event = one(components=tuple(component.key for component in COMPONENTS))
    assert [str(name) for name in event["CATEGORIES"].cats] == NAMES
    assert f"Affected: {', '.join(NAMES)}." in event["DESCRIPTION"]
    assert "CATEGORIES" not in one(components=("gone",))


def test_names_with_commas_are_not_taken_apart() -> None:
    group = provider().groups[0]
    component = replace(group.components[0], name="Mail, web; more")
    named = replace(provider(), groups=(replace(group, components=(component,)),))
    [event] = read(calendar(Pages(named, PUBLIC_URL), [maintenance()], NOW))
    assert [str(name) for name in event["CATEGORIES"].cats] == ["Mail, web; more"]


def test_it_blocks_nobodys_calendar() -> None:
    assert (one()["TRANSP"], one()["CLASS"]) == ("TRANSPARENT", "PUBLIC")


def test_anothers_maintenance_carries_its_name() -> None:
    assert one(elsewhere="Other Net")["SUMMARY"] == "Other Net: New router"
    assert one(BACK, elsewhere="Other Net")["SUMMARY"] == "Cancelled: Other Net: New router"


def test_the_message_is_made_plain() -> None:
    told = calendar(PAGES, [maintenance()], NOW, plain=lambda text: f"{text.upper()}\n")
    [event] = read(told)
    assert f"\n\n{WORDS.upper()}\n\n" in event["DESCRIPTION"]


def test_a_long_message_ends_where_the_page_goes_on() -> None:
    text = one(says("scheduled", 0.5, "x" * (MESSAGE + 1)))["DESCRIPTION"]
    assert f"\n{'x' * (MESSAGE - 1)}\u2026\n\n{PAGE}" in text
    assert "\u2026" not in one(says("scheduled", 0.5, "x" * MESSAGE))["DESCRIPTION"]


def test_a_plan_for_a_time_that_has_begun_was_not_changed_before_it_was_made() -> None:
    event = one(clock("in_progress", NOW - HOUR), scheduled_for=NOW - HOUR)
    assert event["CREATED"].dt == event.LAST_MODIFIED == event.DTSTAMP == NOW


def test_times_are_told_in_utc_to_the_second() -> None:
    abroad = datetime.fromisoformat("2026-11-24T11:00:00.7-08:00")
    done = replace(says("completed", 0), at=datetime.fromisoformat("2026-11-24T19:00:00.9+00:00"))
    event = one(done, scheduled_for=abroad)
    assert event.start == BEGINS == abroad.replace(microsecond=0)
    assert (event.end, event["STATUS"]) == (ENDS, "CANCELLED")  # over in the second it began
    assert event.start.tzinfo is not None


def test_only_maintenance_is_in_it() -> None:
    incident = maintenance(kind="incident", scheduled_for=None, scheduled_until=None)
    assert read(written(incident, maintenance())) == read(written(maintenance()))


def test_an_empty_calendar_has_a_component_that_shows_nothing() -> None:
    for text in (written(), written(maintenance(kind="incident"))):
        whole = parsed(text)
        assert [component.name for component in whole.subcomponents] == ["VTIMEZONE"]
        zone = whole.subcomponents[0].to_tz()
        assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(0)
    assert "VTIMEZONE" not in written(maintenance())


def test_the_calendar_itself_is_described() -> None:
    whole = parsed(written(maintenance()))
    assert whole.calendar_name == whole["X-WR-CALNAME"] == f"{provider().name} maintenance"
    assert (whole["VERSION"], "METHOD" in whole) == ("2.0", False)
    assert str(whole["SOURCE"]) == f"{PUBLIC_URL}/{KEY}"
    assert whole["REFRESH-INTERVAL"].dt == HOUR


def test_equal_inputs_give_equal_bytes_whenever_they_are_built() -> None:
    soon, later = maintenance(), maintenance(id="20261124-mnu", scheduled_for=BEGINS + HOUR / 2)
    text = written(soon, later)
    assert written(later, soon) == text
    for hours in (0.5, 1.5, 99):
        assert written(later, soon, now=NOW + hours * HOUR) == text


def test_what_is_taken_back_keeps_its_name_and_is_newer() -> None:
    before, after = one(), one(BACK)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.DTSTAMP > before.DTSTAMP
    assert WORDS not in after["DESCRIPTION"]


# --- any text -------------------------------------------------------------------------------------

TEXT = st.text(min_size=1) | st.text(
    "\U0001f4a9\u4e94\u00e9,;:\\\"'nN \t\r\n\x00\u2028x", min_size=60
)


@runs(max_examples=300, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_any_text_can_be_read_again(title: str, message: str, elsewhere: str) -> None:
    notice = maintenance(says("scheduled", 0.5, message), title=title, elsewhere=elsewhere)
    text = written(notice)
    check_form(text)
    [event] = read(text)
    assert event["SUMMARY"] == safe(f"{elsewhere}: {title}")
    assert event["DESCRIPTION"] == safe(f"Affected: {NAMES[0]}.\n\n{message.strip()}\n\n{PAGE}")


def test_a_line_is_folded_when_it_must_be() -> None:
    assert f"SUMMARY:{'x' * 67}\r\n" in written(maintenance(title="x" * 67))
    assert f"SUMMARY:{'x' * 67}\r\n x\r\n" in written(maintenance(title="x" * 68))


def check_form(text: str) -> None:
    """Lines and characters as RFC 5545 3.1 wants them, byte by byte."""
    *lines, end = text.encode().split(b"\r\n")
    assert end == b""
    for line in lines:
        assert len(line) <= LINE
        line.decode()  # no character is torn
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)


# --- the limit ------------------------------------------------------------------------------------


def many(number: int, step: timedelta) -> list[Notice]:
    """From now on or back, each of an hour and as long to read as it can be."""
    return [_long(NOW + place * step, over=step < 0 * step) for place in range(1, number + 1)]


def _long(begins: datetime, over: bool) -> Notice:
    said = says("completed" if over else "scheduled", 0, "\U0001f4a9\n" * MESSAGE)
    return maintenance(
        replace(said, at=begins + HOUR / 2 if over else NOW),
        id=f"{begins:%Y%m%d}-mnt",
        title=f"{FIVE}," * 60,
        scheduled_for=begins,
        scheduled_until=begins + HOUR,
    )


DAY = timedelta(days=1)
PAST, FUTURE = many(40, -DAY), many(40, DAY)


def starts(*notices: Notice) -> list[datetime]:
    text = written(*notices)
    assert len(text.encode()) <= CALENDAR
    check_form(text)
    found = [event.start for event in read(text)]
    assert found == sorted(found)
    return found


def test_what_comes_is_kept_before_what_is_past_and_the_nearest_of_both() -> None:
    size = len(written(FUTURE[0]).encode())
    room = (CALENDAR - len(written().encode())) // (size - 400)
    kept = starts(*PAST, *FUTURE)
    assert 5 < len(kept) <= room
    assert kept == [NOW + (place + 1) * DAY for place in range(len(kept))]
    few = starts(*PAST, *FUTURE[:2])
    assert few[-2:] == [NOW + DAY, NOW + 2 * DAY]
    assert few[:-2] == [NOW - place * DAY for place in range(len(few) - 2, 0, -1)]
    assert len(few) in (len(kept), len(kept) - 1)  # past ones are a little longer


def test_none_is_left_out_that_is_nearer_than_another() -> None:
    short = maintenance(scheduled_for=NOW + 99 * DAY, scheduled_until=NOW + 100 * DAY)
    assert starts(*FUTURE, short) == starts(*FUTURE)


def test_what_runs_or_is_taken_back_before_its_time_is_never_crowded_out_by_the_past() -> None:
    days = (NOW - 90 * DAY, NOW + 90 * DAY)
    late = maintenance(scheduled_for=days[0], scheduled_until=days[0] + DAY)
    late = replace(late, updates=(*late.updates, clock("in_progress", days[0])))
    back = maintenance(BACK, scheduled_for=days[1], scheduled_until=days[1] + DAY)
    assert {*days} < {*starts(*PAST, late, replace(back, id="20261124-bck"))}


@pytest.mark.parametrize("length", range(0, 120, 10))
def test_the_limit_holds_for_the_whole_calendar(length: int) -> None:
    kept = starts(*(replace(notice, updates=(PLAN,), title="x" * length) for notice in FUTURE * 2))
    assert 40 < len(kept) < 80


def test_the_longest_notice_fits_alone() -> None:
    keys = tuple(component.key for component in COMPONENTS)
    [longest] = many(1, DAY)
    wide = replace(longest, components=keys, elsewhere=f"{FIVE}," * 60)
    assert starts(wide) == [NOW + DAY]
