"""What a person reports, by form, mail or phone: cleaned, or refused field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netdesk.provider import Provider
from netdesk.text import one_line, safe
from netdesk.ticket import MESSAGE_LIMIT, Attachment, Person
from ticket_intake.addresses import folded, own

LINE = 200  # characters of a field of one line
SUBJECT = 60  # of a subject that is the beginning of the message
ERROR_TEXT = 2_000  # it stands in the ticket's own row, which every change writes anew
ADDRESS = re.compile(
    r"[^@\s<>\"(),:;\\]{1,64}@([^@\s.<>\"(),:;\\]{1,63}\.)+[^@\s.<>\"(),:;\\]{2,63}"
)


@dataclass(frozen=True)
class Report:
    person: Person
    category: str
    subject: str
    message: str
    source: str  # web, mail, phone
    url: str = ""
    occurred_at: str = ""
    error_text: str = ""
    emergency: bool = False
    attachments: tuple[Attachment, ...] = ()
    message_id: str = ""
    sender: str = ""  # the address that its mail came from
    remark: str = ""  # for staff alone
    people: tuple[str, ...] = ()  # whom the mail was copied to
    follows: str = ""  # the number of a ticket that was closed long ago
    letter: str = "acknowledgement"  # what it is answered with by itself
    details: Mapping[str, Any] = field(default_factory=dict)  # what a form asked, by its question
    suspicion: str = ""  # why staff are to look at it first
    code: str = ""  # where a domain's transfer code is kept


class Unusable(ValueError):
    """The form can't be taken; `errors` holds a sentence for each field to mend."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def from_form(fields: Mapping[str, str], provider: Provider, source: str) -> Report:
    line = {name: one_line(fields.get(name, ""), limit) for name, limit in ONE_LINE.items()}
    person = Person(line["name"], line["email"], line["phone"], line["account"])
    category = line["category"] or provider.categories[0].key
    message, error_text = (safe(fields.get(key, "")).strip() for key in ("message", "error_text"))
    emergency = line["emergency"] in ("on", "true")
    details = _answers(fields, provider)
    errors = _contact_errors(person, provider) | _text_errors(message, error_text)
    errors |= {name: CUT for name in WHOLE if len(fields.get(name, "").strip()) > ONE_LINE[name]}
    errors |= _emergency_errors(person, provider, source) if emergency else {}
    categories = [known.key for known in provider.categories]
    if category not in categories:
        errors["category"] = f"Choose a category: {', '.join(categories)}."
    if errors:
        raise Unusable(errors)
    return Report(
        person=person,
        category=category,
        subject=line["subject"] or one_line(message, SUBJECT),
        message=message,
        source=source,
        url=line["url"],
        occurred_at=line["occurred_at"],
        error_text=error_text,
        emergency=emergency,
        details=details,
    )


def _answers(fields: Mapping[str, str], provider: Provider) -> dict[str, str]:
    """What was answered, whichever category was chosen in the end: nothing typed is lost."""
    asked = [question.key for question in provider.questions if question.key not in KEPT_APART]
    given = {key: one_line(fields.get(key, ""), ANSWER) for key in asked}
    return {key: answer for key, answer in given.items() if answer}


def _emergency_errors(person: Person, provider: Provider, source: str) -> dict[str, str]:
    if source == "phone":
        return {}
    phone = provider.phone
    if not provider.emergency.by_form:
        call = f"call {phone.number}, option {phone.emergency_option}"
        return {"emergency": f"Emergencies are taken by phone alone: {call}, day and night."}
    missing = {} if person.phone else {"phone": "Give a number where we can call you back."}
    return missing if person.name else missing | {"name": "Say whom we should ask for."}


ONE_LINE = {
    "name": LINE, "email": LINE, "phone": LINE, "account": LINE, "category": LINE,
    "subject": LINE, "url": 2_000, "occurred_at": LINE, "emergency": LINE,
}  # fmt: skip
KEPT_APART = ("url", "occurred_at", "error_text")  # on the ticket itself
ANSWER = 1_000  # characters to one question
WHOLE = ("email", "phone", "url")  # of no use when their end is missing
CUT = "This is too long: give it in a shorter form."


def _contact_errors(person: Person, provider: Provider) -> dict[str, str]:
    if person.email and not ADDRESS.fullmatch(person.email):
        return {"email": "This does not look like a mail address: write it like ann@example.org."}
    if not person.reached_at:
        return {"email": "Give a mail address or a phone number, so that we can answer."}
    if folded(person.email) in own(provider):
        return {"email": "This is our own address: give one of yours."}
    domain = person.email.rpartition("@")[2].lower()
    ours = any(f".{domain}".endswith(f".{known}") for known in provider.mail_domains)
    if ours and not person.phone:
        return {
            "email": f"Mail to {domain} may not reach you while our network is down: "
            "give an address elsewhere, or add a phone number."
        }
    return {}


def _text_errors(message: str, error_text: str) -> dict[str, str]:
    errors = {} if message else {"message": "Say what is wrong, in your own words."}
    for name, text, limit in (
        ("message", message, MESSAGE_LIMIT),
        ("error_text", error_text, ERROR_TEXT),
    ):
        if len(text) > limit:
            errors[name] = f"This is too long: send at most {limit:,} characters."
    return errors
