"""Takes a mail in: from the raw object to a ticket, a follow-up or quarantine; then puts it away.

Every step may be done twice: the ticket by its `once` keys, the rest by condition or because it is
the same again. What dies on the way is left in `inbound/`, and comes again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netdesk.limits import Limit, Limits
from netdesk.refused import Refused
from netdesk.text import one_line
from netdesk.ticket import Ticket, act
from ticket_intake.belonging import reported_on, ticket_of
from ticket_intake.dead import DeadAddresses
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.inbox import Inbox, Stored
from ticket_intake.mail import Mail, parse
from ticket_intake.mail_ticket import entry_of, once, report_of, verb_for
from ticket_intake.register import FOLLOW_UP, QUARANTINED, TICKET, Filed, Register
from ticket_intake.threads import Threads
from ticket_intake.trust import Trust, trust

CLOSED_FOR_GOOD = timedelta(days=30)  # after it was resolved
MOST_TRIES = 5  # a minute apart
# Of one sender, beyond what already has a ticket; a household in an outage writes less.
FLOODS = (Limit("mails-hour", most=20, seconds=3_600), Limit("mails-day", most=60, seconds=86_400))


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
    mail = parse(stored.raw)
    outcome, number = _placed(room, mail, now)
    done = replace(filed, outcome=outcome, number=number, reason="")
    room.register.record(done)
    return done


def _filed(room: MailRoom, stored: Stored, now: datetime) -> Filed:
    mail = parse(stored.raw)
    try:
        _refuse_unwanted(room, mail, now)
        outcome, number = _reported(room, mail, now) or _placed(room, mail, now)
        filed = _file(stored, outcome, number)
    except Unwanted as error:
        filed = _file(stored, QUARANTINED, reason=str(error))
    return _away(room, stored, replace(filed, sender=mail.sender, subject=mail.subject))


def _file(stored: Stored, outcome: str, number: str = "", reason: str = "") -> Filed:
    return Filed(stored.id, stored.received_at, outcome, number, reason, key=stored.done_key)


def _away(room: MailRoom, stored: Stored, filed: Filed) -> Filed:
    """First the register, so that nothing is put away of which it does not know."""
    room.register.record(filed)
    room.inbox.put_away(stored)
    return filed


def _refuse_unwanted(room: MailRoom, mail: Mail, now: datetime) -> None:
    """Our own mail, blocked senders, and floods; a mail that has a ticket is no flood."""
    provider, sender = room.desk.provider, mail.sender.lower()
    own = {provider.mail.lower(), provider.known_as.lower()}
    if own & {address.lower() for address in mail.loops}:
        raise Unwanted("B2: it is a mail of ours that came back")
    if {sender, f"@{sender.rpartition('@')[2]}"} & {*provider.blocked_senders}:
        raise Unwanted(f"F6: {one_line(sender, 100)} is blocked in provider.toml")
    if not room.desk.tickets.number_of([once(mail)]):
        for limit in FLOODS:
            if room.limits.wait(limit, sender, now):
                raise Unwanted(f"C4: more than {limit.most} mails in {limit.seconds // 3600} h")


def _reported(room: MailRoom, mail: Mail, now: datetime) -> tuple[str, str] | None:
    """A report on a mail of ours goes to that mail's ticket, for staff alone."""
    if mail.bounce is None:
        return None
    ticket = reported_on(room.desk, room.threads, mail.bounce)
    if ticket is None:
        raise Unwanted("D7: a report on no mail of ours")
    address = ticket.person.email
    if mail.bounce.kind == "permanent" and address.lower() in _lower(mail.bounce.addresses):
        room.dead.add(address, now)
    return FOLLOW_UP, _added(room, mail, trust(mail, room.desk.provider), ticket, now)


def _placed(room: MailRoom, mail: Mail, now: datetime) -> tuple[str, str]:
    """On the ticket that it belongs to, or a new one."""
    trusted = trust(mail, room.desk.provider)
    ticket = ticket_of(room.desk, room.threads, mail, trusted)
    closed = ticket if ticket and _is_closed_for_good(ticket, now) else None
    if ticket and (not closed or mail.no_answer):
        return FOLLOW_UP, _added(room, mail, trusted, ticket, now)
    if mail.is_absence:
        raise Unwanted("A11: an absence note on no mail of ours")
    report = report_of(room.desk, mail, trusted, closed)
    opened = open_ticket(room.desk, report, (once(mail),), now)
    _link(room, mail, opened, now)
    return TICKET, opened.number


def _added(room: MailRoom, mail: Mail, trusted: Trust, ticket: Ticket, now: datetime) -> str:
    entry = entry_of(room.desk, mail, trusted, ticket, now)
    changed = change_ticket(
        room.desk, ticket.number, lambda t: act(t, verb_for(mail, t), entry), now, (once(mail),)
    )
    _link(room, mail, changed, now)
    return changed.number


def _link(room: MailRoom, mail: Mail, ticket: Ticket, now: datetime) -> None:
    """Who reads this mail can answer it, and the answer finds its ticket."""
    people = [who for who in (ticket.person.email, *ticket.people) if who]
    if mail.message_id:
        room.threads.link([mail.message_id], people, ticket.number, now)


def _is_closed_for_good(ticket: Ticket, now: datetime) -> bool:
    return bool(ticket.resolved_at and now - ticket.resolved_at > CLOSED_FOR_GOOD)


def _lower(addresses: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address.lower() for address in addresses)
