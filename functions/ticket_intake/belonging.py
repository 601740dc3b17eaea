"""Which ticket a mail belongs to: by a secret of ours that it holds, or by its proven sender.

A number, an id or a subject that a stranger names opens nothing.
"""

import re
from collections.abc import Iterator

from netdesk.ticket import Ticket
from ticket_intake import token
from ticket_intake.desk import Desk
from ticket_intake.mail import Mail
from ticket_intake.mail.shape import Bounce
from ticket_intake.mail.subject import cleaned, numbers
from ticket_intake.threads import Threads
from ticket_intake.trust import Trust

# Stands at the end of our mails: some providers replace the Message-ID, and the answer loses both.
MARKER = re.compile(r"\[ref:([0-9a-z]{28})\]")
MOST = 20  # ids, markers or numbers of one mail


def ticket_of(desk: Desk, threads: Threads, mail: Mail, trust: Trust) -> Ticket | None:
    """The ticket that this mail may add to."""
    found = next(_by_token(desk, _tokens(desk, mail)), None)
    if found or not trust.proven:
        return found
    return next(_by_sender(desk, threads, mail), None)


def reported_on(desk: Desk, threads: Threads, bounce: Bounce) -> Ticket | None:
    """The ticket whose mail this report is about."""
    tokens = [*bounce.tokens, *_locals(bounce.ids)]
    if found := next(_by_token(desk, tokens[:MOST]), None):
        return found
    for who in bounce.addresses[:MOST]:
        for number in threads.numbers(bounce.ids[:MOST], who):
            if found := desk.tickets.read(number):
                return found
    return None


def mentioned(mail: Mail) -> tuple[str, ...]:
    """Ticket numbers that a mail names, without any proof."""
    return numbers(mail.subject)[:MOST]


def is_of(ticket: Ticket, mail: Mail) -> bool:
    """From the customer, or from somebody whom they copied and who copies them."""
    owner, sender = ticket.person.email.lower(), mail.sender.lower()
    if not sender:
        return False
    return sender == owner or (sender in ticket.people and owner in _lower(mail.copied))


def _by_token(desk: Desk, tokens: list[str]) -> Iterator[Ticket]:
    for given in tokens:
        number = token.verify(desk.secret, given)
        if number and (ticket := desk.tickets.read(number)):
            yield ticket


def _tokens(desk: Desk, mail: Mail) -> list[str]:
    user = desk.provider.mail.partition("@")[0].lower()
    plus = [address.partition("@")[0].lower().partition("+") for address in mail.recipients]
    given = [secret for name, _, secret in plus if secret and name == user]
    given += _locals((*mail.references[::-1], *mail.in_reply_to))
    return given[: 2 * MOST] + MARKER.findall(mail.text)[:MOST]


def _by_sender(desk: Desk, threads: Threads, mail: Mail) -> Iterator[Ticket]:
    ids = (*mail.references[::-1], *mail.in_reply_to)
    by_id = threads.numbers(ids[:MOST], mail.sender) if ids else []
    for number in by_id:
        ticket = desk.tickets.read(number)
        if ticket and is_of(ticket, mail) and _same_subject(ticket, mail):
            yield ticket
    for number in mentioned(mail):
        ticket = desk.tickets.read(number)
        if ticket and is_of(ticket, mail):
            yield ticket


def _same_subject(ticket: Ticket, mail: Mail) -> bool:
    """An answer to an old mail, written as a way to reach us, is about something else."""
    said = cleaned(mail.subject).casefold()
    return not said or said == cleaned(ticket.subject).casefold()


def _locals(ids: tuple[str, ...]) -> list[str]:
    return [message_id.partition("@")[0] for message_id in ids]


def _lower(addresses: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address.lower() for address in addresses)
