"""Retention and erasing over moto: in DynamoDB's own words, in the environment of the template."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from netdesk import aws
from netdesk.ticket import act
from tests.desk import ARN, MINUTE, NOW, Cloud, Door, entry, provider
from tests.mail_room import arrives, raw
from ticket_intake.belongings import Belongings
from ticket_intake.desk import change_ticket
from ticket_intake.erasure import Eraser, erase
from ticket_intake.files import TEXT_IN_ROW
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.staff import audit

LONG = "canary\n" * TEXT_IN_ROW
OLD = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def number(cloud: Cloud, room: MailRoom) -> str:
    """A ticket that began with a mail with a file and a long text."""
    content = raw(LONG, ("canary.log", b"canary file"), subject="canary")
    return arrives(cloud, room, content, now=OLD).number


def planted(cloud: Cloud) -> list[str]:
    rows = [str(row) for row in cloud.rows("TicketsTable")]
    objects = [
        f"{b}" for name in ("filesbucket", "mailbucket") for b in cloud.objects(name).items()
    ]
    return [told for told in rows + objects if "canary" in told]


def last(caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    return [record for record in caplog.records if record.name == "retention"][-1]


def belongings(cloud: Cloud) -> Belongings:
    ssm = aws.client("ssm")
    return Belongings(cloud.dynamodb, "TicketsTable", cloud.s3, "filesbucket", "mailbucket", ssm)


def test_every_day_what_was_resolved_long_ago_goes_and_the_log_holds_counts(
    cloud: Cloud, room: MailRoom, number: str, door: Callable[..., Door],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    told = entry("canary", at=OLD)
    change_ticket(room.desk, number, lambda t: act(t, "resolve", told), OLD)
    assert planted(cloud)
    retention = door("RetentionFunction")
    caplog.set_level(logging.INFO)
    assert retention(MINUTE) == {"tickets": 1, "files": 1, "mails": 1, "failed": 0}
    assert planted(cloud) == []
    assert cloud.rows("TicketsTable", "ticket#") == []
    line = vars(last(caplog))
    counts = {name: line[name] for name in ("tickets", "files", "mails", "failed")}
    assert counts == {"tickets": 1, "files": 1, "mails": 1, "failed": 0}
    assert number not in str(line)


def test_what_can_not_be_deleted_is_an_error_in_the_log(
    cloud: Cloud, room: MailRoom, number: str, door: Callable[..., Door],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    told = entry("canary", at=OLD)
    change_ticket(room.desk, number, lambda t: act(t, "resolve", told), OLD)
    assert door("RetentionFunction", MAIL_BUCKET="elsewhere")(MINUTE)["failed"] == 1
    line = vars(last(caplog))
    assert (line["levelname"], line["failed"]) == ("ERROR", 1)
    assert "canary" not in str(line)


def test_erasing_leaves_nothing_in_tables_and_buckets(
    cloud: Cloud, room: MailRoom, number: str
) -> None:
    eraser = Eraser(room.desk, belongings(cloud), room.register)
    done = erase(eraser, number, ARN, NOW)
    assert {kind: done[kind] for kind in ("entries", "files", "mails")} == {
        "entries": 1, "files": 1, "mails": 1,
    }  # fmt: skip
    assert planted(cloud) == []
    assert "29 December 2026" in done["backups"]
    before = cloud.rows("TicketsTable")
    assert erase(eraser, number, ARN, NOW + timedelta(days=1))["entries"] == 0
    assert cloud.rows("TicketsTable") == before


def test_a_mail_is_registered_for_as_long_as_it_is_kept_and_two_days(
    cloud: Cloud, room: MailRoom, number: str
) -> None:
    [row] = cloud.rows("TicketsTable", "mail#")
    [pointer] = [row for row in cloud.rows("TicketsTable", "ticket#") if row["sk"] == "mail#one"]
    days = timedelta(days=provider().retention.raw_mail_days + 2)
    received = datetime.fromisoformat(row["received_at"])
    assert row["ttl"] == pointer["ttl"] == int((received + days).timestamp())
    assert pointer["key"] == row["key"] in cloud.objects("mailbucket")


def test_the_audit_minds_no_row_without_its_mail(cloud: Cloud, room: MailRoom, number: str) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    assert audit(room, month)["received"] == 1
    erase(Eraser(room.desk, belongings(cloud), room.register), number, ARN, NOW)
    told: dict[str, Any] = audit(room, month)
    assert (told["received"], told["missing"], told["waiting"]) == (0, [], [])
