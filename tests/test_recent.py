"""What is over: on the front page's list of recent notices, and in the pages of long ago."""

from dataclasses import replace
from typing import Any

import pytest

from netdesk.notice import Notice, explained, updated
from status_publish.publish import Publisher, publish
from status_publish.rows import notice_item
from tests.desk import NOW, Cloud
from tests.test_notice import KEYS, after, notice
from tests.test_publish import (
    DAY,
    HOUR,
    MINUTE,
    SHARED,
    feeds_of,
    month_of,
    page_of,
    pages_of,
    published,
    text,
)

__all__ = ["published"]  # a fixture


def ended(place: int, **changes: Any) -> Notice:
    """One of many that were opened and resolved, a minute after the one before."""
    at = NOW + place * MINUTE
    told: dict[str, Any] = {
        "id": f"20261125-{place:03}",
        "title": f"Short {place}.",
        "opened_at": at,
    }
    over = updated(replace(notice(), **told), "resolved", "Done.", "bob", at + MINUTE / 2)
    return replace(over, **changes)


def keep(cloud: Cloud, *made: Notice) -> None:
    """Notices of long ago, whose publishing is long over."""
    for one in made:
        cloud.put("NoticesTable", **notice_item(one))


def test_a_notice_that_was_open_for_long_is_shown_as_solved_on_its_own_page(
    cloud: Cloud, published: Publisher
) -> None:
    """Also when too many newer ones keep it from the list of recent ones."""
    old = notice()
    published.notices.add(old)
    keep(cloud, *(ended(place) for place in range(12)))
    publish(published, NOW)
    published.notices.change(after("resolved"), old)
    publish(published, NOW + MINUTE)
    assert "Solved: No dial tone" in text(cloud, page_of(old))
    assert published.notices.site().active == frozenset()


def recent(cloud: Cloud) -> str:
    return text(cloud).partition("Recent notices</h2>")[2]


@pytest.mark.parametrize("began", [2, 80, 95, 400])
def test_what_ended_last_is_the_first_of_the_recent_however_long_it_was(
    cloud: Cloud, published: Publisher, began: int
) -> None:
    """Also at the next heartbeat, and when ten newer notices ended before it; and then no more
    when the last days are over."""
    opened_at = NOW - began * DAY
    old = replace(notice(title="Long."), id=f"{opened_at:%Y%m%d}-old", opened_at=opened_at)
    published.notices.add(old)
    keep(cloud, *(ended(place) for place in range(12)))
    solved = updated(old, "resolved", "Done.", "bob", NOW + 20 * MINUTE)
    published.notices.change(solved, old)
    for moment in (NOW + 20 * MINUTE, NOW + 30 * MINUTE, NOW + DAY):
        publish(published, moment)
        assert recent(cloud).index("Long.") < recent(cloud).index("Short 11.")
        assert recent(cloud).count("<li>") == 10
    for moment in (NOW + 100 * DAY, NOW + 130 * DAY):
        publish(published, moment)
    assert "Long." not in recent(cloud)
    assert published.notices.site().active == frozenset()


def test_a_postmortem_of_an_old_notice_rewrites_its_page_and_its_month(
    cloud: Cloud, published: Publisher
) -> None:
    at = NOW - 120 * DAY
    old = replace(notice(), id=f"{at:%Y%m%d}-old", opened_at=at, title="Fibre cut.")
    over = updated(old, "resolved", "Done.", "bob", at + DAY)
    beside = replace(over, id=f"{at:%Y%m%d}-bes", title="Beside it.")
    keep(cloud, over, beside)
    published.notices.change(explained(over, "A digger.", "anna", NOW), over)
    written = set(publish(published, NOW).written)
    assert written == SHARED | pages_of(over)
    assert "A digger." in text(cloud, page_of(over))
    assert "Fibre cut." in text(cloud, month_of(over))
    assert "Beside it." in text(cloud, month_of(over))
    assert published.notices.site().active == {over.id}  # a postmortem is news
    publish(published, NOW + 91 * DAY)
    assert published.notices.site().active == frozenset()


def test_the_recent_are_of_the_last_days_also_when_an_older_one_changes(
    cloud: Cloud, published: Publisher
) -> None:
    at = NOW - 150 * DAY
    old = replace(notice(title="Fibre cut."), id=f"{at:%Y%m%d}-old", opened_at=at)
    over = updated(old, "resolved", "Done.", "bob", at + DAY)
    keep(cloud, over)
    published.notices.change(explained(over, "A digger.", "anna", NOW), over)
    publish(published, NOW)
    assert "Fibre cut." not in recent(cloud)


def test_all_pages_anew_tell_what_each_feed_told_before(cloud: Cloud, published: Publisher) -> None:
    """Also of a component that fifty newer notices of another one have pushed out of sight."""
    keep(cloud, *(ended(place) for place in range(60)))
    at = NOW - 60 * DAY
    rare = replace(notice(components=(KEYS[1],)), id=f"{at:%Y%m%d}-rar", opened_at=at)
    published.notices.add(rare)
    over = updated(rare, "resolved", "Done.", "bob", at + DAY)
    published.notices.change(over, rare)
    publish(published, NOW)
    before = {key: text(cloud, key) for key in feeds_of(*KEYS)}
    assert all(rare.id in before[key] for key in feeds_of(KEYS[1]))
    publish(published, NOW + MINUTE, everything=True)
    for key in feeds_of(KEYS[1]):
        assert rare.id in text(cloud, key), key


def test_the_feed_of_all_notices_tells_the_same_at_the_next_change(
    cloud: Cloud, published: Publisher
) -> None:
    """A postmortem of an old notice is news, and stays so when a newer one changes."""
    keep(cloud, *(ended(place) for place in range(60)))
    at = NOW - 150 * DAY
    old = replace(notice(), id=f"{at:%Y%m%d}-old", opened_at=at)
    over = updated(old, "resolved", "Done.", "bob", at + DAY)
    keep(cloud, over)
    told = explained(over, "A digger.", "anna", NOW + 2 * HOUR)
    published.notices.change(told, over)
    publish(published, NOW + 2 * HOUR)
    assert old.id in text(cloud, "status/feed.atom")
    published.notices.add(replace(notice(), id="20261125-new"))
    publish(published, NOW + 3 * HOUR)
    assert old.id in text(cloud, "status/feed.atom")
