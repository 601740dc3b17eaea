"""The clock's minute: the heartbeat, finishing what others left, maintenance, months to renew."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from netdesk.maintenance import CLOCK
from netdesk.notice import Notice, updated
from netdesk.pages import SITE, Pages
from status_publish.clock import Clock, tick
from status_publish.publish import Publisher, publish
from status_publish.snapshot import HEARTBEAT
from status_publish.store import Notices
from tests.desk import NOW, PUBLIC_URL, Cloud, Meanwhile, fails, provider
from tests.test_notice import after, notice
from tests.test_notice_store import HOUR, maintenance
from tests.test_publish import (
    DAY,
    FRONT,
    MINUTE,
    SHARED,
    YOUNG,
    head,
    month_of,
    over,
    page_of,
    pages_of,
    text,
)

SECOND = MINUTE / 60


def beside(clock: Clock, client: Any) -> Clock:
    """The same clock with another DynamoDB client."""
    publisher = replace(clock.publisher, notices=Notices(client, "NoticesTable"))
    return replace(clock, publisher=publisher)


# --- the heartbeat -------------------------------------------------------------------------------


def test_the_first_minute_of_a_site_makes_all_its_pages(cloud: Cloud, clock: Clock) -> None:
    assert set(tick(clock, NOW).written) == FRONT == set(cloud.objects("sitebucket"))


def test_the_clock_keeps_the_front_page_young_and_touches_nothing_else(
    cloud: Cloud, clock: Clock
) -> None:
    tick(clock, NOW)
    assert not tick(clock, NOW + HEARTBEAT - SECOND)
    assert set(tick(clock, NOW + HEARTBEAT).written) == YOUNG
    for key in YOUNG:
        assert head(cloud, key)["Metadata"]["built"] == "2026-11-24T18:05:00+00:00"
    assert not tick(clock, NOW + HEARTBEAT)
    assert tick(clock, NOW + 2 * HEARTBEAT)


def test_the_clock_finishes_what_a_dying_publisher_left(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    tick(clock, NOW)
    publisher.notices.add(notice())
    down = Meanwhile(cloud.s3, "put_object", fails("ServiceUnavailable", 503))
    with pytest.raises(Exception, match="ServiceUnavailable"):
        publish(over(publisher, down), NOW)
    done = tick(clock, NOW + MINUTE)
    assert done.revision == 1
    assert SHARED | pages_of(notice()) <= set(done.written)
    assert "No dial tone" in text(cloud)
    assert not tick(clock, NOW + 2 * MINUTE)


# --- maintenance ---------------------------------------------------------------------------------


def test_maintenance_begins_and_ends_by_itself(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    works = maintenance()
    assert works.scheduled_for and works.scheduled_until
    begins, ends = works.scheduled_for, works.scheduled_until
    planned = replace(works, updates=(replace(works.updates[0], state="scheduled"),))
    publisher.notices.add(planned)
    tick(clock, NOW)
    moments = [begins - SECOND, begins, ends - SECOND, ends]
    states = []
    for moment in moments:
        tick(clock, moment)
        told = publisher.notices.read(works.id)
        assert told
        states.append(told.state)
    assert states == ["scheduled", "in_progress", "in_progress", "completed"]
    assert told and [update.who for update in told.updates] == ["anna", CLOCK, CLOCK]
    assert "Over: No dial tone" in text(cloud, page_of(works))
    assert publisher.notices.site().active == frozenset()


def test_who_is_quicker_than_the_clock_is_not_undone(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    """The clock leaves the notice alone until the next minute, and does the rest of this one."""
    works = maintenance()
    planned = replace(works, updates=(replace(works.updates[0], state="scheduled"),))
    publisher.notices.add(planned)
    tick(clock, NOW)

    def other(_: Any) -> None:
        spoken = updated(planned, "in_progress", "We begin early.", "anna", NOW)
        publisher.notices.change(spoken, planned)

    quick = Meanwhile(cloud.dynamodb, "transact_write_items", other)
    done = tick(beside(clock, quick), NOW + HOUR)
    told = publisher.notices.read(works.id)
    assert told and [update.who for update in told.updates] == ["anna", "anna"]
    assert page_of(works) in done.written
    assert "We begin early." in text(cloud)


# --- another release -----------------------------------------------------------------------------


def solved(at: datetime) -> Notice:
    made = replace(notice(), id=f"{at:%Y%m%d}-old", opened_at=at)
    return updated(made, "resolved", "Done.", "bob", at + HOUR)


def newer(clock: Clock, folder: Path) -> Clock:
    """The clock of a release whose notices look otherwise."""
    shutil.copytree(SITE, folder / "site")
    template = folder / "site" / "templates" / "notice.html"
    template.write_text(template.read_text("utf-8").replace("<h1", "<h1 id=new"), "utf-8")
    pages = Pages(provider(), PUBLIC_URL, folder / "site")
    return replace(clock, publisher=replace(clock.publisher, pages=pages))


OLD = [solved(NOW - days * DAY) for days in (400, 200, 10)]
MONTHS = ["2026-11", "2026-05", "2025-10"]


@pytest.fixture
def upgraded(publisher: Publisher, clock: Clock, tmp_path: Path) -> Clock:
    """A newer clock, on a site of three months that it has not made."""
    for one in OLD:
        publisher.notices.add(one)
    tick(clock, NOW)
    for minute in range(len(MONTHS)):
        tick(clock, NOW + minute * MINUTE)
    assert publisher.notices.site().renew == frozenset()
    return newer(clock, tmp_path)


def test_a_new_release_writes_what_is_recent_at_once_and_then_a_month_a_minute(
    cloud: Cloud, publisher: Publisher, upgraded: Clock
) -> None:
    done = tick(upgraded, NOW + DAY)
    assert set(done.written) >= FRONT
    assert publisher.notices.site().renew == set(MONTHS)
    old = sorted(OLD, key=lambda one: one.id, reverse=True)
    for minute, one in enumerate(old, 1):
        done = tick(upgraded, NOW + DAY + minute * MINUTE)
        assert set(done.written) == {page_of(one), month_of(one)}
        assert "<h1 id=new" in text(cloud, page_of(one))
        assert publisher.notices.site().renew == set(MONTHS[minute:])
    assert not tick(upgraded, NOW + DAY + 4 * MINUTE)


def test_the_heartbeat_and_new_notices_come_before_old_months(
    publisher: Publisher, upgraded: Clock
) -> None:
    tick(upgraded, NOW + DAY)
    assert set(tick(upgraded, NOW + DAY + HEARTBEAT).written) == YOUNG
    publisher.notices.add(notice())
    later = NOW + DAY + HEARTBEAT + MINUTE
    assert pages_of(notice()) <= set(tick(upgraded, later).written)
    assert publisher.notices.site().renew == set(MONTHS)
    assert month_of(OLD[2]) in tick(upgraded, later + MINUTE).written


def test_a_month_that_somebody_else_is_writing_is_renewed_in_another_minute(
    cloud: Cloud, publisher: Publisher, upgraded: Clock
) -> None:
    tick(upgraded, NOW + DAY)
    busy = Meanwhile(cloud.s3, "put_object", fails("Lost", 412))
    lost = replace(upgraded, publisher=over(upgraded.publisher, busy))
    assert not tick(lost, NOW + DAY + MINUTE)
    assert publisher.notices.site().renew == set(MONTHS)
    assert month_of(OLD[2]) in tick(upgraded, NOW + DAY + 2 * MINUTE).written


def test_another_address_of_the_site_is_another_release(cloud: Cloud, clock: Clock) -> None:
    tick(clock, NOW)
    pages = Pages(provider(), "https://other.example.org")
    moved = replace(clock, publisher=replace(clock.publisher, pages=pages))
    assert set(tick(moved, NOW + MINUTE).written) == FRONT
    assert "https://other.example.org/" in text(cloud, "status/status.txt")


def test_a_release_that_died_while_it_wrote_everything_does_so_again(
    cloud: Cloud, publisher: Publisher, upgraded: Clock
) -> None:
    down = Meanwhile(cloud.dynamodb, "update_item", fails("InternalServerError", 500))
    with pytest.raises(Exception, match="InternalServerError"):
        tick(beside(upgraded, down), NOW + DAY)
    assert publisher.notices.site().renew == frozenset()
    assert page_of(OLD[2]) in tick(upgraded, NOW + DAY + MINUTE).written
    assert publisher.notices.site().renew == set(MONTHS)


def test_an_update_while_old_months_wait_reaches_its_month_at_once(
    cloud: Cloud, publisher: Publisher, upgraded: Clock
) -> None:
    tick(upgraded, NOW + DAY)
    publisher.notices.add(notice())
    publisher.notices.change(after("resolved"), notice())
    tick(upgraded, NOW + DAY + MINUTE)
    assert "Solved" in text(cloud, month_of(notice()))
