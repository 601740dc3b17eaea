"""A ticket as the customer and as staff see it, in JSON."""

from typing import Any

from netdesk.dynamo import moment
from netdesk.ticket import SUSPECT, Attachment, Ticket
from ticket_intake.rows import Kept

Json = dict[str, Any]


def opened(ticket: Ticket, link: str) -> Json:
    return {
        "number": ticket.number,
        "promised_by": moment(ticket.promised_by),
        "latest_by": moment(ticket.latest_by),
        "link": link,
    }


def told_state(ticket: Ticket) -> str:
    """As its sender sees it: who is suspected is not told."""
    return "open" if ticket.state == SUSPECT else ticket.state


def for_customer(ticket: Ticket, place: int, entries: list[Kept]) -> Json:
    return {
        "number": ticket.number,
        "state": told_state(ticket),
        "subject": ticket.subject,
        "place_in_queue": place,
        "opened_at": moment(ticket.opened_at),
        "promised_by": moment(ticket.promised_by),
        "latest_by": moment(ticket.latest_by),
        "entries": [_said(ticket, entry) for entry in entries if entry.public],
    }


def _said(ticket: Ticket, entry: Kept) -> Json:
    told: Json = {"at": moment(entry.at), "who": entry.who, "text": entry.text}
    told |= {"whole": f"/api/tickets/{ticket.number}?entry={entry.place}"} if entry.cut else {}
    files = [_file(ticket, file) for file in entry.attachments]
    told |= {"files": files} if files else {}
    return told | {"details": dict(entry.details)} if entry.details else told


def _file(ticket: Ticket, file: Attachment) -> Json:
    """Its link is empty when no virus scan has passed it."""
    path = f"/api/tickets/{ticket.number}/files/{file.digest}" if file.digest else ""
    return {"name": file.name, "size": file.size, "link": path}


def for_staff(ticket: Ticket) -> Json:
    person = ticket.person
    return {
        "number": ticket.number,
        "state": ticket.state,
        "subject": ticket.subject,
        "category": ticket.category,
        "opened_at": moment(ticket.opened_at),
        "promised_by": moment(ticket.promised_by),
        "latest_by": moment(ticket.latest_by),
        "erased_at": moment(ticket.erased_at) if ticket.erased_at else "",
        "assignee": ticket.assignee,
        "from": person.reached_at,
        "emergency": ticket.emergency,
        "last_word": ticket.last_word,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "account": person.account,
        "source": ticket.source,
        "url": ticket.url,
        "occurred_at": ticket.occurred_at,
        "error_text": ticket.error_text,
        "follows": ticket.follows,
        "call_back": bool(ticket.calls),
        "suspicion": ticket.suspicion if ticket.state == SUSPECT else "",
        "transfer_code": bool(ticket.code),
    }


def with_entries(ticket: Ticket, entries: list[Kept]) -> Json:
    details = next((dict(entry.details) for entry in entries if entry.details), {})
    told = [for_history(entry) for entry in entries]
    return for_staff(ticket) | {"details": details, "entries": told}


def for_history(entry: Kept) -> Json:
    return {
        "place": entry.place,
        "at": moment(entry.at),
        "who": entry.who,
        "kind": entry.kind,
        "text": entry.text,
        "cut": entry.cut,
        "public": entry.public,
        "actor": entry.actor,
        "sender": entry.sender,
        "remark": entry.remark,
        "attachments": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "kept_back": not file.digest,
            }
            for file in entry.attachments
        ],
    }
