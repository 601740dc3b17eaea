"""What a report on a mail of ours does, whichever way it came: as a mail, or as SES's event."""

from dataclasses import replace
from datetime import datetime

from netdesk.ticket import Change, Ticket
from ticket_intake.addresses import folded
from ticket_intake.digest import digest
from ticket_intake.mail.machines.failure import COMPLAINT, DELAYED, FAILED, PERMANENT
from ticket_intake.mail.shape import Bounce
from ticket_intake.mailroom.dead import CALLED_SPAM, CAME_BACK, DeadAddresses
from ticket_intake.mailroom.threads import told

WHY = {PERMANENT: CAME_BACK, COMPLAINT: CALLED_SPAM}


def silences(ticket: Ticket, bounce: Bounce) -> bool:
    """Whether machines must write no more: only the customer's own address is ever meant."""
    own = folded(ticket.person.email) in map(folded, bounce.addresses)
    return own and bounce.kind in WHY


def silence(dead: DeadAddresses, ticket: Ticket, bounce: Bounce, now: datetime) -> None:
    if silences(ticket, bounce):
        dead.add(ticket.person.email, now, WHY[bounce.kind])


def report_keys(ticket: Ticket, bounce: Bounce) -> tuple[str, ...]:
    """What makes two reports one: both ways tell the id of our mail, which had one recipient.

    That it is late, and then that it did not arrive, are two reports.
    """
    what = bounce.kind if bounce.kind in (DELAYED, COMPLAINT) else FAILED
    return (digest("report", ticket.number, what, told(bounce.about)),) if bounce.about else ()


def to_call(change: Change, bounce: Bounce) -> Change:
    """Whom no mail reaches is to be told by phone, if there is one."""
    ticket = change.ticket
    if bounce.kind != PERMANENT or not silences(ticket, bounce) or not ticket.person.phone:
        return change
    return replace(change, ticket=replace(ticket, calls=(*ticket.calls, ticket.entries)))
