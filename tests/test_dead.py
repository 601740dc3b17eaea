"""Addresses that mail does not reach."""

from datetime import timedelta

import pytest

from tests.desk import NOW, Cloud
from ticket_intake.mailroom.dead import CALLED_SPAM, CAME_BACK
from ticket_intake.mailroom.intake import MailRoom

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("address", "after", "dead"),
    [
        ("ann@example.org", timedelta(0), True),
        ("ANN@Example.org", timedelta(days=60) - SECOND, True),
        ("ann@example.org", timedelta(days=60), False),
        ("ann@example.net", timedelta(0), False),
        ("", timedelta(0), False),
    ],
)
def test_c3_an_address_is_dead_for_sixty_days(
    room: MailRoom, address: str, after: timedelta, dead: bool
) -> None:
    room.dead.add("ann@example.org", NOW)
    assert bool(room.dead.why(address, NOW + after)) == dead


@pytest.mark.parametrize("other", ["ann@bücher.example", "ann@XN--bcher-kva.example"])
def test_f5_it_is_the_same_in_both_forms(room: MailRoom, other: str) -> None:
    room.dead.add("ann@xn--bcher-kva.example", NOW)
    assert room.dead.why(other, NOW)


def test_the_last_report_counts(room: MailRoom) -> None:
    room.dead.add("ann@example.org", NOW)
    room.dead.add("ann@example.org", NOW + timedelta(days=30))
    assert room.dead.why("ann@example.org", NOW + timedelta(days=89))


@pytest.mark.parametrize("why", [CAME_BACK, CALLED_SPAM])
def test_it_is_known_why(room: MailRoom, why: str) -> None:
    room.dead.add("ann@example.org", NOW, why)
    assert room.dead.why("ann@example.org", NOW) == why


def test_a_row_that_does_not_say_why_is_of_mail_that_came_back(
    cloud: Cloud, room: MailRoom
) -> None:
    room.dead.add("ann@example.org", NOW)
    [row] = cloud.rows("TicketsTable", "dead#")
    cloud.put("TicketsTable", **{name: row[name] for name in row.keys() - {"why"}})
    assert room.dead.why("ann@example.org", NOW) == CAME_BACK


def test_the_row_names_nobody_and_goes_by_itself(cloud: Cloud, room: MailRoom) -> None:
    room.dead.add("ann@example.org", NOW)
    [row] = cloud.rows("TicketsTable", "dead#")
    assert "example" not in str(row)
    assert int(row["ttl"]) == int((NOW + timedelta(days=60)).timestamp())
