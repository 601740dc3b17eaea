"""Takes a mail in: from the raw object to a ticket, a follow-up or quarantine; then puts it away.

Every step may be done twice: the ticket by its `once` keys, the rest by condition or because it is
the same again. What dies on the way is left in `inbound/`, and comes again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netdesk.limits import Limit, Limits
from netdesk.refused import Refused
from netdesk.text import one_line
from netdesk.ticket import Change, Ticket, act
from ticket_intake.addresses import folded, mailbox, own
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.mail import Mail, parse
from ticket_intake.mail.shape import Bounce
from ticket_intake.mailroom.belonging import link, reported_on, ticket_of
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.inbox import Inbox, Stored
from ticket_intake.mailroom.on_ticket import answered, entry_of, once, report_of, verb_for
from ticket_intake.mailroom.register import FOLLOW_UP, QUARANTINED, TICKET, Filed, Register
from ticket_intake.mailroom.reports import report_keys, silence, to_call
from ticket_intake.mailroom.threads import Threads
from ticket_intake.mailroom.trust import Trust, trust

CLOSED_FOR_GOOD = timedelta(days=30)  # after it was resolved
MOST_TRIES = 60  # a minute apart: what AWS fails at for an hour needs a person
# Of one sender, beyond what already has a ticket; a household in an outage writes less.
FLOODS = (Limit("mails-hour", most=20, seconds=3_600), Limit("mails-day", most=60, seconds=86_400))
COUNTED = Limit("mail", most=1, seconds=86_400)  # what failed comes again, and is no second mail


@dataclass(frozen=True)
class MailRoom:
    desk: Desk
    inbox: Inbox
    register: Register
    threads: Threads
    dead: DeadAddresses
    limits: Limits


class Unwanted(RuntimeError):
    """The mail is kept in quarantine; the message begins with the rule's name."""


def take_in(room: MailRoom, key: str, now: datetime) -> Filed | None:
    """What became of this mail; None when it is not there any more."""
    stored = room.inbox.read(key)
    return _filed(room, stored, now) if stored else None


def take_again(room: MailRoom, key: str, now: datetime) -> Filed | None:
    """Take in what was left lying; what failed too often goes to quarantine unread."""
    stored = room.inbox.read(key)
    if stored is None:
        return None
    if room.register.tried(stored.id) <= MOST_TRIES:
        return _filed(room, stored, now)
    reason = f"it could not be taken in {MOST_TRIES} times"
    return _away(room, stored, _file(stored, QUARANTINED, reason=reason))


def retry(room: MailRoom, filed: Filed, now: datetime) -> Filed:
    """One of the staff lets a mail out of quarantine: it becomes a ticket, whatever it is."""
    stored = room.inbox.read(filed.key)
    if stored is None:
        raise Refused("The raw mail is not kept any more.")
    mail = replace(parse(stored.raw), is_absence=False)
    outcome, number = _came_before(room, mail, now) or _placed(room, mail, now)
    done = replace(filed, outcome=outcome, number=number, reason="")
    room.register.record(done)
    _drop_erased(room, stored.raw, done)
    return done


def _filed(room: MailRoom, stored: Stored, now: datetime) -> Filed:
    mail = parse(stored.raw)
    try:
        outcome, number = _came_before(room, mail, now) or _wanted(room, mail, stored.id, now)
        filed = _file(stored, outcome, number)
    except Unwanted as error:
        filed = _file(stored, QUARANTINED, reason=str(error))
    return _away(room, stored, replace(filed, sender=mail.sender, subject=mail.subject))


def _file(stored: Stored, outcome: str, number: str = "", reason: str = "") -> Filed:
    return Filed(stored.id, stored.received_at, outcome, number, reason, key=stored.done_key)


def _away(room: MailRoom, stored: Stored, filed: Filed) -> Filed:
    """First the register, so that nothing is put away of which it does not know.

    Each step may be done twice; the mail is in two places for a moment, never in none.
    """
    room.register.record(filed)
    room.inbox.keep(stored)
    _drop_erased(room, stored.raw, filed)
    room.inbox.take_out(stored)
    return filed


def _drop_erased(room: MailRoom, raw: bytes, filed: Filed) -> None:
    """Its ticket was erased while the mail was on its way: who erased it may not have seen it."""
    ticket = room.desk.tickets.read(filed.number) if filed.number else None
    if ticket and ticket.erased_at and not _stands_on(room, ticket, parse(raw)):
        room.inbox.drop(filed.key)
        room.register.forget(filed.number, filed.id)


def _stands_on(room: MailRoom, ticket: Ticket, mail: Mail) -> bool:
    """Whether an entry still tells of this mail: it came when all was erased."""
    told = (room.desk.tickets.entry(ticket.number, n) for n in range(ticket.entries, 0, -1))
    named = (mail.message_id, mail.sender)
    return any(one and (one.message_id, one.sender) == named != ("", "") for one in told)


def _came_before(room: MailRoom, mail: Mail, now: datetime) -> tuple[str, str] | None:
    """What this mail became when it came before; only what a fault may have left is done again."""
    number = room.desk.tickets.number_of([once(mail)])
    ticket = room.desk.tickets.read(number) if number else None
    if ticket is None:
        return None
    link(room.threads, mail, trust(mail, room.desk.provider), ticket, now)
    return _became(room, mail, ticket.number)


def _became(room: MailRoom, mail: Mail, number: str) -> tuple[str, str]:
    """By what is written there: the same mail may come twice at the same moment."""
    first = room.desk.tickets.entry(number, 1)
    opened = first and (first.message_id, first.sender) == (mail.message_id, mail.sender)
    return (TICKET if opened else FOLLOW_UP), number


def _wanted(room: MailRoom, mail: Mail, mail_id: str, now: datetime) -> tuple[str, str]:
    _refuse_unwanted(room, mail)
    if mail.bounce:
        return _reported(room, mail, mail.bounce, mail_id, now)
    trusted = trust(mail, room.desk.provider)
    sender = folded(mail.sender)
    if not (trusted.proven and sender in room.desk.provider.staff_senders):
        # Who writes in another's name must not use up what is his.
        who = mailbox(sender)
        _refuse_flood(room, mail_id, who if trusted.proven else f"unproven {who}", now)
    return _placed(room, mail, now)


def _refuse_unwanted(room: MailRoom, mail: Mail) -> None:
    """Our own mail, and blocked senders."""
    provider, sender = room.desk.provider, folded(mail.sender)
    if own(provider) & {folded(address) for address in mail.loops}:
        raise Unwanted("B2: it is a mail of ours that came back")
    if {sender, f"@{sender.rpartition('@')[2]}"} & {*provider.blocked_senders}:
        raise Unwanted(f"F6: {one_line(sender, 100)} is blocked in provider.toml")


def _refuse_flood(room: MailRoom, mail_id: str, who: str, now: datetime) -> None:
    if room.limits.wait(COUNTED, mail_id, now):
        return
    for limit in FLOODS:
        if room.limits.wait(limit, who, now):
            raise Unwanted(f"C4: more than {limit.most} mails in {limit.seconds // 3600} h")


def _reported(
    room: MailRoom, mail: Mail, bounce: Bounce, mail_id: str, now: datetime
) -> tuple[str, str]:
    """A report on a mail of ours goes to that mail's ticket, for staff alone.

    One mail system reports for many customers, so a flood is told by the ticket.
    """
    trusted = trust(mail, room.desk.provider)
    ticket = reported_on(room.desk, room.threads, mail, bounce, trusted)
    if ticket is None:
        raise Unwanted("D7: a report on no mail of ours")
    silence(room.dead, ticket, bounce, now)
    _refuse_flood(room, mail_id, ticket.number, now)
    return _added(room, mail, trusted, ticket, now)


def _placed(room: MailRoom, mail: Mail, now: datetime) -> tuple[str, str]:
    """On the ticket that it belongs to, or a new one."""
    trusted = trust(mail, room.desk.provider)
    ticket = ticket_of(room.desk, room.threads, mail, trusted)
    if ticket and not (_is_closed_for_good(ticket, now) and verb_for(mail, ticket) == "message"):
        return _added(room, mail, trusted, ticket, now)
    if mail.is_absence:
        raise Unwanted("A11: an absence note on no mail of ours")
    report = report_of(room.desk, mail, trusted, ticket)
    opened = open_ticket(room.desk, report, (once(mail),), now)
    link(room.threads, mail, trusted, opened, now)
    return TICKET, opened.number


def _added(
    room: MailRoom, mail: Mail, trusted: Trust, ticket: Ticket, now: datetime
) -> tuple[str, str]:
    verb = verb_for(mail, ticket)
    entry = entry_of(room.desk, mail, trusted, ticket, verb, now)
    keys = (once(mail), *(report_keys(ticket, mail.bounce) if mail.bounce else ()))

    def change(found: Ticket) -> Change:
        changed = answered(mail, act(found, verb, entry))
        return to_call(changed, mail.bounce) if mail.bounce else changed

    changed = change_ticket(room.desk, ticket.number, change, now, keys)
    link(room.threads, mail, trusted, changed, now)
    return _became(room, mail, changed.number)


def _is_closed_for_good(ticket: Ticket, now: datetime) -> bool:
    return bool(ticket.resolved_at and now - ticket.resolved_at > CLOSED_FOR_GOOD)
