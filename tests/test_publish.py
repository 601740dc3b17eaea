"""Publishing: what hangs on a change is written, and nothing goes back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from netdesk.maintenance import planned
from netdesk.notice import Notice, edited
from status_publish.bucket import Bucket
from status_publish.clock import Clock, tick
from status_publish.publish import Publisher, publish
from tests.desk import NOW, Cloud, Meanwhile, fails, provider
from tests.test_notice import DRAFT, KEYS, after, notice
from tests.test_statuspage_v2 import TABLE

ENDINGS = ("atom", "rss", "json")
STATIC = {"404.html", "unavailable.html", "problem/index.html", "problem/domain/index.html",
          "support/index.html", "status/help/index.html",
          "status/traceroute/index.html"}  # fmt: skip
YOUNG = {"status/index.html", "status/status.txt", "status/line.txt", "api/v2/status.json",
         "api/v2/summary.json"}  # fmt: skip
FEEDS = {f"status/feed.{ending}" for ending in ENDINGS}
LISTS = {key for key in TABLE if key.startswith(("api/v2/incidents", "api/v2/scheduled"))}
INCIDENTS = {key for key in LISTS if key.startswith("api/v2/incidents")}
# What every change reaches; with a notice's own page, its month and the feeds of its components.
SHARED = YOUNG | FEEDS | INCIDENTS
SHARED |= {"status/badge.svg", "api/v2/components.json"}
MONTHS = {"status/history/index.html"}  # only when one is new
# A whole site without a notice.
FRONT = STATIC | SHARED | LISTS | MONTHS | {"status/maintenance.ics"}
FRONT |= {f"status/components/{key}/feed.{ending}" for key in KEYS for ending in ENDINGS}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def page_of(made: Notice) -> str:
    return f"status/notices/{made.id}/index.html"


def month_of(made: Notice) -> str:
    return f"status/history/{made.id[:4]}-{made.id[4:6]}/index.html"


def feeds_of(*components: str) -> set[str]:
    return {f"status/components/{key}/feed.{ending}" for key in components for ending in ENDINGS}


def pages_of(*made: Notice) -> set[str]:
    """What tells of these notices and of no other."""
    feeds = feeds_of(*(component for one in made for component in one.components))
    return feeds | {page(one) for one in made for page in (page_of, month_of)}


def head(cloud: Cloud, key: str) -> Any:
    return cloud.s3.head_object(Bucket="sitebucket", Key=key)


def text(cloud: Cloud, key: str = "status/index.html") -> str:
    body = cloud.s3.get_object(Bucket="sitebucket", Key=key)["Body"].read()
    return str(body.decode())


def over(publisher: Publisher, client: Any) -> Publisher:
    """The same publisher with another S3 client."""
    return replace(publisher, bucket=Bucket(client, "sitebucket"))


@pytest.fixture
def published(publisher: Publisher) -> Publisher:
    """Of a site that is up, and has no notice."""
    publish(publisher, NOW - DAY, everything=True)
    return publisher


def test_pages_carry_revision_and_age_and_may_be_cached_shortly(
    cloud: Cloud, publisher: Publisher
) -> None:
    made = replace(after("identified"), version=1)
    publisher.notices.add(made)
    done = publish(publisher, NOW, everything=True)
    assert (done.revision, set(done.written)) == (1, FRONT | pages_of(made))
    assert done.written[-1] == "status/index.html"
    front = head(cloud, "status/index.html")
    assert front["Metadata"] == {"revision": "1", "built": "2026-11-24T18:00:00+00:00"}
    assert front["ContentType"] == "text/html; charset=utf-8"
    assert "max-age=10," in front["CacheControl"]
    assert "stale-if-error" in front["CacheControl"]
    assert head(cloud, page_of(made))["Metadata"] == {"revision": "1", "built": ""}
    assert head(cloud, "status/status.txt")["ContentType"] == "text/plain; charset=utf-8"
    site = publisher.notices.site()
    assert (site.published, site.built_at) == (1, "2026-11-24T18:00:00+00:00")


def test_only_what_hangs_on_the_change_is_written(publisher: Publisher) -> None:
    one, other = notice(), replace(notice(components=(KEYS[1],)), id="20261024-aaa")
    beside = replace(one, id="20261101-aaa")
    publish(publisher, NOW - MINUTE)  # the first one writes the whole site
    for made in (one, beside, other):
        publisher.notices.add(made)
    assert set(publish(publisher, NOW).written) == SHARED | MONTHS | pages_of(one, beside, other)
    assert publish(publisher, NOW).written == ()
    assert set(publish(publisher, NOW + MINUTE).written) == YOUNG
    publisher.notices.change(after("identified"), one)
    assert set(publish(publisher, NOW + MINUTE).written) == SHARED | pages_of(one)
    everything = publish(publisher, NOW + MINUTE, everything=True)
    months = {month_of(one), month_of(other)}  # these follow by the clock
    assert set(everything.written) == (FRONT | pages_of(one, beside, other)) - months
    assert everything.renewing == {"2026-10", "2026-11"}


def announced(*components: str) -> Notice:
    """A maintenance in forty days."""
    begins = NOW + 40 * DAY
    draft = replace(DRAFT, components=components)
    return planned(draft, (begins, begins + DAY), provider(), "20261120-mnt", "anna", NOW - DAY)


@pytest.mark.parametrize("planned_for", [(), KEYS[1:2], KEYS[:2]], ids=["none", "one", "both"])
@pytest.mark.parametrize("hit", [KEYS[:1], KEYS[:2]], ids=["one hit", "two hit"])
@pytest.mark.parametrize(
    ("day", "objects"), [(NOW, 14), (NOW + 8 * DAY, 15)], ids=["a month with others", "a new month"]
)
def test_opening_an_incident_writes_few_objects(
    published: Publisher, hit: list[str], planned_for: list[str], day: datetime, objects: int
) -> None:
    """And three feeds of each component, whatever maintenance is planned for it."""
    published.notices.add(replace(notice(), id="20261101-aaa"))
    if planned_for:
        published.notices.add(announced(*planned_for))
    publish(published, NOW)
    made = replace(notice(components=tuple(hit)), id=f"{day:%Y%m%d}-new", opened_at=day)
    published.notices.add(made)
    written = publish(published, day + MINUTE).written
    assert set(written) - MONTHS == SHARED | pages_of(made)
    assert len(written) == objects + 3 * len(hit)


def test_a_maintenance_reaches_the_calendar_and_its_lists(published: Publisher) -> None:
    made = announced(KEYS[0])
    published.notices.add(made)
    written = set(publish(published, NOW).written)
    works = LISTS - INCIDENTS | {"status/maintenance.ics"}
    assert written == (SHARED - INCIDENTS) | MONTHS | works | pages_of(made)


def test_a_component_that_an_edit_takes_away_loses_the_notice_from_its_feeds(
    cloud: Cloud, published: Publisher
) -> None:
    one = notice(components=(KEYS[0], KEYS[1]))
    published.notices.add(one)
    publish(published, NOW)
    assert all(one.id in text(cloud, key) for key in feeds_of(KEYS[0], KEYS[1]))
    published.notices.change(
        edited(one, replace(DRAFT, components=(KEYS[1],)), provider(), NOW), one
    )
    publish(published, NOW + MINUTE)
    assert not any(one.id in text(cloud, key) for key in feeds_of(KEYS[0]))
    assert all(one.id in text(cloud, key) for key in feeds_of(KEYS[1]))


def test_a_publisher_that_was_overtaken_starts_over_from_what_is_there_now(
    cloud: Cloud, published: Publisher
) -> None:
    published.notices.add(notice())

    def other(_: Any) -> None:
        published.notices.change(after("resolved"), notice())
        publish(published, NOW + MINUTE)

    slow = over(published, Meanwhile(cloud.s3, "put_object", other))
    assert publish(slow, NOW).revision == 2
    assert "We know of no problem" in text(cloud)
    assert head(cloud, "status/index.html")["Metadata"]["revision"] == "2"


HANGS = SHARED | pages_of(notice())


@pytest.mark.parametrize("after_pages", range(0, len(HANGS), 3))
def test_an_old_publisher_that_wakes_up_at_any_page_undoes_nothing(
    cloud: Cloud, published: Publisher, after_pages: int
) -> None:
    published.notices.add(notice())
    left = [after_pages]

    def other(given: Any) -> None:
        left[0] -= 1
        if left[0] == -1:
            published.notices.change(after("resolved"), notice())
            publish(published, NOW + MINUTE)

    publish(over(published, Meanwhile(cloud.s3, "head_object", other, always=True)), NOW)
    assert left[0] < 0
    for key in HANGS:
        revision = int(head(cloud, key)["Metadata"]["revision"])
        assert revision == 2, key
    site = published.notices.site()
    assert (site.published, site.touched, site.active) == (2, frozenset(), frozenset())


def test_what_is_written_while_a_publisher_reads_makes_it_read_again(
    cloud: Cloud, published: Publisher
) -> None:
    """It would name a notice whose page nobody has written yet."""
    published.notices.add(notice())
    other = replace(notice(), id="20261124-zzz")
    query: Any = Meanwhile(cloud.dynamodb, "query", lambda _: published.notices.add(other))
    reading = replace(published, notices=type(published.notices)(query, "NoticesTable"))
    done = publish(reading, NOW)
    assert done.revision == 2
    assert pages_of(notice(), other) <= set(done.written)


def test_who_is_overtaken_every_time_leaves_it_to_the_clock(
    cloud: Cloud, published: Publisher, clock: Clock
) -> None:
    busy = Meanwhile(cloud.s3, "put_object", fails("Lost", 412), always=True)
    published.notices.add(notice())
    with pytest.raises(RuntimeError, match="the clock tries again"):
        publish(over(published, busy), NOW)
    site = published.notices.site()
    assert (site.published, site.touched_notices) == (0, frozenset({notice().id}))
    assert pages_of(notice()) <= set(tick(clock, NOW + MINUTE).written)
