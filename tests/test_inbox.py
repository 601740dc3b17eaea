"""The raw mails in S3."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.desk import Cloud, Meanwhile, fails
from tests.small_cloud import Object, SmallCloud
from ticket_intake.mailroom.inbox import SES_NOTE, Inbox, Stored
from ticket_intake.mailroom.intake import MailRoom

AT = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
NEXT_MONTH = AT + timedelta(hours=1)


def inbox(**ages: int) -> Inbox:
    """With mails that came so many seconds ago."""
    objects = {
        f"inbound/{name}": Object(b"x", {}, AT - timedelta(seconds=age))
        for name, age in ages.items()
    }
    objects[SES_NOTE] = Object(b"Hello", {}, AT)
    return Inbox(SmallCloud(objects=objects), "mail")  # type: ignore[arg-type]


def test_a_mail_is_read_with_the_id_that_ses_gave_it() -> None:
    assert inbox(abc=0).read("inbound/abc") == Stored("abc", b"x", AT)


@pytest.mark.parametrize("key", ["inbound/none", "", SES_NOTE])
def test_what_is_no_mail_is_nothing(cloud: Cloud, room: MailRoom, key: str) -> None:
    if key == SES_NOTE:
        cloud.s3.put_object(Bucket=cloud.name("MailBucket"), Key=key, Body=b"Hello")
    if key:
        assert room.inbox.read(key) is None


def test_what_s3_refuses_for_another_reason_is_an_error(cloud: Cloud) -> None:
    client = Meanwhile(cloud.s3, "get_object", fails("AccessDenied", 403))
    with pytest.raises(ClientError, match="AccessDenied"):
        Inbox(client, cloud.name("MailBucket")).read("inbound/one")


def put_away(box: Inbox, stored: Stored) -> None:
    box.keep(stored)
    box.take_out(stored)


def test_e4_a_mail_is_put_away_under_the_month_it_came_in_however_often() -> None:
    box = inbox(abc=0)
    stored = box.read("inbound/abc")
    assert stored
    for _ in range(2):
        put_away(box, stored)
        assert (box.waiting(), box.done("2026-10"), box.done("2026-11")) == ([], ["abc"], [])
    kept = box.read("mail/2026/10/abc")
    assert kept
    assert kept.raw == b"x"


def test_who_dies_in_between_leaves_the_mail_in_both_places_not_in_none(cloud: Cloud) -> None:
    bucket = cloud.name("MailBucket")
    cloud.s3.put_object(Bucket=bucket, Key="inbound/abc", Body=b"x")
    box = Inbox(Meanwhile(cloud.s3, "delete_object", fails("SlowDown", 503)), bucket)
    stored = box.read("inbound/abc")
    assert stored
    with pytest.raises(ClientError):
        put_away(box, stored)
    assert cloud.objects(bucket).keys() == {"inbound/abc", stored.done_key}
    put_away(box, stored)
    assert cloud.objects(bucket) == {stored.done_key: b"x"}


def test_what_waits_longer_than_a_minute_was_left_lying_oldest_first() -> None:
    box = inbox(new=0, minute=60, more=61, old=600)
    assert list(box.left_lying(AT)) == ["inbound/old", "inbound/more"]
    assert sorted(box.waiting()) == ["minute", "more", "new", "old"]
