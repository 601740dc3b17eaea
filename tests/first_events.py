"""The first events of each function of the template, and what it must answer.

A story yields events and is sent the answers; the first event meets a cold start.
"""

import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from netdesk import settings
from netdesk.ticket import Person, act
from tests import feedback_samples as ses
from tests.desk import ARN, Cloud, entry, fields, form, mail_event, provider, report, stream_event
from tests.lambda_events import by_triggers, from_queue, from_stream, http, scheduled
from tests.mail_room import raw
from ticket_intake import token, wiring
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.settings import DeskSettings

Story = Generator[dict[str, Any], Any, None]
DONE: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
WORDS = "Zażółć gęślą jaźń, 漢字, \U0001f600"  # beyond ASCII, beyond Latin, beyond 16 bits


def story(cloud: Cloud, function: str) -> Story:
    """A function that has no story of its own yet is met by what the template lets in."""
    return STORIES[function](cloud) if function in STORIES else any_function(function)


def any_function(function: str) -> Story:
    for event in by_triggers(function) * 2:
        answer = yield event
        assert answer is not None


# --- what there is before -------------------------------------------------------------------------


def desk(cloud: Cloud) -> Desk:
    return wiring.desk(settings.read(DeskSettings, cloud.environment("OutboxFunction")))


def opened(cloud: Cloud, *names: str) -> list[dict[str, Any]]:
    """The outbox rows of new tickets, one of each of these people."""
    people = [Person(name, f"{name}@example.org") for name in names]
    new = [(report(person=person), (uuid4().hex,)) for person in people]
    numbers = [open_ticket(desk(cloud), *one, datetime.now(UTC)).number for one in new]
    return [row for number in numbers for row in cloud.outbox() if row["number"] == number]


def resolved_long_ago(cloud: Cloud) -> None:
    """A ticket that nobody needs any more."""
    then = datetime(2020, 1, 1, tzinfo=UTC)
    number = open_ticket(desk(cloud), report(), (uuid4().hex,), then).number
    change_ticket(desk(cloud), number, lambda t: act(t, "resolve", entry("", at=then)), then)


def bounced(cloud: Cloud, name: str, number: str) -> str:
    """What SES tells of a mail about a ticket that came back."""
    address = f"{name}@example.org"
    mail = ses.mail(token.sign(desk(cloud).secret, number), uuid4().hex, address)
    return ses.raw(ses.bounce(mail, to=address))


def batch(cloud: Cloud, function: str) -> dict[str, Any]:
    """Two records: of mails that are to go, came back, or came."""
    if function == "OutboxFunction":
        return from_stream(stream_event(*opened(cloud, "dora", "emil")), "TicketsTable")
    if function == "FeedbackFunction":
        [row] = opened(cloud, "kim")
        told = [bounced(cloud, "kim", row["number"]) for _ in range(2)]
        return from_queue(ses.queued(*told), "FeedbackQueue")
    keys = [f"inbound/{uuid4().hex}" for _ in range(2)]
    for key in keys:
        cloud.s3.put_object(Bucket=cloud.name("MailBucket"), Key=key, Body=raw())
    return from_queue(mail_event(*keys), "InboundMailQueue")


# --- stories -------------------------------------------------------------------------------------


def customer(_: Cloud) -> Story:
    """A browser's form, its link, and the page again with the cookie that the link set."""
    made = yield http("POST", "/api/tickets", body=form(fields(message=WORDS)))
    assert made["statusCode"] == 201
    link = urlsplit(json.loads(made["body"])["link"])
    entered = yield http("GET", link.path, query={"key": link.query.removeprefix("key=")})
    assert (entered["statusCode"], entered["headers"]["Location"]) == (303, link.path)
    [cookie] = entered["cookies"]
    assert {"Secure", "HttpOnly"} <= set(cookie.split("; "))
    given = ["theme=dark", cookie.partition(";")[0]]
    page = yield http("GET", link.path, cookies=given, headers={"accept": "text/html"})
    assert page["statusCode"] == 200
    assert page["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert WORDS in page["body"]


def staff(_: Cloud) -> Story:
    made = yield http("POST", "/staff/tickets", body=fields(phone="818-555-0100"), arn=ARN)
    assert made["statusCode"] == 201
    shown = yield http("GET", f"/staff/tickets/{json.loads(made['body'])['number']}", arn=ARN)
    assert json.loads(shown["body"])["entries"][1]["actor"] == ARN


def mails(_: Cloud) -> Story:
    for path in ("/staff/mails", "/staff/mails/audit"):
        listed = yield http("GET", path, arn=ARN)
        assert listed["statusCode"] == 200


def notices(_: Cloud) -> Story:
    key = next(iter(provider().components)).key
    told = {"title": "No dial tone", "impact": "major", "components": [key], "message": "We look."}
    made = yield http("POST", "/staff/notices", body=told, arn=ARN)
    assert made["statusCode"] == 201
    assert json.loads(made["body"])["published"] is True
    listed = yield http("GET", "/staff/notices", arn=ARN)
    assert json.loads(made["body"])["id"] in listed["body"]


def trace(_: Cloud) -> Story:
    ordered = yield http("POST", "/api/traces", body=form({"target": "https://www.example.com/"}))
    assert ordered["statusCode"] == 202
    read = yield http("GET", f"/api/traces/{json.loads(ordered['body'])['id']}")
    assert json.loads(read["body"])["state"] == "queued"
    assert (yield scheduled("TraceFunction")) == {}


def mail(cloud: Cloud) -> Story:
    bucket = cloud.name("MailBucket")
    for name in ("one", "two"):
        content = raw(message_id=f"<{name}@example.org>")
        cloud.s3.put_object(Bucket=bucket, Key=f"inbound/{name}", Body=content)
        answer = yield from_queue(mail_event(f"inbound/{name}"), "InboundMailQueue")
        assert answer == DONE
    assert cloud.objects(bucket, "inbound/") == {}
    assert (yield scheduled("MailFunction")) == {"failed": 0}


def outbox(cloud: Cloud) -> Story:
    for name in ("bea", "carl"):
        answer = yield from_stream(stream_event(*opened(cloud, name)), "TicketsTable")
        assert answer == DONE
        assert any(f"{name}@example.org" in mail for mail in cloud.sent())
    yield scheduled("OutboxFunction")  # what other functions left
    assert (yield scheduled("OutboxFunction")) == {"sent": 0}


def feedback(cloud: Cloud) -> Story:
    """A mail of ours came back; SES tells it twice."""
    [row] = opened(cloud, "jan")
    told = from_queue(ses.queued(bounced(cloud, "jan", row["number"])), "FeedbackQueue")
    for _again in range(2):
        assert (yield told) == DONE
    [_, note] = desk(cloud).tickets.entries(row["number"])
    assert "jan@example.org came back" in note.text


def retention(_: Cloud) -> Story:
    for _again in range(2):
        gone = yield scheduled("RetentionFunction")
        assert gone == {"tickets": 0, "files": 0, "mails": 0, "failed": 0}


def clock(_: Cloud) -> Story:
    for _again in range(3):
        done = yield scheduled("ClockFunction")
    assert done == {"published": False}


STORIES: dict[str, Callable[[Cloud], Story]] = {
    "WebFunction": customer,
    "MailFunction": mail,
    "StaffFunction": staff,
    "MailsFunction": mails,
    "OutboxFunction": outbox,
    "FeedbackFunction": feedback,
    "RetentionFunction": retention,
    "NoticesFunction": notices,
    "ClockFunction": clock,
    "TraceFunction": trace,
}

# One request of each door over HTTP; all of them need a table.
ASKED = {
    "WebFunction": http("POST", "/api/tickets", body=form(fields())),
    "StaffFunction": http("GET", "/staff/tickets", arn=ARN),
    "MailsFunction": http("GET", "/staff/mails", arn=ARN),
    "NoticesFunction": http("GET", "/staff/notices", arn=ARN),
    "TraceFunction": http("POST", "/api/traces", body=form({"target": "www.example.com"})),
}
