"""An order as a text for customer and staff: one "label: value" to a line, sections apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from netdesk.text import one_line
from ticket_intake.domain import countries

Details = Mapping[str, Any]
Row = tuple[str, str]

_SUBJECT = 200
_SUBJECTS = {
    "new": "New domain",
    "transfer": "Domain transfer",
    "modify": "Domain change",
    "renew": "Domain renewal",
    "delete": "Domain deletion",
}
_PEOPLE = {
    "registrant": "Registrant",
    "administrative": "Administrative contact",
    "technical": "Technical contact",
    "billing": "Billing contact",
}
_CONTACT = {
    "handle": "Handle",
    "kind": "Kind",
    "name": "Name",
    "org": "Organisation",
    "street": "Street",
    "city": "City",
    "sp": "State or province",
    "pc": "Postal code",
    "cc": "Country",
    "voice": "Phone",
    "fax": "Fax",
    "email": "Mail",
}
_SIGNING = {"none": "no", "sign": "we sign", "own": "with these DS records"}
_WORDS = {
    "privacy": ("Public directory", {"private": "hide the data", "public": "show the data"}),
    "contact_preference": ("Answer by", {"email": "mail", "phone": "phone", "post": "post"}),
    "invoice": ("Invoice by", {"email": "mail", "post": "post"}),
}
_TEXTS = {
    "purchase_order": "Purchase order",
    "purpose": "Purpose",
    "comments": "Comments",
}


def subject(details: Details) -> str:
    """New domain: bücher.example (xn--bcher-kva.example)."""
    return one_line(f"{_SUBJECTS[details['action']]}: {_name(details['domain'])}", _SUBJECT)


def message(details: Details) -> str:
    """The whole order, readable."""
    sections = [_head(details)]
    sections += [_person(title, details[who]) for who, title in _PEOPLE.items() if who in details]
    sections += [[*_technique(details)], [*_transfer(details)], [*_wishes(details)]]
    return "\n\n".join("\n".join(map(_line, rows)) for rows in sections if rows)


def _line(row: Row) -> str:
    """Further lines stand inwards: what somebody types never looks like a line of ours."""
    label, value = row
    return f"{label}: {value}".rstrip().replace("\n", "\n  ")


def _name(both: Mapping[str, str]) -> str:
    readable, machine = both["unicode"], both["ascii"]
    return readable if readable == machine else f"{readable} ({machine})"


def _head(details: Details) -> list[Row]:
    rows = [(_SUBJECTS[details["action"]], _name(details["domain"]))]
    rows += [("If it is taken", _name(other)) for other in details.get("alternatives", ())]
    return rows + ([("Years", str(details["years"]))] if "years" in details else [])


def _person(title: str, contact: Details) -> list[Row]:
    if "same_as" in contact:
        return [(title, "the same as the registrant")]
    if not contact:
        return []
    return [(title, ""), *((_CONTACT[key], _said(key, value)) for key, value in contact.items())]


def _said(key: str, value: Any) -> str:
    if key == "cc":
        return f"{countries.names()[value]} ({value})"
    return ", ".join(value) if key == "street" else str(value)


def _technique(details: Details) -> Iterator[Row]:
    if "name_servers" in details and not details["name_servers"]:
        yield "Name servers", "ours"
    for server in details.get("name_servers", ()):
        yield "Name server", " ".join([server["host"], *server["addresses"]])
    if signing := details.get("dnssec"):
        yield "DNSSEC", _SIGNING[signing["mode"]]
        for ds in signing["ds"]:
            yield "DS", " ".join(map(str, ds.values()))


def _transfer(details: Details) -> Iterator[Row]:
    if transfer := details.get("transfer"):
        yield "Transfer code", "given" if transfer["code_given"] else "to follow"
        yield "Transfer", transfer["note"]


def _wishes(details: Details) -> Iterator[Row]:
    if hosting := details.get("hosting"):
        kinds = [kind for kind in ("web", "mail") if hosting[kind]]
        yield "Hosting", " and ".join(kinds) + (f"\n{hosting['note']}" if hosting["note"] else "")
    for key, (label, words) in _WORDS.items():
        if value := details.get(key):
            yield label, words[value]
    for key, label in _TEXTS.items():
        if value := details.get(key):
            yield label, value
    if details.get("consent"):
        yield "Terms", "agreed"
