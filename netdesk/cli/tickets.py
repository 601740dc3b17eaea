"""netdesk ticket: the queue, one ticket, and what to do with it."""

import argparse
from pathlib import Path
from typing import Any

from netdesk.cli import erase, show, ticket_view
from netdesk.cli.command import MESSAGE, command, numbered, takes_number, text
from netdesk.cli.desk_api import connect
from netdesk.cli.download import download, safe_name

Json = dict[str, Any]


def add_to(commands: Any) -> None:
    group = commands.add_parser("ticket", help="work the queue").add_subparsers(
        metavar="COMMAND", required=True
    )
    listing = command(group, "list", "the queue, oldest first", list_tickets)
    listing.add_argument("--state", default="open", help="open (default), waiting or resolved")
    listing.add_argument(
        "--quarantined", action="store_const", dest="state", const="suspect",
        help="what looks like a machine's work: `let-in` puts it into the queue",
    )  # fmt: skip
    command(group, "calls", "whom to call back: they gave no mail address", list_calls)
    command(group, "next", "take the oldest ticket that nobody has", take_next)
    showing = _numbered(group, "show", "one ticket with everything that was said", show_ticket)
    showing.add_argument("--entry", type=int, metavar="N", help="only this entry, its text whole")
    _numbered(group, "history", "who did what, and when", history)
    _numbered(group, "code", "a domain's transfer code: shown once, then deleted", show_code)
    erase.add_to(group)
    fetching = _numbered(group, "file", "fetch a file that came with a ticket", fetch_file)
    fetching.add_argument("name", metavar="NAME", help="as `show` lists it")
    fetching.add_argument("--to", default="", metavar="PATH", help="where to (default: here)")
    for verb, words in ACTIONS.items():
        acting = _numbered(group, verb, words, act)
        acting.set_defaults(verb=verb)
        if verb == "assign":
            acting.add_argument("--to", default="", help="whom (default: you)")
        elif verb not in ("reopen", "let-in"):
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
    "called": "you told the customer by phone: no call is due any more",
    "let-in": "let it out of quarantine into the queue",
}


def list_tickets(options: argparse.Namespace) -> int:
    told = connect().get("staff", "tickets", state=options.state)
    tickets, calls = told["tickets"], told["calls"]
    if options.json:
        show.document(tickets)
        return 0
    if calls and options.state == "open":
        ticket_view.calls(calls)
        show.lines("")
    if not tickets:
        show.lines(f"No ticket is {options.state}.")
        return 0
    ticket_view.queue(tickets)
    return 0


def list_calls(options: argparse.Namespace) -> int:
    calls = connect().get("staff", "tickets")["calls"]
    if options.json:
        show.document(calls)
    elif not calls:
        show.lines("Nobody is to be called back.")
    else:
        ticket_view.calls(calls)
    return 0


def show_code(options: argparse.Namespace) -> int:
    told = connect().post("staff", "tickets", numbered(options), "code")
    if options.json:
        show.document(told)
    else:
        show.verbatim(told["code"])
        show.warn("It is deleted now: nobody can read it here again.")
    return 0


def take_next(options: argparse.Namespace) -> int:
    taken = connect().post("staff", "tickets", "next")
    if options.json:
        show.document(taken)
        return 0
    return ticket_view.whole(connect().get("staff", "tickets", taken["number"]))


def show_ticket(options: argparse.Namespace) -> int:
    only = {} if options.entry is None else {"entry": str(options.entry)}
    ticket = connect().get("staff", "tickets", numbered(options), **only)
    if options.json:
        show.document(ticket)
        return 0
    return ticket_view.whole(ticket)


def history(options: argparse.Namespace) -> int:
    entries = connect().get("staff", "tickets", numbered(options))["entries"]
    if options.json:
        show.document(entries)
        return 0
    rows = [(show.local(e["at"]), e["who"], e["kind"], e["text"]) for e in entries]
    show.table(("when", "who", "what", "text"), rows)
    return 0


def act(options: argparse.Namespace) -> int:
    fields = {"message": text(getattr(options, "message", ""))}
    fields["assignee"] = getattr(options, "to", "")
    changed = connect().post("staff", "tickets", numbered(options), options.verb, **fields)
    if fields["message"] and options.verb not in ("note", "called") and not options.json:
        show.lines(ticket_view.told(changed), "")
    return _changed(options, changed)


def fetch_file(options: argparse.Namespace) -> int:
    api, number = connect(), numbered(options)
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


def open_ticket(options: argparse.Namespace) -> int:
    names = ("name", "phone", "email", "account", "category", "subject", "url", "emergency")
    fields = {name: getattr(options, name) for name in names}
    fields["message"] = text(options.message)
    return _changed(options, connect().post("staff", "tickets", **fields))


def _changed(options: argparse.Namespace, ticket: Json) -> int:
    if options.json:
        show.document(ticket)
    else:
        show.lines(*ticket_view.head(ticket))
    return 0


def _numbered(group: Any, name: str, words: str, run: Any) -> argparse.ArgumentParser:
    made = command(group, name, words, run)
    takes_number(made)
    return made
