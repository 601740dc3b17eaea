"""A dry run: what would be published, and nothing is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from netdesk.notice import explained, updated
from netdesk.refused import Refused
from netdesk.staff import Asked
from status_publish import staff
from status_publish.clock import Clock, tick
from status_publish.publish import Publisher
from tests.desk import ARN, NOW, Cloud, Meanwhile
from tests.test_notice import KEYS, notice
from tests.test_notices_door import OPEN
from tests.test_publish import DAY, HOUR, MINUTE, over, text

WINDOW = {"from": (NOW + DAY).isoformat(), "to": (NOW + 2 * DAY).isoformat()}
Run = Callable[[Publisher, bool], Any]


@pytest.fixture
def site(publisher: Publisher, clock: Clock) -> Publisher:
    """With one open notice, which everything there tells."""
    publisher.notices.add(notice())
    for _ in range(2):
        tick(clock, NOW + MINUTE)
    assert publisher.notices.site().touched == frozenset()
    return publisher


def asked(dry_run: bool, **fields: Any) -> Asked:
    return Asked(ARN, fields | {"dry_run": dry_run}, NOW + HOUR, "key")


def opening(**fields: Any) -> Run:
    return lambda site, dry: staff.open_notice(site, asked(dry, **OPEN | fields))


def changing(verb: str, **fields: Any) -> Run:
    return lambda site, dry: staff.change_notice(site, asked(dry, **fields), notice().id, verb)


RUNS: dict[str, Run] = {
    "open": opening(title="Second."),
    "schedule": opening(title="Second.", **WINDOW),
    "update": changing("updates", state="identified", message="A cable."),
    "resolve": changing("updates", state="resolved", message="Mended."),
    "edit": changing("edit", title="Another title."),
    "one component more": changing("edit", components=KEYS[:2]),
    "retract": changing("retract", message="It was another's."),
}
ANY = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


@ANY
def test_it_keeps_nothing_and_publishes_nothing(cloud: Cloud, site: Publisher, run: Run) -> None:
    before = cloud.rows("NoticesTable"), cloud.objects("sitebucket")
    assert run(site, True)["dry_run"] is True
    assert (cloud.rows("NoticesTable"), cloud.objects("sitebucket")) == before


def written(cloud: Cloud, site: Publisher, run: Run) -> list[str]:
    """The keys of the objects that it puts, in earnest."""
    puts: list[Any] = []
    watching = over(site, Meanwhile(cloud.s3, "put_object", puts.append, always=True))
    assert run(watching, False)["published"] is True
    return sorted(given["Key"] for given in puts)


@ANY
def test_it_tells_what_it_would_be_in_earnest(cloud: Cloud, site: Publisher, run: Run) -> None:
    dry = run(site, True)
    assert dry["pages"] == written(cloud, site, run)
    assert text(cloud).startswith(dry["html"])  # its age follows
    assert text(cloud, "status/status.txt").startswith(dry["text"])
    kept = staff.show_notice(site, dry["id"])
    assert {name: dry[name] for name in kept} == kept


def test_it_names_the_feeds_of_a_component_that_is_taken_away(
    cloud: Cloud, site: Publisher
) -> None:
    run = changing("edit", components=[KEYS[1]])
    dry = run(site, True)
    assert dry["pages"] == written(cloud, site, run)


def test_a_postmortem_of_an_old_notice_can_be_tried(
    cloud: Cloud, site: Publisher, clock: Clock
) -> None:
    at = NOW - 200 * DAY
    old = replace(notice(), id=f"{at:%Y%m%d}-old", opened_at=at)
    done = updated(old, "resolved", "Done.", "bob", at + HOUR)
    site.notices.add(done)
    tick(clock, NOW + MINUTE)
    fields = asked(True, message="A digger.")
    dry = staff.change_notice(site, fields, old.id, "postmortem")
    assert dry["pages"][-1] == "status/status.txt"
    assert f"status/history/{at:%Y-%m}/index.html" in dry["pages"]
    assert site.notices.read(old.id) == done
    assert explained(done, "A digger.", "anna", NOW + HOUR).version == dry["version"]


def test_what_is_not_published_yet_is_in_the_preview_too(cloud: Cloud, site: Publisher) -> None:
    site.notices.add(replace(notice(title="Waiting."), id="20261124-wai"))
    dry = RUNS["update"](site, True)
    assert "Waiting." in dry["html"]
    assert "A cable." in dry["html"]


def test_what_can_not_be_is_refused_as_in_earnest(site: Publisher) -> None:
    with pytest.raises(Refused, match="Component moon is unknown"):
        opening(components=["moon"])(site, True)
    with pytest.raises(Refused, match="The message is empty"):
        changing("updates", state="identified")(site, True)
