"""netdesk ticket erase: removes what a person gave with a ticket."""

import argparse
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import command, numbered, takes_number
from netdesk.cli.desk_api import connect

KINDS = {"entries": ("entry", "entries"), "files": ("file", "files"), "mails": ("mail", "mails")}


def add_to(group: Any) -> None:
    made = command(group, "erase", "remove a person's text, files and mails for good", erase)
    takes_number(made)
    made.add_argument("--yes", action="store_true", help="really do it: it can't be undone")


def erase(options: argparse.Namespace) -> int:
    number = numbered(options)
    if not options.yes:
        options.misused(
            f"this would remove all that was written on {number}, its files and its mails, and "
            "keep its number, times and states: add --yes to do it"
        )
    done = connect().post("staff", "tickets", number, "erase")
    if options.json:
        show.document(done)
    else:
        show.lines(_told(done), done["backups"])
    return 0


def _told(done: dict[str, Any]) -> str:
    counts = {kind: done[kind] for kind in KINDS if done[kind]}
    if not counts:
        return f"Nothing was left to erase on {done['number']}."
    told = [f"{count} {KINDS[kind][count != 1]}" for kind, count in counts.items()]
    return f"Erased on {done['number']}: {', '.join(told)}."
