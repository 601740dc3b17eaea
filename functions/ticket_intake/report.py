"""What a person reports, by form, mail or phone: cleaned, or refused field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
    errors = _contact_errors(person, provider) | _text_errors(message, error_text)
    errors |= {name: CUT for name in WHOLE if len(fields.get(name, "").strip()) > ONE_LINE[name]}
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
        # From the phone alone: a stranger's form must not reach the head of the queue.
        emergency=source == "phone" and line["emergency"] in ("on", "true"),
    )


ONE_LINE = {
    "name": LINE, "email": LINE, "phone": LINE, "account": LINE, "category": LINE,
    "subject": LINE, "url": 2_000, "occurred_at": LINE, "emergency": LINE,
}  # fmt: skip
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
    for field, text, limit in (
        ("message", message, MESSAGE_LIMIT),
        ("error_text", error_text, ERROR_TEXT),
    ):
        if len(text) > limit:
            errors[field] = f"This is too long: send at most {limit:,} characters."
    return errors
