"""What somebody wants done with a domain name: read from the form, or refused field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from netdesk.provider import Provider
from netdesk.refused import Refused
from ticket_intake.domain import contacts, names, parts, summary
from ticket_intake.domain.form import Form
from ticket_intake.report import Unusable

Details = dict[str, Any]
Read = Callable[[Form, names.Name | None], Details]

_MOST_ALTERNATIVES = 4
_CHOOSE = "Choose what is to be done: a new name, a transfer, a change, a renewal or a deletion."
_TERMS = "Tick that you agree to the terms: without that no registry takes the order."
_ENTER_AGAIN = "Enter the name a second time: a deleted name can be lost for good."
_NO_TEMPLATE = "We can't read this as an old form: empty it, and fill in the fields instead."
_NO_CHANGE = "Fill in what is to be changed, or describe it in the comments."


@dataclass(frozen=True)
class Order:
    subject: str
    details: Details  # for JSON, without the code
    message: str  # the same for people
    transfer_code: str = ""
    zone: str = ""  # existing records, pasted


def order(fields: Mapping[str, str], provider: Provider) -> Order:
    """The order in these fields; raises Unusable with a sentence for each wrong one."""
    form = Form(fields)
    if fields.get("template", "").strip():
        raise Unusable({"template": _NO_TEMPLATE})
    action = form.read("action", _action, _CHOOSE) or ""
    domain = form.read("domain", lambda text: _domain(text, provider), "Enter the domain name.")
    code = form.read("transfer_code", parts.transfer_code) if action == "transfer" else None
    details = _ACTIONS[action](form, domain) if action else {}
    zone = parts.zone(form) if action in _WITH_ZONE else ""
    parts.check_secrecy(form, code)
    if form.errors or domain is None:
        raise Unusable(form.errors)
    whole = {"action": action, "domain": _both(domain)} | details
    if action == "transfer":
        whole["transfer"] = {"code_given": bool(code), "note": parts.TRANSFER_NOTE}
    return Order(summary.subject(whole), whole, summary.message(whole), code or "", zone)


def _action(text: str) -> str:
    if text not in _ACTIONS:
        raise Refused(_CHOOSE)
    return text


def _domain(text: str, provider: Provider) -> names.Name:
    name = names.parse(text)
    if name.ascii in provider.mail_domains:
        raise Refused(f"{name.unicode} is our own name: enter yours.")
    return name


def _new(form: Form, domain: names.Name | None) -> Details:
    alternatives = form.text("alternatives")
    found = form.attempt("alternatives", lambda: _alternatives(alternatives, domain))
    years = form.read("years", parts.years, parts.YEARS)
    return {"alternatives": found or [], "years": years} | _registration(form, domain)


def _registration(form: Form, domain: names.Name | None) -> Details:
    """What is new about a name that comes to us."""
    details = {"registrant": contacts.registrant(form)}
    details |= {who: contacts.other(form, who) or contacts.SAME for who in contacts.OTHERS}
    details |= parts.technique(form, domain)
    details["dnssec"] = details["dnssec"] or parts.UNSIGNED
    details |= parts.wishes(form)
    if not form.ticked("consent"):
        form.errors["consent"] = _TERMS
    return details | {"consent": True}


def _modify(form: Form, domain: names.Name | None) -> Details:
    changed = {"registrant": contacts.registrant(form, whole=False)}
    changed |= {who: contacts.other(form, who, whole=False) for who in contacts.OTHERS}
    changed |= parts.technique(form, domain) | parts.wishes(form)
    changed = {key: value for key, value in changed.items() if value}
    if not changed and not form.errors and not form.typed.get("zone", "").strip():
        form.errors["action"] = _NO_CHANGE
    return changed


def _renew(form: Form, _: names.Name | None) -> Details:
    return {"years": form.read("years", parts.years, parts.YEARS)} | _said(parts.remarks(form))


def _delete(form: Form, domain: names.Name | None) -> Details:
    again = form.read("domain_again", names.parse, _ENTER_AGAIN)
    if again and domain and again.ascii != domain.ascii:
        form.errors["domain_again"] = f"This is another name than {domain.unicode}: type it again."
    return _said(parts.remarks(form))


def _said(details: Details) -> Details:
    return {key: value for key, value in details.items() if value}


def _alternatives(text: str, domain: names.Name | None) -> list[Details]:
    typed = [line for line in text.splitlines() if line.strip()]
    if len(typed) > _MOST_ALTERNATIVES:
        raise Refused(f"Enter at most {_MOST_ALTERNATIVES} other names, one to a line.")
    found: list[names.Name] = []
    for at, line in enumerate(typed, 1):
        try:
            name = names.parse(line)
        except Refused as refusal:
            raise Refused(f"Name {at}: {refusal}") from None
        if name in [domain, *found]:
            raise Refused(f"Name {at}: {name.unicode} stands there already: enter another one.")
        found.append(name)
    return [_both(name) for name in found]


def _both(name: names.Name) -> Details:
    return {"unicode": name.unicode, "ascii": name.ascii}


_ACTIONS: Mapping[str, Read] = {
    "new": _new,
    "transfer": _registration,
    "modify": _modify,
    "renew": _renew,
    "delete": _delete,
}
_WITH_ZONE = ("new", "transfer", "modify")
