"""What Amazon SES tells of a mail that we sent, read from the JSON that its topic brings:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from netdesk.text import one_line, safe
from ticket_intake.mail.machines.bounce import NO_COMPLAINTS, about, clean
from ticket_intake.mail.machines.failure import COMPLAINT, DELAYED, FAILED, PERMANENT, by_action
from ticket_intake.mail.shape import Bounce
from ticket_intake.mail.structure.fields import Headers
from ticket_intake.mail.structure.headers import addresses

Json = dict[str, Any]

_LONGEST_FIELD = 16_384
_LONGEST_WORD, _LONGEST_CAUSE = 100, 300
_MOST_FIELDS, _MOST_PEOPLE = 1_000, 50
# What SES writes to a topic, once, when it is told to publish there.
_TEST = "Successfully validated SNS topic for Amazon SES event publishing"
_GOOD = frozenset({"Send", "Delivery", "Open", "Click", "Subscription"})
_SUPPRESSED = "OnAccountSuppressionList"  # it was not sent at all, for what happened before


@dataclass(frozen=True)
class Feedback:
    """One event of SES; without a bounce nothing went wrong."""

    event: str  # as SES calls it: Bounce, Permanent, General
    bounce: Bounce | None = None
    sent_to: tuple[str, ...] = ()
    cause: str = ""  # a stranger's words, on one line


def read(body: str) -> Feedback | None:
    """None when it has no shape that SES documents; no text makes this raise."""
    text = _message(body)
    if text.startswith(_TEST):
        return Feedback("Test")
    event = _parsed(text)
    kind = _word(event, "eventType")
    if kind in _GOOD:
        return Feedback(kind)
    mail = _part(event, "mail")
    if kind not in _READERS or not _word(mail, "messageId"):
        return None
    part, reader = _READERS[kind]
    told = reader(_part(event, part), mail)
    named = replace(told, event=", ".join(filter(None, (kind, told.event))))
    return _on_mail(named, mail)


def _message(body: str) -> str:
    """As SES wrote it, with SNS's envelope or, when its delivery is raw, without:
    https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html"""
    envelope = _parsed(body)
    message = envelope.get("Message") if envelope.get("Type") == "Notification" else None
    return message if isinstance(message, str) else body


def _on_mail(told: Feedback, mail: Json) -> Feedback:
    """With what tells which mail of ours it was. Delays and refusals bring no headers."""
    if told.bounce is None:
        return told
    bounce = about(told.bounce, [_headers(mail)])
    sent_to = clean(_mailboxes(mail.get("destination")))
    return replace(told, bounce=replace(bounce, about=_word(mail, "messageId")), sent_to=sent_to)


def _bounce(told: Json, mail: Json) -> Feedback:
    """SES says what is permanent, since it sends nothing there any more; else the codes do."""
    people = _people(told.get("bouncedRecipients"))
    kind, subtype = _word(told, "bounceType"), _word(told, "bounceSubType")
    first = people[0] if people else {}
    by_codes = by_action("failed", _word(first, "status"), _said(first, "diagnosticCode"))
    judged = {"Permanent": PERMANENT, "Transient": FAILED}.get(kind, by_codes or FAILED)
    cause = _said(first, "diagnosticCode") or subtype
    return _failed(f"{kind}, {subtype}".strip(", "), judged, people, cause)


def _complaint(told: Json, mail: Json) -> Feedback:
    people = _people(told.get("complainedRecipients"))
    kind = _word(told, "complaintFeedbackType").lower()
    if kind in NO_COMPLAINTS:
        return Feedback(kind)
    if _word(told, "complaintSubType") == _SUPPRESSED:
        cause = "Amazon SES did not send it, because our mail was called spam there before"
        return _failed(_SUPPRESSED, PERMANENT, people, cause)
    return _failed(kind, COMPLAINT, people, kind)


def _delay(told: Json, mail: Json) -> Feedback:
    people, kind = _people(told.get("delayedRecipients")), _word(told, "delayType")
    said = _said(people[0], "diagnosticCode") if people else ""
    return _failed(kind, DELAYED, people, said or kind)


def _refusal(told: Json, mail: Json) -> Feedback:
    """SES did not send it: it found a virus, or could not fill in a template."""
    why = _said(told, "reason") or _said(told, "errorMessage")
    people = [{"emailAddress": who} for who in _listed(mail.get("destination"))]
    return _failed(why[:_LONGEST_WORD], FAILED, people, f"Amazon SES did not send it: {why}")


Reader = Callable[[Json, Json], Feedback]
_READERS: dict[str, tuple[str, Reader]] = {
    "Bounce": ("bounce", _bounce),
    "Complaint": ("complaint", _complaint),
    "DeliveryDelay": ("deliveryDelay", _delay),
    "Reject": ("reject", _refusal),
    "Rendering Failure": ("failure", _refusal),
}


def _failed(event: str, kind: str, people: list[Json], cause: str) -> Feedback:
    found = clean(_mailboxes([person.get("emailAddress") for person in people]))
    return Feedback(event, Bounce(kind, found), cause=cause)


def _headers(mail: Json) -> Headers:
    named: dict[str, tuple[str, ...]] = {}
    for field in _listed(mail.get("headers"))[:_MOST_FIELDS]:
        if isinstance(field, dict):
            name = _word(field, "name").lower()
            named[name] = (*named.get(name, ()), _text(field, "value"))
    return named


def _people(value: Any) -> list[Json]:
    """A list of them; for a delay the page speaks of one object."""
    found = [value] if isinstance(value, dict) else _listed(value)
    return [person for person in found if isinstance(person, dict)][:_MOST_PEOPLE]


def _mailboxes(value: Any) -> Any:
    written = [one for one in _listed(value)[:_MOST_PEOPLE] if isinstance(one, str)]
    return (a for one in written for _, a in addresses(safe(one[:_LONGEST_FIELD])))


def _parsed(text: str) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(told: Json, name: str) -> Json:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(told: Json, name: str) -> str:
    return one_line(_text(told, name), _LONGEST_WORD)


def _said(told: Json, name: str) -> str:
    return one_line(_text(told, name), _LONGEST_CAUSE)


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    return safe(value[:_LONGEST_FIELD]) if isinstance(value, str) else ""
