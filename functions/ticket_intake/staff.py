"""What staff do with tickets: the queue, one ticket, and every action on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from netdesk.refused import Refused
from netdesk.staff import actor_name
from netdesk.text import one_line, safe
from netdesk.ticket import STAFF_VERBS, STATES, Change, Entry, Ticket, act
from ticket_intake import views
from ticket_intake.desk import (
    change_ticket,
    known,
    next_ticket,
    open_ticket,
    submission_keys,
)
from ticket_intake.digest import digest
from ticket_intake.history import history
from ticket_intake.office import Office
from ticket_intake.report import LINE, Unusable, from_form
from ticket_intake.submission import texts

Fields = Mapping[str, Any]


def queue(office: Office, state: str) -> dict[str, Any]:
    if state not in STATES:
        raise Refused(f"A ticket is {', '.join(STATES[:-1])} or {STATES[-1]}: choose one of them.")
    tickets, calls = office.desk.tickets.in_state(state), office.desk.tickets.to_call()
    return {
        "tickets": [views.for_staff(ticket) for ticket in tickets],
        "calls": [views.for_staff(ticket) for ticket in calls],
    }


def show(office: Office, wanted: str, only: str = "") -> dict[str, Any]:
    """All of a ticket, or only the entry at this place."""
    ticket = known(office.desk, wanted)
    entries = history(office.desk, ticket.number, only)
    if only and not entries:
        raise Refused(f"Ticket {ticket.number} has no entry {one_line(only, LINE)}.")
    return views.with_entries(ticket, entries)


def file_link(office: Office, wanted: str, name: str) -> dict[str, Any]:
    """Where to fetch a file that came with the ticket, for some minutes."""
    ticket = known(office.desk, wanted)
    files = [
        file for entry in office.desk.tickets.entries(ticket.number) for file in entry.attachments
    ]
    found = next((file for file in files if file.name == name), None)
    if found is None:
        raise Refused(f"Ticket {ticket.number} has no file {one_line(name, LINE)}.")
    if not found.digest:
        raise Refused("This file is not given out: nothing says that it is free of viruses.")
    return {"name": found.name, "url": office.desk.files.link(found)}


def _erased(office: Office, arn: str, wanted: str, now: datetime) -> dict[str, Any]:
    from ticket_intake.erasure import erase

    return erase(office.eraser(), wanted, arn, now)


def _transfer_code(office: Office, arn: str, wanted: str, now: datetime) -> dict[str, Any]:
    """A domain's transfer code: whoever reads it first is named, and it is gone."""
    ticket = known(office.desk, wanted)
    if not ticket.code:
        raise Refused(f"Ticket {ticket.number} has no transfer code now: its history tells more.")
    code, who = office.codes().take(ticket.code), actor_name(arn)
    told = f"The transfer code was shown to {who}, and deleted."
    if not code:
        told = f"{who} looked for the transfer code: it was not there any more."
    change_ticket(
        office.desk, ticket.number, lambda t: _without_code(t, _entry(arn, told, now)), now
    )
    if not code:
        raise Refused("The code is not there any more: ask the customer for it again.")
    return {"number": ticket.number, "code": code}


def _without_code(ticket: Ticket, event: Entry) -> Change:
    noted = act(ticket, "note", event)
    return replace(noted, ticket=replace(noted.ticket, code=""))


def take_next(office: Office, arn: str, now: datetime) -> dict[str, Any]:
    return views.for_staff(next_ticket(office.desk, _entry(arn, "", now), now))


def key_in(office: Office, arn: str, fields: Fields, once: str, now: datetime) -> dict[str, Any]:
    """A ticket for somebody on the phone; who keyed it in is in its history."""
    try:
        report = from_form(texts(fields), office.desk.provider, "phone")
    except Unusable as error:
        raise Refused(" ".join(error.errors.values())) from None
    keys = submission_keys(report, once, now)
    ticket = open_ticket(office.desk, report, keys, now)
    keyed = _entry(arn, f"Keyed in from the phone by {actor_name(arn)}.", now)
    noted = change_ticket(
        office.desk,
        ticket.number,
        lambda t: act(t, "note", keyed),
        now,
        once=(digest("keyed", ticket.number),),
    )
    return views.for_staff(noted)


def do(
    office: Office, arn: str, wanted: str, verb: str, fields: Fields, once: str, now: datetime
) -> dict[str, Any]:
    """One action; the same request again changes nothing more."""
    if verb == "code":
        return _transfer_code(office, arn, wanted, now)
    if verb == "erase":
        return _erased(office, arn, wanted, now)
    desk = office.desk
    if verb not in STAFF_VERBS:
        raise Refused(f"Tickets know no action {one_line(verb, LINE)}.")
    ticket = known(desk, wanted)
    given = texts(fields)
    entry = _entry(arn, safe(given.get("message", "")).strip(), now)
    assignee = ""
    if verb == "assign":
        assignee = one_line(given.get("assignee", ""), LINE) or entry.who
    elif verb == "reply" and not ticket.assignee:
        assignee = entry.who  # who answers has it, so that no second one answers too
    changed = change_ticket(
        desk,
        ticket.number,
        lambda t: act(t, verb, entry, assignee=assignee),
        now,
        once=(digest("staff", ticket.number, verb, entry.text, once),) if once else (),
    )
    return views.for_staff(changed)


def _entry(arn: str, text: str, now: datetime) -> Entry:
    return Entry(at=now, who=actor_name(arn), kind="event", text=text, actor=arn)
