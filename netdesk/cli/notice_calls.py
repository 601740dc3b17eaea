"""What the notice commands ask of the desk."""

import argparse
import re
from datetime import UTC, datetime
from typing import Any

from netdesk.cli import notice_view, show
from netdesk.cli.command import text
from netdesk.cli.desk_api import Failed, connect
from netdesk.cli.span import due

Json = dict[str, Any]
NEEDED = {"title": "--title", "impact": "--impact", "components": "--component",
          "message": "--message"}  # fmt: skip
ID = re.compile("[0-9]{8}-[0-9a-z]{3}")
SENT = (*NEEDED, "at", "meanwhile", "since", "next_update", "from", "to", "state", "template")


def open_notice(options: argparse.Namespace) -> int:
    """An incident or, with two times, a maintenance."""
    given = vars(options)
    if not given.get("template"):
        missing = [option for name, option in NEEDED.items() if given[name] is None]
        if missing:
            options.misused(f"the following arguments are required: {', '.join(missing)}")
        if given.get("values"):
            options.misused("argument --set: it fills a template, so name one with --template")
    notice_view.check(options)
    return notice_view.told(options, connect().post("staff", "notices", **_fields(options)))


def change(options: argparse.Namespace) -> int:
    notice_view.check(options)
    path = (*_path(options), options.verb)
    return notice_view.told(options, connect().post(*path, **_fields(options)))


def edit(options: argparse.Namespace) -> int:
    """Looked at first, and only then typed in: who edits it meanwhile is not overruled."""
    notice_view.check(options)
    api, path = connect(), _path(options)
    seen = options.version or api.get(*path)["version"]
    return notice_view.told(options, api.post(*path, "edit", version=seen, **_fields(options)))


def show_notice(options: argparse.Namespace) -> int:
    api, path = connect(), _path(options)
    if not options.form:
        return notice_view.shown(options, api.get(*path))
    answer = api.get(*path, **{"as": options.form})
    if options.json:
        show.document(answer)
    else:
        show.verbatim(answer["text"])
    return 0


def list_notices(options: argparse.Namespace) -> int:
    notices = connect().get("staff", "notices")["notices"]
    if options.json:
        show.document(notices)
    elif not notices:
        show.lines("There is no notice yet.")
    else:
        notice_view.table(notices)
    return 0


def list_templates(options: argparse.Namespace) -> int:
    templates = connect().get("staff", "notices", "templates")["templates"]
    if options.json:
        show.document(templates)
    elif not templates:
        show.lines("There is no template yet.")
    else:
        rows = [(one["name"], one["title"], ", ".join(one["gaps"]) or "-") for one in templates]
        show.table(("name", "title", "gaps"), rows)
    return 0


def publish(options: argparse.Namespace) -> int:
    done = connect().post("staff", "site", "publish", all=options.all)
    if options.json:
        show.document(done)
        return 0
    show.lines(f"{show.count(done['written'], 'page')} written, revision {done['revision']}.")
    if done["renewing"]:
        months = show.count(done["renewing"], "month")
        show.lines(f"The pages of {months} follow, one month a minute.")
    return 0


def _path(options: argparse.Namespace) -> tuple[str, ...]:
    """Where the notice is; Failed when what was typed can't be one's id."""
    typed = options.id.strip().lower()
    if not ID.fullmatch(typed):
        raise Failed(f"{options.id} is not a notice: see `netdesk notice list`.")
    return "staff", "notices", typed


def _fields(options: argparse.Namespace) -> Json:
    """What was given, under the names that the desk knows it by."""
    given = {name: value for name in SENT if (value := vars(options).get(name))}
    if "message" in given:
        given["message"] = text(given["message"])
    if "next_update" in given:
        given["next_update"] = due(given["next_update"], datetime.now(UTC))
    if values := vars(options).get("values"):
        given["values"] = dict(values)
    return given | ({"dry_run": True} if notice_view.is_dry(options) else {})
