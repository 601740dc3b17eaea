from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.desk import MINUTE, Cloud, Door, report, stream_event
from ticket_intake.desk import Desk, open_ticket


@pytest.fixture
def outbox(door: Callable[..., Door]) -> Door:
    return door("OutboxFunction")


def opened(desk: Desk, *keys: str) -> None:
    for key in keys:
        open_ticket(desk, report(message=key), (key,), datetime.now(UTC))


def test_a_new_row_is_sent_when_the_stream_brings_it(
    cloud: Cloud, desk: Desk, outbox: Door
) -> None:
    opened(desk, "one", "two")
    event = stream_event(*cloud.outbox())
    assert outbox(event) == {"batchItemFailures": []}
    assert len(cloud.sent()) == 2


def test_the_same_record_again_sends_nothing_more(cloud: Cloud, desk: Desk, outbox: Door) -> None:
    opened(desk, "one")
    event = stream_event(*cloud.outbox())
    assert outbox(event) == outbox(event) == {"batchItemFailures": []}
    assert len(cloud.sent()) == 1


def test_only_what_failed_is_asked_for_again_and_it_stops_no_other(
    cloud: Cloud, desk: Desk, outbox: Door
) -> None:
    opened(desk, "one", "two")
    first, second = cloud.outbox()
    broken = {"pk": first["pk"], "sk": first["sk"]}
    assert outbox(stream_event(first, broken, second)) == {
        "batchItemFailures": [{"itemIdentifier": "sequence-1"}]
    }
    assert len(cloud.sent()) == 2


def test_the_minute_sends_what_the_stream_lost(cloud: Cloud, desk: Desk, outbox: Door) -> None:
    opened(desk, "one", "two")
    assert outbox(MINUTE) == {"sent": 2}
    assert outbox(MINUTE) == {"sent": 0}
    assert len(cloud.sent()) == 2


def test_a_sender_that_ses_does_not_know_is_told_to_staff(
    cloud: Cloud, desk: Desk, outbox: Door
) -> None:
    cloud.ses.delete_identity(Identity=desk.provider.mail.partition("@")[2])
    opened(desk, "one")
    assert outbox(MINUTE) == {"sent": 0}
    [row] = cloud.outbox()
    assert "MessageRejected" in row["failed"]


def test_nothing_of_a_mail_is_written_to_the_log(
    cloud: Cloud, desk: Desk, outbox: Door, caplog: Any
) -> None:
    open_ticket(desk, report(message="canary"), ("one",), datetime.now(UTC))
    cloud.s3.delete_bucket(Bucket="filesbucket")
    row = cloud.outbox()[0]
    odd = row | {"place": 7, "letter": "answer"}  # to nothing that was said
    assert outbox(stream_event(odd))["batchItemFailures"]
    logged = caplog.text + str([vars(record) for record in caplog.records])
    assert "a mail was not sent" in logged
    assert "canary" not in logged
    assert "ann@example.org" not in logged
