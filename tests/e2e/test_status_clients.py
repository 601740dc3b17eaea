"""Other people's readers of Statuspage's API read ours, as they are: one of PyPI, one of npm."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from arez.statuspage import CurrentStatus, StatusPage
from playwright.sync_api import Browser, Page

from tests.e2e.other_site import other_site, unavailable
from tests.e2e.stack import Stack

FIRST, SECOND = "Calls do not connect.", "A card in the modem bank is broken."
PLANNED = "A new switch. Mail waits for an hour."


@dataclass(frozen=True)
class Told:
    incident: str
    maintenance: str


@pytest.fixture(scope="module")
def told(stack: Stack) -> Iterator[Told]:
    """What staff tell, for as long as these tests last."""
    incident = stack.netdesk_json(
        "notice", "open", "--title", "Dial-up is down", "--impact", "major",
        "--component", "dialup", "--message", FIRST,
    )["id"]  # fmt: skip
    stack.netdesk("notice", "update", incident, "--state", "identified", "--message", SECOND)
    maintenance = stack.netdesk_json(
        "notice", "schedule", "--title", "New switch", "--from", "2099-03-01 02:00",
        "--to", "2099-03-01 03:00", "--component", "mail-in", "--message", PLANNED,
    )["id"]  # fmt: skip
    yield Told(incident, maintenance)
    stack.netdesk("notice", "resolve", incident, "--message", "The card is replaced.")
    stack.netdesk("notice", "retract", maintenance, "--message", "This was a test.")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page of another site in Chromium."""
    with other_site() as address:
        opened = browser.new_page()
        opened.goto(address)
        yield opened


def _status(stack: Stack) -> CurrentStatus:
    async def read() -> CurrentStatus:
        async with StatusPage(stack.front) as page:
            return await page.get_status()

    return asyncio.run(read())


def test_arez_reads_the_whole(stack: Stack, told: Told) -> None:
    """aRez 0.2.4 of PyPI: it takes a page's address, and fails on any field that is missing."""
    status = _status(stack)
    assert (status.impact, status.status) == ("Major", "Partial System Outage")
    assert status.name == "Jet.Net"
    dialup, mail = status.component("dialup"), status.component("mail-in")
    assert (dialup.status, mail.status) == ("Partial Outage", "Operational")
    assert dialup.group.status == "Partial Outage"
    assert dialup in dialup.group.components


def test_arez_reads_the_incident_and_its_updates(stack: Stack, told: Told) -> None:
    status = _status(stack)
    [incident] = [one for one in status.incidents if one.id == told.incident]
    assert (incident.name, incident.status, incident.impact) == (
        "Dial-up is down", "Identified", "Major",
    )  # fmt: skip
    assert [u.description for u in incident.updates] == [SECOND, FIRST]
    assert [u.status for u in incident.updates] == ["Identified", "Investigating"]
    assert incident.components == [status.component("dialup")]
    assert status.component("dialup").incidents == [incident]


def test_arez_reads_the_maintenance(stack: Stack, told: Told) -> None:
    status = _status(stack)
    [planned] = [one for one in status.maintenances if one.id == told.maintenance]
    assert (planned.name, planned.status, planned.impact) == (
        "New switch", "Scheduled", "Maintenance",
    )  # fmt: skip
    assert planned.scheduled_for == datetime(2099, 3, 1, 10, 0)  # UTC
    assert planned.scheduled_until == datetime(2099, 3, 1, 11, 0)
    assert planned.last_update.description == PLANNED
    assert planned.components == [status.component("mail-in")]


def test_statuspage_io_reads_it_from_another_site(stack: Stack, told: Told, page: Page) -> None:
    """statuspage.io 3.3.8 of npm, in a browser: without our leave it would get nothing."""
    if reason := unavailable():
        pytest.skip(reason)
    seen = page.evaluate("desk => show(desk)", stack.front)
    assert page.locator("output").inner_text() == "Partial System Outage"
    assert seen["status"]["status"]["indicator"] == "major"
    for document in (seen["summary"], seen["components"]):
        states = {one["id"]: one["status"] for one in document["components"]}
        assert (states["dialup"], states["mail-in"]) == ("partial_outage", "operational")
    _has_incident(told, seen["summary"], seen["incidents"], seen["unresolved"])
    _has_maintenance(told, seen["summary"], seen["upcoming"])


def _has_incident(told: Told, *documents: Any) -> None:
    for document in documents:
        [incident] = [one for one in document["incidents"] if one["id"] == told.incident]
        assert (incident["status"], incident["impact"]) == ("identified", "major")
        updates = [(u["status"], u["body"]) for u in incident["incident_updates"]]
        assert updates == [("identified", SECOND), ("investigating", FIRST)]
        assert [one["id"] for one in incident["components"]] == ["dialup"]


def _has_maintenance(told: Told, *documents: Any) -> None:
    for document in documents:
        works = document["scheduled_maintenances"]
        [planned] = [one for one in works if one["id"] == told.maintenance]
        assert (planned["name"], planned["status"]) == ("New switch", "scheduled")
        begins = datetime.fromisoformat(planned["scheduled_for"])
        assert begins.isoformat()[:16] == "2099-03-01T10:00"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/summary.json", "/status/feed.atom", "/status/feed.rss", "/status/feed.json",
        "/status/components/dialup/feed.atom", "/status/badge.svg",
    ],
)  # fmt: skip
def test_another_site_may_read_feeds_and_badge(stack: Stack, page: Page, path: str) -> None:
    assert page.evaluate("address => read(address)", stack.front + path)


@pytest.mark.parametrize(
    "path", ["/", "/status/", "/status/status.txt", "/api/tickets", "/outbox/"]
)
def test_another_site_may_not_read_our_pages(stack: Stack, page: Page, path: str) -> None:
    assert stack.client.get(path).status in (200, 303)
    assert page.evaluate("address => read(address)", stack.front + path) is None
