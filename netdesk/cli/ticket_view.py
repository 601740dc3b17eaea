"""Tickets in a terminal."""

import textwrap
from datetime import UTC, datetime
from typing import Any

from netdesk.cli import show
from netdesk.number import spell
from netdesk.text import one_line

Json = dict[str, Any]
HEAD = ("last word", "who has it", "from", "subject")


def whole(ticket: Json) -> int:
    show.lines(*head(ticket), *_answers(ticket["details"]))
    for entry in ticket["entries"]:
        show.lines("", _who(entry), *_remark(entry), textwrap.indent(entry["text"], "  "))
        show.lines(*_rest(ticket, entry))
        for file in entry["attachments"]:
            back = ", kept back: no virus scan has passed it" if file["kept_back"] else ""
            show.lines(f"  file: {file['name']} ({file['media_type']}, {file['size']} bytes{back})")
    return 0


def queue(tickets: list[Json]) -> None:
    """Of suspects, why they are held."""
    due = f"due ({show.zone()})"
    if any(ticket["suspicion"] for ticket in tickets):
        show.table(("number", due, "from", "why", "subject"), [*map(suspect, tickets)])
    else:
        show.table(("number", due, *HEAD), [*map(row, tickets)])


def suspect(ticket: Json) -> tuple[str, ...]:
    number, due, *_, subject = row(ticket)
    return number, due, ticket["from"], ticket["suspicion"], subject


def row(ticket: Json) -> tuple[str, ...]:
    mark = "! " if ticket["emergency"] else ""
    return (
        mark + ticket["number"],
        show.short(ticket["promised_by"]) + (" LATE" if _is_late(ticket) else ""),
        ticket["last_word"],
        ticket["assignee"] or "-",
        ticket["from"],
        ticket["subject"],
    )


def head(ticket: Json) -> list[str]:
    person = [ticket[key] for key in ("name", "email", "phone") if ticket[key]]
    person += [f"account {ticket['account']}"] if ticket["account"] else []
    about = [ticket[key] for key in ("url", "occurred_at", "error_text") if ticket[key]]
    urgent = "  EMERGENCY" if ticket["emergency"] else ""
    return [
        f"{ticket['number']}  ({spell(ticket['number'])})  {ticket['state']}{urgent}",
        f"subject   {ticket['subject']}",
        f"category  {ticket['category']}, by {ticket['source']}",
        f"from      {', '.join(person)}",
        *(f"about     {one_line(said, 2_000)}" for said in about),
        f"promised  {show.local(ticket['promised_by'])}, at the latest "
        f"{show.local(ticket['latest_by'])}",
        f"has it    {ticket['assignee'] or 'nobody'}",
        *([f"follows   {ticket['follows']}, closed long ago"] if ticket["follows"] else []),
        *([f"call back {ticket['phone']}: not told yet"] if ticket["call_back"] else []),
        *([f"held      {ticket['suspicion']}"] if ticket["suspicion"] else []),
        *(["code      netdesk ticket code shows it once"] if ticket["transfer_code"] else []),
    ]


def calls(calls: list[Json]) -> None:
    show.lines("Call back, no mail reaches them; then: netdesk ticket called NUMBER")
    rows = [(t["phone"], t["name"] or "-", t["number"], t["state"], t["subject"]) for t in calls]
    show.table(("phone", "name", "number", "state", "subject"), rows)


def told(ticket: Json) -> str:
    """Whether the words went anywhere by themselves."""
    if ticket["email"]:
        return f"Mailed to {ticket['email']}."
    phone = ticket["phone"] or "the customer"
    return f"No mail reaches them: call {phone}, then: netdesk ticket called {ticket['number']}"


def _is_late(ticket: Json) -> bool:
    due = datetime.fromisoformat(ticket["promised_by"])
    return bool(ticket["last_word"] == "customer" and due < datetime.now(UTC))


def _answers(details: Json) -> list[str]:
    """What the form asked in its category; an order of a domain stands in the text, too."""
    simple = all(isinstance(answer, str) for answer in details.values())
    return [f"{key:9} {one_line(said, 1_000)}" for key, said in details.items()] if simple else []


def _remark(entry: Json) -> list[str]:
    return [f"    ({entry['remark']})"] if entry["remark"] else []


def _rest(ticket: Json, entry: Json) -> list[str]:
    command = f"netdesk ticket show {ticket['number']} --entry {entry['place']}"
    return [f"  (The rest of this text is left out here. All of it: {command})"] * entry["cut"]


def _who(entry: Json) -> str:
    inside = "" if entry["public"] else ", not shown to the customer"
    return f"--- {entry['who']}, {show.local(entry['at'])} ({entry['kind']}{inside})"
