from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.dynamo import Conflict, pack, unpack
from netdesk.ticket import Attachment, Change, Entry, Person, Ticket, act
from tests.desk import NOW, Cloud, Meanwhile, disturbed, entry, fails
from tests.test_ticket import TICKET
from ticket_intake import rows
from ticket_intake.desk import Desk
from ticket_intake.files import EXCERPT, TEXT_IN_ROW

OPENED = Change(TICKET, entry("It is dead.", "customer"), "acknowledgement")
ONCE = ("this window", "the one before")

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
TICKETS = st.builds(
    Ticket,
    number=st.just("K7Q2-9WXA"),
    state=st.sampled_from(["open", "waiting", "resolved"]),
    person=st.builds(Person, WORDS, WORDS, WORDS, WORDS),
    emergency=st.booleans(),
    entries=st.integers(1, 10**6),
    **dict.fromkeys(("subject", "category", "source", "nonce", "key_hash", "assignee"), WORDS),
    **dict.fromkeys(("url", "occurred_at", "error_text"), WORDS),
    **dict.fromkeys(("opened_at", "promised_by", "latest_by"), MOMENTS),
)
ENTRIES = st.builds(
    Entry,
    at=MOMENTS,
    public=st.booleans(),
    attachments=st.lists(
        st.builds(Attachment, WORDS, WORDS, st.integers(0, 10**8), WORDS), max_size=3
    ).map(tuple),
    **dict.fromkeys(("who", "kind", "text", "actor", "message_id"), WORDS),
)


@given(TICKETS)
def test_a_ticket_comes_back_from_its_row_as_it_was(ticket: Ticket) -> None:
    assert rows.ticket_of(unpack(pack(rows.ticket_item(ticket)))) == ticket


@given(ENTRIES)
def test_an_entry_comes_back_from_its_row_as_it_was(kept: Entry) -> None:
    read = rows.entry_of(unpack(pack(rows.entry_item("K7Q2-9WXA", 3, kept))))
    assert read == rows.Kept(**vars(kept), place=3)


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_their_texts(one: datetime, other: datetime) -> None:
    assert (one < other) == (rows.moment(one) < rows.moment(other))


def test_opening_writes_ticket_entry_mail_and_keys_as_the_data_model_says(
    cloud: Cloud, desk: Desk
) -> None:
    assert desk.tickets.open(OPENED, ONCE, NOW) == "K7Q2-9WXA"
    found = {(row["pk"], row["sk"]): row for row in cloud.rows("TicketsTable")}
    assert found.keys() == {
        ("once#this window", "once"),
        ("once#the one before", "once"),
        ("ticket#K7Q29WXA", "ticket"),
        ("ticket#K7Q29WXA", "entry#00001"),
        ("ticket#K7Q29WXA", "outbox#00001#acknowledgement"),
    }
    assert found["ticket#K7Q29WXA", "ticket"]["queued"] == (
        "1#2026-11-24T18:00:00.000+00:00#K7Q2-9WXA"
    )
    once = found["once#this window", "once"]
    assert once["ttl"] == int((NOW + timedelta(days=60)).timestamp())
    mail = found["ticket#K7Q29WXA", "outbox#00001#acknowledgement"]
    assert (mail["unsent"], mail["due_at"]) == ("mail", "2026-11-24T18:00:00+00:00")
    assert "ann@example.org" not in str(mail)


@pytest.mark.parametrize(
    ("pk", "sk"),
    [
        ("ticket#K7Q29WXA", "ticket"),
        ("ticket#K7Q29WXA", "entry#00001"),
        ("ticket#K7Q29WXA", "outbox#00001#acknowledgement"),
    ],
)
def test_when_one_row_of_an_opening_is_there_already_nothing_is_written(
    cloud: Cloud, desk: Desk, pk: str, sk: str
) -> None:
    cloud.put("TicketsTable", pk=pk, sk=sk)
    before = cloud.rows("TicketsTable")
    with pytest.raises(Conflict):
        desk.tickets.open(OPENED, ONCE, NOW)
    assert cloud.rows("TicketsTable") == before


@pytest.mark.parametrize("key", ONCE)
def test_a_submission_that_was_kept_gives_the_earlier_number_and_writes_nothing(
    cloud: Cloud, desk: Desk, key: str
) -> None:
    cloud.put("TicketsTable", pk=f"once#{key}", sk="once", number="0000-0000")
    before = cloud.rows("TicketsTable")
    assert desk.tickets.open(OPENED, ONCE, NOW) == "0000-0000"
    assert cloud.rows("TicketsTable") == before


def test_a_change_writes_ticket_entry_and_mail_or_nothing(cloud: Cloud, desk: Desk) -> None:
    desk.tickets.open(OPENED, ONCE, NOW)
    reply = act(TICKET, "reply", entry("Reboot."))
    cloud.put("TicketsTable", pk="ticket#K7Q29WXA", sk="outbox#00002#answer")
    before = cloud.rows("TicketsTable")
    with pytest.raises(Conflict):
        desk.tickets.change(reply, NOW)
    assert cloud.rows("TicketsTable") == before
    desk.tickets.change(act(TICKET, "note", entry("Modem?")), NOW)
    assert [kept.text for kept in desk.tickets.entries("K7Q2-9WXA")] == ["It is dead.", "Modem?"]
    _, kept = desk.tickets.entries("K7Q2-9WXA")
    assert kept is not None
    assert (kept.kind, kept.who) == ("note", "anna")


def test_of_two_changes_to_the_same_version_the_second_is_a_conflict(desk: Desk) -> None:
    desk.tickets.open(OPENED, ONCE, NOW)
    desk.tickets.change(act(TICKET, "note", entry("first")), NOW)
    with pytest.raises(Conflict):
        desk.tickets.change(act(TICKET, "note", entry("second")), NOW)
    assert len(desk.tickets.entries("K7Q2-9WXA")) == 2


def test_a_collision_with_another_transaction_is_tried_again(cloud: Cloud, desk: Desk) -> None:
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    collision = fails("TransactionCanceledException", CancellationReasons=reasons)
    busy = Meanwhile(cloud.dynamodb, "transact_write_items", collision)
    assert disturbed(desk, busy).tickets.open(OPENED, ONCE, NOW) == "K7Q2-9WXA"
    assert len(cloud.tickets()) == 1


def test_what_aws_refuses_for_another_reason_is_raised(cloud: Cloud, desk: Desk) -> None:
    down = Meanwhile(cloud.dynamodb, "transact_write_items", fails("InternalServerError", 500))
    with pytest.raises(Exception, match="InternalServerError"):
        disturbed(desk, down).tickets.open(OPENED, ONCE, NOW)


@pytest.mark.parametrize("letter", ["x", "\u6c49"])
def test_a_long_text_is_kept_in_s3_and_comes_back_whole(
    cloud: Cloud, desk: Desk, letter: str
) -> None:
    longest = letter * (TEXT_IN_ROW // len(letter.encode()))
    desk.tickets.open(Change(TICKET, entry(longest)), ONCE, NOW)
    assert cloud.objects("filesbucket") == {}
    desk.tickets.change(act(TICKET, "note", entry(longest + letter)), NOW)
    [text] = cloud.objects("filesbucket", "text/").values()
    assert text.decode() == longest + letter
    [row] = [row for row in cloud.rows("TicketsTable") if row["sk"] == "entry#00002"]
    assert row["text"] == longest[:EXCERPT]
    entries = desk.tickets.entries("K7Q2-9WXA")
    assert [(kept.place, kept.cut) for kept in entries] == [(1, False), (2, True)]
    assert [desk.files.whole(kept).text for kept in entries] == [longest, longest + letter]


def several(desk: Desk, *changes: dict[str, Any]) -> list[Ticket]:
    """Tickets an hour apart, the first the oldest."""
    made = []
    for place, change in enumerate(changes):
        number, at = f"0000-000{place}", NOW + timedelta(hours=place)
        made.append(replace(TICKET, **({"number": number, "opened_at": at} | change)))
        desk.tickets.open(Change(made[-1], entry("x")), (number,), NOW)
    return made


def test_the_queue_is_first_in_first_out_with_emergencies_first(desk: Desk) -> None:
    old, new, urgent, done, waiting = several(
        desk, {}, {}, {"emergency": True}, {"state": "resolved"}, {"state": "waiting"}
    )
    assert desk.tickets.in_state("open") == [urgent, old, new]
    assert desk.tickets.in_state("resolved") == [done]
    places = [desk.tickets.place_in_queue(t) for t in (urgent, old, new, done, waiting)]
    assert places == [1, 2, 3, 0, 0]


def test_a_queue_of_more_than_one_batch_is_read_whole(cloud: Cloud, desk: Desk) -> None:
    for place in range(105):
        row = rows.ticket_item(replace(TICKET, number=f"0000-0{place:03}"))
        cloud.put("TicketsTable", **row)
    assert [t.number for t in desk.tickets.in_state("open")] == [
        f"0000-0{place:03}" for place in range(105)
    ]


def test_an_index_that_lags_does_not_put_a_ticket_into_the_wrong_queue(
    cloud: Cloud, desk: Desk
) -> None:
    """Between the index's answer and the rows themselves a ticket is resolved."""
    [ticket] = several(desk, {})

    def resolve(_: Any) -> None:
        desk.tickets.change(act(ticket, "resolve", entry("Done.")), NOW)

    late = Meanwhile(cloud.dynamodb, "batch_get_item", resolve)
    assert disturbed(desk, late).tickets.in_state("open") == []
