"""Which ticket a mail belongs to: by a secret of ours that it holds, or by its proven sender.

A number, an id or a subject that a stranger names opens nothing.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from netdesk.ticket import Ticket
from ticket_intake import token
from ticket_intake.addresses import folded
from ticket_intake.desk import Desk
from ticket_intake.mail import Mail
from ticket_intake.mail.shape import Bounce
from ticket_intake.mail.subject import cleaned
from ticket_intake.mailroom.gist import mentioned
from ticket_intake.mailroom.threads import Threads
from ticket_intake.mailroom.trust import Trust

# Stands at the end of our mails: some providers replace the Message-ID, and the answer loses both.
MARKER = re.compile(r"\[ref:([0-9a-z]{28})\]")
MOST = 20  # ids, markers or numbers of one mail
REPORTERS = ("mailer-daemon", "postmaster")  # names that providers give to no customer


def ticket_of(desk: Desk, threads: Threads, mail: Mail, trust: Trust) -> Ticket | None:
    """The ticket that this mail may add to."""
    found = next(_by_token(desk, _tokens(desk, mail)), None)
    if found or not trust.proven:
        return found
    return next(_by_sender(desk, threads, mail), None)


def reported_on(
    desk: Desk, threads: Threads, mail: Mail, bounce: Bounce, trust: Trust
) -> Ticket | None:
    """The ticket whose mail this report is about."""
    tokens = [*bounce.tokens, *_locals(bounce.ids), *_tokens(desk, mail)]
    if found := next(_by_token(desk, tokens), None):
        return found
    people = [who for who in bounce.addresses[:MOST] if _answers_for(mail, trust, who)]
    return _by_id(desk, threads, bounce.ids[:MOST], people)


def told_of(
    desk: Desk, threads: Threads, bounce: Bounce, sent_to: tuple[str, ...]
) -> Ticket | None:
    """The ticket whose mail Amazon SES tells of. With a delay it tells no header and so no token,
    but always the id that it gave that mail, which we wrote down for who got it."""
    tokens = [*bounce.tokens, *_locals(bounce.ids)]
    if found := next(_by_token(desk, tokens), None):
        return found
    return _by_id(desk, threads, (bounce.about,), sent_to[:MOST])


def link(threads: Threads, mail: Mail, trust: Trust, ticket: Ticket, now: datetime) -> None:
    """Who reads this mail can answer it, and the answer finds its ticket: also one that was written
    to others, or that comes before the mail that it answers."""
    people = [who for who in (ticket.person.email, *ticket.people) if who]
    answered = (*mail.references[:1], *mail.references[-4:], *mail.in_reply_to[:1])
    ids = dict.fromkeys((mail.message_id, *(answered if trust.proven else ())))
    threads.link([one for one in ids if one], people, ticket.number, now)


def is_of(ticket: Ticket, mail: Mail) -> bool:
    """From the customer, or from somebody whom they copied and who copies them."""
    sender = folded(mail.sender)
    if is_from_customer(ticket, mail):
        return True
    return sender in map(folded, ticket.people) and folded(ticket.person.email) in map(
        folded, mail.copied
    )


def is_from_customer(ticket: Ticket, mail: Mail) -> bool:
    return bool(mail.sender) and folded(mail.sender) == folded(ticket.person.email)


def _by_token(desk: Desk, tokens: list[str]) -> Iterator[Ticket]:
    for given in tokens:
        number = token.verify(desk.secret, given)
        if number and (ticket := desk.tickets.read(number)):
            yield ticket


def _by_id(
    desk: Desk, threads: Threads, ids: tuple[str, ...], people: Sequence[str]
) -> Ticket | None:
    numbers = (number for who in people for number in threads.numbers(ids, who))
    return next((found for number in numbers if (found := desk.tickets.read(number))), None)


def _tokens(desk: Desk, mail: Mail) -> list[str]:
    user = desk.provider.mail.partition("@")[0].lower()
    plus = [address.partition("@")[0].lower().partition("+") for address in mail.recipients]
    given = [secret for name, _, secret in plus if secret and name == user]
    given += _locals((*mail.references[::-1], *mail.in_reply_to))
    return given + MARKER.findall(mail.text)[:MOST]


def _by_sender(desk: Desk, threads: Threads, mail: Mail) -> Iterator[Ticket]:
    ids = (*mail.references[::-1][:MOST], *mail.in_reply_to[:MOST], mail.message_id)
    for number in threads.numbers([one for one in ids if one], mail.sender):
        ticket = desk.tickets.read(number)
        if ticket and is_of(ticket, mail) and _same_subject(ticket, mail):
            yield ticket
    for number in mentioned(mail)[:MOST]:
        ticket = desk.tickets.read(number)
        if ticket and is_of(ticket, mail):
            yield ticket


def _same_subject(ticket: Ticket, mail: Mail) -> bool:
    """An answer to an old mail, written as a way to reach us, is about something else."""
    said = cleaned(mail.subject).casefold()
    return not said or said == cleaned(ticket.subject).casefold()


def _locals(ids: tuple[str, ...]) -> list[str]:
    return [message_id.partition("@")[0] for message_id in ids]


def _answers_for(mail: Mail, trust: Trust, who: str) -> bool:
    """Anybody may learn an id of ours; it tells of a dead address only where its own mail system
    says so, or Amazon SES, which tried."""
    name, _, domain = folded(mail.sender).rpartition("@")
    theirs = (folded(who).rpartition("@")[2], "amazonses.com")
    below = any(f".{domain}".endswith(f".{one}") for one in theirs if one)
    return trust.proven and name in REPORTERS and below
