"""The door behind the queue into which SES tells of our mail."""

import json
from collections.abc import Callable

import pytest

from tests import feedback_samples as ses
from tests.desk import NOW, Cloud, Door, report, stream_event
from tests.feedback_samples import ADDRESS, VALIDATED, enveloped, queued, raw
from ticket_intake import token
from ticket_intake.desk import Desk, open_ticket
from ticket_intake.mailroom.intake import MailRoom

DONE: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}


@pytest.fixture
def feedback(door: Callable[..., Door]) -> Door:
    return door("FeedbackFunction")


def sent(desk: Desk, key: str) -> tuple[str, ses.Json]:
    """A ticket's number, and its acknowledgement as SES tells of it."""
    number = open_ticket(desk, report(message=key), (key,), NOW).number
    return number, ses.mail(token.sign(desk.secret, number), f"id-of-{key}")


def failed(*places: int) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": f"message-{place}"} for place in places]}


@pytest.mark.parametrize("way", [str, enveloped], ids=["raw", "in SNS's envelope"])
def test_a_bounce_comes_to_its_ticket_and_the_staff_see_whom_to_call(
    desk: Desk, room: MailRoom, feedback: Door, way: Callable[[str], str]
) -> None:
    number, about = sent(desk, "one")
    event = queued(way(raw(ses.bounce(about))))
    assert feedback(event) == feedback(event) == DONE
    _, told = desk.tickets.entries(number)
    assert "550 5.1.1 user unknown" in told.text
    assert [ticket.number for ticket in desk.tickets.to_call()] == [number]
    assert room.dead.why(ADDRESS, told.at) == "came back"


def test_a_delay_finds_the_ticket_by_the_id_that_ses_gave_its_mail(
    cloud: Cloud, desk: Desk, door: Callable[..., Door]
) -> None:
    number, _ = sent(desk, "one")
    door("OutboxFunction")(stream_event(*cloud.outbox()))
    [row] = cloud.outbox()
    delayed = raw(ses.delay(ses.mail("", row["message_id"])))
    assert door("FeedbackFunction")(queued(delayed)) == DONE
    assert "is late" in desk.tickets.entries(number)[-1].text


def test_what_is_no_events_shape_stays_in_the_queue_and_stops_no_other(
    desk: Desk, feedback: Door, caplog: pytest.LogCaptureFixture
) -> None:
    number, about = sent(desk, "one")
    strange = json.dumps({"eventType": "Strange", "mail": {"canary": ADDRESS}})
    bodies = (VALIDATED, "canary", strange, raw(ses.bounce(about)), enveloped("canary"))
    assert feedback(queued(*bodies)) == failed(1, 2, 4)
    assert len(desk.tickets.entries(number)) == 2
    logged = caplog.text + str([vars(record) for record in caplog.records])
    assert logged.count("an event was not taken in") >= 3
    assert not [word for word in ("canary", ADDRESS) if word in logged]


def test_what_aws_fails_at_comes_again(cloud: Cloud, desk: Desk, feedback: Door) -> None:
    _, about = sent(desk, "one")
    event = queued(raw(ses.bounce(about)))
    cloud.dynamodb.delete_table(TableName="TicketsTable")
    assert feedback(event) == failed(0)


def test_a_reminder_to_the_staff_stands_in_the_log_without_the_address(
    cloud: Cloud, feedback: Door, caplog: pytest.LogCaptureFixture
) -> None:
    staff = "oncall@elsewhere.example"
    assert feedback(queued(raw(ses.bounce(ses.mail(to=staff), to=staff)))) == DONE
    [record] = caplog.records
    assert record.message == "SES told of a mail that is no ticket's"
    assert (record.kind, record.ses_id) == ("permanent", ses.SES_ID)  # type: ignore[attr-defined]
    assert staff not in str(vars(record))
    assert cloud.rows("TicketsTable") == []
