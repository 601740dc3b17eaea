"""netdesk ticket: the queue, one ticket, and what to do with it."""

import argparse
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import MESSAGE, command, text
from netdesk.cli.desk_api import connect
from netdesk.number import spell

Json = dict[str, Any]


def add_to(commands: Any) -> None:
    group = commands.add_parser("ticket", help="work the queue").add_subparsers(
        metavar="COMMAND", required=True
    )
    listing = command(group, "list", "the queue, oldest first", list_tickets)
    listing.add_argument("--state", default="open", help="open (default), waiting or resolved")
    command(group, "next", "take the oldest ticket that nobody has", take_next)
    _numbered(group, "show", "one ticket with everything that was said", show_ticket)
    _numbered(group, "history", "who did what, and when", history)
    for verb, words in ACTIONS.items():
        acting = _numbered(group, verb, words, act)
        acting.set_defaults(verb=verb)
        if verb == "assign":
            acting.add_argument("--to", default="", help="whom (default: you)")
        elif verb != "reopen":
            needed = verb in ("reply", "note")
            acting.add_argument("--message", default="", required=needed, help=MESSAGE)
    opening = command(group, "open", "key in a ticket from the phone", open_ticket)
    for name in ("name", "phone", "email", "account", "category", "subject", "url"):
        opening.add_argument(f"--{name}", default="")
    opening.add_argument("--emergency", action="store_true")
    opening.add_argument("--message", required=True, help=MESSAGE)


ACTIONS = {
    "reply": "answer the customer, by mail and on the ticket's page",
    "note": "write a note that only staff see",
    "assign": "give it to somebody",
    "wait": "wait for the customer, with or without a message to them",
    "resolve": "close it, with or without a message to the customer",
    "reopen": "open it again",
}


def list_tickets(options: argparse.Namespace) -> int:
    tickets = connect().get("staff", "tickets", state=options.state)["tickets"]
    if options.json:
        show.document(tickets)
    elif not tickets:
        show.lines(f"No ticket is {options.state}.")
    else:
        head = ("number", "opened", "promised by", "who has it", "from", "subject")
        show.table(head, [_row(ticket) for ticket in tickets])
    return 0


def take_next(options: argparse.Namespace) -> int:
    return _changed(options, connect().post("staff", "tickets", "next"))


def show_ticket(options: argparse.Namespace) -> int:
    ticket = connect().get("staff", "tickets", options.number)
    if options.json:
        show.document(ticket)
        return 0
    show.lines(*_head(ticket))
    for entry in ticket["entries"]:
        show.lines("", _who(entry), entry["text"])
        for file in entry["attachments"]:
            show.lines(f"  file: {file['name']} ({file['media_type']}, {file['size']} bytes)")
    return 0


def history(options: argparse.Namespace) -> int:
    entries = connect().get("staff", "tickets", options.number)["entries"]
    if options.json:
        show.document(entries)
        return 0
    rows = [(show.local(e["at"]), e["who"], e["kind"], e["text"]) for e in entries]
    show.table(("when", "who", "what", "text"), rows)
    return 0


def act(options: argparse.Namespace) -> int:
    fields = {"message": text(getattr(options, "message", ""))}
    fields["assignee"] = getattr(options, "to", "")
    changed = connect().post("staff", "tickets", options.number, options.verb, **fields)
    return _changed(options, changed)


def open_ticket(options: argparse.Namespace) -> int:
    names = ("name", "phone", "email", "account", "category", "subject", "url", "emergency")
    fields = {name: getattr(options, name) for name in names}
    fields["message"] = text(options.message)
    return _changed(options, connect().post("staff", "tickets", **fields))


def _changed(options: argparse.Namespace, ticket: Json) -> int:
    if options.json:
        show.document(ticket)
    else:
        show.lines(*_head(ticket))
    return 0


def _row(ticket: Json) -> tuple[str, ...]:
    mark = "! " if ticket["emergency"] else ""
    return (
        mark + ticket["number"],
        show.local(ticket["opened_at"]),
        show.local(ticket["promised_by"]),
        ticket["assignee"] or "-",
        ticket["from"],
        ticket["subject"],
    )


def _head(ticket: Json) -> list[str]:
    person = [ticket[key] for key in ("name", "email", "phone", "account") if ticket[key]]
    about = [ticket[key] for key in ("url", "occurred_at", "error_text") if ticket[key]]
    urgent = "  EMERGENCY" if ticket["emergency"] else ""
    return [
        f"{ticket['number']}  ({spell(ticket['number'])})  {ticket['state']}{urgent}",
        f"subject   {ticket['subject']}",
        f"from      {', '.join(person)}",
        *(f"about     {said}" for said in about),
        f"promised  {show.local(ticket['promised_by'])}, at the latest "
        f"{show.local(ticket['latest_by'])}",
        f"has it    {ticket['assignee'] or 'nobody'}",
    ]


def _who(entry: Json) -> str:
    inside = "" if entry["public"] else ", not shown to the customer"
    return f"--- {entry['who']}, {show.local(entry['at'])} ({entry['kind']}{inside})"


def _numbered(group: Any, name: str, words: str, run: Any) -> argparse.ArgumentParser:
    made = command(group, name, words, run)
    made.add_argument("number", metavar="NUMBER", help="such as K7Q2-9WXA, in any writing")
    return made
