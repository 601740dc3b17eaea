"""netdesk notice and netdesk site: how the commands are written."""

import argparse
from typing import Any

from netdesk.cli import notice_calls as calls
from netdesk.cli.command import MESSAGE, command
from netdesk.states import IMPACTS, MAINTENANCE_STATES, STATES

Parser = argparse.ArgumentParser
NEEDED = "; needed without --template"
WHEN = "YYYY-MM-DD HH:MM in the provider's zone, or ISO 8601 with offset"
FORMS = ("sms", "phone", "social")


def add_to(commands: Any) -> None:
    group = commands.add_parser("notice", help="tell customers what is broken")
    group = group.add_subparsers(metavar="COMMAND", required=True)
    _open(command(group, "open", "publish a new notice", calls.open_notice))
    _update(command(group, "update", "say how it goes on", calls.change))
    resolving = command(group, "resolve", "say that it is over", calls.change)
    _tell(resolving, "updates")
    resolving.set_defaults(state="resolved")
    _schedule(command(group, "schedule", "announce a maintenance", calls.open_notice))
    _edit(command(group, "edit", "correct it; what is not given stays", calls.edit))
    words = "say what happened, once it is over"
    _tell(command(group, "postmortem", words, calls.change), "postmortem")
    words = "take it back, because it was never so"
    _tell(command(group, "retract", words, calls.change), "retract")
    command(group, "list", "open notices first, then the newest", calls.list_notices)
    _show(command(group, "show", "one notice with its updates", calls.show_notice))
    words = "frequent notices, written beforehand, with gaps to fill in"
    command(group, "templates", words, calls.list_templates)
    site = commands.add_parser("site", help="the status page itself")
    site = site.add_subparsers(metavar="COMMAND", required=True)
    publishing = command(site, "publish", "publish what is not published yet", calls.publish)
    publishing.add_argument("--all", action="store_true", help="write every page anew")


def _open(made: Parser) -> None:
    made.add_argument("--template", metavar="NAME", help="begin with one of `notice templates`")
    words = "fill in a gap of the template; may be repeated"
    made.add_argument(
        "--set", dest="values", action="append", type=_gap, metavar="GAP=TEXT", help=words
    )
    made.add_argument("--title", help=f"what is broken, in a few words{NEEDED}")
    made.add_argument("--impact", help=", ".join(IMPACTS) + NEEDED)
    _component(made, f"what is hit; may be repeated{NEEDED}")
    made.add_argument("--message", help=f"{MESSAGE}{NEEDED}")
    _more(made)
    _next_update(made)
    _try(made)


def _update(made: Parser) -> None:
    words = f"{', '.join(STATES)}; of a maintenance {', '.join(MAINTENANCE_STATES)}"
    made.add_argument("--state", required=True, help=words)
    _tell(made, "updates")
    _next_update(made)


def _tell(made: Parser, verb: str) -> None:
    made.add_argument("id", metavar="ID")
    made.add_argument("--message", required=True, help=MESSAGE)
    made.set_defaults(verb=verb)
    _try(made)


def _schedule(made: Parser) -> None:
    made.add_argument("--title", required=True, help="what is done, in a few words")
    made.add_argument("--from", required=True, type=_time, metavar="TIME", help=WHEN)
    made.add_argument("--to", required=True, type=_time, metavar="TIME", help=WHEN)
    made.add_argument("--impact", default="minor", help="while it lasts: minor (default)")
    _component(made, "what is hit; may be repeated", required=True)
    made.add_argument("--message", required=True, help=MESSAGE)
    _meanwhile(made)
    _try(made)


def _edit(made: Parser) -> None:
    made.add_argument("id", metavar="ID")
    made.add_argument("--title")
    made.add_argument("--impact", help=", ".join(IMPACTS))
    _component(made, "what is hit, in place of what was named; may be repeated")
    made.add_argument("--message", help=f"of the last update: {MESSAGE}")
    _more(made)
    _next_update(made)
    made.add_argument("--from", type=_time, metavar="TIME", help="when the maintenance begins")
    made.add_argument("--to", type=_time, metavar="TIME", help="when the maintenance ends")
    made.add_argument("--version", type=int, metavar="N", help="as `show` told it: no later one")
    _try(made)


def _show(made: Parser) -> None:
    made.add_argument("id", metavar="ID")
    words = f"only its text for a medium: {', '.join(FORMS)}"
    made.add_argument("--as", dest="form", choices=FORMS, metavar="MEDIUM", help=words)


def _more(made: Parser) -> None:
    made.add_argument("--at", metavar="OTHER-PROVIDER", help="whose outage it is")
    _meanwhile(made)
    made.add_argument(
        "--since", type=_time, metavar="TIME", help=f"when it began, if earlier than now: {WHEN}"
    )


def _meanwhile(made: Parser) -> None:
    made.add_argument("--meanwhile", metavar="TEXT", help="what customers can do until it is over")


def _next_update(made: Parser) -> None:
    words = "by when you write again: a time, or a span such as 30m, 2h or 1d"
    made.add_argument("--next-update", type=_time, metavar="TIME", help=words)


def _component(made: Parser, words: str, *, required: bool = False) -> None:
    made.add_argument(
        "--component", dest="components", action="append", required=required, metavar="KEY",
        help=words,
    )  # fmt: skip


def _try(made: Parser) -> None:
    words = "keep and publish nothing: print what would change"
    made.add_argument("--dry-run", action="store_true", help=words)
    words = "a dry run that writes the status page's HTML to FILE, or - for standard output"
    made.add_argument("--preview", metavar="FILE", help=words)


def _gap(typed: str) -> tuple[str, str]:
    name, sign, value = typed.partition("=")
    if not (name.strip() and sign):
        raise argparse.ArgumentTypeError("write it GAP=TEXT, such as place=Burbank")
    return name.strip(), value


def _time(typed: str) -> str:
    """Never empty, as an unset variable is: without its times a maintenance would be an outage."""
    if not typed.strip():
        raise argparse.ArgumentTypeError("the time is empty")
    return typed
