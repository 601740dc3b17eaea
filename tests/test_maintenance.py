"""Maintenance: planned by staff, begun and ended by the clock, shown where it belongs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.maintenance import CLOCK, by_the_clock, overruns, planned
from netdesk.moments import read_moment
from netdesk.notice import Draft, Notice, component_states, edited, explained, retracted, updated
from netdesk.refused import Refused
from status_publish import staff
from status_publish.publish import Publisher, tick
from tests.desk import ARN, NOW, Cloud, provider

HOUR = timedelta(hours=1)
BEGINS, ENDS = NOW + HOUR, NOW + 3 * HOUR
KEYS = [component.key for component in provider().components]
DRAFT = Draft("New router", "minor", (KEYS[0],), "Short breaks are possible.")
LOS_ANGELES = "America/Los_Angeles"


def maintenance(window: tuple[datetime, datetime] = (BEGINS, ENDS)) -> Notice:
    return planned(DRAFT, window, provider(), "20261124-mnt", "anna", NOW)


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ((ENDS, BEGINS), "would end before it begins"),
        ((BEGINS, BEGINS), "would end before it begins"),
        ((NOW - 2 * HOUR, NOW - HOUR), "would be over already"),
    ],
)
def test_times_that_can_not_be_are_refused(window: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        maintenance(window)


def test_it_begins_and_ends_by_the_clock_at_the_times_that_were_told() -> None:
    notice = maintenance()
    assert by_the_clock(notice, BEGINS - HOUR) is None
    begun = by_the_clock(notice, BEGINS + HOUR / 60)
    assert begun and (begun.state, begun.updates[-1].at) == ("in_progress", BEGINS)
    assert by_the_clock(begun, ENDS - HOUR) is None
    over = by_the_clock(begun, ENDS + HOUR / 60)
    assert over and (over.state, over.resolved_at) == ("completed", ENDS)
    assert by_the_clock(over, ENDS + HOUR) is None
    assert [update.who for update in over.updates] == ["anna", CLOCK, CLOCK]


def test_once_staff_have_spoken_in_it_they_end_it_and_it_may_overrun() -> None:
    begun = by_the_clock(maintenance(), BEGINS)
    assert begun
    spoken = updated(begun, "in_progress", "A screw is stuck.", "anna", BEGINS + HOUR)
    assert by_the_clock(spoken, ENDS + HOUR) is None
    assert (overruns(spoken, ENDS), overruns(spoken, ENDS + HOUR)) == (False, True)
    over = updated(spoken, "resolved", "Done.", "anna", ENDS + HOUR)
    assert (over.state, overruns(over, ENDS + 2 * HOUR)) == ("completed", False)


def test_an_incident_is_not_the_clocks() -> None:
    incident = replace(maintenance(), kind="incident", scheduled_for=None, scheduled_until=None)
    assert by_the_clock(incident, ENDS) is None


def test_components_are_under_maintenance_while_it_lasts() -> None:
    notice = maintenance()
    begun = by_the_clock(notice, BEGINS)
    assert begun
    over = updated(begun, "completed", "Done.", "anna", ENDS)
    states = [component_states(provider(), [n])[KEYS[0]] for n in (notice, begun, over)]
    assert states == ["operational", "under_maintenance", "operational"]


@pytest.fixture
def announced(cloud: Cloud, publisher: Publisher) -> Iterator[str]:
    fields = {"title": "New router", "impact": "minor", "components": [KEYS[0]]}
    fields |= {"message": "Short breaks.", "from": BEGINS.isoformat(), "to": ENDS.isoformat()}
    told = staff.open_notice(publisher, ARN, fields, NOW)
    assert (told["kind"], told["state"], told["published"]) == ("maintenance", "scheduled", True)
    yield str(told["id"])


def front(cloud: Cloud, name: str = "index.html") -> str:
    return cloud.objects("sitebucket")[f"status/{name}"].decode()


def test_the_page_follows_the_clock(cloud: Cloud, publisher: Publisher, announced: str) -> None:
    assert "Planned maintenance</h2>" in front(cloud)
    assert "We know of no problem" in front(cloud)
    tick(publisher, BEGINS + HOUR / 60)
    assert "Planned maintenance is going on" in front(cloud)
    assert "PLANNED MAINTENANCE IS GOING ON" in front(cloud, "status.txt")
    tick(publisher, ENDS + HOUR / 60)
    assert "We know of no problem" in front(cloud)
    page = front(cloud, f"notices/{announced}/index.html")
    assert "Over: New router" in page
    assert "The maintenance has begun." in page


def test_a_clock_that_slept_does_both_steps_at_once(
    cloud: Cloud, publisher: Publisher, announced: str
) -> None:
    tick(publisher, ENDS + 24 * HOUR)
    assert staff.show_notice(publisher, announced)["state"] == "completed"
    before = cloud.objects("sitebucket")
    tick(publisher, ENDS + 24 * HOUR)
    assert cloud.objects("sitebucket") == before


def test_one_that_overruns_says_so(cloud: Cloud, publisher: Publisher, announced: str) -> None:
    tick(publisher, BEGINS)
    change(publisher, announced, "updates", state="in_progress", message="A screw is stuck.")
    tick(publisher, ENDS + HOUR)
    assert "It takes longer than planned." in front(cloud)
    assert "It takes longer than planned." in front(cloud, "status.txt")


def change(publisher: Publisher, notice: str, verb: str, **fields: Any) -> dict[str, Any]:
    return staff.change_notice(publisher, ARN, notice, verb, fields, BEGINS + HOUR)


def test_an_edit_corrects_what_is_given_and_keeps_the_rest(
    cloud: Cloud, publisher: Publisher, announced: str
) -> None:
    edited_ = change(publisher, announced, "edit", title="Two new routers")
    assert (edited_["title"], edited_["impact"]) == ("Two new routers", "minor")
    assert edited_["updates"][0]["message"] == "Short breaks."
    assert "Two new routers" in front(cloud)


def test_who_edits_what_somebody_changed_meanwhile_is_told(
    publisher: Publisher, announced: str
) -> None:
    seen = staff.show_notice(publisher, announced)["version"]
    change(publisher, announced, "edit", title="Quicker", version=seen)
    with pytest.raises(Refused, match="Somebody changed notice"):
        change(publisher, announced, "edit", title="Slower", version=seen)
    assert staff.show_notice(publisher, announced)["title"] == "Quicker"


def test_what_was_never_so_is_taken_back_everywhere(
    cloud: Cloud, publisher: Publisher, announced: str
) -> None:
    change(publisher, announced, "retract", message="It was last year's plan.")
    assert "New router" not in front(cloud)
    page = front(cloud, f"notices/{announced}/index.html")
    assert "We published this by mistake. It was last year&#39;s plan." in page
    assert "Short breaks." not in page
    with pytest.raises(Refused, match="retracted already"):
        change(publisher, announced, "retract", message="Again.")


def test_a_postmortem_follows_the_end_and_moves_it_not() -> None:
    incident = Notice("20261124-inc", "Down", "major", (KEYS[0],), NOW, maintenance().updates)
    incident = replace(incident, updates=(replace(incident.updates[0], state="investigating"),))
    with pytest.raises(Refused, match="a postmortem follows its end"):
        explained(incident, "Why.", "anna", NOW)
    over = updated(incident, "resolved", "Up.", "anna", NOW + HOUR)
    told = explained(over, "A fuse; there are two now.", "anna", NOW + 24 * HOUR)
    assert (told.state, told.resolved_at) == ("postmortem", NOW + HOUR)
    with pytest.raises(Refused, match="open a new one"):
        updated(told, "monitoring", "x", "anna", NOW)
    assert retracted(told, "Wrong.", "anna", NOW).resolved_at == NOW + HOUR


def test_an_edit_is_refused_as_an_opening_is() -> None:
    with pytest.raises(Refused, match="Component moon is unknown"):
        edited(maintenance(), Draft("", "", ("moon",), ""), provider())


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-12-24 22:00", datetime(2026, 12, 25, 6, tzinfo=UTC)),
        ("2026-07-01 22:00", datetime(2026, 7, 2, 5, tzinfo=UTC)),
        (" 2026-12-24T22:00-08:00 ", datetime(2026, 12, 25, 6, tzinfo=UTC)),
        ("2026-12-25T06:00+00:00", datetime(2026, 12, 25, 6, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_the_providers_zone_or_with_their_own(
    typed: str, moment: datetime
) -> None:
    assert read_moment(typed, LOS_ANGELES) == moment


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tomorrow",
        "24.12.2026",
        "2026-13-01 10:00",
        "9999-12-31T23:59-08:00",
    ],
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="is no time: write it like"):
        read_moment(typed, LOS_ANGELES)


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(Refused, match="the clocks skip that hour"):
        read_moment("2027-03-14 02:30", LOS_ANGELES)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_sentence(typed: str) -> None:
    try:
        assert read_moment(typed, LOS_ANGELES).tzinfo is UTC
    except Refused as refused:
        assert str(refused).endswith(".")
