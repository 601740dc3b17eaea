"""netdesk ticket: the queue, one ticket, and what to do with it."""

import argparse
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import MESSAGE, command, text
from netdesk.cli.desk_api import Failed, connect
from netdesk.cli.download import download, safe_name
from netdesk.number import read, spell
from netdesk.text import one_line

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
    fetching = _numbered(group, "file", "fetch a file that came with a ticket", fetch_file)
    fetching.add_argument("name", metavar="NAME", help="as `show` lists it")
    fetching.add_argument("--to", default="", metavar="PATH", help="where to (default: here)")
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
        due = f"due ({show.zone()})"
        head = ("number", due, "last word", "who has it", "from", "subject")
        show.table(head, [_row(ticket) for ticket in tickets])
    return 0


def take_next(options: argparse.Namespace) -> int:
    taken = connect().post("staff", "tickets", "next")
    if options.json:
        show.document(taken)
        return 0
    return _print(connect().get("staff", "tickets", taken["number"]))


def show_ticket(options: argparse.Namespace) -> int:
    ticket = connect().get("staff", "tickets", _number(options))
    if options.json:
        show.document(ticket)
        return 0
    return _print(ticket)


def _print(ticket: Json) -> int:
    show.lines(*_head(ticket))
    for entry in ticket["entries"]:
        show.lines("", _who(entry), *_remark(entry), textwrap.indent(entry["text"], "  "))
        for file in entry["attachments"]:
            back = ", kept back: no virus scan has passed it" if file["kept_back"] else ""
            show.lines(f"  file: {file['name']} ({file['media_type']}, {file['size']} bytes{back})")
    return 0


def history(options: argparse.Namespace) -> int:
    entries = connect().get("staff", "tickets", _number(options))["entries"]
    if options.json:
        show.document(entries)
        return 0
    rows = [(show.local(e["at"]), e["who"], e["kind"], e["text"]) for e in entries]
    show.table(("when", "who", "what", "text"), rows)
    return 0


def act(options: argparse.Namespace) -> int:
    fields = {"message": text(getattr(options, "message", ""))}
    fields["assignee"] = getattr(options, "to", "")
    changed = connect().post("staff", "tickets", _number(options), options.verb, **fields)
    if fields["message"] and options.verb != "note" and not options.json:
        show.lines(_told(changed), "")
    return _changed(options, changed)


def fetch_file(options: argparse.Namespace) -> int:
    api, number = connect(), _number(options)
    found = api.get("staff", "tickets", number, "file", name=options.name)
    path = Path(options.to or safe_name(found["name"]))
    if path.is_dir():
        path /= safe_name(found["name"])
    download(found["url"], path)
    if options.json:
        show.document({"name": found["name"], "path": str(path)})
    else:
        show.lines(f"Fetched to {path}. It came from a stranger: open it with care.")
    return 0


def _told(ticket: Json) -> str:
    """Whether the words went anywhere by themselves."""
    if ticket["email"]:
        return f"Mailed to {ticket['email']}."
    return f"Not mailed, there is no address: call {ticket['phone'] or 'the customer'}."


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
        show.short(ticket["promised_by"]) + (" LATE" if _is_late(ticket) else ""),
        ticket["last_word"],
        ticket["assignee"] or "-",
        ticket["from"],
        ticket["subject"],
    )


def _is_late(ticket: Json) -> bool:
    due = datetime.fromisoformat(ticket["promised_by"])
    return bool(ticket["last_word"] == "customer" and due < datetime.now(UTC))


def _head(ticket: Json) -> list[str]:
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
    ]


def _remark(entry: Json) -> list[str]:
    return [f"    ({entry['remark']})"] if entry["remark"] else []


def _who(entry: Json) -> str:
    inside = "" if entry["public"] else ", not shown to the customer"
    return f"--- {entry['who']}, {show.local(entry['at'])} ({entry['kind']}{inside})"


def _numbered(group: Any, name: str, words: str, run: Any) -> argparse.ArgumentParser:
    made = command(group, name, words, run)
    made.add_argument(
        "number", metavar="NUMBER", nargs="+", help="such as K7Q2-9WXA, in any writing"
    )
    return made


def _number(options: argparse.Namespace) -> str:
    """The number in its one form, however it was typed; Failed when it can't be one."""
    typed = " ".join(options.number)
    if found := read(typed):
        return found
    raise Failed(f"{typed} is not a ticket number: check it symbol by symbol.")
