from datetime import UTC, datetime, timedelta

import pytest

from netdesk.limits import Limit, Limits
from tests.desk import Cloud, Meanwhile, fails

LIMIT = Limit("visits", most=3, seconds=600)
START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # a window begins


@pytest.fixture
def limits(cloud: Cloud) -> Limits:
    return Limits(cloud.dynamodb, cloud.name("TicketsTable"))


def waits(limits: Limits, who: str, times: int, now: datetime = START) -> list[int]:
    return [limits.wait(LIMIT, who, now) for _ in range(times)]


def test_so_many_are_let_through_and_the_next_is_told_how_long_to_wait(limits: Limits) -> None:
    assert waits(limits, "ann", 5) == [0, 0, 0, 600, 600]
    assert limits.wait(LIMIT, "ann", START + timedelta(seconds=599)) == 1
    assert waits(limits, "ann", 4, START + timedelta(seconds=600)) == [0, 0, 0, 600]


def test_each_caller_and_each_limit_is_counted_apart(limits: Limits) -> None:
    waits(limits, "ann", 3)
    assert limits.wait(LIMIT, "bob", START) == 0
    assert limits.wait(Limit("calls", 1, 600), "ann", START) == 0


def test_the_counter_names_nobody_and_ends_a_day_after_its_window(
    cloud: Cloud, limits: Limits
) -> None:
    waits(limits, "ann@example.org", 4)
    [row] = cloud.rows("TicketsTable")
    assert row["pk"].startswith("limit#visits#")
    assert "ann" not in str(row)
    assert (row["used"], row["sk"]) == (3, str(int(START.timestamp())))
    assert row["ttl"] == int((START + timedelta(seconds=600, days=1)).timestamp())


def test_a_fault_of_the_table_is_raised(cloud: Cloud) -> None:
    down = Meanwhile(cloud.dynamodb, "update_item", fails("InternalServerError", 500))
    with pytest.raises(Exception, match="InternalServerError"):
        Limits(down, "TicketsTable").wait(LIMIT, "ann", START)
