"""Which ticket an id belongs to, for whom."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.dynamo import unpack
from tests.desk import NOW, Cloud
from tests.small_cloud import SmallCloud
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.threads import Threads

SES = "0101-ab"


@pytest.fixture
def threads(room: MailRoom) -> Threads:
    room.threads.link(["one@x.example", SES], ["ann@example.org", "bob@bob.example"], "A", NOW)
    room.threads.link(["two@x.example"], ["ann@example.org"], "B", NOW)
    return room.threads


@pytest.mark.parametrize(
    ("ids", "who", "numbers"),
    [
        (["one@x.example"], "ann@example.org", ["A"]),
        (["one@x.example"], "Ann@Example.ORG", ["A"]),
        (["one@x.example"], "bob@bob.example", ["A"]),
        (["one@x.example"], "eve@evil.example", []),
        (["one@x.example"], "", []),
        (["two@x.example"], "bob@bob.example", []),
        (["two@x.example", "one@x.example"], "ann@example.org", ["B", "A"]),
        (["one@x.example", "two@x.example", "one@x.example"], "ann@example.org", ["A", "B"]),
        ([SES, "one@x.example"], "ann@example.org", ["A"]),
        (["ONE@x.example"], "ann@example.org", []),  # RFC 5322: ids are told apart by case
        ([f"{SES}@us-west-2.amazonses.com"], "ann@example.org", ["A"]),
        ([f"{SES}@email.amazonses.com"], "ann@example.org", ["A"]),
        ([f"{SES}@amazonses.com.evil.example"], "ann@example.org", []),
        ([], "ann@example.org", []),
        ([""], "ann@example.org", []),
    ],
)
def test_d2_an_id_belongs_to_a_ticket_for_its_people_alone(
    threads: Threads, ids: list[str], who: str, numbers: list[str]
) -> None:
    assert threads.numbers(ids, who) == numbers


def test_d2_an_id_that_a_stranger_uses_again_takes_nothing_over(threads: Threads) -> None:
    threads.link(["one@x.example"], ["ann@example.org", "eve@evil.example"], "E", NOW)
    assert threads.numbers(["one@x.example"], "ann@example.org") == ["A"]
    assert threads.numbers(["one@x.example"], "eve@evil.example") == ["E"]


def test_a_link_is_kept_as_long_as_the_raw_mail_and_names_nobody(
    cloud: Cloud, threads: Threads
) -> None:
    rows = cloud.rows("TicketsTable", "thread#")
    assert len(rows) == 5
    assert {int(row["ttl"]) for row in rows} == {int((NOW + timedelta(days=400)).timestamp())}
    assert "example" not in str(rows)


@given(st.lists(st.text(), max_size=5), st.text(), st.text())
def test_any_texts_can_be_ids_and_addresses(ids: list[str], who: str, other: str) -> None:
    cloud = SmallCloud()
    threads = Threads(cloud, "tickets")  # type: ignore[arg-type]
    threads.link(ids, [who], "A", NOW)
    assert threads.numbers(ids, who) == (["A"] if ids else [])
    assert {unpack(row)["number"] for row in cloud.rows.values()} <= {"A"}
