"""The doors behind queues, the stream and the clock, against events as AWS documents them: each may
come twice, in part, or name nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from netdesk.ticket import act
from tests.aws_events import (
    S3_TEST,
    Json,
    s3_event,
    s3_record,
    scheduled,
    sqs_batch,
    stream_batch,
    stream_record,
)
from tests.desk import Cloud, Door, doors, entry, report, template
from tests.mail_room import raw
from ticket_intake.desk import Desk, change_ticket, open_ticket


@pytest.fixture
def mail(door: Callable[..., Door]) -> Door:
    return door("MailFunction")


@pytest.fixture
def outbox(door: Callable[..., Door]) -> Door:
    return door("OutboxFunction")


def put(cloud: Cloud, *keys: str) -> None:
    for place, key in enumerate(keys):
        content = raw(f"Mail {place}.", message_id=f"<{place}@example.org>")
        cloud.s3.put_object(Bucket="mailbucket", Key=key, Body=content)


def failed(batch: Json, answer: Any) -> list[int]:
    """The places in the batch that come again. Any other shape of an answer, a name that is none
    of the batch's, or none at all, and the whole batch comes again.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    assert answer.keys() == {"batchItemFailures"}
    names = [name_of(record) for record in batch["Records"]]
    assert all(one.keys() == {"itemIdentifier"} for one in answer["batchItemFailures"])
    told = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert set(told) <= set(names)
    return [place for place, name in enumerate(names) if name in told]


def name_of(record: Json) -> str:
    return str(record.get("messageId") or record["dynamodb"]["SequenceNumber"])


# --- the queue of mails --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["inbound/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1", "inbound/a b", "inbound/a+b",
     "inbound/50%", "inbound/%20", "inbound/caf\u00e9", "inbound/a=b&c"],
)  # fmt: skip
def test_any_key_is_found_under_the_name_that_s3_gives_it(
    cloud: Cloud, mail: Door, key: str
) -> None:
    put(cloud, key)
    batch = sqs_batch(s3_event(key))
    assert failed(batch, mail(batch)) == []
    assert len(cloud.tickets()) == 1
    assert cloud.objects("mailbucket", "inbound/") == {}


def test_the_test_event_of_s3_is_done_with(cloud: Cloud, mail: Door) -> None:
    """It comes once, when notifications are set up: left in the queue it would raise an alarm."""
    put(cloud, "inbound/one")
    batch = sqs_batch(S3_TEST, s3_event("inbound/one"), S3_TEST)
    assert failed(batch, mail(batch)) == []
    assert len(cloud.tickets()) == 1


def test_one_message_may_name_many_objects_and_many_messages_one(cloud: Cloud, mail: Door) -> None:
    put(cloud, "inbound/one", "inbound/two")
    both = s3_event("inbound/one", "inbound/two", "inbound/one")
    batch = sqs_batch(both, s3_event("inbound/two"), both)
    assert failed(batch, mail(batch)) == failed(batch, mail(batch)) == []
    assert len(cloud.tickets()) == 2
    assert len(cloud.outbox()) == 2


def test_an_event_that_comes_after_its_mail_was_taken_in_does_nothing(
    cloud: Cloud, mail: Door
) -> None:
    """S3 tells of an object at least once, at times minutes later, and in any order."""
    put(cloud, "inbound/one")
    late = sqs_batch(s3_event("inbound/one"), s3_event("inbound/never"))
    mail(sqs_batch(s3_event("inbound/one")))
    before = cloud.rows("TicketsTable")
    assert failed(late, mail(late)) == []
    assert cloud.rows("TicketsTable") == before


UNREADABLE: list[Any] = ["", "no JSON", "[]", "null", {"Records": [{}]}, {"Records": None}]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_message_that_nobody_can_read_fails_alone(cloud: Cloud, mail: Door, body: Any) -> None:
    put(cloud, "inbound/one")
    batch = sqs_batch(body, s3_event("inbound/one"))
    assert failed(batch, mail(batch)) == [0]
    assert len(cloud.tickets()) == 1


def test_an_event_of_another_kind_takes_no_mail_in(cloud: Cloud, mail: Door) -> None:
    put(cloud, "mail/2026/11/one", "elsewhere/one")
    removed = {"Records": [s3_record("inbound/one") | {"eventName": "ObjectRemoved:Delete"}]}
    batch = sqs_batch(s3_event("mail/2026/11/one", "elsewhere/one"), removed)
    assert failed(batch, mail(batch)) == []
    assert cloud.tickets() == []


# --- the stream of rows --------------------------------------------------------------------------


def three(cloud: Cloud, desk: Desk) -> list[Json]:
    for key in ("one", "two", "three"):
        open_ticket(desk, report(message=key), (key,), datetime.now(UTC))
    return cloud.outbox()


def test_the_filter_lets_new_mails_pass_and_nothing_else(cloud: Cloud, desk: Desk) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"""
    number = open_ticket(desk, report(), ("one",), datetime.now(UTC)).number
    change_ticket(desk, number, lambda t: act(t, "note", entry("x")), datetime.now(UTC))
    rows = cloud.rows("TicketsTable")
    seen = {row["sk"].partition("#")[0] for row in rows if passes(stream_record(0, row))}
    assert {row["sk"].partition("#")[0] for row in rows} >= {"ticket", "entry", "outbox", "once"}
    assert seen == {"outbox"}
    for row in rows:
        for name in ("MODIFY", "REMOVE"):
            assert not passes(stream_record(0, row, name))


def passes(record: Json) -> bool:
    events = template()["Resources"]["OutboxFunction"]["Properties"]["Events"]
    [one] = events["NewRows"]["Properties"]["FilterCriteria"]["Filters"]
    return meets(record, json.loads(one["Pattern"]))


def meets(value: Any, pattern: Any) -> bool:
    """An object by its keys, a list by any of its items: a value, or a beginning."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(meets(value.get(k), p) for k, p in pattern.items())
    return any(
        str(value).startswith(one["prefix"]) if isinstance(one, dict) else value == one
        for one in pattern
    )


def test_a_batch_with_a_failure_comes_again_from_there(
    cloud: Cloud, desk: Desk, outbox: Door
) -> None:
    """Lambda goes back to the lowest number that failed; what follows it comes again, too.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    first, second, third = three(cloud, desk)
    broken = {"pk": second["pk"], "sk": second["sk"]}
    batch = stream_batch(first, broken, third, broken)
    assert failed(batch, outbox(batch)) == [1, 3]
    assert len(cloud.sent()) == 2
    again = {"Records": batch["Records"][1:]}
    assert failed(again, outbox(again)) == [0, 2]
    mended = {"Records": [stream_record(1, second), *batch["Records"][2:3]]}
    assert failed(mended, outbox(mended)) == []
    assert len(cloud.sent()) == 3


def test_a_row_that_comes_twice_or_late_or_after_its_ticket_is_sent_once(
    cloud: Cloud, desk: Desk, outbox: Door
) -> None:
    first, second, third = three(cloud, desk)
    batch = stream_batch(first, first, second, first)
    assert failed(batch, outbox(batch)) == []
    assert len(cloud.sent()) == 2
    outbox(scheduled())  # the sweeper is quicker than the stream
    late = stream_batch(third, second)
    assert failed(late, outbox(late)) == []
    assert len(cloud.sent()) == 3
    cloud.dynamodb.delete_item(
        TableName="TicketsTable", Key={k: {"S": third[k]} for k in ("pk", "sk")}
    )
    assert failed(late, outbox(late)) == []
    assert len(cloud.sent()) == 3


# --- the clock -----------------------------------------------------------------------------------


def schedules() -> dict[str, list[str]]:
    """The names of the schedules of each function that has one."""
    found: dict[str, list[str]] = {}
    for function in doors():
        events = template()["Resources"][function]["Properties"].get("Events", {})
        names = [name for name, event in events.items() if event["Type"] == "ScheduleV2"]
        found |= {function: names} if names else {}
    return found


@pytest.mark.parametrize("function", schedules())
def test_the_clock_may_strike_twice(cloud: Cloud, door: Callable[..., Door], function: str) -> None:
    """A schedule calls at least once, by an event that has no records."""
    called = door(function)
    put(cloud, "inbound/one") if function == "MailFunction" else None
    for name in schedules()[function]:
        first = called(scheduled(name))
        rows = sorted(map(str, cloud.rows("TicketsTable")))
        again = called(scheduled(name))
        assert first.keys() == again.keys()
        assert sorted(map(str, cloud.rows("TicketsTable"))) == rows
