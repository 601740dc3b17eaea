"""The parts of an order besides names and people: years, servers, wishes, the transfer code."""

import re
from typing import Any

from netdesk.refused import Refused
from netdesk.text import one_line, safe
from ticket_intake.domain import dnssec, names, servers
from ticket_intake.domain.form import LINE, Form

Details = dict[str, Any]

YEARS = "Enter the number of years, from 1 to 10."
ZONE_BYTES = 64 * 1024
_LIST = 8_000  # characters: 13 servers with their addresses
TRANSFER_NOTE = (
    "Before we can start, switch off the transfer lock at your present company. A name that was "
    "registered or transferred less than 60 days ago can't be transferred yet."
)
_CODE = re.compile(r"[!-~]{6,64}")
_BAD_CODE = "The transfer code has 6 to 64 letters, digits and signs, without spaces: copy it anew."
_TWICE = "The transfer code stands here as well: take it out, so that it stays secret."
_DNSSEC = ("none", "sign", "own")
UNSIGNED: Details = {"mode": "none", "ds": []}
_CONTACT = ("email", "phone", "post")
_INVOICE = ("email", "post")
_PRIVACY = ("private", "public")


def years(text: str) -> int:
    """Of a registration or a renewal: RFC 5731 leaves the bounds to registries, who take ten."""
    if not re.fullmatch("[1-9]|10", text):
        raise Refused(YEARS)
    return int(text)


def transfer_code(text: str) -> str:
    """The secret that lets a name move: authInfo of RFC 5731. No sentence repeats it."""
    if not _CODE.fullmatch(text):
        raise Refused(_BAD_CODE)
    return text


def zone(form: Form) -> str:
    """Existing records, pasted; they are a file, no text of the ticket."""
    pasted = form.typed.get("zone", "").strip()
    if len(pasted) > ZONE_BYTES or len(safe(pasted).encode()) > ZONE_BYTES:
        form.errors["zone"] = "This is too long: paste at most 64 KB, or attach it as a file."
        return ""
    return safe(pasted)


def check_secrecy(form: Form, code: str | None) -> None:
    """The code belongs in no text that a ticket or a mail would hold."""
    for name, typed in form.typed.items():
        if code and name != "transfer_code" and code in safe(typed):
            form.errors[one_line(name, LINE)] = _TWICE


def technique(form: Form, domain: names.Name | None) -> Details:
    """Name servers and DNSSEC; no name servers are ours."""
    typed, records = form.text("servers", _LIST), form.text("ds", _LIST)
    found = form.attempt("servers", lambda: servers.parse(typed, domain)) or ()
    listed = [{"host": one.host.ascii, "addresses": list(map(str, one.addresses))} for one in found]
    ds = form.attempt("ds", lambda: dnssec.parse(records, domain)) or ()
    return {"name_servers": listed, "dnssec": _signing(form, ds, bool(records))}


def _signing(form: Form, ds: tuple[dnssec.DS, ...], typed: bool) -> Details:
    mode = form.pick("dnssec", _DNSSEC, "Choose one of the answers about DNSSEC.")
    if typed and mode in ("none", "sign"):
        form.errors["dnssec"] = "You entered DS records: choose that you sign, or remove them."
    if mode == "own" and not typed:
        form.errors["ds"] = "Enter the DS records of your name servers, or let us sign."
    mode = mode or ("own" if typed else "")
    return {"mode": mode, "ds": [_record(one) for one in ds]} if mode else {}


def _record(one: dnssec.DS) -> Details:
    return {
        "key_tag": one.key_tag,
        "algorithm": one.algorithm,
        "digest_type": one.digest_type,
        "digest": one.digest,
    }


def wishes(form: Form) -> Details:
    """What is wanted besides the name."""
    hosting = {
        "web": form.ticked("hosting_web"),
        "mail": form.ticked("hosting_mail"),
        "note": form.text("hosting"),
    }
    return {
        "hosting": hosting if any(hosting.values()) else {},
        "privacy": form.pick("privacy", _PRIVACY, "Choose whether your data may be shown."),
    } | remarks(form)


def remarks(form: Form) -> Details:
    """What goes with every order."""
    return {
        "contact_preference": form.pick("contact_preference", _CONTACT, "Choose how we reach you."),
        "invoice": form.pick("invoice", _INVOICE, "Choose how the invoice comes."),
        "purchase_order": form.line("purchase_order", LINE // 2),
        "purpose": form.text("purpose"),
        "comments": form.text("comments"),
    }
