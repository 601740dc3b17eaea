"""Takes in what Amazon SES tells of the mails that we sent.

Each event may come twice, in any order, and beside a mail that reports the same: then one entry
tells of it.
"""

from dataclasses import dataclass
from datetime import datetime

from netdesk.log import logger
from netdesk.text import safe
from netdesk.ticket import Change, Entry, Ticket, act
from ticket_intake.desk import Desk, change_ticket
from ticket_intake.mail.machines.failure import COMPLAINT, DELAYED, FAILED, PERMANENT
from ticket_intake.mail.machines.feedback import Feedback, read
from ticket_intake.mail.shape import Bounce
from ticket_intake.mailroom.belonging import told_of
from ticket_intake.mailroom.dead import SILENT, DeadAddresses
from ticket_intake.mailroom.on_ticket import MACHINE
from ticket_intake.mailroom.reports import report_keys, silence, silences, to_call
from ticket_intake.mailroom.threads import Threads

NAMED = 3  # addresses
SAID = {
    PERMANENT: "Mail to {who} came back: {cause}",
    FAILED: "Mail to {who} did not arrive: {cause}",
    DELAYED: "Mail to {who} is late, and Amazon SES keeps trying: {cause}",
    COMPLAINT: "Mail to {who} was called spam by its reader: {cause}",
}
QUIET = f"For {SILENT.days} days no machine writes there."


@dataclass(frozen=True)
class FeedbackRoom:
    desk: Desk
    threads: Threads
    dead: DeadAddresses


class Unreadable(ValueError):
    """A person must look at this event: it stays in the queue, and ends in the dead letters."""


class Erased(RuntimeError):
    """There is nobody on this ticket any more of whom an event could tell."""


def take_in(room: FeedbackRoom, body: str, now: datetime) -> None:
    feedback = read(body)
    if feedback is None:
        raise Unreadable
    if feedback.bounce:
        _report(room, feedback, feedback.bounce, now)


def _report(room: FeedbackRoom, feedback: Feedback, bounce: Bounce, now: datetime) -> None:
    """What a reminder to the staff meets, and all that is no ticket's, stands in the log alone."""
    ticket = told_of(room.desk, room.threads, bounce, feedback.sent_to)
    if ticket is None:
        _log("SES told of a mail that is no ticket's", bounce)
        return
    silence(room.dead, ticket, bounce, now)
    try:
        change_ticket(
            room.desk, ticket.number, lambda t: _told(t, feedback, bounce, now), now,
            report_keys(ticket, bounce),
        )  # fmt: skip
    except Erased:
        _log("SES told of an erased ticket's mail", bounce)


def _log(what: str, bounce: Bounce) -> None:
    """By the id that SES gave the mail: an address stands in no log."""
    logger("feedback").warning(what, kind=bounce.kind, ses_id=bounce.about)


def _told(ticket: Ticket, feedback: Feedback, bounce: Bounce, now: datetime) -> Change:
    if ticket.erased_at:
        raise Erased
    who = ", ".join(bounce.addresses[:NAMED]) or "the customer"
    said = SAID[bounce.kind].format(who=who, cause=feedback.cause or "no cause is told")
    entry = Entry(
        at=now,
        who=MACHINE,
        kind="note",
        text=safe(f"{said}\n{QUIET}" if silences(ticket, bounce) else said),
        remark=safe(f"told by Amazon SES: {feedback.event}; of its mail {bounce.about}"),
    )
    return to_call(act(ticket, "note", entry), bounce)
