import shutil
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.notice import Notice, updated
from netdesk.pages import SITE, Pages
from netdesk.provider import parse
from status_publish.bucket import Bucket, Overtaken, Page
from status_publish.publish import Publisher, publish, tick
from status_publish.render import HEARTBEAT, Snapshot, site_pages
from tests.desk import NOW, PUBLIC_URL, Cloud, Meanwhile, fails, provider
from tests.test_notice import KEYS, after, notice
from tests.test_provider import EXAMPLE
from tests.test_statuspage_v2 import TABLE

FRONT = {"404.html", "index.html", "problem/index.html", "status/index.html", "status/status.txt",
         "status/traceroute/index.html", "support/index.html", "status/badge.svg",
         "status/line.txt"}  # fmt: skip
FRONT |= {f"status/feed.{ending}" for ending in ("atom", "rss", "json")}
FRONT |= {f"status/components/{key}/feed.{e}" for key in KEYS for e in ("atom", "rss", "json")}
FRONT |= TABLE.keys()
HOSTILE = """</title><script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7*7 }}"""
MINUTE = timedelta(minutes=1)


def page_of(made: Notice) -> str:
    return f"status/notices/{made.id}/index.html"


def head(cloud: Cloud, key: str) -> Any:
    return cloud.s3.head_object(Bucket="sitebucket", Key=key)


def text(cloud: Cloud, key: str = "status/index.html") -> str:
    body = cloud.s3.get_object(Bucket="sitebucket", Key=key)["Body"].read()
    return str(body.decode())


def over(publisher: Publisher, client: Any) -> Publisher:
    """The same publisher with another S3 client."""
    return replace(publisher, bucket=Bucket(client, "sitebucket"))


# --- the bucket ----------------------------------------------------------------------------------


@pytest.fixture
def bucket(cloud: Cloud) -> Bucket:
    return Bucket(cloud.s3, cloud.name("SiteBucket"))


@pytest.mark.parametrize(
    ("there", "new", "again", "written"),
    [
        ((1, "b"), (2, "b"), False, True),
        ((1, "b"), (2, "a"), False, True),
        ((2, "a"), (1, "b"), False, False),
        ((2, "a"), (1, "b"), True, False),
        ((2, "a"), (2, "b"), False, True),
        ((2, "b"), (2, "a"), True, False),
        ((2, "a"), (2, "a"), False, False),
        ((2, "a"), (2, "a"), True, True),
    ],
)
def test_a_page_is_put_only_over_an_older_one(
    cloud: Cloud, bucket: Bucket, there: Any, new: Any, again: bool, written: bool
) -> None:
    assert bucket.put(Page("a", "there", *there))
    assert bucket.put(Page("a", "new", *new), again=again) is written
    assert text(cloud, "a") == ("new" if written else "there")


@runs(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=6))
def test_in_whatever_order_pages_come_the_newest_stays(
    cloud: Cloud, bucket: Bucket, ages: list[tuple[int, str]]
) -> None:
    cloud.s3.delete_object(Bucket="sitebucket", Key="a")
    for age in ages:
        bucket.put(Page("a", str(age), *age))
    assert text(cloud, "a") == str(max(ages))


def test_a_page_that_the_desk_did_not_write_is_replaced(cloud: Cloud, bucket: Bucket) -> None:
    cloud.s3.put_object(Bucket="sitebucket", Key="a", Body=b"by hand")
    assert bucket.put(Page("a", "ours", 0))


@pytest.mark.parametrize("before", [None, Page("a", "old", 1)])
def test_who_is_overtaken_between_look_and_write_writes_nothing(
    cloud: Cloud, bucket: Bucket, before: Page | None
) -> None:
    if before:
        bucket.put(before)
    other = Meanwhile(cloud.s3, "put_object", lambda _: bucket.put(Page("a", "newest", 3)))
    with pytest.raises(Overtaken):
        Bucket(other, "sitebucket").put(Page("a", "slow", 2))
    assert text(cloud, "a") == "newest"


@pytest.mark.parametrize(
    ("status", "error"), [(404, Overtaken), (409, Overtaken), (412, Overtaken)]
)
def test_what_s3_says_of_a_lost_race_means_start_over(
    cloud: Cloud, status: int, error: type[Exception]
) -> None:
    lost = Meanwhile(cloud.s3, "put_object", fails("Lost", status))
    with pytest.raises(error):
        Bucket(lost, "sitebucket").put(Page("a", "x", 1))


@pytest.mark.parametrize("method", ["put_object", "head_object"])
def test_any_other_fault_of_s3_is_raised(cloud: Cloud, method: str) -> None:
    down = Meanwhile(cloud.s3, method, fails("AccessDenied", 403))
    with pytest.raises(Exception, match="AccessDenied"):
        Bucket(down, "sitebucket").put(Page("a", "x", 1))


# --- rendering -----------------------------------------------------------------------------------


def rendered(*active: Notice, recent: tuple[Notice, ...] = (), pages: Any = None) -> dict[str, str]:
    snapshot = Snapshot(7, NOW, active, recent)
    made = site_pages(pages or Pages(provider(), PUBLIC_URL), snapshot)
    return {page.key: page.body for page in made}


def test_equal_inputs_give_equal_bytes() -> None:
    notices = (after("identified"), notice(elsewhere="Other Net"))
    assert rendered(*notices) == rendered(*notices)


def test_details_come_first_and_the_front_page_last() -> None:
    open_, done = notice(), replace(after("resolved"), id="20261120-aaa")
    keys = list(rendered(open_, recent=(done,)))
    assert keys[:2] == [page_of(open_), page_of(done)]
    assert keys[-1] == "status/index.html"
    assert set(keys[2:]) == FRONT


def test_text_of_staff_is_shown_as_it_is_and_run_nowhere() -> None:
    wild = notice(title=HOSTILE, message=HOSTILE, elsewhere="")
    other = replace(notice(title=HOSTILE, message=HOSTILE, elsewhere=HOSTILE), id="20261124-aaa")
    done = replace(updated(wild, "resolved", HOSTILE, "bob", NOW), id="20261124-bbb")
    made = rendered(wild, other, recent=(done,))
    assert HOSTILE in made.pop("status/status.txt")
    assert "<script>" in made.pop("status/line.txt")
    assert "alert" not in made.pop("status/badge.svg")
    for key, page in made.items():
        assert "<script" not in page, key
        assert "<img" not in page, key
        assert "49" not in unescape(page).replace(HOSTILE, ""), key
    for key in ("status/index.html", page_of(wild), page_of(other), page_of(done)):
        assert HOSTILE in unescape(made[key])


def test_the_front_page_tells_the_worst_and_each_services_state() -> None:
    front = rendered(notice(impact="critical", components=(KEYS[1],)))["status/index.html"]
    assert '<h1 class="bad">Our service is down</h1>' in front
    assert front.count("&#9632; down") == 1
    assert front.count("no known problem") == len(KEYS) - 1
    calm = rendered()["status/index.html"]
    assert "We know of no problem in our service" in calm
    assert calm.count("no known problem") == len(KEYS)


def test_anothers_outage_is_told_apart_from_ours() -> None:
    front = rendered(notice(elsewhere="Other Net"))["status/index.html"]
    assert "We know of no problem in our service" in front
    assert "Problems at other providers" in front
    assert "Other Net: No dial tone" in front


def test_plain_text_is_plain() -> None:
    """No HTML escapes, whatever the provider's names are."""
    example = parse(EXAMPLE)
    ours = replace(notice(), components=("dialup",), title="Fire & flood")
    made = rendered(ours, pages=Pages(example, PUBLIC_URL))
    plain = made["status/status.txt"]
    assert "Fire & flood" in plain
    assert ": Dial-up & ISDN. Since" in plain
    assert "&amp;" not in plain
    assert "Dial-up &amp; ISDN" in made["status/index.html"]


# --- publishing ----------------------------------------------------------------------------------


def test_pages_carry_revision_and_age_and_may_be_cached_shortly(
    cloud: Cloud, publisher: Publisher
) -> None:
    made = after("identified")
    publisher.notices.add(replace(made, version=1))
    done = publish(publisher, NOW)
    assert (done.revision, set(done.written)) == (1, FRONT | {page_of(made)})
    front = head(cloud, "status/index.html")
    assert front["Metadata"] == {"revision": "1", "built": "2026-11-24T18:00:00+00:00"}
    assert front["ContentType"] == "text/html; charset=utf-8"
    assert "max-age=10," in front["CacheControl"]
    assert "stale-if-error" in front["CacheControl"]
    assert head(cloud, page_of(made))["Metadata"] == {"revision": "1", "built": ""}
    assert head(cloud, "status/status.txt")["ContentType"] == "text/plain; charset=utf-8"
    site = publisher.notices.site()
    assert (site.published, site.built_at) == (1, "2026-11-24T18:00:00+00:00")


def test_only_what_changed_is_written(publisher: Publisher) -> None:
    publisher.notices.add(notice())
    publisher.notices.add(replace(notice(), id="20261124-aaa"))
    publish(publisher, NOW)
    assert publish(publisher, NOW).written == ()
    assert set(publish(publisher, NOW + MINUTE).written) == FRONT
    publisher.notices.change(after("identified"))
    assert set(publish(publisher, NOW + MINUTE).written) == FRONT | {page_of(notice())}
    everything = publish(publisher, NOW + MINUTE, everything=True)
    assert len(everything.written) == len(FRONT) + 2


def test_a_publisher_that_was_overtaken_starts_over_from_what_is_there_now(
    cloud: Cloud, publisher: Publisher
) -> None:
    publisher.notices.add(notice())

    def other(_: Any) -> None:
        publisher.notices.change(after("resolved"))
        publish(publisher, NOW + MINUTE)

    slow = over(publisher, Meanwhile(cloud.s3, "put_object", other))
    assert publish(slow, NOW).revision == 2
    assert "We know of no problem" in text(cloud)
    assert head(cloud, "status/index.html")["Metadata"]["revision"] == "2"


@pytest.mark.parametrize("after_pages", range(0, len(FRONT) + 1, 4))
def test_an_old_publisher_that_wakes_up_at_any_page_undoes_nothing(
    cloud: Cloud, publisher: Publisher, after_pages: int
) -> None:
    publisher.notices.add(notice())
    left = [after_pages]

    def other(given: Any) -> None:
        left[0] -= 1
        if left[0] == -1:
            publisher.notices.change(after("resolved"))
            publish(publisher, NOW + MINUTE)

    publish(over(publisher, Meanwhile(cloud.s3, "head_object", other, always=True)), NOW)
    assert left[0] < 0
    for key in (*FRONT, page_of(notice())):
        revision = int(head(cloud, key)["Metadata"]["revision"])
        assert revision == 2, key
    assert publisher.notices.site().published == 2


def test_who_is_overtaken_every_time_leaves_it_to_the_clock(
    cloud: Cloud, publisher: Publisher
) -> None:
    busy = Meanwhile(cloud.s3, "put_object", fails("Lost", 412), always=True)
    publisher.notices.add(notice())
    with pytest.raises(RuntimeError, match="the clock tries again"):
        publish(over(publisher, busy), NOW)
    assert publisher.notices.site().published == -1
    assert tick(publisher, NOW + MINUTE)


def test_a_notice_that_was_open_for_long_is_shown_as_solved_on_its_own_page(
    cloud: Cloud, publisher: Publisher
) -> None:
    """Also when too many newer ones keep it from the list of recent ones."""
    old = notice()
    publisher.notices.add(old)
    for place in range(12):
        one = replace(after("resolved"), id=f"20261125-{place:03}", version=1)
        publisher.notices.add(one)
    publish(publisher, NOW)
    publisher.notices.change(after("resolved"))
    publish(publisher, NOW + MINUTE)
    assert "Solved: No dial tone" in text(cloud, page_of(old))
    assert publisher.notices.site().active == frozenset()


# --- the clock -----------------------------------------------------------------------------------


def test_the_clock_keeps_the_front_page_young(cloud: Cloud, publisher: Publisher) -> None:
    assert tick(publisher, NOW)
    assert tick(publisher, NOW + HEARTBEAT - timedelta(seconds=1)) is None
    done = tick(publisher, NOW + HEARTBEAT)
    assert done is not None and set(done.written) == FRONT
    assert head(cloud, "index.html")["Metadata"]["built"] == "2026-11-24T18:05:00+00:00"
    assert tick(publisher, NOW + HEARTBEAT) is None


def test_the_clock_finishes_what_a_dying_publisher_left(cloud: Cloud, publisher: Publisher) -> None:
    publish(publisher, NOW)
    publisher.notices.add(notice())
    down = Meanwhile(cloud.s3, "put_object", fails("ServiceUnavailable", 503))
    with pytest.raises(Exception, match="ServiceUnavailable"):
        publish(over(publisher, down), NOW)
    done = tick(publisher, NOW + MINUTE)
    assert done is not None and done.revision == 1
    assert "No dial tone" in text(cloud)
    assert tick(publisher, NOW + 2 * MINUTE) is None


def test_a_new_release_writes_every_page_anew(
    cloud: Cloud, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.notices.add(notice())
    publish(publisher, NOW)
    shutil.copytree(SITE, tmp_path / "site")
    template = tmp_path / "site" / "templates" / "notice.html"
    template.write_text(template.read_text("utf-8").replace("<h1", "<h1 id=new"), "utf-8")
    newer = replace(publisher, pages=Pages(provider(), PUBLIC_URL, tmp_path / "site"))
    done = tick(newer, NOW + MINUTE)
    assert done is not None and set(done.written) == FRONT | {page_of(notice())}
    assert "<h1 id=new" in text(cloud, page_of(notice()))
    assert tick(newer, NOW + 2 * MINUTE) is None
    moved = replace(publisher, pages=Pages(provider(), "https://other.example.org"))
    assert tick(moved, NOW + 3 * MINUTE)
