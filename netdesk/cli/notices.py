"""netdesk notice and netdesk site: what customers read on the status page."""

import argparse
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import MESSAGE, command, text
from netdesk.cli.desk_api import connect
from netdesk.notice import IMPACTS, STATES

Json = dict[str, Any]


def add_to(commands: Any) -> None:
    group = commands.add_parser("notice", help="tell customers what is broken")
    group = group.add_subparsers(metavar="COMMAND", required=True)
    opening = command(group, "open", "publish a new notice", open_notice)
    opening.add_argument("--title", required=True)
    opening.add_argument("--impact", required=True, help=", ".join(IMPACTS))
    opening.add_argument("--component", action="append", required=True, metavar="KEY")
    opening.add_argument("--message", required=True, help=MESSAGE)
    opening.add_argument("--at", default="", metavar="OTHER-PROVIDER", help="whose outage it is")
    updating = command(group, "update", "say how it goes on", update)
    updating.add_argument("id", metavar="ID")
    updating.add_argument("--state", required=True, help=", ".join(STATES))
    updating.add_argument("--message", required=True, help=MESSAGE)
    resolving = command(group, "resolve", "say that it is over", update)
    resolving.add_argument("id", metavar="ID")
    resolving.add_argument("--message", required=True, help=MESSAGE)
    resolving.set_defaults(state="resolved")
    _schedule(command(group, "schedule", "announce a maintenance", schedule))
    editing = command(group, "edit", "correct it; what is not given stays", edit)
    editing.add_argument("id", metavar="ID")
    editing.add_argument("--title", default="")
    editing.add_argument("--impact", default="", help=", ".join(IMPACTS))
    editing.add_argument("--component", action="append", default=[], metavar="KEY")
    editing.add_argument("--message", default="", help=f"of the last update: {MESSAGE}")
    for verb, words in (
        ("postmortem", "say what happened, once it is over"),
        ("retract", "take it back, because it was never so"),
    ):
        telling = command(group, verb, words, tell)
        telling.add_argument("id", metavar="ID")
        telling.add_argument("--message", required=True, help=MESSAGE)
        telling.set_defaults(verb=verb)
    command(group, "list", "open notices first, then the newest", list_notices)
    showing = command(group, "show", "one notice with its updates", show_notice)
    showing.add_argument("id", metavar="ID")
    site = commands.add_parser("site", help="the status page itself")
    site = site.add_subparsers(metavar="COMMAND", required=True)
    publishing = command(site, "publish", "publish what is not published yet", publish)
    publishing.add_argument("--all", action="store_true", help="write every page anew")


def open_notice(options: argparse.Namespace) -> int:
    made = connect().post(
        "staff",
        "notices",
        title=options.title,
        impact=options.impact,
        components=options.component,
        message=text(options.message),
        at=options.at,
    )
    return _one(options, made)


def _schedule(scheduling: argparse.ArgumentParser) -> None:
    when = "ISO 8601 with offset, or YYYY-MM-DD HH:MM in the provider's zone"
    scheduling.add_argument("--title", required=True)
    scheduling.add_argument("--from", required=True, dest="begins", metavar="TIME", help=when)
    scheduling.add_argument("--to", required=True, dest="ends", metavar="TIME", help=when)
    scheduling.add_argument("--impact", default="minor", help="while it lasts: minor (default)")
    scheduling.add_argument("--component", action="append", required=True, metavar="KEY")
    scheduling.add_argument("--message", required=True, help=MESSAGE)


def schedule(options: argparse.Namespace) -> int:
    fields = {"title": options.title, "impact": options.impact, "components": options.component}
    fields |= {"from": options.begins, "to": options.ends, "message": text(options.message)}
    return _one(options, connect().post("staff", "notices", **fields))


def edit(options: argparse.Namespace) -> int:
    api = connect()
    seen = api.get("staff", "notices", options.id)["version"]
    changed = api.post(
        "staff",
        "notices",
        options.id,
        "edit",
        version=seen,
        title=options.title,
        impact=options.impact,
        components=options.component,
        message=text(options.message),
    )
    return _one(options, changed)


def tell(options: argparse.Namespace) -> int:
    path = ("staff", "notices", options.id, options.verb)
    return _one(options, connect().post(*path, message=text(options.message)))


def update(options: argparse.Namespace) -> int:
    path = ("staff", "notices", options.id, "updates")
    return _one(options, connect().post(*path, state=options.state, message=text(options.message)))


def show_notice(options: argparse.Namespace) -> int:
    return _one(options, connect().get("staff", "notices", options.id))


def list_notices(options: argparse.Namespace) -> int:
    notices = connect().get("staff", "notices")["notices"]
    if options.json:
        show.document(notices)
    elif not notices:
        show.lines("There is no notice yet.")
    else:
        rows = [(n["id"], n["state"], n["impact"], show.short(n["opened_at"]), n["title"])
                for n in notices]  # fmt: skip
        show.table(("id", "state", "impact", f"opened ({show.zone()})", "title"), rows)
    return 0


def publish(options: argparse.Namespace) -> int:
    done = connect().post("staff", "site", "publish", all=options.all)
    if options.json:
        show.document(done)
    else:
        show.lines(f"{len(done['written'])} pages written, revision {done['revision']}.")
    return 0


def _window(notice: Json) -> str:
    begins, ends = show.local(notice["scheduled_for"]), show.local(notice["scheduled_until"])
    return f"planned     {begins} to {ends}"


def _one(options: argparse.Namespace, notice: Json) -> int:
    if options.json:
        show.document(notice)
        return 0
    show.lines(
        f"{notice['id']}  {notice['state']}, impact {notice['impact']}",
        f"title       {notice['title']}",
        f"components  {', '.join(notice['components'])}",
        *([f"at          {notice['at']}"] if notice["at"] else []),
        f"page        {notice['url']}",
        *([_window(notice)] if notice["scheduled_for"] else []),
    )
    if not notice.get("published", True):
        show.lines("It is kept, but could not be published yet: that follows within a minute.")
    for told in notice["updates"]:
        show.lines("", f"--- {show.local(told['at'])}, {told['state']}, by {told['who']}")
        show.lines(told["message"])
    return 0
