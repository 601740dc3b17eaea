"""Writes build/site from sample notices, without AWS: to look at templates while editing them."""

import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.bundle import BUILD
from netdesk.notice import Notice, Update
from netdesk.pages import SITE, Pages
from netdesk.provider import Provider
from netdesk.provider_file import read
from netdesk.toml_table import Wrong
from status_publish.render import whole_site

TARGET = BUILD / "site"
HOUR = timedelta(hours=1)


def write(target: Path, notices: Iterable[Notice], now: datetime) -> int:
    """Write every page of these notices below `target`; returns how many."""
    provider = read(SITE / "provider.toml")
    shutil.rmtree(target, ignore_errors=True)
    count = 0
    for page in whole_site(Pages(provider, "http://localhost:8000"), notices, now):
        path = target / page.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.body, encoding="utf-8")
        count += 1
    return count


def sample(provider: Provider, now: datetime) -> list[Notice]:
    """A bad day: one notice of our own, one of another provider, maintenance, and yesterday's."""
    first, second, *_ = [component.key for component in provider.components]
    ours = Notice(
        "20001122-abc", "Some calls are not answered", "major", (first,), now - 2 * HOUR,
        (
            Update(now - 2 * HOUR, "investigating", "Modems in one place don't answer.", "ann"),
            Update(now - HOUR, "identified", "A power supply burnt. The spare is on its way; "
                   "we write again by noon.", "ann"),
        ),
        next_at=now + HOUR,
    )  # fmt: skip
    theirs = Notice(
        "20001122-def", "Slow to the east coast", "none", (second,), now - 3 * HOUR,
        (Update(now - 3 * HOUR, "investigating", "Their line is full.", "bob"),), "Backbone Inc",
    )  # fmt: skip
    planned = Notice(
        "20001122-ghj", "New router", "minor", (second,), now - 5 * HOUR,
        (Update(now - 5 * HOUR, "scheduled", "Breaks of a few minutes are possible.", "bob"),),
        kind="maintenance", scheduled_for=now + 9 * HOUR, scheduled_until=now + 11 * HOUR,
    )  # fmt: skip
    old = Notice(
        "20001121-ghj", "Mail was late", "minor", (second,), now - 30 * HOUR,
        (
            Update(now - 30 * HOUR, "investigating", "Mail takes an hour.", "ann"),
            Update(now - 28 * HOUR, "resolved", "All mail is delivered.", "ann"),
        ),
    )  # fmt: skip
    return [ours, theirs, planned, old]


def main() -> int:
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        count = write(TARGET, sample(read(SITE / "provider.toml"), now), now)
    except Wrong as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} pages; look at them with python3 -m http.server -d build/site")
    return 0


if __name__ == "__main__":
    sys.exit(main())
