"""The register of mails, and what staff do with it: by functions and through the door."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from netdesk.refused import Refused
from tests.desk import ARN, NOW, Answer, Cloud, Door, ask
from tests.mail_room import delivered, known, thread
from tests.mail_samples import ANN, EVE, mail, report
from ticket_intake.mailroom import staff as mails
from ticket_intake.mailroom.intake import MOST_TRIES, MailRoom, take_again, take_in
from ticket_intake.mailroom.register import FOLLOW_UP, QUARANTINED, TICKET, Filed, Register

LATER = NOW + timedelta(minutes=5)
REPORT = report("Message-ID: <elsewhere@x.example>")  # of no mail of ours


@pytest.fixture
def register(room: MailRoom) -> Register:
    return room.register


def put(cloud: Cloud, key: str, content: bytes) -> None:
    cloud.s3.put_object(Bucket=cloud.name("MailBucket"), Key=key, Body=content)


def filed(outcome: str, **more: Any) -> Filed:
    return Filed(**{"id": "one", "received_at": NOW, "outcome": outcome, **more})


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (TICKET, FOLLOW_UP, TICKET),
        (TICKET, QUARANTINED, TICKET),
        (FOLLOW_UP, TICKET, FOLLOW_UP),
        (QUARANTINED, TICKET, TICKET),
        (QUARANTINED, FOLLOW_UP, FOLLOW_UP),
        (QUARANTINED, QUARANTINED, QUARANTINED),
    ],
)
def test_quarantine_ends_in_a_ticket_and_never_the_other_way(
    register: Register, first: str, second: str, kept: str
) -> None:
    register.record(filed(first))
    register.record(filed(second))
    assert register.find(["one"])["one"].outcome == kept
    assert [one.id for one in register.quarantined()] == ["one"] * (kept == QUARANTINED)


def test_what_is_recorded_is_found_whole(register: Register) -> None:
    row = filed(TICKET, number="0000-0000", sender="ann@example.org", subject="x", key="mail/one")
    register.record(row)
    assert register.find(["two", "one"]) == {"one": row}


def test_tries_are_counted_and_are_no_outcome(register: Register) -> None:
    assert [register.tried("one") for _ in range(3)] == [1, 2, 3]
    assert register.find(["one"]) == {}
    register.record(filed(TICKET))
    assert register.find(["one"])["one"].outcome == TICKET


def test_g15_what_can_not_be_taken_in_goes_to_quarantine_and_comes_out_after_a_fix(
    cloud: Cloud, room: MailRoom
) -> None:
    put(cloud, "inbound/bad", mail(ANN, "x", ("a.log", b"line")))
    cloud.s3.delete_bucket(Bucket="filesbucket")
    for _ in range(MOST_TRIES):
        with pytest.raises(Exception, match="NoSuchBucket"):
            take_again(room, "inbound/bad", NOW)
    given_up = take_again(room, "inbound/bad", NOW)
    assert given_up
    assert (given_up.outcome, given_up.reason) == (
        QUARANTINED, f"it could not be taken in {MOST_TRIES} times"
    )  # fmt: skip
    assert cloud.objects("mailbucket", "inbound/") == {}
    place = {"LocationConstraint": "us-west-2"}
    cloud.s3.create_bucket(Bucket="filesbucket", CreateBucketConfiguration=place)
    assert mails.let_out(room, "bad", NOW)["outcome"] == TICKET
    assert mails.quarantine(room) == {"mails": []}


@pytest.mark.parametrize("take", [take_in, take_again])
def test_what_is_not_there_any_more_became_something_before(room: MailRoom, take: Any) -> None:
    assert take(room, "inbound/gone", NOW) is None


def test_quarantine_lists_the_oldest_first(cloud: Cloud, room: MailRoom) -> None:
    for place, minutes in (("b", 2), ("a", 1)):
        row = filed(QUARANTINED, reason="why", subject="s", sender="x@y.example")
        room.register.record(
            Filed(**vars(row) | {"id": place, "received_at": NOW - timedelta(minutes=minutes)})
        )
    [first, second] = mails.quarantine(room)["mails"]
    assert (first["id"], second["id"]) == ("b", "a")
    assert first == {
        "id": "b", "received_at": "2026-11-24T17:58:00+00:00", "outcome": QUARANTINED,
        "number": "", "reason": "why", "subject": "s", "from": "x@y.example",
    }  # fmt: skip


def test_show_tells_what_stands_in_a_mail_and_what_became_of_it(
    cloud: Cloud, room: MailRoom
) -> None:
    delivered(cloud, room, mail(ANN, "a\x1b[31mb", ("x.log", b"line"), precedence="bulk"))
    shown = mails.show(room, "one")
    assert (shown["outcome"], shown["from"], shown["name"]) == (TICKET, "ann@example.org", "Ann")
    assert "\x1b" not in shown["text"]
    assert shown["no_answer"] == "A2: Precedence is bulk"
    assert shown["verdicts"]["dmarc"] == "PASS"
    assert shown["attachments"] == [{"name": "x.log", "media_type": "text/x-log", "size": 4}]
    assert shown["size"] > 500


@pytest.mark.parametrize("wanted", ["", "no such", "x" * 10_000, "\x1b[31m", "mail#one"])
def test_an_unknown_mail_is_refused(room: MailRoom, wanted: str) -> None:
    for use in (mails.show, lambda room, wanted: mails.let_out(room, wanted, NOW)):
        with pytest.raises(Refused, match=r"^There is no mail ") as refused:
            use(room, wanted)
        assert "\x1b" not in str(refused.value)


def test_a_mail_whose_raw_form_is_gone_is_refused(cloud: Cloud, room: MailRoom) -> None:
    key = delivered(cloud, room, REPORT).key
    cloud.s3.delete_object(Bucket="mailbucket", Key=key)
    for use in (mails.show, lambda room, wanted: mails.let_out(room, wanted, NOW)):
        with pytest.raises(Refused, match="not kept any more"):
            use(room, "one")


def test_what_is_let_out_is_a_ticket_once(cloud: Cloud, room: MailRoom) -> None:
    delivered(cloud, room, REPORT)
    first = mails.let_out(room, "one", NOW)
    assert (first["outcome"], first["reason"]) == (TICKET, "")
    assert mails.let_out(room, "one", LATER) == first
    assert len(cloud.tickets()) == 1
    delivered(cloud, room, REPORT)  # SES's event comes again
    assert room.register.find(["one"])["one"].outcome == TICKET


def test_what_is_let_out_goes_to_the_ticket_that_it_belongs_to(
    cloud: Cloud, room: MailRoom
) -> None:
    number = known(room).number
    id_ = f"<{thread(room, number)}@support.jet.net>"
    delivered(cloud, room, mail(EVE, "Hello.", references=id_, x_loop=room.desk.provider.mail))
    told = mails.let_out(room, "one", NOW)
    assert (told["outcome"], told["number"]) == (FOLLOW_UP, number)


def test_a_ticket_that_is_let_out_again_stays_as_it_is(cloud: Cloud, room: MailRoom) -> None:
    before = delivered(cloud, room, mail(ANN))
    assert mails.let_out(room, "one", NOW)["number"] == before.number
    assert len(cloud.tickets()) == 1


def test_the_audit_counts_each_mail_once_and_names_what_is_missing(
    cloud: Cloud, room: MailRoom
) -> None:
    number = known(room).number
    id_ = f"<{thread(room, number)}@support.jet.net>"
    month = delivered(cloud, room, mail(ANN), "inbound/t").key[len("mail/") : -len("/t")]
    delivered(cloud, room, mail(ANN, "More.", references=id_), "inbound/f")
    delivered(cloud, room, REPORT, "inbound/q")
    put(cloud, "inbound/waits", b"x")
    put(cloud, "inbound/AMAZON_SES_SETUP_NOTIFICATION", b"x")
    put(cloud, f"mail/{month}/lost", b"x")
    put(cloud, "mail/2001/10/other", b"x")
    put(cloud, "inbound/t", b"x")  # died before it was deleted there
    told = mails.audit(room, month.replace("/", "-"))
    assert told == {
        "month": month.replace("/", "-"), "received": 5, "ticket": 1,
        "follow-up": 1, "quarantined": 1,
        "waiting": ["waits"], "missing": ["lost"],
    }  # fmt: skip
    parts = ("ticket", "follow-up", "quarantined")
    rest = len(told["waiting"]) + len(told["missing"])
    assert told["received"] == sum(told[part] for part in parts) + rest


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-1", "2026-11-01", "../2026", "\uff12026-11"]
)
def test_what_is_no_month_is_refused(room: MailRoom, month: str) -> None:
    with pytest.raises(Refused, match="is no month"):
        mails.audit(room, month)


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return door("MailsFunction")


def test_staff_list_show_and_let_out_through_the_door(
    cloud: Cloud, room: MailRoom, staff: Door
) -> None:
    delivered(cloud, room, REPORT, "inbound/abc123")

    def get(path: str, method: str = "GET", **given: Any) -> Answer:
        return ask(staff, method, path, arn=ARN, **given)

    [listed] = get("/staff/mails").json["mails"]
    assert (listed["id"], listed["reason"]) == ("abc123", "D7: a report on no mail of ours")
    assert "it did not work" in get("/staff/mails/abc123").json["text"]
    assert get("/staff/mails/abc123/retry", "POST").json["outcome"] == TICKET
    assert get("/staff/mails").json == {"mails": []}
    told = get("/staff/mails/audit").json
    assert (told["received"], told["ticket"], told["missing"]) == (1, 1, [])
    assert get("/staff/mails/audit", query={"month": "2001-01"}).json["received"] == 0
    assert get("/staff/mails/nothing").status == 422
    assert get("/staff/mails/audit", query={"month": "x"}).status == 422
