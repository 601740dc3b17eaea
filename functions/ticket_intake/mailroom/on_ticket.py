"""What of a mail goes on a ticket: a report for a new one, an entry for one that is there."""

from dataclasses import replace
from datetime import datetime

from netdesk.text import safe
from netdesk.ticket import CUSTOMER, MESSAGE_LIMIT, Attachment, Change, Entry, Person, Ticket
from ticket_intake.addresses import folded, own, sendable
from ticket_intake.desk import Desk
from ticket_intake.digest import digest
from ticket_intake.mail import Mail, parse
from ticket_intake.mail.content.body import NOT_READ_IN_FULL
from ticket_intake.mail.machines.rules import answerable, no_answer
from ticket_intake.mail.reply import SEPARATOR
from ticket_intake.mail.shape import Forwarded
from ticket_intake.mail.subject import cleaned, is_forward
from ticket_intake.mailroom import gist
from ticket_intake.mailroom.belonging import is_from_customer
from ticket_intake.mailroom.trust import Trust
from ticket_intake.report import Report

NO_SUBJECT, NO_TEXT = "(no subject)", "(no text)"
FILES = 50  # of one mail: each is a request to S3, and all are named in one row
PEOPLE = 10  # of those copied: each is a row
NAMED = 20  # ticket numbers
MACHINE = "mail system"  # as whom entries name it


def report_of(desk: Desk, mail: Mail, trust: Trust, closed: Ticket | None) -> Report:
    """A new ticket: of who wrote the mail, or of whose mail one of the staff passed on."""
    passed_on = _passed_on(desk, mail) if trust.proven else None
    said = passed_on or Forwarded(mail.sender_name, mail.sender, mail.subject, mail.text)
    return Report(
        person=Person(name=said.name, email=sendable(said.address)),
        category=desk.provider.categories[0].key,
        subject=(cleaned(said.subject) if closed or passed_on else said.subject) or NO_SUBJECT,
        message=_shown(mail, said.text),
        source="mail",
        attachments=_attachments(desk, mail),
        message_id=mail.message_id,
        sender=mail.sender,
        remark=_remark(mail, trust, passed_on),
        people=() if passed_on else _people(desk, mail),
        follows=closed.number if closed else "",
        letter=_letter(desk, mail, trust, said.address),
    )


def entry_of(
    desk: Desk, mail: Mail, trust: Trust, ticket: Ticket, verb: str, now: datetime
) -> Entry:
    """An entry on a ticket that the mail belongs to; what staff wrote above it is for staff."""
    passed_on = _passed_on(desk, mail) if trust.proven else None
    text = _shown(mail, passed_on.text if passed_on else mail.reply)
    return Entry(
        at=now,
        who=_who(replace(mail, sender=passed_on.address) if passed_on else mail, ticket),
        kind="message",
        text=text if verb == "ask" else text or NO_TEXT,
        attachments=_attachments(desk, mail),
        message_id=mail.message_id,
        sender=mail.sender,
        remark=_remark(mail, trust, passed_on),
    )


def verb_for(mail: Mail, ticket: Ticket) -> str:
    """What the mail does on its ticket: only a person's words put it back into the queue."""
    if mail.no_answer or mail.bounce or mail.is_absence:
        return "note"
    if is_from_customer(ticket, mail) and gist.asks_status(mail) and not gist.says_more(mail):
        return "ask"
    return "remark" if gist.is_thanks(mail) else "message"


def answered(mail: Mail, change: Change) -> Change:
    """A customer who asks for the status, and says more, gets it, too."""
    asks = change.entry.kind == "message" and is_from_customer(change.ticket, mail)
    return replace(change, letter="status") if asks and gist.asks_status(mail) else change


def once(mail: Mail) -> str:
    """The mail's own id names it, with who wrote it and what; without one, its bytes do.

    Devices are known that give every mail the same id.
    """
    named = (folded(mail.sender), mail.message_id, mail.subject, mail.text)
    return digest("mail", *(named if mail.message_id else (mail.fingerprint,)))


def _passed_on(desk: Desk, mail: Mail) -> Forwarded | None:
    """Of a mail from one of the staff: the customer's that he forwards."""
    if folded(mail.sender) not in desk.provider.staff_senders:
        return None
    inline = mail.forwarded if is_forward(mail.subject) else None  # an answer quotes alike
    found = inline or _enclosed(mail)
    ours = own(desk.provider) | set(desk.provider.staff_senders)
    return found if found and folded(found.address) not in ours else None


def _enclosed(mail: Mail) -> Forwarded | None:
    kept = (file for file in mail.attachments if file.media_type == "message/rfc822")
    inner = next((parse(file.content) for file in kept), None)
    if inner is None or not inner.sender:
        return None
    return Forwarded(inner.sender_name, inner.sender, inner.subject, inner.text, mail.text)


def _who(mail: Mail, ticket: Ticket) -> str:
    """Somebody else, whom the customer copied or gave the thread's secret, is named as himself."""
    if mail.no_answer or mail.bounce:
        return MACHINE
    return CUSTOMER if is_from_customer(ticket, mail) else safe(mail.sender) or "unknown"


def _remark(mail: Mail, trust: Trust, passed_on: Forwarded | None) -> str:
    note = f"passed on by {mail.sender}: {passed_on.note}".strip(": ") if passed_on else ""
    sender = "proven" if trust.proven else f"not proven ({trust.why})"
    told = [note, f"by mail from {mail.sender or 'nobody'}, {sender}", mail.no_answer or ""]
    told += [f"{name} FAIL" for name in ("spam", "virus") if getattr(mail.verdicts, name) == "FAIL"]
    named = gist.mentioned(mail)
    told.append(f"it names {', '.join(named[:NAMED])}" if named else "")
    return safe("; ".join(filter(None, told)))[:1_000]


def _letter(desk: Desk, mail: Mail, trust: Trust, to: str) -> str:
    """Never to machines, to ourselves, or to an address that was forged.

    Who asks for the status of a ticket that is not there, or not theirs, reads the same.
    """
    unwanted = "FAIL" in (mail.verdicts.spam, mail.verdicts.virus)
    machine = bool(no_answer({"from": (to,)}, frozenset(), ""))
    # A relay may take every header off, but a desk like ours shows itself: nobody begins so.
    machine = machine or mail.text.lstrip().startswith(SEPARATOR)
    if answerable(mail, own(desk.provider)) or machine or unwanted or not trust.answered:
        return ""
    return "unknown" if gist.asks_status(mail) and not gist.says_more(mail) else "acknowledgement"


def _people(desk: Desk, mail: Mail) -> tuple[str, ...]:
    """Whom else the mail went to."""
    ours = own(desk.provider) | {folded(mail.sender)}
    user, _, domain = folded(desk.provider.mail).partition("@")
    copied = dict.fromkeys(folded(address) for address in mail.copied)
    others = [
        one for one in copied
        if one not in ours and not (one.startswith(f"{user}+") and one.endswith(f"@{domain}"))
    ]  # fmt: skip
    return tuple(others[:PEOPLE])


def _shown(mail: Mail, text: str) -> str:
    """As much as a page can hold; the raw mail keeps the rest."""
    whole = safe(text).strip()
    if len(whole) <= MESSAGE_LIMIT and len(mail.attachments) <= FILES:
        return whole
    return f"{whole[: MESSAGE_LIMIT - len(NOT_READ_IN_FULL) - 2]}\n\n{NOT_READ_IN_FULL}"


def _attachments(desk: Desk, mail: Mail) -> tuple[Attachment, ...]:
    """What a virus scan let pass is kept apart; the rest is named, and stays in the raw mail."""
    files = mail.attachments[:FILES]
    if mail.verdicts.virus == "PASS":
        owner = once(mail)
        return tuple(desk.files.keep(owner, f.name, f.media_type, f.content) for f in files)
    return tuple(Attachment(f.name, f.media_type, len(f.content), digest="") for f in files)
