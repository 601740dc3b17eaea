from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from netdesk.dynamo import Conflict
from netdesk.notice import Notice, edited, explained, updated
from status_publish.publish import Publisher
from status_publish.rows import notice_item
from status_publish.store import Notices, Site
from tests.desk import NOW, Cloud, Meanwhile, fails, provider
from tests.test_notice import DRAFT, KEYS, after, notice

HOUR = timedelta(hours=1)
ONE, TWO = "20261124-k3x", "20261124-zzz"
FIRST, SECOND = "2026-11-24T18:00:00+00:00", "2026-11-24T18:05:00+00:00"


@pytest.fixture
def notices(publisher: Publisher) -> Notices:
    return publisher.notices


def maintenance(notice_id: str = "20261124-mnt") -> Notice:
    begins, ends = NOW + HOUR, NOW + 2 * HOUR
    return replace(
        notice(), id=notice_id, kind="maintenance", scheduled_for=begins, scheduled_until=ends
    )


def numbered(place: int, **changes: Any) -> Notice:
    """One of many, each a minute after the one before."""
    told: dict[str, Any] = {
        "id": f"20261124-{place:03}",
        "opened_at": NOW + timedelta(minutes=place),
    }
    return replace(notice(), **told | changes)


def components(*keys: str) -> set[str]:
    return {f"component:{key}" for key in keys}


def test_a_site_that_never_was_written_is_at_revision_0(notices: Notices) -> None:
    assert notices.site() == Site()
    assert (Site().revision, Site().published) == (0, -1)
    assert (notices.newest("incident", 5), notices.headings("20260101")) == ([], [])
    assert (notices.read(ONE), notices.read_all([])) == (None, [])


def test_every_write_raises_the_revision_and_lists_what_is_to_be_published(
    notices: Notices,
) -> None:
    one = notice()
    notices.add(one)
    notices.add(replace(one, id="20261201-zzz", components=(KEYS[1],)))
    both = frozenset({ONE, "20261201-zzz"})
    assert notices.site() == Site(
        revision=2,
        active=both,
        touched=both | components(KEYS[0], KEYS[1]),
        months=frozenset({"2026-11", "2026-12"}),
    )
    assert notices.site().touched_notices == both
    assert notices.site().touched_components == {KEYS[0], KEYS[1]}
    notices.change(done := updated(one, "resolved", "Done.", "bob", NOW), one)
    assert notices.site().revision == 3
    assert notices.read(ONE) == done


def test_a_component_that_an_edit_takes_away_is_to_be_published_too(notices: Notices) -> None:
    one = notice()
    notices.add(one)
    notices.published(notices.site(), FIRST, "release", [])
    notices.change(edited(one, replace(DRAFT, components=(KEYS[1],)), provider(), NOW), one)
    assert notices.site().touched == {ONE} | components(KEYS[0], KEYS[1])


def test_a_conflict_writes_neither_notice_nor_revision(cloud: Cloud, notices: Notices) -> None:
    one = notice()
    notices.add(one)
    notices.change(updated(one, "identified", "quicker", "bob", NOW), one)
    before = cloud.rows("NoticesTable")
    with pytest.raises(Conflict):
        notices.add(one)
    with pytest.raises(Conflict):
        notices.change(updated(one, "identified", "slower", "anna", NOW), one)
    assert cloud.rows("NoticesTable") == before


@pytest.mark.parametrize(
    ("there", "new"), [(notice(), maintenance(ONE)), (maintenance(ONE), notice())]
)
def test_an_id_is_taken_for_both_kinds(
    cloud: Cloud, notices: Notices, there: Notice, new: Notice
) -> None:
    notices.add(there)
    before = cloud.rows("NoticesTable")
    with pytest.raises(Conflict):
        notices.add(new)
    assert cloud.rows("NoticesTable") == before
    assert notices.read(ONE) == there


def test_the_newest_of_a_kind_come_first_also_within_a_day(notices: Notices) -> None:
    ids = ["20261123-zzz", "20261124-yyy", "20261124-aaa", "20261124-xxx"]
    made = [numbered(minute, id=one) for minute, one in enumerate(ids)]
    for one in made:
        notices.add(one)
    notices.add(maintenance())
    assert [found.id for found in notices.newest("incident", 9)] == ids[::-1]
    assert [found.id for found in notices.newest("maintenance", 9)] == ["20261124-mnt"]
    assert notices.newest("incident", 1) == [made[1]]  # the last by id, which begins with its day
    wanted = ["20261124-aaa", "20261123-zzz", "20261125-not", "20261124-mnt"]
    assert notices.read_all(wanted) == [made[0], maintenance(), made[2]]


def test_more_notices_than_one_batch_are_read_whole(cloud: Cloud, notices: Notices) -> None:
    made = [numbered(place) for place in range(105)]
    for one in made:
        cloud.put("NoticesTable", **notice_item(one))
    assert [found.id for found in notices.read_all(one.id for one in made)] == [
        one.id for one in made
    ]


def test_the_newest_and_all_headings_are_read_over_several_answers(
    cloud: Cloud, notices: Notices
) -> None:
    """DynamoDB answers with at most 1 MB at a time, before it leaves attributes out."""
    long = (replace(notice().updates[0], message="x" * 30_000),)
    made = [numbered(place, updates=long) for place in range(60)]
    for one in made:
        cloud.put("NoticesTable", **notice_item(one))
    asked: list[Any] = []
    client: Any = Meanwhile(cloud.dynamodb, "query", asked.append, always=True)
    watching = Notices(client, "NoticesTable")
    assert watching.newest("incident", 50) == made[:9:-1]
    assert len(asked) == 2
    found = watching.headings("20261124", "20261124")
    assert sorted(one.id for one in found) == [one.id for one in made]
    assert len(asked) == 5  # two of the incidents, one of the maintenance


def test_headings_are_of_the_days_that_were_asked_for(notices: Notices) -> None:
    ids = ["20261031-zzz", "20261101-000", "20261130-zzz", "20261201-000"]
    for one in ids:
        notices.add(replace(notice(), id=one))
    notices.add(maintenance("20261115-mnt"))
    found = {one.id for one in notices.headings("20261101", "20261131")}
    assert found == {"20261101-000", "20261130-zzz", "20261115-mnt"}
    assert {one.id for one in notices.headings("20261130")} == set(ids[2:])


def test_what_was_published_never_goes_back(notices: Notices) -> None:
    notices.add(notice())
    for revision, built, now in [
        (3, FIRST, (3, FIRST)),
        (2, SECOND, (3, FIRST)),
        (3, "2026-11-24T17:00:00+00:00", (3, FIRST)),
        (3, SECOND, (3, SECOND)),
        (4, FIRST, (4, FIRST)),
    ]:
        notices.published(Site(revision), built, "release", [])
        site = notices.site()
        assert (site.published, site.built_at) == now


def test_the_record_of_the_site_begins_with_its_first_publishing(notices: Notices) -> None:
    notices.published(notices.site(), FIRST, "release", [])
    notices.published(notices.site(), SECOND, "newer", [])
    site = notices.site()
    assert (site.began_at, site.built_at, site.release) == (FIRST, SECOND, "newer")


def test_what_was_published_is_forgotten_and_a_resolved_notice_no_longer_listed(
    notices: Notices,
) -> None:
    notices.add(notice())
    notices.change(after("resolved"), notice())
    assert notices.site().active == {ONE}
    notices.published(notices.site(), FIRST, "release", over=[ONE])
    site = notices.site()
    assert (site.active, site.touched) == (frozenset(), frozenset())
    assert site.months == {"2026-11"}
    notices.change(explained(after("resolved"), "Why.", "bob", NOW), after("resolved"))
    assert notices.site().touched == {ONE} | components(KEYS[0])


def test_what_was_written_since_keeps_everything_listed_for_the_next_publishing(
    notices: Notices,
) -> None:
    notices.add(notice())
    notices.change(after("resolved"), notice())
    seen = notices.site()
    notices.add(replace(notice(), id=TWO))
    notices.published(seen, FIRST, "release", over=[ONE])
    assert notices.site() == replace(
        seen,
        revision=3,
        active=frozenset({ONE, TWO}),
        touched=seen.touched | {TWO},
        published=2,
        built_at=FIRST,
        release="release",
        began_at=FIRST,
    )


def test_months_wait_until_they_are_renewed(notices: Notices) -> None:
    notices.renewed([])
    assert notices.site() == Site()
    notices.published(Site(), FIRST, "old", (), {"2026-10", "2026-11"})
    notices.published(Site(), FIRST, "new", (), {"2026-11", "2026-12"})
    notices.renewed(["2026-11"])
    assert notices.site().renew == {"2026-10", "2026-12"}
    notices.renewed(["2026-10", "2026-12"])
    assert notices.site().renew == frozenset()


@pytest.mark.parametrize("method", ["published", "remind"])
def test_a_fault_of_the_table_is_raised(cloud: Cloud, method: str) -> None:
    client: Any = Meanwhile(cloud.dynamodb, "update_item", fails("InternalServerError", 500))
    down = Notices(client, "NoticesTable")
    with pytest.raises(Exception, match="InternalServerError"):
        if method == "published":
            down.published(Site(1), FIRST, "release", [])
        else:
            down.remind(notice(), NOW, HOUR)
