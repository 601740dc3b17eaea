"""Tickets: what they are, and what customers and staff can do with them."""

from dataclasses import dataclass, replace
from datetime import datetime

from netdesk.refused import Refused

CUSTOMER = "customer"  # as whom entries name them
MESSAGE_LIMIT = 100_000  # characters; a whole log file pasted in still fits


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
    digest: str


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


@dataclass(frozen=True)
class Ticket:
    number: str
    state: str  # open, waiting (for the customer), resolved
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
    entries: int = 1
    version: int = 1


@dataclass(frozen=True)
class Change:
    """A ticket after an action, the entry that tells of it, and the mail that it causes."""

    ticket: Ticket
    entry: Entry
    letter: str = ""  # acknowledgement, unknown, answer, status, or none


@dataclass(frozen=True)
class Verb:
    kind: str
    event: str
    to_state: str = ""
    from_states: frozenset[str] = frozenset({"open", "waiting", "resolved"})
    needs_text: bool = False
    public: bool = True
    letter: str = ""  # the mail that tells the customer


STAFF_VERBS = {
    "reply": Verb("answer", "answered", needs_text=True, letter="answer"),
    "note": Verb("note", "noted", needs_text=True, public=False),
    "assign": Verb("event", "assigned to {assignee}", public=False),
    "wait": Verb(
        "answer", "waiting for the customer", "waiting", frozenset({"open"}), letter="answer"
    ),
    "resolve": Verb(
        "answer", "resolved", "resolved", frozenset({"open", "waiting"}), letter="answer"
    ),
    "reopen": Verb("event", "reopened", "open", frozenset({"waiting", "resolved"})),
}
VERBS = STAFF_VERBS | {
    "message": Verb("message", "wrote", "open", needs_text=True),
    "remark": Verb("message", "wrote", needs_text=True),  # reopens nothing
    "ask": Verb("event", "asked for the status by mail", public=False, letter="status"),
}


def act(ticket: Ticket, verb: str, entry: Entry, *, assignee: str = "") -> Change:
    """What the ticket becomes; `entry` brings who, when and the text (may be empty)."""
    rule = VERBS[verb]
    if ticket.state not in rule.from_states:
        already = " already" if rule.to_state == ticket.state else f", so you can't {verb} it"
        raise Refused(f"Ticket {ticket.number} is {ticket.state}{already}.")
    if rule.needs_text and not entry.text.strip():
        raise Refused("The message is empty: write what you want to say.")
    if len(entry.text) > MESSAGE_LIMIT:
        raise Refused(f"The message is too long: send at most {MESSAGE_LIMIT} characters.")
    written = bool(entry.text.strip())
    speaks = written and rule.kind in ("message", "answer")
    changed = replace(
        ticket,
        state=rule.to_state or ticket.state,
        assignee=assignee or ticket.assignee,
        turns=ticket.turns + (rule.kind != "message"),
        last_word=_last_word(rule, entry) if speaks else ticket.last_word,
        resolved_at=_resolved_at(ticket, rule.to_state, entry.at),
        entries=ticket.entries + 1,
        version=ticket.version + 1,
    )
    told = replace(
        entry,
        kind=rule.kind if written else "event",
        text=entry.text if written else rule.event.format(assignee=assignee),
        public=rule.public,
    )
    mailed = ticket.person.email and (written or rule.letter == "status")
    return Change(changed, told, rule.letter if mailed else "")


def _last_word(rule: Verb, entry: Entry) -> str:
    """Whoever writes on the customer's side: it is staff's turn."""
    return CUSTOMER if rule.kind == "message" else entry.who


def _resolved_at(ticket: Ticket, to_state: str, now: datetime) -> datetime | None:
    if to_state == "resolved":
        return now
    return None if to_state else ticket.resolved_at
