"""The people behind a domain name, with the fields of RFC 5733 and their sentences."""

import re
from typing import Any

from netdesk.refused import Refused
from ticket_intake.domain import countries, phone
from ticket_intake.domain.form import Form
from ticket_intake.report import ADDRESS

Contact = dict[str, Any]

OTHERS = ("administrative", "technical", "billing")
SAME: Contact = {"same_as": "registrant"}
_STREETS = ("street1", "street2", "street3")
_FIELDS = ("handle", "kind", "name", "org", *_STREETS, "city", "sp", "pc", "cc", "voice", "fax",
           "email")  # fmt: skip
_ROID = re.compile(r"[A-Za-z0-9_]{1,80}-[A-Za-z0-9_]{1,8}")  # roidType of RFC 5730 section 4.2
_REGISTRANTS, _ROLES = ("person", "organisation"), ("person", "role")
_NEEDED = {
    "name": "Enter the name of a person who answers for it.",
    "street1": "Enter the street and number, or the post office box.",
    "city": "Enter the city or town.",
    "cc": "Enter the country.",
    "voice": "Enter a phone number with its country first, such as +1 202 555 0100.",
    "email": "Enter a mail address, such as ann@example.org.",
}
_BOTH = "Either tick that it is the same as the registrant, or fill in somebody else: not both."


def registrant(form: Form, whole: bool = True) -> Contact:
    """Who owns the name; not whole, only what is to change."""
    if whole and form.ticked("registrant_same"):
        form = _with_the_asker(form)
    contact = _read(form, "registrant", _REGISTRANTS, whole)
    if whole and contact.get("kind") == _REGISTRANTS[1]:
        form.read("registrant_org", str, "Enter the name of the organisation.")
    unsaid = _REGISTRANTS["org" in contact]
    return {"kind": unsaid} | contact if whole else contact


def other(form: Form, who: str, whole: bool = True) -> Contact:
    """Another contact, by handle or filled in; empty if nothing is said of it."""
    typed = _is_typed(form, who)
    if form.ticked(f"{who}_same"):
        if typed:
            form.errors[f"{who}_same"] = _BOTH
        return SAME
    if not typed:
        return {}
    handle = form.read(f"{who}_handle", _handle)
    whole = whole and not form.line(f"{who}_handle")
    contact = ({"handle": handle} if handle else {}) | _read(form, who, _ROLES, whole)
    _say_whose(form, who)
    return {"kind": _ROLES[0]} | contact if whole else contact


def _say_whose(form: Form, who: str) -> None:
    """Four contacts may lack a city: each sentence says which."""
    for name, sentence in form.errors.items():
        if name.startswith(f"{who}_"):
            form.errors[name] = f"{who.capitalize()} contact: {sentence}"


def _is_typed(form: Form, who: str) -> bool:
    # Its kind is a choice that is always sent: alone it says nothing.
    return any(form.typed.get(f"{who}_{name}", "").strip() for name in _FIELDS if name != "kind")


def _with_the_asker(form: Form) -> Form:
    """Fills the gaps with who asks: most people order for themselves."""
    lent = {"registrant_name": "name", "registrant_email": "email", "registrant_voice": "phone"}
    typed = dict(form.typed)
    for name, asker in lent.items():
        if not typed.get(name, "").strip():
            typed[name] = typed.get(asker, "")
    return Form(typed, form.errors)


def _read(form: Form, who: str, kinds: tuple[str, str], whole: bool) -> Contact:
    def read(name: str, parse: Any = str) -> Any:
        return form.read(f"{who}_{name}", parse, _NEEDED.get(name, "") if whole else "")

    contact = {
        "kind": form.pick(f"{who}_kind", kinds, f"Choose {kinds[0]} or {kinds[1]}."),
        "name": read("name"),
        "org": read("org"),
        "street": [line for line in (read(name) for name in _STREETS) if line],
        "city": read("city"),
        "sp": read("sp"),
        "pc": read("pc"),
        "cc": read("cc", countries.code),
        "voice": read("voice", phone.e164),
        "fax": read("fax", phone.e164),
        "email": read("email", _email),
    }
    return {name: value for name, value in contact.items() if value}


def _handle(text: str) -> str:
    if not _ROID.fullmatch(text):
        raise Refused("A handle looks like AB123-EXAMPLE: copy it whole, or fill in the contact.")
    return text


def _email(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise Refused("This does not look like a mail address: write it like ann@example.org.")
    return text
