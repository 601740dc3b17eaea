"""What staff do with tickets: the queue, one ticket, and every action on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from netdesk import number
from netdesk.text import one_line, safe
from netdesk.ticket import VERBS, Entry, Refused, Ticket, act, actor_name
from ticket_intake import desk as work
from ticket_intake import views
from ticket_intake.desk import Desk
from ticket_intake.report import LINE, Unusable, from_form
from ticket_intake.submission import texts

STATES = ("open", "waiting", "resolved")
Fields = Mapping[str, Any]


def queue(desk: Desk, state: str) -> dict[str, Any]:
    if state not in STATES:
        raise Refused(f"A ticket is {', '.join(STATES[:-1])} or {STATES[-1]}: choose one of them.")
    return {"tickets": [views.for_staff(ticket) for ticket in desk.tickets.in_state(state)]}


def show(desk: Desk, wanted: str) -> dict[str, Any]:
    ticket = _known(desk, wanted)
    return views.with_entries(ticket, desk.tickets.entries(ticket.number))


def take_next(desk: Desk, arn: str, now: datetime) -> dict[str, Any]:
    return views.for_staff(work.next_ticket(desk, _entry(arn, "", now), now))


def key_in(desk: Desk, arn: str, fields: Fields, once: str, now: datetime) -> dict[str, Any]:
    """A ticket for somebody on the phone; who keyed it in is in its history."""
    try:
        report = from_form(texts(fields), desk.provider, "phone")
    except Unusable as error:
        raise Refused(" ".join(error.errors.values())) from None
    keys = work.submission_keys(report, once, now)
    ticket = work.open_ticket(desk, report, keys, now)
    keyed = _entry(arn, f"Keyed in from the phone by {actor_name(arn)}.", now)
    noted = work.change_ticket(
        desk,
        ticket.number,
        lambda t: act(t, "note", keyed),
        now,
        once=(work.digest("keyed", ticket.number),),
    )
    return views.for_staff(noted)


def do(
    desk: Desk, arn: str, wanted: str, verb: str, fields: Fields, once: str, now: datetime
) -> dict[str, Any]:
    """One action; the same request again changes nothing more."""
    if verb not in VERBS or verb == "message":
        raise Refused(f"Tickets know no action {one_line(verb, LINE)}.")
    ticket = _known(desk, wanted)
    given = texts(fields)
    entry = _entry(arn, safe(given.get("message", "")).strip(), now)
    whom = one_line(given.get("assignee", ""), LINE) or entry.who
    changed = work.change_ticket(
        desk,
        ticket.number,
        lambda t: act(t, verb, entry, assignee=whom if verb == "assign" else ""),
        now,
        once=(work.digest("staff", ticket.number, once),) if once else (),
    )
    return views.for_staff(changed)


def _entry(arn: str, text: str, now: datetime) -> Entry:
    return Entry(at=now, who=actor_name(arn), kind="event", text=text, actor=arn)


def _known(desk: Desk, wanted: str) -> Ticket:
    canonical = number.read(wanted)
    if canonical is None:
        raise Refused(f"{one_line(wanted, 40)} is not a ticket number: check it symbol by symbol.")
    ticket = desk.tickets.read(canonical)
    if ticket is None:
        raise Refused(f"There is no ticket {canonical}.")
    return ticket
