"""Tickets and mails from beginning to end, each step metered."""

from dataclasses import replace
from datetime import timedelta
from string import ascii_uppercase
from typing import Any

from infra.costs.counted import Work
from netdesk import settings
from tests import feedback_samples as ses
from tests.costs.rooms import Room, Steps
from tests.desk import (
    ARN,
    MINUTE,
    NOW,
    SECRETS,
    Answer,
    fields,
    form,
    mail_event,
    multipart,
    report,
)
from tests.mail_room import raw
from tests.test_web_door import crumb, path_of
from ticket_intake import token, wiring
from ticket_intake.desk import Desk, open_ticket
from ticket_intake.settings import DeskSettings

MESSAGE = "The modem does not dial any more since this morning. " * 15  # some 800 letters
FILE = "modem.log", "text/plain", b"CONNECT 26400\n" * 2_000
WAITING = 20  # tickets, in the queue that staff look at
WHILE = timedelta(minutes=5)  # to fill in the form


def tickets(room: Room) -> Steps:
    _wait(room)
    yield "form begun", _web(room, "GET", "/api/form")[0]
    typed = fields(message=MESSAGE, phone="818-555-0100", account="ann7", email="bob@example.org")
    with_file = multipart(typed | _begun("b"), FILE)
    yield "form sent with a file", _web(room, "POST", "/api/tickets", body=with_file)[0]
    room.mailed()
    typed |= {"email": "ann@example.org"} | _begun("a")
    work, opened = _web(room, "POST", "/api/tickets", body=multipart(typed), wants="json")
    yield "form sent", work
    yield "acknowledgement mailed", room.mailed()
    yield from _followed(room, *path_of(opened))


def _followed(room: Room, path: str, key: str) -> Steps:
    """By its customer, then by staff."""
    yield "ticket's link opened", _web(room, "GET", path, query={"key": key})[0]
    own: Any = {"cookies": [crumb(path, key)]}
    yield "ticket's page read", _web(room, "GET", path, **own)[0]
    more = form({"message": MESSAGE})
    yield "customer's message", _web(room, "POST", path, body=more, **own)[0]
    number = path.rpartition("/")[2]
    yield "queue listed", _staff(room, "GET", "")
    yield "next ticket taken", _staff(room, "POST", "/next", body={})
    yield "ticket shown", _staff(room, "GET", f"/{number}")
    yield "answer written", _staff(room, "POST", f"/{number}/reply", body={"message": MESSAGE})
    yield "answer mailed", room.mailed()
    yield "ticket resolved", _staff(room, "POST", f"/{number}/resolve", body={"message": MESSAGE})
    room.mailed()
    yield "minute of the outbox", room.run("OutboxFunction", MINUTE)[0]


def mails(room: Room) -> Steps:
    yield "mail that opens a ticket", _mail(room, raw(MESSAGE))
    room.mailed()
    [ticket] = room.cloud.tickets()
    thread = token.sign(SECRETS["DeskSecret"].encode(), ticket["number"])
    address = _desk(room).provider.mail.replace("@", f"+{thread}@")
    again = raw(MESSAGE, to=address, message_id="<again@example.org>")
    yield "mail to a ticket", _mail(room, again)
    yield "minute of the mails", room.run("MailFunction", MINUTE)[0]


def bounces(room: Room) -> Steps:
    number = open_ticket(_desk(room), _of("ann"), ("a ticket",), NOW).number
    about = ses.mail(token.sign(SECRETS["DeskSecret"].encode(), number))
    work, answer = room.run("FeedbackFunction", ses.queued(ses.raw(ses.bounce(about))))
    assert answer == {"batchItemFailures": []}
    yield "bounce told", work


def old_tickets(room: Room) -> Steps:
    """A ticket whose time is over goes, with its mail."""
    _mail(room, raw(MESSAGE))
    room.mailed()
    [ticket] = room.cloud.tickets()
    _staff(room, "POST", f"/{ticket['number']}/resolve", body={"message": MESSAGE})
    room.mailed()
    [ticket] = room.cloud.tickets()
    old = dict.fromkeys(("opened_at", "resolved_at"), "2020-01-01T00:00:00.000+00:00")
    room.cloud.put("TicketsTable", **ticket | old | {"queued": f"1#{old['opened_at']}#x"})
    yield "old ticket deleted", room.run("RetentionFunction", MINUTE)[0]
    assert room.cloud.tickets() == []


def _wait(room: Room) -> None:
    """Tickets that wait, as if their mail had long been sent."""
    open_ticket(_desk(room), _of("first"), ("first",), NOW)
    room.mailed()
    [first] = room.cloud.tickets()
    for letter in ascii_uppercase[: WAITING - 1]:
        ends = f"U{letter}"  # as no number does
        changed = {name: first[name][:-2] + ends for name in ("pk", "number", "queued")}
        room.cloud.put("TicketsTable", **first | changed)


def _desk(room: Room) -> Desk:
    return wiring.desk(settings.read(DeskSettings, room.cloud.environment("StaffFunction")))


def _of(name: str) -> Any:
    made = report(message=MESSAGE)
    return replace(made, person=replace(made.person, email=f"{name}@example.org"))


def _begun(nonce: str) -> dict[str, str]:
    """Some minutes ago: who is quicker is held for a machine."""
    return {"token": token.form(SECRETS["DeskSecret"].encode(), nonce * 16, NOW - WHILE)}


def _web(
    room: Room, method: str, path: str, *, wants: str = "html", **given: Any
) -> tuple[Work, Answer]:
    return room.asked("WebFunction", method, path, wants=wants, **given)


def _staff(room: Room, method: str, path: str, **given: Any) -> Work:
    return room.asked("StaffFunction", method, f"/staff/tickets{path}", arn=ARN, **given)[0]


def _mail(room: Room, content: bytes) -> Work:
    room.cloud.s3.put_object(Bucket=room.cloud.name("MailBucket"), Key="inbound/one", Body=content)
    work, answer = room.run("MailFunction", mail_event("inbound/one"))
    assert answer == {"batchItemFailures": []}
    return work
