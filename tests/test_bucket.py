"""The site's bucket: a page is put only over an older one."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from status_publish.bucket import Bucket, Overtaken, Page
from tests.desk import Cloud, Meanwhile, fails


def text(cloud: Cloud, key: str) -> str:
    body = cloud.s3.get_object(Bucket="sitebucket", Key=key)["Body"].read()
    return str(body.decode())


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
    assert text(cloud, "a").startswith("new" if written else "there")


@runs(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=6))
def test_in_whatever_order_pages_come_the_newest_stays(
    cloud: Cloud, bucket: Bucket, ages: list[tuple[int, str]]
) -> None:
    cloud.s3.delete_object(Bucket="sitebucket", Key="a")
    for age in ages:
        bucket.put(Page("a", str(age), *age))
    assert text(cloud, "a").startswith(f"{max(ages)}<")


def test_a_page_that_the_desk_did_not_write_is_replaced(cloud: Cloud, bucket: Bucket) -> None:
    cloud.s3.put_object(Bucket="sitebucket", Key="a", Body=b"by hand")
    assert bucket.put(Page("a", "ours", 0))


@pytest.mark.parametrize("before", [None, Page("a", "old", 1)])
def test_who_is_overtaken_between_look_and_write_writes_nothing(
    cloud: Cloud, bucket: Bucket, before: Page | None
) -> None:
    if before:
        bucket.put(before)
    other: Any = Meanwhile(cloud.s3, "put_object", lambda _: bucket.put(Page("a", "newest", 3)))
    with pytest.raises(Overtaken):
        Bucket(other, "sitebucket").put(Page("a", "slow", 2))
    assert text(cloud, "a").startswith("newest")


@pytest.mark.parametrize(
    ("status", "error"), [(404, Overtaken), (409, Overtaken), (412, Overtaken)]
)
def test_what_s3_says_of_a_lost_race_means_start_over(
    cloud: Cloud, status: int, error: type[Exception]
) -> None:
    lost: Any = Meanwhile(cloud.s3, "put_object", fails("Lost", status))
    with pytest.raises(error):
        Bucket(lost, "sitebucket").put(Page("a", "x", 1))


@pytest.mark.parametrize("method", ["put_object", "head_object"])
def test_any_other_fault_of_s3_is_raised(cloud: Cloud, method: str) -> None:
    down: Any = Meanwhile(cloud.s3, method, fails("AccessDenied", 403))
    with pytest.raises(Exception, match="AccessDenied"):
        Bucket(down, "sitebucket").put(Page("a", "x", 1))
