from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.dynamo import Conflict, pack, unpack
from netdesk.notice import STATES, Notice, Update, updated
from status_publish.publish import Publisher
from status_publish.store import Notices, Site, notice_item, notice_of
from tests.desk import NOW, Cloud, Meanwhile, fails
from tests.test_notice import after, notice
from tests.test_ticket_store import MOMENTS, WORDS

UPDATE = st.builds(Update, MOMENTS, st.sampled_from(STATES), WORDS, WORDS)
NOTICES = st.builds(
    Notice,
    id=st.just("20261124-k3x"),
    components=st.lists(WORDS, max_size=3).map(tuple),
    opened_at=MOMENTS,
    updates=st.lists(UPDATE, min_size=1, max_size=4).map(tuple),
    version=st.integers(1, 99),
    **dict.fromkeys(("title", "impact", "elsewhere", "kind"), WORDS),
)


@given(NOTICES)
def test_a_notice_comes_back_from_its_row_as_it_was(made: Notice) -> None:
    assert notice_of(unpack(pack(notice_item(made)))) == made


@pytest.fixture
def notices(publisher: Publisher) -> Notices:
    return publisher.notices


def test_a_site_that_never_was_written_is_at_revision_0(notices: Notices) -> None:
    assert notices.site() == Site(0, frozenset(), -1, "", "")
    assert (notices.newest(5), notices.read("20261124-k3x"), notices.read_all([])) == ([], None, [])


def test_every_write_raises_the_revision_and_lists_the_notice(notices: Notices) -> None:
    one = notice()
    notices.add(one)
    notices.add(replace(one, id="20261124-zzz"))
    assert notices.site() == Site(2, frozenset({"20261124-k3x", "20261124-zzz"}))
    notices.change(updated(one, "resolved", "Done.", "bob", NOW))
    assert notices.site().revision == 3
    assert notices.read("20261124-k3x") == updated(one, "resolved", "Done.", "bob", NOW)


def test_a_conflict_writes_neither_notice_nor_revision(cloud: Cloud, notices: Notices) -> None:
    one = notice()
    notices.add(one)
    notices.change(updated(one, "identified", "quicker", "bob", NOW))
    before = cloud.rows("NoticesTable")
    with pytest.raises(Conflict):
        notices.add(one)
    with pytest.raises(Conflict):
        notices.change(updated(one, "identified", "slower", "anna", NOW))
    assert cloud.rows("NoticesTable") == before


def test_the_newest_come_first_also_within_a_day(notices: Notices) -> None:
    made = [
        replace(notice(), id=f"{day}-{letter}", opened_at=NOW + timedelta(minutes=minute))
        for minute, (day, letter) in enumerate(
            [("20261123", "zzz"), ("20261124", "yyy"), ("20261124", "aaa"), ("20261124", "xxx")]
        )
    ]
    for one in made:
        notices.add(one)
    assert notices.newest(3) == made[:0:-1]
    ids = ["20261124-aaa", "20261123-zzz", "20261125-not"]
    assert notices.read_all(ids) == [made[0], made[2]]


def test_more_notices_than_one_batch_are_read_whole(cloud: Cloud, notices: Notices) -> None:
    ids = [f"20261124-{place:03}" for place in range(105)]
    for one in ids:
        cloud.put("NoticesTable", **notice_item(replace(notice(), id=one)))
    assert [found.id for found in notices.read_all(ids)] == ids


def test_what_was_published_never_goes_back(notices: Notices) -> None:
    def site() -> tuple[int, str]:
        return notices.site().published, notices.site().built_at

    for revision, built, now in [
        (3, "2026-11-24T18:00:00", (3, "2026-11-24T18:00:00")),
        (2, "2026-11-24T19:00:00", (3, "2026-11-24T18:00:00")),
        (3, "2026-11-24T17:00:00", (3, "2026-11-24T18:00:00")),
        (3, "2026-11-24T18:05:00", (3, "2026-11-24T18:05:00")),
        (4, "2026-11-24T18:01:00", (4, "2026-11-24T18:01:00")),
    ]:
        notices.published(revision, built, "release")
        assert site() == now


def test_a_resolved_notice_stays_listed_until_its_last_page_is_published(
    notices: Notices,
) -> None:
    notices.add(notice())
    notices.change(after("resolved"))
    assert notices.site().active == {"20261124-k3x"}
    notices.published(2, "2026-11-24T18:00:00", "release", over=["20261124-k3x"])
    assert notices.site().active == frozenset()


def test_a_fault_of_the_table_is_raised(cloud: Cloud) -> None:
    down = Meanwhile(cloud.dynamodb, "update_item", fails("InternalServerError", 500))
    with pytest.raises(Exception, match="InternalServerError"):
        Notices(down, "NoticesTable").published(1, datetime.now(UTC).isoformat(), "release")
