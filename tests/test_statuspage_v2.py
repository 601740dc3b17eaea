import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from netdesk.notice import Notice, Update, updated
from netdesk.pages import Pages
from status_publish.snapshot import Changed
from status_publish.statuspage_v2 import Api
from tests.desk import NOW, PUBLIC_URL, provider
from tests.status import snapshot_of
from tests.test_notice import KEYS, after, notice

HOUR = timedelta(hours=1)
PAGES = Pages(provider(), PUBLIC_URL)
PAGE = {"id", "name", "url", "time_zone", "updated_at"}
STATUS = {"indicator", "description"}
COMPONENT = {
    "id", "name", "description", "status", "position", "group", "group_id", "page_id", "showcase",
    "only_show_if_degraded", "start_date", "created_at", "updated_at",
}  # fmt: skip
INCIDENT = {
    "id", "name", "status", "impact", "created_at", "started_at", "updated_at", "monitoring_at",
    "reminder_intervals",
    "resolved_at", "shortlink", "page_id", "incident_updates", "components",
}  # fmt: skip
MAINTENANCE = INCIDENT | {"scheduled_for", "scheduled_until"}
UPDATE = {
    "id", "incident_id", "status", "body", "created_at", "updated_at", "display_at",
    "deliver_notifications", "custom_tweet", "tweet_id",
    "affected_components",
}  # fmt: skip
INCIDENTS, MAINTENANCES = ("incidents", INCIDENT), ("scheduled_maintenances", MAINTENANCE)
TABLE: dict[str, dict[str, set[str]]] = {
    "api/v2/summary.json": dict(
        [("status", STATUS), ("components", COMPONENT), INCIDENTS, MAINTENANCES]
    ),
    "api/v2/status.json": {"status": STATUS},
    "api/v2/components.json": {"components": COMPONENT},
    "api/v2/incidents.json": dict([INCIDENTS]),
    "api/v2/incidents/unresolved.json": dict([INCIDENTS]),
    "api/v2/scheduled-maintenances.json": dict([MAINTENANCES]),
    "api/v2/scheduled-maintenances/upcoming.json": dict([MAINTENANCES]),
    "api/v2/scheduled-maintenances/active.json": dict([MAINTENANCES]),
}
DATES = {
    "created_at", "updated_at", "display_at", "started_at", "monitoring_at", "resolved_at",
    "scheduled_for", "scheduled_until",
}  # fmt: skip


def texts(*notices: Notice, changed: Changed | None = None) -> dict[str, str]:
    """The documents that the changes reach, by key; without changes named, all."""
    snapshot = snapshot_of(*notices, now=NOW + HOUR, changed=changed)
    return {f"api/v2/{name}.json": text for name, text in Api(PAGES, snapshot).documents()}


def read(*notices: Notice) -> dict[str, Any]:
    made = texts(*notices).items()
    return {key.removeprefix("api/v2/")[:-5]: json.loads(text) for key, text in made}


def maintenance(*states: str, **changes: Any) -> Notice:
    """A maintenance that went through these states, an hour apart."""
    told = (
        Update(NOW + place * HOUR, state, f"Now {state}.", "anna")
        for place, state in enumerate(("scheduled", *states))
    )
    return replace(
        notice(),
        id="20261124-mnt",
        kind="maintenance",
        updates=tuple(told),
        scheduled_for=NOW + HOUR,
        scheduled_until=NOW + 3 * HOUR,
        **changes,
    )


def ids(notices: list[Any]) -> list[str]:
    return [told["id"] for told in notices]


def states(made: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["status"] for one in made["components"]["components"]}


def dates(value: Any) -> list[str]:
    """Every date below this value."""
    if isinstance(value, list):
        return [date for item in value for date in dates(item)]
    if not isinstance(value, dict):
        return []
    here = [value[key] for key in DATES & value.keys() if value[key] is not None]
    return here + dates(list(value.values()))


# --- the fields ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", TABLE)
def test_every_document_has_the_documented_fields(key: str) -> None:
    ahead = maintenance(elsewhere="")
    begun = replace(maintenance("in_progress"), id="20261124-run")
    document = json.loads(texts(notice(), ahead, begun)[key])
    assert document.keys() == TABLE[key].keys() | {"page"}
    assert document.pop("page").keys() == PAGE
    for name, fields in TABLE[key].items():
        told = document[name] if isinstance(document[name], list) else [document[name]]
        assert told
        for one in told:
            assert one.keys() - ({"components"} if one.get("group") else set()) == fields
            for update in one.get("incident_updates", ()):
                assert update.keys() == UPDATE


def test_there_is_no_other_document() -> None:
    assert texts().keys() == TABLE.keys()


def test_every_date_has_an_offset() -> None:
    made = read(after("monitoring"), maintenance("in_progress"))
    found = dates(list(made.values()))
    assert len(found) > 100
    assert all(datetime.fromisoformat(date).tzinfo for date in found)


def test_the_page_names_its_address_zone_and_age() -> None:
    page = read()["status"]["page"]
    assert (page["id"], page["url"]) == ("support.example.net", PUBLIC_URL)
    assert (page["name"], page["time_zone"]) == (provider().name, provider().hours.zone)
    assert page["updated_at"] == "2026-11-24T19:00:00.000Z"


def test_equal_inputs_give_equal_bytes() -> None:
    notices = (after("identified"), maintenance())
    assert texts(*notices) == texts(*notices[::-1])


def test_text_of_staff_makes_no_tag() -> None:
    [told] = read(notice(title="<b>"))["incidents"]["incidents"]
    assert told["name"] == "<b>"
    assert not [text for text in texts(notice(title="<b>", message="<i>")).values() if "<" in text]


# --- what changed --------------------------------------------------------------------------------


WORKS_DOCUMENTS = {key for key in TABLE if "scheduled-maintenances" in key}
INCIDENT_DOCUMENTS = {"api/v2/incidents.json", "api/v2/incidents/unresolved.json"}
WHOLE = TABLE.keys() - WORKS_DOCUMENTS - INCIDENT_DOCUMENTS


def changed_by(made: Notice, *others: Notice) -> set[str]:
    changed = Changed(frozenset([made.id]), frozenset(made.components))
    return set(texts(made, *others, changed=changed))


def test_only_documents_that_a_change_reaches_are_made_anew() -> None:
    works = maintenance(components=(KEYS[1],))
    assert changed_by(notice(), works) == WHOLE | INCIDENT_DOCUMENTS
    assert changed_by(works, notice()) == WHOLE | WORKS_DOCUMENTS


def test_a_notice_tells_of_its_components_as_it_left_them() -> None:
    """So that an old one stays as it is, whatever happens to them later."""
    over = replace(after("resolved"), id="20261120-old")
    alone, beside = read(over), read(over, notice(impact="critical"))
    both = {told["id"]: told for told in beside["incidents"]["incidents"]}
    assert alone["incidents"]["incidents"] == [both[over.id]]
    told = {one: both[one]["components"][0]["status"] for one in both}
    assert told == {over.id: "operational", notice().id: "major_outage"}
    assert states(beside)[KEYS[0]] == "major_outage"


def test_without_a_change_there_is_no_list_to_make() -> None:
    assert texts(notice(), changed=Changed(frozenset())).keys() == WHOLE


@pytest.mark.parametrize("news", ["identified", "resolved"])
def test_what_a_change_does_not_reach_is_the_same_before_and_after(news: str) -> None:
    one = replace(notice(components=(KEYS[1],)), id="20261123-aaa")
    others = [maintenance(), replace(maintenance("in_progress"), id="20261120-wrk"), notice()]
    told = updated(one, news, "News.", "bob", NOW)
    before, now = texts(one, *others), texts(told, *others)
    reached = changed_by(told, *others)
    assert {key for key in now if before[key] != now[key]} <= reached


# --- incidents -----------------------------------------------------------------------------------


def test_an_incident_tells_its_course_newest_first() -> None:
    [told] = read(after("identified", "monitoring", "resolved"))["incidents"]["incidents"]
    assert [update["status"] for update in told["incident_updates"]] == [
        "resolved", "monitoring", "identified", "investigating",
    ]  # fmt: skip
    assert ids(told["incident_updates"])[-1] == "20261124-k3x-1"
    assert told["incident_updates"][-1]["body"] == "We are looking."
    assert (told["started_at"], told["monitoring_at"], told["resolved_at"]) == (
        "2026-11-24T18:00:00.000Z", "2026-11-24T18:02:00.000Z", "2026-11-24T18:03:00.000Z",
    )  # fmt: skip
    assert told["shortlink"] == f"{PUBLIC_URL}/status/notices/20261124-k3x/"
    assert ids(told["components"]) == [KEYS[0]]


def test_an_incident_started_when_it_was_noticed() -> None:
    noticed = replace(notice(), began_at=NOW - HOUR)
    [told] = read(noticed)["incidents"]["incidents"]
    assert told["started_at"] == "2026-11-24T17:00:00.000Z"
    assert told["created_at"] == "2026-11-24T18:00:00.000Z"


def test_an_update_tells_what_it_did_to_the_components() -> None:
    [told] = read(after("identified", "resolved"))["incidents"]["incidents"]
    changes = [update["affected_components"] for update in told["incident_updates"][::-1]]
    assert [[(one["old_status"], one["new_status"]) for one in each] for each in changes] == [
        [("operational", "partial_outage")],
        [("partial_outage", "partial_outage")],
        [("partial_outage", "operational")],
    ]
    assert changes[0][0]["code"] == KEYS[0]


def test_lists_end_after_50_of_a_kind() -> None:
    many = [replace(after("resolved"), id=f"20261124-{place:03}") for place in range(60, 0, -1)]
    made = read(*many, maintenance("in_progress", "completed"))
    assert ids(made["incidents"]["incidents"]) == ids([{"id": one.id} for one in many[:50]])
    assert len(made["scheduled-maintenances"]["scheduled_maintenances"]) == 1
    assert made["incidents/unresolved"]["incidents"] == []


def test_what_was_taken_back_is_told_nowhere() -> None:
    gone = after()
    gone = replace(gone, updates=(*gone.updates, Update(NOW, "retracted", "Not so.", "anna")))
    made = read(gone)
    assert made["incidents"]["incidents"] == []
    assert states(made)[KEYS[0]] == "operational"


# --- the whole and its components ----------------------------------------------------------------


def test_an_empty_site_is_well() -> None:
    made = read()
    assert made["status"]["status"] == {
        "indicator": "none", "description": "All Systems Operational",
    }  # fmt: skip
    assert set(states(made).values()) == {"operational"}
    for name in ("incidents", "scheduled_maintenances"):
        assert made["summary"][name] == []


@pytest.mark.parametrize(
    ("impact", "state"),
    [
        ("none", "operational"),
        ("minor", "degraded_performance"),
        ("major", "partial_outage"),
        ("critical", "major_outage"),
    ],
)
def test_an_open_incident_is_the_state_of_all_that_it_names(impact: str, state: str) -> None:
    made = read(notice(impact=impact))
    assert made["status"]["status"]["indicator"] == impact
    assert states(made)[KEYS[0]] == state
    assert states(made)[KEYS[-1]] == "operational"
    assert made["summary"]["status"] == made["status"]["status"]


def test_an_open_incident_is_bad_although_every_component_is_fine() -> None:
    """As when its component is no longer in the provider's file."""
    made = read(replace(notice(), components=("gone",)))
    assert set(states(made).values()) == {"operational"}
    assert made["status"]["status"]["indicator"] == "major"


def test_an_ended_incident_counts_no_more() -> None:
    made = read(after("resolved"))
    assert made["status"]["status"]["indicator"] == "none"
    assert states(made)[KEYS[0]] == "operational"
    assert made["components"]["components"][1]["updated_at"] == "2026-11-24T18:01:00.000Z"


@pytest.mark.parametrize(
    ("elsewhere", "named"), [("Other Net", "Other Net"), ("internet", "Internet")]
)
def test_anothers_outage_is_told_and_does_not_count(elsewhere: str, named: str) -> None:
    made = read(notice(elsewhere=elsewhere, impact="critical"))
    [told] = made["summary"]["incidents"]
    assert (told["name"], told["impact"]) == (
        f"{elsewhere.capitalize() if elsewhere == 'internet' else elsewhere}: No dial tone",
        "critical",
    )
    assert made["incidents"]["incidents"] == made["incidents/unresolved"]["incidents"] == [told]
    assert made["status"]["status"]["indicator"] == "none"
    assert set(states(made).values()) == {"operational"}


def test_groups_and_their_children_name_each_other() -> None:
    told = read(notice(impact="critical", components=(KEYS[1],)))["components"]["components"]
    groups = [one for one in told if one["group"]]
    assert len(set(ids(told))) == len(told)
    assert [one["name"] for one in groups] == [group.name for group in provider().groups]
    assert [one["position"] for one in groups] == list(range(1, len(groups) + 1))
    for group in groups:
        children = [one for one in told if one["group_id"] == group["id"]]
        assert ids(children) == group["components"]
        assert [one["position"] for one in children] == list(range(1, len(children) + 1))
        hit = any(one["status"] == "major_outage" for one in children)
        assert group["status"] == ("major_outage" if hit else "operational")
    assert [key for group in groups for key in group["components"]] == KEYS


# --- maintenance ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "lists", "indicator", "state"),
    [
        ((), {"upcoming", "summary"}, "none", "operational"),
        (("in_progress",), {"active", "summary"}, "maintenance", "under_maintenance"),
        (("in_progress", "verifying"), {"active", "summary"}, "maintenance", "under_maintenance"),
        (("in_progress", "completed"), set(), "none", "operational"),
    ],
)
def test_a_maintenance_stands_where_its_state_puts_it(
    course: tuple[str, ...], lists: set[str], indicator: str, state: str
) -> None:
    work = maintenance(*course)
    made = read(work)
    told = {name.rpartition("/")[2]: document for name, document in made.items()}
    for name in ("upcoming", "active", "summary"):
        assert len(told[name]["scheduled_maintenances"]) == (name in lists), name
    [whole] = made["scheduled-maintenances"]["scheduled_maintenances"]
    assert (whole["impact"], whole["status"]) == ("maintenance", work.state)
    assert whole["scheduled_for"] == "2026-11-24T19:00:00.000Z"
    assert whole["scheduled_until"] == "2026-11-24T21:00:00.000Z"
    assert made["incidents"]["incidents"] == made["summary"]["incidents"] == []
    assert made["status"]["status"]["indicator"] == indicator
    assert states(made)[KEYS[0]] == state


@pytest.mark.parametrize(
    ("impact", "indicator"), [("none", "maintenance"), ("minor", "minor"), ("major", "major")]
)
def test_an_incident_is_worse_than_maintenance(impact: str, indicator: str) -> None:
    made = read(maintenance("in_progress"), notice(impact=impact))
    assert made["status"]["status"]["indicator"] == indicator


def test_what_runs_is_told_before_what_is_planned() -> None:
    """Of what runs the newest comes first, of what is planned the next."""
    works = {
        name: replace(maintenance(*course), id=f"20261124-{name}", opened_at=NOW - age * HOUR,
                      scheduled_for=NOW + begins * HOUR)
        for name, course, age, begins in [
            ("soo", (), 1, 5), ("far", (), 2, 50), ("run", ("in_progress",), 3, -1),
            ("old", ("in_progress",), 4, -2),
        ]
    }  # fmt: skip
    made = read(*works.values())
    told = [one[-3:] for one in ids(made["summary"]["scheduled_maintenances"])]
    assert told == ["run", "old", "soo", "far"]


def test_maintenance_at_another_provider_does_not_count() -> None:
    made = read(maintenance("in_progress", elsewhere="Other Net"))
    assert made["status"]["status"]["indicator"] == "none"
    assert set(states(made).values()) == {"operational"}
