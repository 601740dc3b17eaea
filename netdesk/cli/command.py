"""What the commands share: how they are declared, and where a text comes from."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from netdesk.cli.desk_api import Failed
from netdesk.number import read

MESSAGE = "the text, or - to read it from standard input"


def command(
    group: Any, name: str, words: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """A command; its run may still call options.misused(sentence), which ends it with 2."""
    made: argparse.ArgumentParser = group.add_parser(name, help=words, description=words)
    made.add_argument("--json", action="store_true", help="print one JSON document")
    made.set_defaults(run=run, misused=made.error)
    return made


def text(message: str) -> str:
    """What is piped in may be a log in any encoding: its words count, not each of its bytes."""
    return sys.stdin.buffer.read().decode(errors="replace") if message == "-" else message


def takes_number(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "number", metavar="NUMBER", nargs="+", help="such as K7Q2-9WXA, in any writing"
    )


def numbered(options: argparse.Namespace) -> str:
    """The number in its one form, however it was typed; Failed when it can't be one."""
    typed = " ".join(options.number)
    if found := read(typed):
        return found
    raise Failed(f"{typed} is not a ticket number: check it symbol by symbol.")
