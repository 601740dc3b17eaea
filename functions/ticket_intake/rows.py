"""Tickets and entries as DynamoDB rows, and back: see docs/data-model.md."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from netdesk.dynamo import Item, moment
from netdesk.ticket import Attachment, Entry, Person, Ticket

MAIL, CALL = "mail", "call"  # what the index `unsent` lists: mails, and whom no mail reaches


@dataclass(frozen=True)
class Kept(Entry):
    """An entry as its row holds it: of a long text the beginning, the whole lies elsewhere."""

    place: int = 0  # in its ticket, from 1
    text_key: str = ""  # where the whole text is
    cut: bool = False  # only the text's beginning is here


def pk(number: str) -> str:
    return f"ticket#{number.replace('-', '')}"


def entry_sk(place: int) -> str:
    return f"entry#{place:05d}"


def outbox_sk(place: int, letter: str) -> str:
    return f"outbox#{place:05d}#{letter}"


def queued(ticket: Ticket) -> str:
    """The place in the queue: emergencies first, then first in, first out."""
    opened = ticket.opened_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return f"{0 if ticket.emergency else 1}#{opened}#{ticket.number}"


def ticket_item(ticket: Ticket) -> Item:
    times = {key: moment(getattr(ticket, key)) for key in ("promised_by", "latest_by")}
    times["opened_at"] = ticket.opened_at.astimezone(UTC).isoformat(timespec="milliseconds")
    if ticket.resolved_at:
        times["resolved_at"] = moment(ticket.resolved_at)
    if ticket.erased_at:
        times["erased_at"] = moment(ticket.erased_at)
    keys = {"pk": pk(ticket.number), "sk": "ticket", "queued": queued(ticket)}
    # An index takes no empty key: who is in none of its lists has none.
    listed = {"answered": ticket.answered or None}
    if ticket.calls:
        listed |= {"unsent": CALL, "due_at": times["opened_at"]}
    return asdict(ticket) | times | keys | listed


def page_item(ticket: Ticket, now: datetime) -> Item:
    """What paging reads: an emergency that nobody has been woken for."""
    keys = {"pk": pk(ticket.number), "sk": "page"}
    return keys | {"number": ticket.number, "level": 0, "step": 0, "next_due": moment(now)}


def ticket_of(item: Item) -> Ticket:
    values = {"answered": ""} | _without(item, "pk", "sk", "queued", "unsent", "due_at")
    values["person"] = Person(**values["person"])
    for key in ("people", "calls"):
        values[key] = tuple(values.get(key, ()))
    for key in ("opened_at", "promised_by", "latest_by", "resolved_at", "erased_at"):
        if values.get(key):
            values[key] = datetime.fromisoformat(values[key])
    return Ticket(**values)


def entry_item(number: str, place: int, entry: Entry) -> Item:
    kept = asdict(entry) | {
        "at": moment(entry.at),
        "attachments": [*map(asdict, entry.attachments)],
    }
    return kept | {"pk": pk(number), "sk": entry_sk(place)}


def entry_of(item: Item) -> Kept:
    values = _without(item, "pk", "sk")
    values["at"] = datetime.fromisoformat(values["at"])
    values["attachments"] = tuple(Attachment(**a) for a in values["attachments"])
    return Kept(**values, place=int(item["sk"].partition("#")[2]), cut="text_key" in item)


def outbox_item(ticket: Ticket, place: int, letter: str, now: datetime) -> Item:
    keys = {"pk": pk(ticket.number), "sk": outbox_sk(place, letter)}
    return keys | {
        "number": ticket.number,
        "letter": letter,
        "place": place,
        "unsent": MAIL,
        "due_at": moment(now),
        "written_at": moment(now),
        "attempts": 0,
    }


def _without(item: Item, *names: str) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in names}
