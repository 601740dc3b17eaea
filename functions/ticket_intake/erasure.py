"""Erasing a ticket: what a person gave goes; its number, times and states stay.

What a row names goes before the row says so, so that who dies half way finds it again; every step
may be done twice.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from netdesk.dynamo import Item, moment
from netdesk.refused import Refused
from netdesk.staff import actor_name
from netdesk.ticket import CUSTOMER, VERBS, Change, Entry, Person, Ticket
from ticket_intake import token
from ticket_intake.belongings import Belongings, kind_of, mail_id
from ticket_intake.desk import Desk, change_ticket, known
from ticket_intake.digest import digest
from ticket_intake.mailroom.on_ticket import MACHINE
from ticket_intake.mailroom.register import Register
from ticket_intake.rows import ticket_of

ERASED = "erased"
NOTED = "Text, files and mails of the customer were erased."
# As far as a table can be set back:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
BACKUPS = timedelta(days=35)
OWN_WORDS = {NOTED, *(verb.event for verb in VERBS.values())}  # the desk's, about states
NO_ADDRESSES = {CUSTOMER, "netdesk", MACHINE}
MOST_READS = 7  # after the first each finds only what came during the last one
EMPTY: Item = {"attachments": [], "message_id": "", "sender": "", "remark": "", "details": {}}


@dataclass(frozen=True)
class Eraser:
    desk: Desk
    belongings: Belongings
    register: Register


def erase(eraser: Eraser, wanted: str, arn: str, now: datetime) -> dict[str, Any]:
    """Remove what the person gave, or what an earlier run left of it; else change nothing."""
    ticket = known(eraser.desk, wanted)
    done = Counter[str]()
    if any(map(_is_left, eraser.belongings.rows(ticket.number))):
        ticket = _close(eraser, ticket, arn, now)
        done = _clear_all(eraser, ticket.number, now)
    return _told(eraser, ticket, ticket.erased_at or now, done)


def _told(eraser: Eraser, ticket: Ticket, at: datetime, done: Counter[str]) -> dict[str, Any]:
    until = at + BACKUPS
    day = until.astimezone(ZoneInfo(eraser.desk.provider.hours.zone))
    return {
        "number": ticket.number,
        "erased_at": moment(at),
        **{kind: done[kind] for kind in ("entries", "files", "mails")},
        "backups_until": moment(until),
        "backups": (
            f"Backups of the tickets still hold the text until {day:%A}, {day.day} {day:%B %Y}; "
            "of files and received mails there are no backups. Mails that we sent stay in the "
            "mailboxes of those who got them."
        ),
    }


def _close(eraser: Eraser, ticket: Ticket, arn: str, now: datetime) -> Ticket:
    """The ticket without the person, and an entry that says who did it; its link ends."""
    eraser.belongings.drop_code(ticket.code)
    event = Entry(now, actor_name(arn), "event", NOTED, public=False, actor=arn)
    once = (digest("erase", ticket.number, str(ticket.version)),)
    return change_ticket(eraser.desk, ticket.number, lambda t: _closed(t, event), now, once)


def _closed(ticket: Ticket, event: Entry) -> Change:
    closed = replace(
        _without_person(ticket),
        key_hash=token.hashed(secrets.token_hex(16)),
        erased_at=event.at,
        entries=ticket.entries + 1,
        version=ticket.version + 1,
    )
    return Change(closed, event)


def _without_person(ticket: Ticket) -> Ticket:
    return replace(
        ticket, person=Person(), subject=ERASED, url="", occurred_at="", error_text="",
        people=(), suspicion="", calls=(), code="",
    )  # fmt: skip


def _is_left(row: Item) -> bool:
    """Whether something of a person is in this row of a ticket, or is named by it."""
    match kind_of(row):
        case "ticket":
            ticket = ticket_of(row)
            return ticket.erased_at is None or ticket != _without_person(ticket)
        case "entry":
            return row != _emptied(row)
        case "outbox":
            return "unsent" in row or row.get("failed", ERASED) != ERASED
        case "mail":
            return bool(row["key"])
    return False


def _emptied(row: Item) -> Item:
    """An entry's row; the names of staff, and the desk's own words, stay."""
    kept = {name: value for name, value in row.items() if name != "text_key"}
    own = row["kind"] == "event" and row["text"] in OWN_WORDS
    who = row["who"] if row["actor"] or row["who"] in NO_ADDRESSES else ERASED
    return kept | EMPTY | {"text": row["text"] if own else ERASED, "who": who}


def _clear_all(eraser: Eraser, number: str, now: datetime) -> Counter[str]:
    """Read until nothing is left: a mail that found its entry still there stays until we see it,
    one that finds it gone goes by itself (mailroom.intake)."""
    done = Counter[str]()
    for _ in range(MOST_READS):
        rows = [row for row in eraser.belongings.rows(number) if kind_of(row) != "ticket"]
        left = [row for row in rows if _is_left(row)]
        if not left:
            return done
        for row in left:
            done += _clear(eraser, number, row, now)
    raise Refused("More is being written on this ticket at this moment: erase it again.")


def _clear(eraser: Eraser, number: str, row: Item, now: datetime) -> Counter[str]:
    """Of files and mails it counts what there was, of entries each that said something."""
    belongings = eraser.belongings
    match kind_of(row):
        case "entry":
            files = belongings.drop_files(row)
            belongings.write(_emptied(row))
            return Counter(entries=1, files=files)
        case "mail":
            mails = belongings.drop_mail(row)
            eraser.register.forget(number, mail_id(row))
            return Counter(mails=mails)
        case "outbox":
            belongings.withhold(row, ERASED, moment(now))
    return Counter()
