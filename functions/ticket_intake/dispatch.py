"""Sends the outbox: claim by lease, compose, send, mark; once, or twice after a fault."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.hours import say
from netdesk.limits import Limit, Limits
from netdesk.number import spell
from netdesk.ticket import Entry, Ticket, act
from ticket_intake import letters, token
from ticket_intake.desk import Desk, change_ticket, digest
from ticket_intake.outbox_rows import Outbox, Unsent

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

# The backstop when all headers of a mail lie: docs in DECISIONS.md.
ACKNOWLEDGEMENTS = (
    Limit("acknowledgements-hour", most=3, seconds=3_600),
    Limit("acknowledgements-day", most=10, seconds=86_400),
)
# What SES will refuse again: https://docs.aws.amazon.com/ses/latest/APIReference/CommonErrors.html
PERMANENT = {"MessageRejected", "InvalidParameterValue", "ValidationError"}
ATTEMPTS = 30  # a minute apart


@dataclass(frozen=True)
class Mailer:
    desk: Desk
    outbox: Outbox
    limits: Limits
    ses: "SESClient"


def sweep(mailer: Mailer, now: datetime) -> int:
    """Send what the stream lost; the number of mails sent. One bad mail delays no other."""
    sent, errors = 0, []
    for row in mailer.outbox.due(now):
        try:
            sent += deliver(mailer, row, now)
        except Exception as error:  # whatever it was, it comes again when its lease has ended
            errors.append(error)
    if errors:
        raise ExceptionGroup(f"{len(errors)} mails were not sent", errors)
    return sent


def deliver(mailer: Mailer, row: Unsent, now: datetime) -> bool:
    """Send one mail of the outbox, unless somebody else does or it must not be sent."""
    if not mailer.outbox.claim(row, now):
        return False
    ticket = mailer.desk.tickets.read(row.number)
    if ticket is None:
        mailer.outbox.given_up(row, "there is no such ticket", now)
        return False
    if _too_many(mailer.limits, row, ticket, now):
        mailer.outbox.given_up(row, "withheld: many acknowledgements to this address", now)
        return False
    return _send(mailer, row, ticket, now)


def _send(mailer: Mailer, row: Unsent, ticket: Ticket, now: datetime) -> bool:
    try:
        answer = mailer.ses.send_raw_email(
            Source=mailer.desk.provider.mail,
            Destinations=[ticket.person.email],
            RawMessage={"Data": compose(mailer.desk, ticket, row, now)},
        )
    except (ClientError, ValueError) as error:
        if not _is_permanent(error) and row.attempts < ATTEMPTS:
            raise
        _give_up(mailer, row, ticket, str(error), now)
        return False
    mailer.outbox.sent(row, answer["MessageId"], now)
    return True


def compose(desk: Desk, ticket: Ticket, row: Unsent, now: datetime) -> bytes:
    """The mail of this row as bytes, from the ticket as it is now."""
    entries = desk.tickets.entries(ticket.number)
    told = entries[row.place - 1]
    written = [e.message_id for e in entries[: row.place] if e.message_id]
    hours = desk.provider.hours
    body = desk.pages.render(
        letters.ACKNOWLEDGEMENT if row.letter == "acknowledgement" else letters.ANSWER,
        number=ticket.number,
        spelled=spell(ticket.number),
        usual_by=say(ticket.promised_by, hours, now),
        latest_by=say(ticket.latest_by, hours, now),
        link=desk.link(ticket),
        message=told.text,
    )
    letter = letters.Letter(
        desk_name=f"{desk.provider.name} support",
        desk_address=desk.provider.mail,
        to=ticket.person.email,
        number=ticket.number,
        token=token.sign(desk.secret, ticket.number),
        subject=ticket.subject,
        body=body,
        answers=written[-1] if written else "",
        references=tuple(written),
    )
    return (letters.acknowledgement if row.letter == "acknowledgement" else letters.answer)(letter)


def _too_many(limits: Limits, row: Unsent, ticket: Ticket, now: datetime) -> bool:
    """Acknowledgements to one address; what is tried again after a fault was counted before."""
    if row.letter != "acknowledgement" or row.attempts:
        return False
    who = ticket.person.email.lower()
    return any(limits.wait(limit, who, now) for limit in ACKNOWLEDGEMENTS)


def _is_permanent(error: Exception) -> bool:
    """An address that no mail can be written to is; so is what SES refuses for good."""
    if not isinstance(error, ClientError):
        return True
    return error.response["Error"]["Code"] in PERMANENT


def _give_up(mailer: Mailer, row: Unsent, ticket: Ticket, reason: str, now: datetime) -> None:
    """Tell staff on the ticket itself, and only then mark the row: a fault tells them again."""
    told = Entry(now, "netdesk", "note", f"The {row.letter} could not be sent by mail: {reason}")
    once = (digest("unsent", ticket.number, str(row.place)),)
    change_ticket(mailer.desk, ticket.number, lambda t: act(t, "note", told), now, once)
    mailer.outbox.given_up(row, reason, now)
