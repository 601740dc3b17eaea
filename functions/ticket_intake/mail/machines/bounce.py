"""Reports on mail that we sent: whom it did not reach, and which mail that was (RFC 3464)."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from netdesk.text import one_line
from ticket_intake.mail.html import visible_text
from ticket_intake.mail.machines import prose
from ticket_intake.mail.machines.failure import (
    COMPLAINT,
    DELAYED,
    FAILED,
    PERMANENT,
    Failure,
    by_action,
    is_waiting,
)
from ticket_intake.mail.machines.rules import is_notice
from ticket_intake.mail.shape import Bounce
from ticket_intake.mail.structure.charset import decode
from ticket_intake.mail.structure.fields import Headers, first, split
from ticket_intake.mail.structure.headers import addresses, decoded, ids
from ticket_intake.mail.structure.parts import Part, is_mail, walk

_LONGEST_TEXT = 200_000
_MOST_GROUPS = 500
_MOST_ORIGINALS = 10
_MOST = 100  # addresses, ids, tokens
_LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADERS = frozenset({"text/rfc822-headers", "message/global-headers"})
_RECEIPTS = frozenset(
    {"message/disposition-notification", "message/global-disposition-notification"}
)
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})  # RFC 5965 section 7.3, RFC 6591
_OWN_IDS = ("message-id", "x-original-message-id")
_IDS = (*_OWN_IDS, "in-reply-to", "references")
_SENDERS = ("reply-to", "from", "return-path")
_OURS = ("to", "delivered-to", "x-original-to")


def read(root: Part) -> Bounce | None:
    """What a mail reports of another one, None if it is no report of undelivered mail."""
    parts = {part.kind: part for part in reversed([*walk(root)])}
    if feedback := parts.get("message/feedback-report"):
        return _complaint(root, feedback)
    text = _text(parts)
    subject = one_line(decoded(first(root.headers, "subject")), 250)
    noticed = is_notice(root.headers, subject, text)
    status = (group for part in walk(root) if part.kind in _STATUS for group in _groups(part))
    groups = [*islice(status, _MOST_GROUPS)]
    if root.kind != "multipart/report" and root.kind not in _STATUS and not noticed:
        return None
    if any("action" in group or "final-recipient" in group for group in groups):
        return _bounce(_failures(groups), root, groups, text)
    if not noticed or parts.keys() & _RECEIPTS:
        return None
    found = prose.failures(text, subject, _named(root.headers), _ours(root.headers))
    waits = is_waiting(f"{subject}\n{text[:2_000]}")
    return _bounce(found or [Failure((), DELAYED if waits else FAILED)], root, groups, text)


def _bounce(failures: list[Failure], root: Part, groups: list[Headers], text: str) -> Bounce | None:
    """Of several recipients only those whose failure is the gravest: one kind fits all of them."""
    kinds = {failure.kind for failure in failures}
    kind = next((kind for kind in (PERMANENT, FAILED, DELAYED) if kind in kinds), None)
    if kind is None:
        return None
    found = (a for failure in failures if failure.kind == kind for a in failure.addresses)
    return about(Bounce(kind, clean(found)), [*_originals(root), *groups, prose.original(text)])


def _complaint(root: Part, feedback: Part) -> Bounce | None:
    fields = next(_groups(feedback), {})
    if first(fields, "feedback-type").strip().lower() in NO_COMPLAINTS:
        return None
    named = (*fields.get("original-rcpt-to", ()), *fields.get("removal-recipient", ()))
    found = clean(address for value in named for _, address in addresses(value))
    return about(Bounce(COMPLAINT, found), [*_originals(root)])


def about(bounce: Bounce, originals: list[Headers]) -> Bounce:
    """With what tells which mail it is about."""
    found = dict.fromkeys(_ids(originals, _IDS))
    senders = (v for fields in originals for name in _SENDERS for v in fields.get(name, ()))
    locals_ = (a.rpartition("@")[0] for value in senders for _, a in addresses(value))
    tokens = dict.fromkeys(token for local in locals_ if (token := local.partition("+")[2]))
    return replace(
        bounce,
        ids=tuple(found)[:_MOST],
        tokens=tuple(tokens)[:_MOST],
        about=next(_ids(originals, _OWN_IDS), ""),
    )


def _ids(originals: list[Headers], names: tuple[str, ...]) -> Iterator[str]:
    values = (v for fields in originals for name in names for v in fields.get(name, ()))
    return (id_ for value in values for id_ in ids(value))


def _failures(groups: list[Headers]) -> list[Failure]:
    found: list[Failure] = []
    for group in groups:
        action = first(group, "action").partition("(")[0].strip().lower()
        kind = by_action(action, first(group, "status"), first(group, "diagnostic-code"))
        names = ("original-recipient", "final-recipient")
        named = [first(group, name).rpartition(";")[2] for name in names]
        mailboxes = [address for value in named for _, address in addresses(value)]
        if kind and any(named):
            found.append(Failure(tuple(mailboxes), kind))
    return found


def _groups(part: Part) -> Iterator[Headers]:
    """The blocks of fields in a report's part (RFC 3464 section 2.1)."""
    raw = part.content()[:_LONGEST_TEXT].replace(b"\r\n", b"\n")
    for block in raw.split(b"\n\n", _MOST_GROUPS):
        if block.strip():
            yield split(block.lstrip(), 0, frozenset(), leads=True)[0]


def _originals(root: Part) -> Iterator[Headers]:
    """The fields of the mail that the report brings back."""
    brought = (part for part in walk(root) if is_mail(part.kind) or part.kind in _HEADERS)
    for part in islice(brought, _MOST_ORIGINALS):
        if part.kind in _HEADERS:
            yield split(part.content()[:_LONGEST_TEXT], 0, frozenset(), leads=True)[0]
        else:
            yield from (child.headers for child in part.children)


def _text(parts: dict[str, Part]) -> str:
    """The beginning of what it says to people."""
    plain, html = (_read(parts.get(kind)) for kind in ("text/plain", "text/html"))
    return plain if plain.strip() else visible_text(html)


def _read(part: Part | None) -> str:
    if part is None:
        return ""
    body = part.body[:_LONGEST_TEXT]
    text = decode(replace(part, body=body).content(), None)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named(headers: Headers) -> list[str]:
    values = headers.get("x-failed-recipients", ())
    return [address for value in values for _, address in addresses(value)][:_MOST]


def _ours(headers: Headers) -> frozenset[str]:
    values = (value for name in _OURS for value in headers.get(name, ()))
    found = (a.lower().rpartition("@") for value in values for _, a in addresses(value))
    return frozenset(f"{local.partition('+')[0]}@{domain}" for local, _, domain in found)


def clean(found: Iterator[str]) -> tuple[str, ...]:
    mailboxes = (address.strip(".").rpartition("@") for address in found)
    written = (f"{local}@{domain.lower()}" for local, _, domain in mailboxes)
    return tuple(dict.fromkeys(a for a in written if len(a) <= _LONGEST_ADDRESS))[:_MOST]
