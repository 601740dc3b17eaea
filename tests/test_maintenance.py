"""Maintenance: planned by staff, begun and ended by the clock, shown where it belongs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.draft import Draft
from netdesk.maintenance import CLOCK, by_the_clock, moved, overruns, planned
from netdesk.moments import read_moment
from netdesk.notice import Notice, component_states, edited, explained, retracted, updated
from netdesk.refused import Refused
from netdesk.staff import Asked
from status_publish import staff
from status_publish.clock import Clock, tick
from status_publish.publish import Publisher
from tests.desk import ARN, NOW, Cloud, provider

HOUR = timedelta(hours=1)
BEGINS, ENDS = NOW + HOUR, NOW + 3 * HOUR
KEYS = [component.key for component in provider().components]
DRAFT = Draft("New router", "minor", (KEYS[0],), "Short breaks are possible.")
NOTHING = Draft("", "", (), "")  # a correction that leaves all as it is
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
    told = staff.open_notice(publisher, Asked(ARN, fields, NOW, "open"))
    assert (told["kind"], told["state"], told["published"]) == ("maintenance", "scheduled", True)
    yield str(told["id"])


def front(cloud: Cloud, name: str = "index.html") -> str:
    return cloud.objects("sitebucket")[f"status/{name}"].decode()


def test_the_page_follows_the_clock(cloud: Cloud, clock: Clock, announced: str) -> None:
    assert "Planned maintenance</h2>" in front(cloud)
    assert "We know of no problem" in front(cloud)
    tick(clock, BEGINS + HOUR / 60)
    assert "Planned maintenance is going on" in front(cloud)
    assert "PLANNED MAINTENANCE IS GOING ON" in front(cloud, "status.txt")
    tick(clock, ENDS + HOUR / 60)
    assert "We know of no problem" in front(cloud)
    page = front(cloud, f"notices/{announced}/index.html")
    assert "Over: New router" in page
    assert "The maintenance has begun." in page


def test_a_clock_that_slept_does_both_steps_at_once(
    cloud: Cloud, clock: Clock, announced: str
) -> None:
    tick(clock, ENDS + 24 * HOUR)
    assert staff.show_notice(clock.publisher, announced)["state"] == "completed"
    before = cloud.objects("sitebucket")
    tick(clock, ENDS + 24 * HOUR)
    assert cloud.objects("sitebucket") == before


def test_one_that_overruns_says_so(cloud: Cloud, clock: Clock, announced: str) -> None:
    tick(clock, BEGINS)
    change(clock.publisher, announced, "updates", state="in_progress", message="A screw is stuck.")
    tick(clock, ENDS + HOUR)
    assert "It takes longer than planned." in front(cloud)
    assert "It takes longer than planned." in front(cloud, "status.txt")


def change(publisher: Publisher, notice: str, verb: str, **fields: Any) -> dict[str, Any]:
    asked = Asked(ARN, fields, BEGINS + HOUR, f"{verb} {fields}")
    return staff.change_notice(publisher, asked, notice, verb)


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
    assert "New router" not in front(cloud) + front(cloud, "status.txt") + front(cloud, "line.txt")
    page = front(cloud, f"notices/{announced}/index.html")
    mistake, why = "<p>We published this by mistake.</p>", "<p>It was last year&#39;s plan.</p>"
    assert page.index(mistake) < page.index(why)
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
        edited(maintenance(), Draft("", "", ("moon",), ""), provider(), NOW)


# --- other times ----------------------------------------------------------------------------------


def begun() -> Notice:
    made = by_the_clock(maintenance(), BEGINS)
    assert made
    return made


def test_what_has_not_begun_can_be_at_any_other_time() -> None:
    window = (BEGINS + 24 * HOUR, ENDS + 24 * HOUR)
    later = moved(maintenance(), window, NOTHING, provider(), NOW)
    assert later == replace(
        maintenance(),
        scheduled_for=window[0],
        scheduled_until=window[1],
        version=2,
        edited_at=NOW,
    )
    assert by_the_clock(later, ENDS) is None


def test_its_texts_can_be_corrected_with_its_times() -> None:
    draft = replace(NOTHING, title="Two routers", message="Longer breaks.")
    made = moved(maintenance(), (BEGINS, ENDS + HOUR), draft, provider(), NOW)
    assert (made.title, made.updates[-1].message) == ("Two routers", "Longer breaks.")
    assert (made.scheduled_until, made.version) == (ENDS + HOUR, 2)


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ((ENDS, BEGINS), "would end before it begins"),
        ((BEGINS, BEGINS), "would end before it begins"),
        ((NOW - 2 * HOUR, NOW - HOUR), "would be over already"),
        ((NOW - 2 * HOUR, NOW), "would be over already"),
    ],
)
def test_other_times_that_can_not_be_are_refused(window: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        moved(maintenance(), window, NOTHING, provider(), NOW)


def test_of_what_has_begun_only_the_end_can_be_another() -> None:
    now = BEGINS + HOUR
    longer = moved(begun(), (BEGINS, ENDS + HOUR), NOTHING, provider(), now)
    assert longer.scheduled_until == ENDS + HOUR
    assert by_the_clock(longer, ENDS) is None
    over = by_the_clock(longer, ENDS + HOUR)
    assert over and over.resolved_at == ENDS + HOUR
    for begins in (NOW, BEGINS + HOUR / 2, BEGINS + 2 * HOUR):
        with pytest.raises(Refused, match="has begun: only its end can be changed"):
            moved(begun(), (begins, ENDS + HOUR), NOTHING, provider(), now)


def test_a_later_end_is_no_overrun_any_more() -> None:
    spoken = updated(begun(), "in_progress", "A screw is stuck.", "anna", ENDS)
    assert overruns(spoken, ENDS + HOUR)
    longer = moved(spoken, (BEGINS, ENDS + 2 * HOUR), NOTHING, provider(), ENDS + HOUR)
    assert not overruns(longer, ENDS + HOUR)


def test_what_is_over_or_no_maintenance_has_no_times_to_change() -> None:
    over = updated(begun(), "completed", "Done.", "anna", ENDS)
    gone = retracted(maintenance(), "Not so.", "anna", NOW)
    incident = replace(maintenance(), kind="incident", scheduled_for=None, scheduled_until=None)
    for made in (over, gone, incident):
        with pytest.raises(Refused, match="it has no times to change"):
            moved(made, (BEGINS, ENDS + HOUR), NOTHING, provider(), NOW)


def test_staff_may_name_one_time_and_keep_the_other(
    cloud: Cloud, publisher: Publisher, clock: Clock, announced: str
) -> None:
    tick(clock, BEGINS)
    told = change(publisher, announced, "edit", to=(ENDS + HOUR).isoformat())
    assert told["scheduled_for"] == BEGINS.isoformat()
    assert told["scheduled_until"] == (ENDS + HOUR).isoformat()
    assert (told["title"], told["state"]) == ("New router", "in_progress")
    assert "14:00 Pacific" in front(cloud)
    with pytest.raises(Refused, match="only its end can be changed"):
        change(publisher, announced, "edit", **{"from": (BEGINS + HOUR).isoformat()})


def test_an_incident_has_no_times_for_staff_to_change(publisher: Publisher, trouble: str) -> None:
    with pytest.raises(Refused, match="is no maintenance: it has no times to change"):
        change(publisher, trouble, "edit", to=ENDS.isoformat())


# --- promises of staff ----------------------------------------------------------------------------


@pytest.fixture
def trouble(publisher: Publisher) -> str:
    fields = {"title": "Down", "impact": "major", "components": [KEYS[0]], "message": "Dead."}
    return str(staff.open_notice(publisher, Asked(ARN, fields, NOW, "open"))["id"])


def test_an_update_is_promised_when_staff_promise_none(publisher: Publisher, trouble: str) -> None:
    wait = provider().next_update["major"]
    opened_ = staff.show_notice(publisher, trouble)
    assert opened_["next_update"] == (NOW + wait).isoformat()
    told = change(publisher, trouble, "updates", state="identified", message="A fuse.")
    assert told["next_update"] == (BEGINS + HOUR + wait).isoformat()
    told = change(publisher, trouble, "updates", state="identified", message="Two fuses.",
                  next_update=(BEGINS + 5 * HOUR).isoformat())  # fmt: skip
    assert told["next_update"] == (BEGINS + 5 * HOUR).isoformat()
    told = change(publisher, trouble, "edit", message="Three fuses.")
    assert told["next_update"] == (BEGINS + 5 * HOUR).isoformat()
    told = change(publisher, trouble, "updates", state="resolved", message="Up.")
    assert told["next_update"] is None


def test_a_correction_can_not_promise_what_is_past(publisher: Publisher, trouble: str) -> None:
    """The last update is older than the moment that is promised, and that than now."""
    past = NOW + HOUR
    assert past < BEGINS + HOUR
    with pytest.raises(Refused, match="The next update can't be promised for then"):
        change(publisher, trouble, "edit", next_update=past.isoformat())


def test_a_maintenance_promises_no_update(publisher: Publisher, announced: str) -> None:
    assert staff.show_notice(publisher, announced)["next_update"] is None


# --- times as staff type them ---------------------------------------------------------------------


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
