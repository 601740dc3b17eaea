"""netdesk ticket erase: removes what a person gave with a ticket."""

import argparse
import sys
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import command, numbered, takes_number
from netdesk.cli.desk_api import Failed, connect

KINDS = {"entries": ("entry", "entries"), "files": ("file", "files"), "mails": ("mail", "mails")}


def add_to(group: Any) -> None:
    made = command(group, "erase", "remove a person's text, files and mails for good", erase)
    takes_number(made)
    made.add_argument("--yes", action="store_true", help="ask nothing back on a terminal")


def erase(options: argparse.Namespace) -> int:
    number = numbered(options)
    if not options.yes and sys.stdin.isatty() and not _is_sure(number):
        raise Failed("Nothing was erased.")
    done = connect().post("staff", "tickets", number, "erase")
    if options.json:
        show.document(done)
    else:
        show.lines(_told(done), done["backups"])
    return 0


def _is_sure(number: str) -> bool:
    """Whoever types it is asked, because it can't be undone; a script has made up its mind."""
    show.warn(
        f"This removes all that was written on {number}, its files and its mails, for good. Its "
        "number, times and states stay. Type yes to do it:"
    )
    return sys.stdin.readline().strip().lower() == "yes"


def _told(done: dict[str, Any]) -> str:
    counts = {kind: done[kind] for kind in KINDS if done[kind]}
    if not counts:
        return f"Nothing was left to erase on {done['number']}."
    told = [f"{count} {KINDS[kind][count != 1]}" for kind, count in counts.items()]
    return f"Erased on {done['number']}: {', '.join(told)}."
