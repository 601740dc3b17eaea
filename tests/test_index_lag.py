"""An index answers as it was some writes ago: what it says is a hint, and the row itself decides.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from netdesk.ticket import act
from tests.aws_events import http_request, scheduled, staff_role
from tests.desk import TABLE_KEYS, Cloud, Door, entry, report, template
from ticket_intake.desk import Desk, change_ticket, open_ticket

OLD = datetime(2020, 1, 1, tzinfo=UTC)
NAME, BEFORE = "TicketsTable", "TicketsTable-before"


@dataclass
class Index:
    """The indexes of a table, which stand still from when they are told to."""

    cloud: Cloud
    query: Callable[..., Any]  # the client's own
    still: bool = False
    asked: list[str] = field(default_factory=list)

    def stand_still(self) -> None:
        """From now on, an index answers from a copy of what there is."""
        shape = template()["Resources"][NAME]["Properties"]
        shape = {key: shape[key] for key in TABLE_KEYS if key in shape}
        self.cloud.dynamodb.create_table(TableName=BEFORE, **shape)
        for item in self.cloud.dynamodb.scan(TableName=self.cloud.name(NAME))["Items"]:
            self.cloud.dynamodb.put_item(TableName=BEFORE, Item=item)
        self.still = True

    def catch_up(self) -> None:
        self.still = False

    def __call__(self, **given: Any) -> Any:
        if self.still and "IndexName" in given:
            self.asked.append(given["IndexName"])
            given["TableName"] = BEFORE
        return self.query(**given)


@pytest.fixture
def index(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Index:
    made = Index(cloud, cloud.dynamodb.query)
    monkeypatch.setattr(cloud.dynamodb, "query", made)
    return made


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return door("StaffFunction")


def ask(staff: Door, method: str, path: str = "", who: str = "anna") -> tuple[int, Any]:
    headers = ["Accept: application/json"]
    event = http_request(method, f"/staff/tickets{path}", iam=staff_role(who), headers=headers)
    answer = staff(event)
    return answer["statusCode"], json.loads(answer["body"])


def opened(desk: Desk, text: str, at: datetime | None = None, **changes: Any) -> str:
    made = report(message=text, **changes)
    return open_ticket(desk, made, (text,), at or datetime.now(UTC)).number


def done(desk: Desk, number: str, verb: str, at: datetime | None = None) -> None:
    at = at or datetime.now(UTC)
    change_ticket(desk, number, lambda t: act(t, verb, entry("Done.", at=at)), at)


def test_the_lag_is_real(desk: Desk, index: Index, staff: Door) -> None:
    """Without it these tests would prove nothing."""
    index.stand_still()
    opened(desk, "one")
    assert ask(staff, "GET")[1]["tickets"] == []
    index.catch_up()
    assert len(ask(staff, "GET")[1]["tickets"]) == 1


def test_a_ticket_that_somebody_took_is_handed_to_nobody_else(
    desk: Desk, index: Index, staff: Door
) -> None:
    first, second = (opened(desk, text) for text in ("one", "two"))
    index.stand_still()
    assert ask(staff, "POST", "/next", "bob")[1]["number"] == first
    code, given = ask(staff, "POST", "/next", "anna")
    assert (code, given["number"], given["assignee"]) == (200, second, "anna")
    assert ask(staff, "POST", "/next", "carl")[0] == 422
    assert index.asked == ["by_state"] * 3


def test_a_ticket_that_the_index_does_not_know_yet_comes_next_time(
    desk: Desk, index: Index, staff: Door
) -> None:
    index.stand_still()
    number = opened(desk, "one")
    assert ask(staff, "POST", "/next")[0] == 422
    index.catch_up()
    assert ask(staff, "POST", "/next")[1]["number"] == number


@pytest.mark.parametrize("verb", ["resolve", "wait"])
def test_the_queue_lists_no_ticket_that_left_it(
    desk: Desk, index: Index, staff: Door, verb: str
) -> None:
    first, second = (opened(desk, text) for text in ("one", "two"))
    index.stand_still()
    done(desk, first, verb)
    told = ask(staff, "GET")[1]["tickets"]
    assert [ticket["number"] for ticket in told] == [second]


def test_the_queue_lists_no_ticket_that_is_gone(
    cloud: Cloud, desk: Desk, index: Index, staff: Door
) -> None:
    first, second = (opened(desk, text) for text in ("one", "two"))
    index.stand_still()
    key = {"pk": {"S": f"ticket#{first.replace('-', '')}"}, "sk": {"S": "ticket"}}
    cloud.dynamodb.delete_item(TableName=NAME, Key=key)
    code, told = ask(staff, "GET")
    assert (code, [ticket["number"] for ticket in told["tickets"]]) == (200, [second])
    assert ask(staff, "POST", "/next")[1]["number"] == second


def test_nobody_is_called_twice(desk: Desk, index: Index, staff: Door) -> None:
    person = report().person
    number = opened(desk, "one", person=type(person)(name="Ann", phone="818-555-0100"))
    index.stand_still()
    assert [call["number"] for call in ask(staff, "GET")[1]["calls"]] == [number]
    done(desk, number, "called")
    assert ask(staff, "GET")[1]["calls"] == []


def test_a_mail_that_was_sent_is_not_sent_again(
    cloud: Cloud, desk: Desk, index: Index, door: Callable[..., Door]
) -> None:
    outbox = door("OutboxFunction")
    opened(desk, "one")
    index.stand_still()
    assert [outbox(scheduled()) for _ in range(3)] == [{"sent": 1}, {"sent": 0}, {"sent": 0}]
    assert len(cloud.sent()) == 1
    opened(desk, "two")
    assert outbox(scheduled()) == {"sent": 0}
    index.catch_up()
    assert outbox(scheduled()) == {"sent": 1}


def test_a_ticket_that_was_opened_again_is_not_deleted(
    cloud: Cloud, desk: Desk, index: Index, door: Callable[..., Door]
) -> None:
    retention = door("RetentionFunction")
    kept, gone = (opened(desk, text, OLD) for text in ("one", "two"))
    for number in (kept, gone):
        done(desk, number, "resolve", OLD)
    index.stand_still()
    done(desk, kept, "reopen")
    assert retention(scheduled("Day")).items() >= {"tickets": 1, "failed": 0}.items()
    assert retention(scheduled("Day")).items() >= {"tickets": 0, "failed": 0}.items()
    assert desk.tickets.read(kept)
    assert not desk.tickets.read(gone)


def test_a_ticket_resolved_anew_is_kept_from_then_on(
    cloud: Cloud, desk: Desk, index: Index, door: Callable[..., Door]
) -> None:
    retention = door("RetentionFunction")
    number = opened(desk, "one", OLD)
    done(desk, number, "resolve", OLD)
    index.stand_still()
    done(desk, number, "reopen")
    done(desk, number, "resolve", datetime.now(UTC) - timedelta(days=1))
    assert retention(scheduled("Day"))["tickets"] == 0
    assert desk.tickets.read(number)


def test_the_clock_counts_what_the_index_says_and_stays_well(
    cloud: Cloud, desk: Desk, index: Index, door: Callable[..., Door]
) -> None:
    clock = door("ClockFunction")
    number = opened(desk, "one", OLD)
    index.stand_still()
    done(desk, number, "resolve")
    assert clock(scheduled()) == {"published": True}
    assert "by_promise" in index.asked
