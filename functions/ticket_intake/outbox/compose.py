"""Puts a mail of the outbox together, from its ticket as it is now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from netdesk.hours import say
from netdesk.number import spell
from netdesk.text import safe
from netdesk.ticket import CUSTOMER, Ticket
from ticket_intake import token
from ticket_intake.desk import Desk
from ticket_intake.outbox import letters
from ticket_intake.outbox.rows import Unsent
from ticket_intake.rows import Kept
from ticket_intake.views import told_state

QUOTED_LINES, QUOTED_CHARACTERS = 40, 3_000


def compose(
    desk: Desk, ticket: Ticket, row: Unsent, sent: Mapping[int, str], now: datetime
) -> bytes:
    """The mail of this row as bytes; `sent` are the ids of earlier mails by their place."""
    entries = desk.tickets.entries(ticket.number)[: row.place]
    # Notes came by mail, too: reports and absence notes, which the customer never saw.
    theirs = [told.message_id if told.kind != "note" else "" for told in entries]
    ids = [one for n, told in enumerate(theirs, 1) for one in (told, sent.get(n, ""))]
    letter = letters.Letter(
        desk_name=f"{desk.provider.name} support",
        desk_address=desk.provider.mail,
        to=ticket.person.email,
        number=ticket.number,
        token=token.sign(desk.secret, ticket.number),
        subject=_subject(desk, ticket, row),
        body=desk.pages.render(f"mail/{row.letter}.txt", **_told(desk, ticket, entries, row, now)),
        answers=next(filter(None, reversed(theirs)), ""),
        references=tuple(filter(None, ids)),
    )
    return (letters.answer if row.letter == "answer" else letters.automatic)(letter)


def _subject(desk: Desk, ticket: Ticket, row: Unsent) -> str:
    """A form can name anybody's address: what a machine sends there holds no word of a stranger."""
    if row.letter == "answer" or ticket.source != "web":
        return ticket.subject
    return f"Your report to {desk.provider.name}"


def ses_message_id(told: str, region: str) -> str:
    """The Message-ID that SES wrote, from what it told us of it.

    https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
    """
    host = "email" if region == "us-east-1" else region
    return told if "@" in told else f"{told}@{host}.amazonses.com"


def _told(
    desk: Desk, ticket: Ticket, entries: Sequence[Kept], row: Unsent, now: datetime
) -> dict[str, Any]:
    """What the templates are told; each says on top what it takes."""
    hours = desk.provider.hours
    values = {
        "number": ticket.number,
        "spelled": spell(ticket.number),
        "usual_by": say(ticket.promised_by, hours, now),
        "latest_by": say(ticket.latest_by, hours, now),
        "link": desk.link(ticket),
    }
    if row.letter == "answer":
        message = desk.files.whole(entries[row.place - 1]).text
        asked = _last(desk, [told for told in entries if told.who == CUSTOMER])
        quoted = _quoted(asked.text) if asked else []
        return values | {"message": message, "asked": asked, "quoted": quoted}
    if row.letter == "status":
        return values | {
            "state": told_state(ticket),
            "place": desk.tickets.place_in_queue(ticket),
            "said": _last(desk, [told for told in entries if told.public]),
        }
    return values


def _last(desk: Desk, entries: Sequence[Kept]) -> Kept | None:
    return desk.files.whole(entries[-1]) if entries else None


def _quoted(text: str) -> list[str]:
    """The beginning of what is answered, a line each."""
    lines = safe(text)[:QUOTED_CHARACTERS].splitlines()
    return lines[:QUOTED_LINES] + (["..."] if len(lines) > QUOTED_LINES else [])
