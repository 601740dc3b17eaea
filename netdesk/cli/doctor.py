"""netdesk doctor: examines the desk part by part, and says what is wrong and what to do."""

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from netdesk.cli import show
from netdesk.cli.command import command
from netdesk.cli.desk_api import Failed
from netdesk.doctor.finding import Finding
from netdesk.doctor.parts import PARTS
from netdesk.text import one_line

if TYPE_CHECKING:
    from netdesk.doctor.desk import Desk

WORDS = {"good": "ok", "bad": "FAILS", "waits": "waits", "skipped": "--"}
MARGIN = " " * 9  # the text's, behind the word


def add_to(commands: Any) -> None:
    made = command(commands, "doctor", "examine the desk from outside: what is wrong", doctor)
    made.description = "Examine the desk from outside, and say what is wrong and what to do."
    words = f"these parts alone: {', '.join(PARTS)}"
    made.add_argument("parts", metavar="PART", nargs="*", type=_part, help=words)
    words = "of the desk on AWS (default: the desk on this machine, if there is one, else netdesk)"
    made.add_argument("--stack", metavar="NAME", help=words)
    made.add_argument("--region", help="where it is (default: your AWS profile's)")
    words = "change nothing: no test ticket, no mail, nothing published, no trace"
    made.add_argument("--look-only", action="store_true", help=words)
    words = "ask this name server (default: this machine's, and none for a desk on it)"
    made.add_argument("--resolver", metavar="ADDRESS[:PORT]", help=words)


def _part(typed: str) -> str:
    if typed not in PARTS:
        raise argparse.ArgumentTypeError(f"{typed} is none of {', '.join(PARTS)}")
    return typed


def doctor(options: argparse.Namespace) -> int:
    """0 when nothing fails; what waits for AWS, and what was not looked at, fails nothing."""
    from netdesk.doctor.examine import examine  # here, because --help needs none of AWS

    desk = _desk(options)
    wanted = [part for part in PARTS if part in (options.parts or PARTS)]
    if options.json:
        found = list(examine(desk, wanted))
        show.document({"findings": [asdict(one) for one in found]} | _counts(found))
    else:
        found = _shown(desk, wanted)
    return 1 if _counts(found)["bad"] else 0


def _desk(options: argparse.Namespace) -> "Desk":
    from netdesk.cli import patient

    resolver = patient.resolver_at(options.resolver) if options.resolver else None
    named = options.stack or options.region or os.environ.get("NETDESK_API")
    if not named and patient.is_on_this_machine():
        return patient.on_this_machine(resolver, options.look_only)
    if not named and not os.environ.get("AWS_PROFILE"):
        raise Failed("No desk to examine: start one with `make run`, or name yours with --stack.")
    return patient.on_aws(
        options.stack or patient.STACK, options.region, resolver, options.look_only
    )


def _shown(desk: "Desk", wanted: list[str]) -> list[Finding]:
    """Each finding is printed as soon as there is one."""
    from netdesk.doctor.examine import examine

    note = Note()
    watched = replace(desk, waiting=note.write)
    show.lines(f"{desk.front}, stack {desk.deployed.stack} in {desk.region}")
    found = []
    for part in wanted:
        show.lines("", PARTS[part])
        for finding in examine(watched, [part]):
            note.wipe()
            found.append(finding)
            show.verbatim(written(finding))
            sys.stdout.flush()
    show.lines("", _summary(_counts(found)))
    return found


class Note:
    """On a terminal, what is waited for: one line, wiped by what comes next."""

    def __init__(self) -> None:
        self._shows = sys.stdout.isatty()
        self._written = ""

    def write(self, what: str) -> None:
        if self._shows and what != self._written:
            self.wipe()
            width = shutil.get_terminal_size().columns
            print(one_line(f"{MARGIN}waiting for {what} ...", width - 1), end="\r", flush=True)
            self._written = what

    def wipe(self) -> None:
        if self._written:
            print("\x1b[2K", end="\r", flush=True)  # ECMA-48: erase the line
            self._written = ""


def written(finding: Finding) -> str:
    """Its state, what it says, what to do about it, and lines to be copied."""
    texts = [f"  {WORDS[finding.state]:<5}  {one_line(finding.said, 1000)}"]
    if finding.advice:
        texts.append(f"{MARGIN}> {one_line(finding.advice, 1000)}")
    copied = [f"{MARGIN}    {one_line(line, 1000)}" for line in finding.copied]
    return "\n".join([*map(_wrapped, texts), *copied])


def _wrapped(line: str) -> str:
    """On a terminal; a pipe gets a line each, to be searched."""
    if not sys.stdout.isatty():
        return line
    indent = MARGIN + ("  " if line.startswith(f"{MARGIN}> ") else "")
    width = max(shutil.get_terminal_size().columns, 40)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _counts(found: Iterable[Finding]) -> dict[str, int]:
    states = [one.state for one in found]
    return {state: states.count(state) for state in WORDS}  # type: ignore[arg-type]


def _summary(counts: dict[str, int]) -> str:
    bad, waits, skipped = (counts[state] for state in ("bad", "waits", "skipped"))
    begin = f"{bad} thing{'' if bad == 1 else 's'} fail{'s' if bad == 1 else ''}" if bad else ""
    begin = begin or ("Nothing fails" if waits else "Everything works")
    waiting = f", {waits} wait{'s' if waits == 1 else ''} for AWS" if waits else ""
    unseen = f"; {skipped} {'was' if skipped == 1 else 'were'} not looked at" if skipped else ""
    return f"{begin}{waiting}{unseen}."
