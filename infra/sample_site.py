"""Writes build/site from sample notices, without AWS: to look at templates while editing them."""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.bundle import BUILD
from netdesk.notice import Notice, Update
from netdesk.pages import SITE, Pages
from netdesk.provider import Provider, read
from netdesk.toml_table import Wrong
from status_publish.render import Snapshot, site_pages

TARGET = BUILD / "site"


def write(target: Path, now: datetime) -> int:
    """Write every page below `target`; returns how many."""
    provider = read(SITE / "provider.toml")
    shutil.rmtree(target, ignore_errors=True)
    pages = site_pages(Pages(provider, "http://localhost:8000"), sample(provider, now))
    for page in pages:
        path = target / page.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.body, encoding="utf-8")
    return len(pages)


def sample(provider: Provider, now: datetime) -> Snapshot:
    """A bad day: one notice of our own, one of another provider, one from yesterday."""
    first, second, *_ = [component.key for component in provider.components]
    hour = timedelta(hours=1)
    ours = Notice(
        "20001122-abc", "Some calls are not answered", "major", (first,), now - 2 * hour,
        (
            Update(now - 2 * hour, "investigating", "Modems in one place don't answer.", "ann"),
            Update(now - hour, "identified", "A power supply burnt. The spare is on its way; "
                   "we write again by noon.", "ann"),
        ),
    )  # fmt: skip
    theirs = Notice(
        "20001122-def", "Slow to the east coast", "none", (second,), now - 3 * hour,
        (Update(now - 3 * hour, "investigating", "Their line is full.", "bob"),), "Backbone Inc",
    )  # fmt: skip
    old = Notice(
        "20001121-ghj", "Mail was late", "minor", (second,), now - 30 * hour,
        (
            Update(now - 30 * hour, "investigating", "Mail takes an hour.", "ann"),
            Update(now - 28 * hour, "resolved", "All mail is delivered.", "ann"),
        ),
    )  # fmt: skip
    return Snapshot(3, now, (theirs, ours), (old,), newest=(ours, theirs, old))


def main() -> int:
    try:
        count = write(TARGET, datetime.now(UTC).replace(microsecond=0))
    except Wrong as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} pages; look at them with python3 -m http.server -d build/site")
    return 0


if __name__ == "__main__":
    sys.exit(main())
