"""Mails that come in, and what must hold of them when all is quiet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from netdesk.text import safe
from netdesk.ticket import Entry, Ticket, act
from tests.desk import NOW, entry, provider, report
from tests.mail_room import BLOCK, GOOD, raw
from tests.mail_world import BLOCKED, SECRET, World, desk_of, room_of, sweeping
from tests.small_cloud import Object, SmallCloud
from ticket_intake import token
from ticket_intake.desk import change_ticket, open_ticket
from ticket_intake.mail import parse
from ticket_intake.mailroom.register import FOLLOW_UP, TICKET, Filed

BOUNCE = """\
From: MAILER-DAEMON@example.org
To: {desk}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ann@example.org
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

From: Desk <{desk}>
Reply-To: Desk <{reply}>
Subject: No dial tone

Hello.
--b--
"""


@dataclass(frozen=True)
class Scenario:
    """What lies in `inbound/`, and what it must come to."""

    before: SmallCloud
    mails: dict[str, bytes]  # by the id that SES gave them
    outcomes: frozenset[str]
    ends: Mapping[int, int] = field(default_factory=lambda: {1: 1})  # letters by how many tickets
    let_out: tuple[str, ...] = ()  # by staff

    def world(self, **more: Any) -> World:
        cloud = self.before.copy()
        for mail, content in self.mails.items():
            cloud.objects[f"inbound/{mail}"] = Object(content, {}, NOW)
        return World(cloud, queue=[*self.mails], wanted=[*self.let_out], **more)


@cache
def with_ticket(*, answered: bool = True) -> SmallCloud:
    """A desk with a ticket of Ann's, who has its acknowledgement or still waits for it."""
    cloud: Any = SmallCloud(now=NOW)
    open_ticket(desk_of(cloud), report(), ("known",), NOW)
    if answered:
        sweeping().do(cloud)
    return SmallCloud(cloud.rows, cloud.objects, now=NOW)


def tickets_of(cloud: SmallCloud) -> list[Ticket]:
    tickets = desk_of(cloud).tickets
    numbers = [row["number"]["S"] for (_, sk), row in cloud.rows.items() if sk == "ticket"]
    return [ticket for number in numbers if (ticket := tickets.read(number))]


# --- what comes in -------------------------------------------------------------------------------


def reply_address() -> str:
    """Where Ann's answers go: it holds her thread's token."""
    [ticket] = tickets_of(with_ticket())
    return provider().mail.replace("@", f"+{token.sign(SECRET, ticket.number)}@")


def answer(text: str, **headers: str) -> bytes:
    given = {"subject": "Re: No dial tone", "message_id": "<second@example.org>"}
    return raw(text, **given | headers)


def new() -> Scenario:
    return Scenario(SmallCloud(), {"one": raw()}, frozenset({TICKET}))


def follow_up() -> Scenario:
    mail = answer("Still dead.", to=reply_address())
    return Scenario(with_ticket(), {"one": mail}, frozenset({FOLLOW_UP}), {1: 0})


def bounce() -> Scenario:
    block = BLOCK.replace("Return-Path: <ann@example.org>", "Return-Path: <>")
    told = (block + BOUNCE).format(**GOOD, desk=provider().mail, reply=reply_address())
    return Scenario(with_ticket(), {"one": told.encode()}, frozenset({FOLLOW_UP}), {1: 0})


def status() -> Scenario:
    mail = answer("status", to=reply_address())
    return Scenario(with_ticket(), {"one": mail}, frozenset({FOLLOW_UP}))


def large() -> Scenario:
    long = "\n".join(f"{place} {'and so on ' * 8}" for place in range(450))
    mail = raw(long, ("a.log", b"first"), ("b.log", b"second"))
    return replace(new(), mails={"one": mail})


def released() -> Scenario:
    return replace(new(), mails={"one": raw(**{"from": BLOCKED})}, let_out=("one",))


def twice() -> Scenario:
    return replace(new(), mails={"one": raw(), "two": raw()})


def too_late() -> Scenario:
    """A copy comes when the ticket is solved."""
    world = new().world()
    world.go_on()
    desk, [ticket] = desk_of(world.cloud), tickets_of(world.cloud)
    change_ticket(desk, ticket.number, lambda t: act(t, "resolve", entry()), NOW)
    there = SmallCloud(world.cloud.rows, world.cloud.objects, now=NOW)
    return Scenario(there, {"two": raw()}, frozenset({TICKET}), {1: 0})


def answer_first() -> Scenario:
    mails = {"one": answer("And now?", references="<first@example.org>"), "two": raw()}
    return Scenario(SmallCloud(), mails, frozenset({TICKET, FOLLOW_UP}), {1: 1, 2: 2})


SCENARIOS = {
    "a new mail": cache(new),
    "a follow-up with the token": cache(follow_up),
    "a bounce": cache(bounce),
    "a status request": cache(status),
    "two files and a long text": cache(large),
    "let out of quarantine": cache(released),
    "one mail in two objects": cache(twice),
    "a copy when all is solved": cache(too_late),
    "a thread, its answer first": cache(answer_first),
}


# --- what must hold ------------------------------------------------------------------------------


def wrong(scenario: Scenario, world: World) -> list[str]:
    """What is not as it must be, now that all is quiet."""
    cloud, found = world.cloud, [*_wrong_mails(scenario, world.cloud)]
    found += [*_wrong_rows(world.cloud), *sorted(world.denied)]
    tickets, letters, again = len(tickets_of(cloud)), len(cloud.mails), world.faults.sent_again
    if tickets not in scenario.ends:
        found.append(f"{tickets} tickets")
    elif not 0 <= letters - scenario.ends[tickets] <= again:
        found.append(f"{letters} letters, and {again} could be sent again")
    before = cloud.state
    world.once_more([*scenario.mails], [*scenario.let_out])
    if cloud.state != before:
        found.append("once more changes something")
    return [*found, f"the last error was {world.error!r}"] if found else []


def _wrong_mails(scenario: Scenario, cloud: Any) -> Iterator[str]:
    room = room_of(cloud)
    filed, entries = room.register.find([*scenario.mails]), _entries(cloud)
    for mail, content in scenario.mails.items():
        there = cloud.objects.get(f"mail/2026/11/{mail}")
        if not there or there.body != content:
            yield f"{mail} is not in mail/"
        if f"inbound/{mail}" in cloud.objects:
            yield f"{mail} is still in inbound/"
        if mail not in filed or filed[mail].outcome not in scenario.outcomes:
            yield f"{mail} is registered as {filed.get(mail)}"
        else:
            yield from _wrong_entry(filed[mail], content, entries)


def _entries(cloud: Any) -> list[tuple[str, Entry]]:
    desk, numbers = desk_of(cloud), [ticket.number for ticket in tickets_of(cloud)]
    kept = [(number, entry) for number in numbers for entry in desk.tickets.entries(number)]
    return [(number, desk.files.whole(entry)) for number, entry in kept]


def _wrong_entry(filed: Filed, content: bytes, entries: list[tuple[str, Entry]]) -> Iterator[str]:
    mail = parse(content)
    mine = [(at, told) for at, told in entries if told.message_id == mail.message_id]
    if len(mine) != 1:
        yield f"{filed.id} has {len(mine)} entries"
    for number, told in mine:
        if number != filed.number:
            yield f"{filed.id} is on {number}, registered for {filed.number}"
        if filed.outcome == TICKET and told.text != safe(mail.text).strip():
            yield f"{filed.id} has other words"
        if [file.name for file in told.attachments] != [file.name for file in mail.attachments]:
            yield f"{filed.id} has other files"


def _wrong_rows(cloud: SmallCloud) -> Iterator[str]:
    for ticket in tickets_of(cloud):
        entries = desk_of(cloud).tickets.entries(ticket.number)
        if len(entries) != ticket.entries:
            yield f"{ticket.number} has {len(entries)} entries and says {ticket.entries}"
        for file in (file for told in entries for file in told.attachments):
            if file.digest and file.key not in cloud.objects:
                yield f"{file.name} was not kept"
    for (pk, sk), row in cloud.rows.items():
        if "failed" in row or ("unsent" in row and sk != "ticket"):  # that one waits for a call
            yield f"{pk} {sk} was not sent"
