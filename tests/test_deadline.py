"""The doors that nobody waits for, when their time is over in the middle of the work: what was
begun is done, the rest comes again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any

import pytest

from netdesk.deadline import RESERVE
from netdesk.ticket import act
from tests import feedback_samples as ses
from tests.aws_events import Json, s3_event, scheduled, sqs_batch, stream_batch
from tests.desk import Cloud, Context, Door, entry, report
from tests.mail_room import raw
from tests.test_mail_door import age
from ticket_intake import token
from ticket_intake.desk import Desk, change_ticket, open_ticket


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """So often there is enough time, in an invocation that begins now."""

    def enough(times: int) -> None:
        left = chain(repeat(RESERVE, times), repeat(RESERVE - 1))
        monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: next(left))

    return enough


def mails(cloud: Cloud, desk: Desk) -> Json:
    keys = [f"inbound/{n}" for n in range(3)]
    for n, key in enumerate(keys):
        content = raw(message_id=f"<{n}@example.org>", subject=f"Mail {n}")
        cloud.s3.put_object(Bucket=cloud.name("MailBucket"), Key=key, Body=content)
    return sqs_batch(*map(s3_event, keys))


def rows(cloud: Cloud, desk: Desk) -> Json:
    for n in range(3):
        open_ticket(desk, report(message=f"Mail {n}"), (f"{n}",), datetime.now(UTC))
    return stream_batch(*cloud.outbox())


def events(cloud: Cloud, desk: Desk) -> Json:
    numbers = [open_ticket(desk, report(), (f"{n}",), datetime.now(UTC)).number for n in range(3)]
    mails = [ses.mail(token.sign(desk.secret, n), f"id-{n}") for n in numbers]
    return sqs_batch(*(ses.raw(ses.bounce(mail)) for mail in mails))


def notes(cloud: Cloud) -> int:
    return sum(row.get("kind") == "note" for row in cloud.rows("TicketsTable", "ticket#"))


BATCHES: dict[str, tuple[Callable[[Cloud, Desk], Json], Callable[[Cloud], int]]] = {
    "MailFunction": (mails, lambda cloud: len(cloud.tickets())),
    "OutboxFunction": (rows, lambda cloud: len(cloud.sent())),
    "FeedbackFunction": (events, notes),
}


@pytest.mark.parametrize("name", BATCHES)
def test_of_a_batch_what_is_not_begun_comes_again(
    cloud: Cloud, desk: Desk, door: Callable[..., Door], time: Callable[[int], None], name: str
) -> None:
    fill, count = BATCHES[name]
    batch, handler = fill(cloud, desk), door(name)
    names = [r.get("messageId") or r["dynamodb"]["SequenceNumber"] for r in batch["Records"]]
    for enough in (0, 1):
        time(enough)
        again = [one["itemIdentifier"] for one in handler(batch)["batchItemFailures"]]
        assert (again, count(cloud)) == (names[enough:], enough)
    time(3)
    assert handler(batch) == {"batchItemFailures": []}
    assert count(cloud) == 3


def test_of_what_lies_the_minute_takes_as_much_as_there_is_time_for(
    cloud: Cloud, desk: Desk, door: Callable[..., Door], time: Callable[[int], None]
) -> None:
    mails(cloud, desk)
    age(cloud, timedelta(seconds=61))
    for enough, tickets in ((0, 0), (1, 1), (1, 2), (9, 3)):
        time(enough)
        assert door("MailFunction")(scheduled()) == {"failed": 0}
        assert len(cloud.tickets()) == tickets


def test_of_what_is_over_the_day_deletes_as_much_as_there_is_time_for(
    cloud: Cloud, desk: Desk, door: Callable[..., Door], time: Callable[[int], None]
) -> None:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    for n in range(3):
        number = open_ticket(desk, report(message=f"{n}"), (f"{n}",), then).number
        change_ticket(desk, number, lambda t: act(t, "resolve", entry("", at=then)), then)
    for enough, gone in ((0, 0), (1, 1), (9, 2)):
        time(enough)
        told: Any = door("RetentionFunction")(scheduled())
        assert (told["tickets"], told["failed"]) == (gone, 0)
