"""The desk: opens tickets and changes them, whichever door the wish came through."""

import hmac
import json
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from netdesk import number
from netdesk.dynamo import Conflict
from netdesk.hours import Promise, promise, within
from netdesk.pages import Pages
from netdesk.provider import Provider
from netdesk.refused import Refused
from netdesk.text import one_line
from netdesk.ticket import CUSTOMER, SUSPECT, UNANSWERED, Change, Entry, Ticket, act
from ticket_intake import token
from ticket_intake.digest import digest
from ticket_intake.files import Files
from ticket_intake.report import Report
from ticket_intake.store import Tickets

WINDOW = timedelta(minutes=10)  # in which the same words from the same sender are one ticket
TRIES = 7


@dataclass(frozen=True)
class Desk:
    tickets: Tickets
    files: Files
    pages: Pages
    secret: bytes

    @property
    def provider(self) -> Provider:
        return self.pages.provider

    def link(self, ticket: Ticket) -> str:
        """The customer's link; the key in it is worth the ticket, so it is never stored."""
        key = token.link_key(self.secret, ticket.number, ticket.nonce)
        return f"{self.pages.public_url}/api/tickets/{ticket.number}?key={key}"


def open_ticket(desk: Desk, report: Report, once: Sequence[str], now: datetime) -> Ticket:
    """The ticket of this report; of the same report sent again, the same ticket."""
    for _ in range(TRIES):
        opened = _opened(desk, report, now)
        try:
            kept = desk.tickets.open(opened, once, now)
        except Conflict:
            continue  # this number is taken: draw another
        return opened.ticket if kept == opened.ticket.number else _again(desk, kept, opened, now)
    raise RuntimeError("no free ticket number was drawn")


def _again(desk: Desk, kept: str, opened: Change, now: datetime) -> Ticket:
    """The ticket of the same report sent before; if we held it for solved, it is not.

    Who sends a form again says so anew; the same mail again is only the same mail.
    """
    ticket = known(desk, kept)
    if ticket.state != "resolved" or ticket.source == "mail":
        return ticket
    once = message_keys(ticket, opened.entry.text, now)
    return change_ticket(desk, kept, lambda t: act(t, "message", opened.entry), now, once)


def change_ticket(
    desk: Desk, wanted: str, change: Callable[[Ticket], Change], now: datetime,
    once: Sequence[str] = (),
) -> Ticket:  # fmt: skip
    """The ticket after `change`, which is decided anew when somebody else was quicker.

    What was done before with one of the keys in `once` is not done again: the answer is then the
    ticket that it was done on.
    """
    for attempt in range(TRIES):
        if attempt:
            time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311 - so that we don't meet again
        try:
            changed = change(known(desk, wanted))
            desk.tickets.change(changed, now, once)
        except (Conflict, Refused) as error:
            if earlier := desk.tickets.number_of(once):
                return known(desk, earlier)
            if isinstance(error, Refused):
                raise
            continue
        return changed.ticket
    raise Refused("Several people are changing this ticket at the same moment: try again.")


def next_ticket(desk: Desk, entry: Entry, now: datetime) -> Ticket:
    """The oldest open ticket that nobody has, now assigned to who asks."""
    for ticket in desk.tickets.in_state("open"):
        if ticket.assignee:
            continue
        try:
            return change_ticket(desk, ticket.number, lambda t: _taken(t, entry), now)
        except Refused:
            continue  # somebody else took it first
    raise Refused("No open ticket is without an owner.")


def customer_ticket(desk: Desk, wanted: str, key: str) -> Ticket | None:
    """The ticket that this key opens; a wrong key and an unknown number take the same way."""
    ticket = desk.tickets.read(number.read(wanted) or "")
    known = ticket.key_hash if ticket else token.hashed("")
    matches = hmac.compare_digest(known, token.hashed(key))
    return ticket if ticket and matches else None


def submission_keys(
    report: Report, given: str, now: datetime, *, form: str = ""
) -> tuple[str, ...]:
    """What makes two submissions one: the same content, with the key that the client gave or soon.

    Soon is the current window and the one before, so that no two taps fall between. A key alone
    decides nothing: it is another client's word. The token of a form makes it one for longer, while
    a browser that goes back may come with another token.
    """
    same = replace(report, message_id="", letter="", suspicion="")
    content = json.dumps(asdict(same), sort_keys=True)
    if given:
        return (digest("key", given, content),)
    window = int(now.timestamp()) // int(WINDOW.total_seconds())
    soon = tuple(digest("words", str(window - back), content) for back in (0, 1))
    return (*soon, digest("form", form, content)) if form else soon


def message_keys(ticket: Ticket, text: str, now: datetime) -> tuple[str, ...]:
    """What makes two messages on a ticket one: the same words in this minute or the last."""
    minute = int(now.timestamp()) // 60
    said = (ticket.number, str(ticket.turns), text)  # after a turn of staff's it says more
    return tuple(digest("message", *said, str(minute - back)) for back in (0, 1))


def _opened(desk: Desk, report: Report, now: datetime) -> Change:
    drawn = number.draw(secrets.SystemRandom())
    nonce = secrets.token_hex(16)
    due = _promised(desk.provider, report, now)
    held = bool(report.suspicion)
    letter = "" if held else report.letter
    ticket = Ticket(
        number=drawn,
        state=SUSPECT if held else "open",
        subject=report.subject,
        category=report.category,
        person=report.person,
        opened_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        promised_by=due.usual_by,
        latest_by=due.latest_by,
        source=report.source,
        nonce=nonce,
        key_hash=token.hashed(token.link_key(desk.secret, drawn, nonce)),
        emergency=report.emergency,
        url=report.url,
        occurred_at=report.occurred_at,
        error_text=report.error_text,
        people=report.people,
        follows=report.follows,
        answered="" if held else UNANSWERED,
        calls=(1,) if letter and not report.person.email else (),
        suspicion=report.suspicion,
        code=report.code,
    )
    mailed = letter if report.person.email else ""
    return Change(ticket, _said(report, now), mailed, pages=report.emergency and not held)


def _said(report: Report, now: datetime) -> Entry:
    return Entry(
        at=now,
        who=CUSTOMER,
        kind="message",
        text=report.message,
        attachments=report.attachments,
        message_id=report.message_id,
        sender=report.sender,
        remark=report.remark,
        details=report.details,
    )


def _promised(provider: Provider, report: Report, now: datetime) -> Promise:
    """Emergencies are answered within the hour: by phone day and night, a form wakes nobody."""
    if not report.emergency:
        return promise(now, provider.hours)
    hour = timedelta(minutes=provider.emergency.answer_within_minutes)
    soon = now + hour if report.source == "phone" else within(hour, now, provider.hours)
    return Promise(soon, soon)


def _taken(ticket: Ticket, entry: Entry) -> Change:
    if ticket.assignee or ticket.state != "open":
        raise Refused(f"Ticket {ticket.number} has an owner now.")
    return act(ticket, "assign", entry, assignee=entry.who)


def known(desk: Desk, wanted: str) -> Ticket:
    canonical = number.read(wanted)
    if canonical is None:
        raise Refused(f"{one_line(wanted, 40)} is not a ticket number: check it symbol by symbol.")
    ticket = desk.tickets.read(canonical)
    if ticket is None:
        raise Refused(f"There is no ticket {canonical}.")
    return ticket
