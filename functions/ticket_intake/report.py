"""What a person reports, by form, mail or phone: cleaned, or refused field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from netdesk.provider import Provider
from netdesk.text import one_line, safe
from netdesk.ticket import MESSAGE_LIMIT, Attachment, Person

LINE = 200  # characters of a field of one line
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
    acknowledge: bool = True


class Unusable(ValueError):
    """The form can't be taken; `errors` holds a sentence for each field to mend."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def from_form(fields: Mapping[str, str], provider: Provider, source: str) -> Report:
    line = {name: one_line(fields.get(name, ""), LINE) for name in ONE_LINE}
    person = Person(line["name"], line["email"], line["phone"], line["account"])
    category = line["category"] or provider.categories[0].key
    names = {known.key: known.name for known in provider.categories}
    message = safe(fields.get("message", "")).strip()
    errors = _contact_errors(person, provider) | _message_errors(message)
    if category not in names:
        errors["category"] = "Choose one of the categories in the list."
    if errors:
        raise Unusable(errors)
    return Report(
        person=person,
        category=category,
        subject=line["subject"] or names[category],
        message=message,
        source=source,
        url=line["url"],
        occurred_at=line["occurred_at"],
        error_text=safe(fields.get("error_text", "")).strip()[:MESSAGE_LIMIT],
        emergency=line["emergency"].lower() in ("1", "on", "true", "yes"),
    )


ONE_LINE = (
    "name", "email", "phone", "account", "category", "subject", "url", "occurred_at", "emergency"
)  # fmt: skip


def _contact_errors(person: Person, provider: Provider) -> dict[str, str]:
    if person.email and not ADDRESS.fullmatch(person.email):
        return {"email": "This does not look like a mail address: write it like ann@example.org."}
    if not person.reached_at:
        return {"email": "Give a mail address or a phone number, so that we can answer."}
    domain = person.email.rpartition("@")[2].lower()
    if domain in provider.mail_domains and not person.phone:
        return {
            "email": f"Mail to {domain} may not reach you while our network is down: "
            "give an address elsewhere, or add a phone number."
        }
    return {}


def _message_errors(message: str) -> dict[str, str]:
    if not message:
        return {"message": "Say what is wrong, in your own words."}
    if len(message) > MESSAGE_LIMIT:
        return {"message": f"This is too long: send at most {MESSAGE_LIMIT:,} characters."}
    return {}
