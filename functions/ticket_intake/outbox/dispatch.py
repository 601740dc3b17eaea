"""Sends the outbox: claim by lease, compose, send, mark; once, or twice after a fault."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.limits import Limit, Limits
from netdesk.ticket import Entry, Ticket, act
from ticket_intake.addresses import mailbox
from ticket_intake.desk import Desk, change_ticket
from ticket_intake.digest import digest
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.threads import Threads
from ticket_intake.outbox.compose import compose, ses_message_id
from ticket_intake.outbox.rows import Outbox, Unsent

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

# The backstop when all headers of a mail lie, for each address: docs in DECISIONS.md.
ACKNOWLEDGEMENTS = (
    Limit("acknowledgements-hour", most=3, seconds=3_600),
    Limit("acknowledgements-day", most=10, seconds=86_400),
)
REPORTS = (
    Limit("reports-hour", most=6, seconds=3_600),
    Limit("reports-day", most=20, seconds=86_400),
)
LIMITS = {"acknowledgement": ACKNOWLEDGEMENTS, "unknown": ACKNOWLEDGEMENTS, "status": REPORTS}
# What SES will refuse again: https://docs.aws.amazon.com/ses/latest/APIReference/CommonErrors.html
PERMANENT = {"MessageRejected", "InvalidParameterValue", "ValidationError"}
ATTEMPTS = 30  # a minute apart


@dataclass(frozen=True)
class Mailer:
    desk: Desk
    outbox: Outbox
    limits: Limits
    threads: Threads
    dead: DeadAddresses
    ses: "SESClient"


def sweep(mailer: Mailer, now: datetime, enough: Callable[[], bool] = lambda: False) -> int:
    """Send what the stream lost; the number of mails sent. One bad mail delays no other.

    It stops before its time is over: who is killed between a send and its mark sends twice.
    """
    sent, errors = 0, []
    for row in mailer.outbox.due(now):
        if enough():
            break
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
    if reason := _withheld(mailer, row, ticket, now):
        _give_up(mailer, row, ticket, reason, now)
        return False
    return _send(mailer, row, ticket, now)


def _send(mailer: Mailer, row: Unsent, ticket: Ticket, now: datetime) -> bool:
    try:
        answer = mailer.ses.send_raw_email(
            Source=mailer.desk.provider.mail,
            Destinations=[ticket.person.email],
            RawMessage={"Data": _composed(mailer, ticket, row, now)},
        )
    except (ClientError, ValueError) as error:
        if not _is_permanent(error) and row.attempts < ATTEMPTS:
            raise
        _give_up(mailer, row, ticket, str(error), now)
        return False
    mailer.outbox.sent(row, answer["MessageId"], now)
    mailer.threads.link([answer["MessageId"]], [ticket.person.email], ticket.number, now)
    return True


def _composed(mailer: Mailer, ticket: Ticket, row: Unsent, now: datetime) -> bytes:
    region = mailer.ses.meta.region_name
    sent = {
        place: ses_message_id(message_id, region)
        for place, message_id in mailer.outbox.sent_before(row)
    }
    return compose(mailer.desk, ticket, row, sent, now)


def _withheld(mailer: Mailer, row: Unsent, ticket: Ticket, now: datetime) -> str:
    """Why a machine's mail must not go out; what is tried again after a fault was counted before.

    What one of the staff wrote always goes.
    """
    limits, who = LIMITS.get(row.letter, ()), mailbox(ticket.person.email)
    if not limits:
        return ""
    if why := mailer.dead.why(ticket.person.email, now):
        return f"C3: mail to this address {why} lately"
    if row.attempts == 0 and any(mailer.limits.wait(limit, who, now) for limit in limits):
        return "C2: many automatic mails went to this address"
    return ""


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
