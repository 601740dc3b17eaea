"""Heavy traffic, as the tickets' promises tell it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from netdesk.dynamo import moment, pack
from status_publish.promises import count
from status_publish.traffic import BACKLOG, RECENT, Traffic
from tests.desk import NOW, Cloud
from tests.permissions import Ask, denied
from tests.small_cloud import Paginator, SmallCloud
from tests.test_publish import DAY, HOUR
from tests.test_small_cloud import Both

SECOND = timedelta(seconds=1)


# --- what is heavy -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overdue", "late", "in_time", "heavy"),
    [
        (0, 0, 0, False),
        (0, 0, 900, False),
        (2, 0, 0, False),
        (0, 2, 0, False),
        (1, 1, 0, False),
        (3, 0, 0, True),
        (0, 3, 0, True),
        (1, 2, 0, True),
        (2, 1, 11, True),
        (2, 1, 12, False),
        (200, 0, 799, True),
        (200, 0, 800, False),
        (0, 200, 799, True),
        (0, 200, 800, False),
    ],
)
def test_traffic_is_heavy_when_more_than_one_in_five_of_three_or_more_were_missed(
    overdue: int, late: int, in_time: int, heavy: bool
) -> None:
    assert Traffic(overdue, late, in_time).heavy is heavy


# --- what is counted -----------------------------------------------------------------------------


def ticket(place: int, promised_by: datetime, answered: str | None = "no") -> dict[str, Any]:
    keys = {"pk": f"ticket#{place}", "sk": "ticket", "state": "open"}
    return keys | {"promised_by": moment(promised_by), "answered": answered}


OVERDUE, LATE, IN_TIME = Traffic(1, 0, 0), Traffic(0, 1, 0), Traffic(0, 0, 1)
NOTHING = Traffic(0, 0, 0)


@pytest.mark.parametrize(
    ("answered", "ago", "counted"),
    [
        ("no", -SECOND, NOTHING),
        ("no", SECOND, OVERDUE),
        ("no", RECENT + SECOND, OVERDUE),
        ("no", BACKLOG, OVERDUE),
        ("no", BACKLOG + SECOND, NOTHING),
        ("late", SECOND, LATE),
        ("late", RECENT, LATE),
        ("late", RECENT + SECOND, NOTHING),
        ("in time", -DAY, NOTHING),
        ("in time", SECOND, IN_TIME),
        ("in time", RECENT, IN_TIME),
        ("in time", RECENT + SECOND, NOTHING),
        pytest.param(None, HOUR, NOTHING, id="in quarantine"),
    ],
    ids=lambda value: f"{value.total_seconds():.0f} s" if isinstance(value, timedelta) else None,
)
def test_a_ticket_counts_from_its_promise_on_for_some_days(
    cloud: Cloud, answered: str | None, ago: timedelta, counted: Traffic
) -> None:
    client: Any = Both(cloud.dynamodb, SmallCloud(), set())
    row = pack(ticket(1, NOW - ago, answered))
    client.put_item(TableName=cloud.name("TicketsTable"), Item=row)
    assert count(client, "TicketsTable", NOW) == counted


class TwoByTwo:
    """A DynamoDB client whose answers end after two rows, as others do after a megabyte."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def query(self, **given: Any) -> Any:
        return self._client.query(**given, Limit=2)

    def get_paginator(self, method: str) -> Paginator:
        return Paginator(self, method)


def test_tickets_are_counted_over_many_answers(cloud: Cloud) -> None:
    for place, answered in enumerate(["no"] * 3 + ["late"] * 4 + ["in time"] * 5):
        cloud.put("TicketsTable", **ticket(place, NOW - HOUR, answered))
    client: Any = TwoByTwo(cloud.dynamodb)
    assert count(client, "TicketsTable", NOW) == Traffic(3, 4, 5)


# --- who counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "action", "target", "may"),
    [
        ("ClockFunction", "Query", "TicketsTable/index/by_promise", True),
        ("ClockFunction", "Query", "TicketsTable/index/by_state", False),
        ("ClockFunction", "GetItem", "TicketsTable", False),
        ("NoticesFunction", "Query", "TicketsTable/index/by_promise", False),
    ],
)
def test_nothing_but_the_clock_counts_and_the_clock_reads_no_ticket(
    function: str, action: str, target: str, may: bool
) -> None:
    assert bool(denied(function, {Ask(f"dynamodb:{action}", target)})) is not may
