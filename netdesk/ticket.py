"""Tickets: what they are, and what customers and staff can do with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from netdesk.refused import Refused

CUSTOMER = "customer"  # as whom entries name them
MESSAGE_LIMIT = 100_000  # characters; a whole log file pasted in still fits
SUSPECT = "suspect"  # the state of what staff must let in first; to its sender it looks open
STATES = ("open", "waiting", "resolved", SUSPECT)
UNANSWERED, IN_TIME, LATE = "no", "in time", "late"


@dataclass(frozen=True)
class Person:
    """Who wrote, as they gave it themselves."""

    name: str = ""
    email: str = ""
    phone: str = ""
    account: str = ""

    @property
    def reached_at(self) -> str:
        return self.email or self.phone


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    size: int
    digest: str  # of the content; none when it is not given out
    key: str = ""  # where it is kept


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a ticket; `public` ones are shown to the customer."""

    at: datetime
    who: str
    kind: str  # message (customer), answer (staff), note (staff, internal), event
    text: str
    public: bool = True
    attachments: tuple[Attachment, ...] = ()
    actor: str = ""  # the ARN that AWS vouches for, for staff
    message_id: str = ""  # of the mail that it came by
    sender: str = ""  # the address that the mail came from
    remark: str = ""  # for staff alone: what the mail proves, and what it refers to
    details: Mapping[str, Any] = field(default_factory=dict)  # what a form asked, by its question


@dataclass(frozen=True)
class Ticket:
    number: str
    state: str  # one of STATES; waiting is for the customer
    subject: str
    category: str
    person: Person
    opened_at: datetime
    promised_by: datetime
    latest_by: datetime
    source: str  # web, mail, phone
    nonce: str  # with the desk's secret it gives the link's key
    key_hash: str
    assignee: str = ""
    last_word: str = CUSTOMER  # who wrote last
    turns: int = 0  # of staff: what was done that was not the customer's message
    emergency: bool = False
    url: str = ""
    occurred_at: str = ""
    error_text: str = ""
    people: tuple[str, ...] = ()  # whom the customer copied: they may add to it when they copy back
    follows: str = ""  # the number of a ticket that was closed long ago
    resolved_at: datetime | None = None
    answered: str = UNANSWERED  # whether staff's first answer came by `promised_by`
    calls: tuple[int, ...] = ()  # places of the entries to be told by phone: there is no address
    suspicion: str = ""  # why it was held
    erased_at: datetime | None = None
    code: str = ""  # where a domain's transfer code is kept, until one of the staff has read it
    entries: int = 1
    version: int = 1


@dataclass(frozen=True)
class Change:
    """A ticket after an action, the entry that tells of it, and the mail that it causes."""

    ticket: Ticket
    entry: Entry
    letter: str = ""  # acknowledgement, unknown, answer, status, or none
    pages: bool = False  # somebody must be woken


ANY_STATE = frozenset(STATES)


@dataclass(frozen=True)
class Verb:
    kind: str
    event: str
    to_state: str = ""
    from_states: frozenset[str] = frozenset({"open", "waiting", "resolved"})
    needs_text: bool = False
    public: bool = True
    letter: str = ""  # the mail that tells the customer, or the call


STAFF_VERBS = {
    "reply": Verb("answer", "answered", "", ANY_STATE, needs_text=True, letter="answer"),
    "note": Verb("note", "noted", "", ANY_STATE, needs_text=True, public=False),
    "assign": Verb("event", "assigned to {assignee}", public=False),
    "wait": Verb(
        "answer", "waiting for the customer", "waiting", frozenset({"open"}), letter="answer"
    ),
    "resolve": Verb(
        "answer", "resolved", "resolved", frozenset({"open", "waiting"}), letter="answer"
    ),
    "reopen": Verb("event", "reopened", "open", frozenset({"waiting", "resolved"})),
    "called": Verb("answer", "called the customer"),
    "let-in": Verb(
        "event", "let in", "open", frozenset({SUSPECT}), False, False, "acknowledgement"
    ),
}
CUSTOMER_VERBS = {
    "message": Verb("message", "wrote", "open", ANY_STATE, needs_text=True),
    "close": Verb("message", "closed it", "resolved", ANY_STATE - {"resolved"}),
    "open-again": Verb("message", "opened it again", "open", ANY_STATE - {"open"}),
}
LETS_IN = ("let-in", "reply")  # who answers a suspect has seen that it is none
VERBS = {
    **STAFF_VERBS,
    **CUSTOMER_VERBS,
    "remark": Verb("message", "wrote", "", ANY_STATE, needs_text=True),  # reopens nothing
    "ask": Verb("event", "asked for the status by mail", "", ANY_STATE, False, False, "status"),
}


def act(ticket: Ticket, verb: str, entry: Entry, *, assignee: str = "") -> Change:
    """What the ticket becomes; `entry` brings who, when and the text (may be empty)."""
    rule = VERBS[verb]
    _check(ticket, verb, rule, entry)
    written = bool(entry.text.strip() or entry.attachments)
    speaks = written and rule.kind in ("message", "answer")
    if ticket.state == SUSPECT:
        # What its sender does lets it in no more than what he wrote at first.
        to_state = "open" if verb in LETS_IN else ""
        ticket = replace(ticket, answered=UNANSWERED) if to_state else ticket
    else:
        to_state = rule.to_state
    letter = rule.letter if written or rule.letter != "answer" else ""
    changed = replace(
        ticket,
        state=to_state or ticket.state,
        assignee=assignee or ticket.assignee,
        turns=ticket.turns + (rule.kind != "message"),
        last_word=_last_word(rule, entry) if speaks else ticket.last_word,
        resolved_at=_resolved_at(ticket, to_state, entry.at),
        answered=_answered(ticket, rule, entry.at),
        calls=() if verb == "called" else _calls(ticket, letter),
        entries=ticket.entries + 1,
        version=ticket.version + 1,
    )
    told = replace(
        entry,
        kind=rule.kind if written else "event",
        text=entry.text if written else rule.event.format(assignee=assignee),
        public=rule.public,
    )
    mailed = letter if ticket.person.email else ""
    woken = ticket.state == SUSPECT and changed.state == "open" and ticket.emergency
    return Change(changed, told, mailed, pages=woken)


def _check(ticket: Ticket, verb: str, rule: Verb, entry: Entry) -> None:
    if ticket.state not in rule.from_states:
        if ticket.state == SUSPECT:
            raise Refused(f"Ticket {ticket.number} is held as suspect: let it in first.")
        already = " already" if rule.to_state == ticket.state else f", so you can't {verb} it"
        raise Refused(f"Ticket {ticket.number} is {ticket.state}{already}.")
    if ticket.erased_at and rule.letter == "answer":
        raise Refused(f"Ticket {ticket.number} was erased: there is nobody to answer.")
    if rule.needs_text and not entry.text.strip() and not entry.attachments:
        raise Refused("The message is empty: write what you want to say.")
    if len(entry.text) > MESSAGE_LIMIT:
        raise Refused(f"The message is too long: send at most {MESSAGE_LIMIT} characters.")


def _calls(ticket: Ticket, letter: str) -> tuple[int, ...]:
    """Whom no mail reaches is to be told by phone."""
    to_tell = letter and not ticket.person.email
    return (*ticket.calls, ticket.entries + 1) if to_tell else ticket.calls


def _answered(ticket: Ticket, rule: Verb, now: datetime) -> str:
    if ticket.answered != UNANSWERED:
        return ticket.answered
    if rule.kind == "answer":
        return IN_TIME if now <= ticket.promised_by else LATE
    solved_by_customer = rule.kind == "message" and rule.to_state == "resolved"
    return "" if solved_by_customer else UNANSWERED


def _last_word(rule: Verb, entry: Entry) -> str:
    """Whoever writes on the customer's side: it is staff's turn."""
    return CUSTOMER if rule.kind == "message" else entry.who


def _resolved_at(ticket: Ticket, to_state: str, now: datetime) -> datetime | None:
    if to_state == "resolved":
        return now
    return None if to_state else ticket.resolved_at
