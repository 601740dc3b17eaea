"""How notices look in a terminal, those that are and those that would be."""

import argparse
import shutil
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netdesk.cli import show
from netdesk.cli.desk_api import Failed
from netdesk.text import safe

Json = dict[str, Any]
KEPT = "It is kept, but could not be published yet: that follows within a minute."


def is_dry(options: argparse.Namespace) -> bool:
    return options.dry_run or options.preview is not None


def check(options: argparse.Namespace) -> None:
    if options.json and options.preview == "-":
        options.misused("argument --preview: - and --json can't both have standard output")


def told(options: argparse.Namespace, notice: Json) -> int:
    """What became of a change or, as the desk's answer says, what a dry run found."""
    if notice.get("dry_run"):
        _dry(options, notice)
    elif options.json:
        show.document(notice)
    else:
        _notice(notice)
    return 0


def shown(options: argparse.Namespace, notice: Json) -> int:
    if options.json:
        show.document(notice)
    else:
        _notice(notice)
        _warn([notice])
    return 0


def table(notices: Sequence[Json]) -> None:
    rows = [(n["id"], n["state"], n["impact"], _due(n), n["title"]) for n in notices]
    show.table(("id", "state", "impact", f"next update ({show.zone()})", "title"), rows)
    _warn(notices)


def _due(notice: Json) -> str:
    if not notice["next_update"]:
        return "-"
    return show.short(notice["next_update"]) + (" LATE" if _is_late(notice) else "")


def _is_late(notice: Json) -> bool:
    due = notice["next_update"]
    is_open = notice["resolved_at"] is None
    return is_open and due is not None and datetime.fromisoformat(due) < datetime.now(UTC)


def _warn(notices: Sequence[Json]) -> None:
    late = [notice["id"] for notice in notices if _is_late(notice)]
    if late:
        show.warn(f"Late: customers wait for the promised update of {', '.join(late)}.")


def _notice(notice: Json) -> None:
    show.lines(f"{notice['id']}  {notice['state']}, impact {notice['impact']}", *_facts(notice))
    if not notice.get("published", True):
        show.lines(KEPT)
    for update in notice["updates"]:
        show.lines("", f"--- {show.local(update['at'])}, {update['state']}, by {update['who']}")
        show.lines(update["message"])


def _facts(notice: Json) -> list[str]:
    facts = {"title": notice["title"], "components": ", ".join(notice["components"])}
    facts |= {"at": notice["at"], "meanwhile": notice["meanwhile"]}
    if notice["scheduled_for"]:
        times = (notice["scheduled_for"], notice["scheduled_until"])
        facts["planned"] = " to ".join(map(show.local, times))
    elif notice["since"] != notice["opened_at"]:
        facts["since"] = show.local(notice["since"])
    if notice["next_update"]:
        late = ", which is LATE" if _is_late(notice) else ""
        facts["promised"] = f"an update by {show.local(notice['next_update'])}{late}"
    facts |= {"version": notice["version"], "page": notice["url"]}
    return [f"{name:<10}  {fact}" for name, fact in facts.items() if fact]


def _dry(options: argparse.Namespace, notice: Json) -> None:
    """What would change; with --preview - the page alone, so that a browser can read it."""
    if options.preview not in (None, "-"):
        _save(Path(options.preview), notice["html"])
    if options.json:
        show.document(notice)
    elif options.preview == "-":
        show.verbatim(notice["html"])
    else:
        _print_dry(notice)
        if options.preview:
            show.lines("", f"Open {options.preview} in a browser: it is the status page.")


def _print_dry(notice: Json) -> None:
    again = " Its id will be another." if notice["version"] == 1 else ""
    show.lines(f"This is a dry run: nothing is kept or published.{again}", "")
    _notice(notice)
    show.lines("", f"Would write {show.count(notice['pages'], 'page')}:")
    width = shutil.get_terminal_size().columns - 2
    keys = textwrap.wrap("  ".join(notice["pages"]), width, break_on_hyphens=False)
    show.lines(*(f"  {line}" for line in keys))
    show.lines("", "--- the status page", notice["text"].rstrip())


def _save(path: Path, html: str) -> None:
    try:
        path.write_text(safe(html), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "it can't be"
        raise Failed(f"{path} was not written ({reason}): name another with --preview.") from None
