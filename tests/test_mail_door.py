from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from tests.desk import MINUTE, Cloud, Door, mail_event
from tests.mail_room import raw
from ticket_intake.mailroom.intake import MailRoom


@pytest.fixture
def mail(door: Callable[..., Door]) -> Door:
    return door("MailFunction")


def put(cloud: Cloud, key: str, content: bytes) -> str:
    cloud.s3.put_object(Bucket="mailbucket", Key=key, Body=content)
    return key


def test_the_queues_message_names_the_mail_to_take_in(cloud: Cloud, mail: Door) -> None:
    put(cloud, "inbound/a b+c", raw())
    assert mail(mail_event("inbound/a+b%2Bc")) == {"batchItemFailures": []}
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/") == {}


def test_a_mail_that_is_gone_was_taken_in_by_somebody_else(cloud: Cloud, mail: Door) -> None:
    put(cloud, "inbound/one", raw())
    event = mail_event("inbound/one")
    assert mail(event) == mail(event) == {"batchItemFailures": []}
    assert len(cloud.tickets()) == 1


def test_what_is_no_inbound_mail_is_let_lie(cloud: Cloud, mail: Door) -> None:
    put(cloud, "mail/2026/11/old", raw())
    put(cloud, "inbound/AMAZON_SES_SETUP_NOTIFICATION", b"Hello")
    event = mail_event("mail/2026/11/old", "inbound/AMAZON_SES_SETUP_NOTIFICATION")
    event["Records"] += [{"messageId": "test", "body": '{"Event": "s3:TestEvent"}'}]
    assert mail(event) == {"batchItemFailures": []}
    assert cloud.tickets() == []


def test_only_the_mail_that_failed_comes_again(
    cloud: Cloud, mail: Door, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.s3.delete_bucket(Bucket="filesbucket")
    put(cloud, "inbound/bad", raw("canary", ("a.log", b"canary")))
    put(cloud, "inbound/good", raw("Hi.", message_id="<2@example.org>"))
    answer = mail(mail_event("inbound/bad", "inbound/good"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/").keys() == {"inbound/bad"}
    logged = caplog.text + str([vars(record) for record in caplog.records])
    assert "a mail was not taken in" in logged
    assert "canary" not in logged
    assert "ann@example.org" not in logged


def test_only_what_lies_for_more_than_a_minute_is_left_lying(cloud: Cloud, room: MailRoom) -> None:
    put(cloud, "inbound/one", raw())
    put(cloud, "mail/2026/11/old", raw())
    now = datetime.now(UTC)
    assert room.inbox.left_lying(now + timedelta(seconds=50)) == {}
    assert list(room.inbox.left_lying(now + timedelta(seconds=62))) == ["inbound/one"]


def test_the_minute_takes_in_what_was_left_lying_and_one_bad_mail_delays_no_other(
    cloud: Cloud, mail: Door
) -> None:
    cloud.s3.delete_bucket(Bucket="filesbucket")
    put(cloud, "inbound/bad", raw("x", ("a.log", b"x")))
    put(cloud, "inbound/good", raw())
    assert mail(MINUTE) == {"failed": 0}
    assert cloud.tickets() == []
    age(cloud, timedelta(seconds=61))
    assert mail(MINUTE) == {"failed": 1}
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/").keys() == {"inbound/bad"}


def age(cloud: Cloud, by: timedelta) -> None:
    for key in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["mailbucket"].keys.values():
        key.last_modified -= by
