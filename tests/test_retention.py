"""Tickets go whole when they were resolved long enough ago, whatever befalls who deletes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.dynamo import pack
from netdesk.ticket import act
from tests.desk import entry, template
from tests.erasing import Cupboard, belongings_of, by_mail, noted, planted
from tests.invocation import KINDS, Faults, Invocation, Work
from tests.mail_world import desk_of
from tests.permissions import denied
from ticket_intake import retention
from ticket_intake.desk import change_ticket
from ticket_intake.retention import enforce, months_before

MONTHS = 36
DUE = datetime(2029, 11, 24, 18, 0, 1, tzinfo=UTC)  # a second after 36 months
DAY = timedelta(days=1)
LASTING = ("limit#", "once#", "thread#")  # hashes, each with its own end


def enforcing(now: datetime = DUE) -> Work:
    return Work("RetentionFunction", lambda client: enforce(belongings_of(client), MONTHS, now))


def resolved(start: tuple[Cupboard, str]) -> Any:
    """All that can lie of a ticket, resolved at NOW, its transfer code unread."""
    cloud: Any = start[0].copy()
    noted(cloud, start[1], "resolve")
    key = f"ticket#{start[1].replace('-', '')}"
    cloud.rows[key, "page"] = pack({"pk": key, "sk": "page", "number": start[1]})
    return cloud


def left(cloud: Any) -> list[str]:
    rows = [pk for pk, _ in cloud.rows if not pk.startswith(LASTING)]
    return [*rows, *cloud.objects, *cloud.parameters]


@pytest.mark.parametrize("start", [planted, by_mail], ids=["by form", "by mail"])
def test_all_of_a_ticket_goes_and_is_counted(start: Any) -> None:
    cloud = resolved(start())
    before, done = cloud.planted(), enforce(belongings_of(cloud), MONTHS, DUE)
    assert before
    assert (left(cloud), cloud.planted()) == ([], [])
    assert (done["tickets"], done["mails"], done["failed"]) == (1, 2, 0)
    assert done["files"] >= 2
    state = cloud.state
    assert set(enforce(belongings_of(cloud), MONTHS, DUE + DAY).values()) == {0}
    assert cloud.state == state


@pytest.mark.parametrize(
    ("verb", "now"),
    [
        ("resolve", DUE - timedelta(seconds=1)),
        ("wait", DUE + 400 * DAY),
        ("note", DUE + 400 * DAY),
    ],
    ids=["not yet", "waiting", "open"],
)
def test_what_is_not_over_stays(verb: str, now: datetime) -> None:
    start, number = by_mail()
    cloud: Any = start.copy()
    noted(cloud, number, verb)
    before = cloud.state
    enforce(belongings_of(cloud), MONTHS, now)
    assert cloud.state == before


def test_who_was_opened_long_ago_and_resolved_lately_stays() -> None:
    cloud: Any = by_mail()[0].copy()
    desk, number = desk_of(cloud), by_mail()[1]
    told = replace(entry("done"), at=DUE - DAY)
    change_ticket(desk, number, lambda t: act(t, "resolve", told), DUE - DAY)
    before = cloud.state
    enforce(belongings_of(cloud), MONTHS, DUE + DAY)
    assert cloud.state == before


def test_an_index_that_lags_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    start, number = by_mail()
    cloud: Any = start.copy()
    monkeypatch.setattr(retention, "_opened_before", lambda *_: [number, "0000-0000"])
    before = cloud.state
    assert set(enforce(belongings_of(cloud), MONTHS, DUE).values()) == {0}
    assert cloud.state == before


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("start", [planted, by_mail], ids=["by form", "by mail"])
def test_who_meets_a_fault_at_any_call_ends_it_the_next_day(start: Any, attempts: int) -> None:
    whole, count = resolved(start()), Faults()
    Invocation(whole.copy(), enforcing(), count, attempts).go()
    for place, kind in product(range(len(count.calls)), KINDS):
        cloud: Any = whole.copy()
        first = Invocation(cloud, enforcing(), Faults({place: kind}), attempts)
        again = Invocation(cloud, enforcing(DUE + DAY), Faults())
        first.go()
        again.go()
        assert (left(cloud), cloud.planted(), again.error) == ([], [], None), (place, kind)
        assert not denied("RetentionFunction", first.asked | again.asked)


def test_its_own_row_goes_last_and_only_as_it_was_read() -> None:
    """Staff open the ticket again before each call: its row is then never deleted."""
    whole, number = resolved(by_mail()), by_mail()[1]
    count = Faults()
    Invocation(whole.copy(), enforcing(), count).go()
    for place in range(1, len(count.calls)):
        cloud: Any = whole.copy()
        run = Invocation(cloud, enforcing(), Faults())
        run.go(place)
        noted(cloud, number, "reopen")
        run.go()
        assert (run.error, desk_of(cloud).tickets.read(number) is None) == (None, False), place


def test_a_run_has_an_end_and_the_next_day_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST", 1)
    cloud: Any = resolved(by_mail())
    other = resolved(planted())
    cloud.rows |= other.rows
    cloud.objects |= other.objects
    cloud.parameters |= other.parameters
    assert [enforce(belongings_of(cloud), MONTHS, DUE)["tickets"] for _ in range(3)] == [1, 1, 0]
    assert left(cloud) == []


def test_a_ticket_that_can_not_be_deleted_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud: Any = resolved(by_mail())
    other = resolved(planted())
    cloud.rows |= other.rows
    monkeypatch.setattr(cloud, "delete_parameter", lambda **_: 1 / 0, raising=False)
    done = enforce(belongings_of(cloud), MONTHS, DUE)
    assert (done["tickets"], done["failed"]) == (1, 1)


def test_the_function_may_no_more_than_it_does() -> None:
    asked = set()
    for start in (planted, by_mail):
        run = Invocation(resolved(start()), enforcing(), Faults())
        run.go()
        asked |= {ask.action for ask in run.asked}
    [policy] = template()["Resources"]["RetentionFunction"]["Properties"]["Policies"]
    granted = {action for one in policy["Statement"] for action in one["Action"]}
    assert asked == granted


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2026-11-24", 36, "2023-11-24"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 240, "2006-12-31"),
    ],
)
def test_months_are_the_calendars(now: str, months: int, then: str) -> None:
    start = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert months_before(start, months).date().isoformat() == then


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(1, 240))
def test_so_many_months_are_never_much_more_or_less(now: datetime, months: int) -> None:
    days = (now - months_before(now, months)).days
    assert abs(days - months * 30.4375) <= 4


def test_raw_mails_end_by_the_parameter() -> None:
    found = template()
    bucket = found["Resources"]["MailBucket"]["Properties"]
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Prefix"], rule["ExpirationInDays"]) == ("mail/", {"Ref": "RawMailDays"})
    assert found["Parameters"]["RawMailDays"]["Type"] == "Number"
