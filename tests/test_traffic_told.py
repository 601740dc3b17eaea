"""Heavy traffic is told by the form's page, before anybody sends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from status_publish.clock import Clock, tick, watch_traffic
from status_publish.publish import Publisher, publish
from tests.desk import MINUTE as EVENT
from tests.desk import NOW, Answer, Cloud, Door, Meanwhile, ask, fails
from tests.test_notice import notice
from tests.test_publish import FRONT, HOUR, MINUTE, SHARED, YOUNG, page_of, pages_of, text
from tests.test_traffic import ticket

FORM = "problem/index.html"


@pytest.fixture
def telling(clock: Clock) -> Clock:
    """The clock of a site that is up, and whose form's page says "usually"."""
    tick(clock, NOW - HOUR)
    return clock


@pytest.fixture
def busy(cloud: Cloud, telling: Clock) -> Clock:
    """It has just counted that three tickets are overdue."""
    late(cloud)
    watch_traffic(telling, NOW)
    return telling


def late(cloud: Cloud, answered: str = "no") -> None:
    for place in range(3):
        cloud.put("TicketsTable", **ticket(place, NOW - HOUR, answered))


def told(cloud: Cloud) -> str:
    """What the page says before the button that sends."""
    before = text(cloud, FORM).partition("<button")[0]
    return "heavy" if "48 hours" in before else "usual"


def minute(clock: Clock, now: datetime) -> set[str]:
    written = tick(clock, now).written
    watch_traffic(clock, now)
    return set(written)


def test_the_form_says_that_traffic_is_heavy_while_it_is(cloud: Cloud, telling: Clock) -> None:
    assert told(cloud) == "usual"
    minute(telling, NOW)
    late(cloud)
    assert minute(telling, NOW + MINUTE) == set()
    assert minute(telling, NOW + 2 * MINUTE) == YOUNG | {FORM}
    assert told(cloud) == "heavy"
    late(cloud, "in time")
    assert minute(telling, NOW + 3 * MINUTE) == set()
    assert minute(telling, NOW + 4 * MINUTE) == YOUNG | {FORM}
    assert told(cloud) == "usual"


def test_counting_the_same_again_changes_nothing(cloud: Cloud, busy: Clock) -> None:
    minute(busy, NOW)
    kept = cloud.rows("NoticesTable"), cloud.objects("sitebucket")
    assert [minute(busy, NOW + m * MINUTE) for m in (1, 2, 3)] == [set()] * 3
    assert (cloud.rows("NoticesTable"), cloud.objects("sitebucket")) == kept


def test_two_clocks_that_count_the_same_change_the_site_once(cloud: Cloud, busy: Clock) -> None:
    notices = busy.publisher.notices
    revision = notices.site().revision
    assert not notices.keep_traffic(heavy=True)
    assert notices.site().revision == revision
    assert notices.keep_traffic(heavy=False)


def test_whoever_publishes_next_tells_it_with_a_notice(cloud: Cloud, busy: Clock) -> None:
    busy.publisher.notices.add(notice())
    written = set(publish(busy.publisher, NOW).written)
    assert written >= SHARED | pages_of(notice()) | {FORM}
    assert told(cloud) == "heavy"
    later = replace(notice(), id="20261124-zzz")
    busy.publisher.notices.add(later)
    assert FORM not in publish(busy.publisher, NOW + MINUTE).written


def test_publishing_everything_anew_tells_what_was_counted_last(cloud: Cloud, busy: Clock) -> None:
    minute(busy, NOW)
    assert FORM in publish(busy.publisher, NOW + HOUR, everything=True).written
    assert told(cloud) == "heavy"


def test_a_publisher_that_read_before_the_count_undoes_nothing(
    cloud: Cloud, telling: Clock
) -> None:
    late(cloud)

    def counted(_: Any) -> None:
        watch_traffic(telling, NOW)
        tick(telling, NOW)

    slow: Any = Meanwhile(cloud.s3, "put_object", counted)
    bucket = type(telling.publisher.bucket)(slow, "sitebucket")
    publish(replace(telling.publisher, bucket=bucket), NOW, everything=True)
    assert told(cloud) == "heavy"
    assert telling.publisher.notices.site().touched == frozenset()


# --- the tickets can't be counted ----------------------------------------------------------------


def blind(clock: Clock) -> Clock:
    throttled: Any = fails("ThrottlingException")
    return replace(clock, traffic=throttled)


def test_what_was_counted_last_stays_while_nobody_can_count(
    cloud: Cloud, busy: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    late(cloud, "in time")
    assert minute(blind(busy), NOW) >= {FORM}
    assert minute(blind(busy), NOW + HOUR) == YOUNG
    assert told(cloud) == "heavy"
    assert "the tickets were not counted" in caplog.text


def test_notices_are_published_without_the_tickets_table(
    cloud: Cloud, publisher: Publisher, door: Callable[..., Door], caplog: pytest.LogCaptureFixture
) -> None:
    clock = door("ClockFunction", TICKETS_TABLE="NoSuchTable")
    publisher.notices.add(notice())
    assert clock(EVENT) == {"published": True}
    assert cloud.objects("sitebucket").keys() >= FRONT | {page_of(notice())}
    [failed] = [r for r in caplog.records if r.message == "the tickets were not counted"]
    assert vars(failed)["error"] == "ResourceNotFoundException"


# --- the doors -----------------------------------------------------------------------------------


def test_the_clocks_door_counts_and_staff_may_publish_all(
    cloud: Cloud, publisher: Publisher, door: Callable[..., Door]
) -> None:
    """The door of the notices has no ticket in its environment."""
    clock = door("ClockFunction")
    for place in range(3):
        cloud.put("TicketsTable", **ticket(place, datetime.now(UTC) - HOUR))
    clock(EVENT)
    assert publisher.notices.site().heavy
    answer: Answer = ask(
        door("NoticesFunction"), "POST", "/staff/site/publish", body={"all": True}, arn="a/anna"
    )
    assert FORM in answer.json["written"]
    assert told(cloud) == "heavy"
