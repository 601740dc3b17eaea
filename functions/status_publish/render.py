"""The site as pages: equal inputs give equal bytes, and only what changed is made anew."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from netdesk import markdown
from netdesk.notice import Notice, component_states, worst_impact
from netdesk.pages import Pages, utc
from status_publish.badge import badge, indicator
from status_publish.bars import Bar, bar
from status_publish.bucket import HTML, JSON, TEXT, Page
from status_publish.calendar import KEY, MEDIA_TYPE, calendar
from status_publish.days import Record
from status_publish.feeds import feed_pages
from status_publish.heading import Heading, heading, month_of, newest_first
from status_publish.snapshot import DAYS, HEARTBEAT, STALE, Changed, Snapshot
from status_publish.statuspage_v2 import Api

# What is the same until the provider, a template or the program changes.
STATIC = {
    "404.html": "not_found.html",
    "unavailable.html": "unavailable.html",
    "support/index.html": "support.html",
    "problem/domain/index.html": "domain.html",
    "status/help/index.html": "help.html",
    "status/traceroute/index.html": "traceroute.html",
}
# What tells its age: built anew at each heartbeat, and last.
FRONT = {
    "status/line.txt": ("line.txt", TEXT),
    "status/status.txt": ("status.txt", TEXT),
    "status/index.html": ("status.html", HTML),
}
YOUNG = ("status", "summary")  # of the documents


def site_pages(pages: Pages, snapshot: Snapshot) -> Iterator[Page]:
    """Every page that has to be written, details first and the front page last."""
    built = utc(snapshot.built_at)
    if snapshot.changed:
        yield from changed_pages(pages, snapshot, built)
    if snapshot.changed.everything:
        for key, template in STATIC.items():
            yield Page(key, pages.render(template), snapshot.revision, built)
    if snapshot.changed.everything or snapshot.changed.traffic:
        form = pages.render("problem.html", heavy=snapshot.heavy)
        yield Page("problem/index.html", form, snapshot.revision, built)
    for name, text in Api(pages, snapshot).documents():
        if snapshot.changed or name in YOUNG:
            yield Page(f"api/v2/{name}.json", text, snapshot.revision, built, JSON)
    values = front_values(pages, snapshot)
    for key, (template, media_type) in FRONT.items():
        text = pages.render(template, **values)
        yield Page(key, text, snapshot.revision, built, media_type)


def changed_pages(pages: Pages, snapshot: Snapshot, built: str) -> Iterator[Page]:
    """What hangs on the notices that changed."""
    changed, revision = snapshot.changed, snapshot.revision
    for notice_id, notice in snapshot.notices.items():
        if changed.everything or notice_id in changed.notices:
            yield notice_page(pages, notice)
    yield from history_pages(pages, snapshot, built)
    yield from feed_pages(pages, snapshot)
    if snapshot.reaches("maintenance"):
        works = snapshot.newest("maintenance")
        text = calendar(pages, works, snapshot.built_at, markdown.plain)
        yield Page(KEY, text, revision, built, MEDIA_TYPE)
    picture = badge(pages.provider.name, indicator(snapshot.active))
    yield Page("status/badge.svg", picture, revision, built, "image/svg+xml")


def history_pages(pages: Pages, snapshot: Snapshot, built: str) -> Iterator[Page]:
    """The months that changed; the list of months only when one of them is new."""
    changed, months = snapshot.changed, by_month(snapshot.headings)
    touched = sorted({month_of(notice_id) for notice_id in changed.notices})
    for month in touched:
        yield month_page(pages, month, newest_first(months[month]), snapshot.revision, built)
    if changed.everything or any(
        all(one.id in changed.notices for one in months[month]) for month in touched
    ):
        index = pages.render("history.html", months=sorted(snapshot.months, reverse=True))
        yield Page("status/history/index.html", index, snapshot.revision, built)


def by_month(headings: Iterable[Heading]) -> dict[str, list[Heading]]:
    found: dict[str, list[Heading]] = {}
    for one in headings:
        found.setdefault(one.month, []).append(one)
    return found


def whole_site(pages: Pages, notices: Iterable[Notice], now: datetime) -> Iterator[Page]:
    """Every page that there would be, from all notices at once and from nothing else."""
    found = {notice.id: notice for notice in notices}
    headings = tuple(map(heading, found.values()))
    months = {one.month for one in headings}
    began_at = min((one.since for one in headings), default=now)
    everything = Changed(frozenset(found), everything=True)
    snapshot = Snapshot(0, now, found, headings, everything, frozenset(months), began_at)
    return site_pages(pages, snapshot)


def notice_page(pages: Pages, notice: Notice) -> Page:
    body = pages.render("notice.html", notice=notice)
    return Page(f"status/notices/{notice.id}/index.html", body, notice.version)


def month_page(
    pages: Pages, month: str, headings: list[Heading], revision: int, built: str
) -> Page:
    body = pages.render("month.html", month=month, headings=headings)
    return Page(f"status/history/{month}/index.html", body, revision, built)


def front_values(pages: Pages, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot": snapshot,
        "impact": worst_impact(snapshot.ours),
        "states": component_states(pages.provider, (*snapshot.ours, *snapshot.maintenance)),
        "bars": bars(pages, snapshot),
        "built_at": snapshot.built_at,
        "next_at": snapshot.built_at + HEARTBEAT,
        "stale_at": snapshot.built_at + STALE,
    }


def bars(pages: Pages, snapshot: Snapshot) -> dict[str, Bar]:
    zone = ZoneInfo(pages.provider.hours.zone)
    record = Record(snapshot.headings, zone, snapshot.built_at, snapshot.began_at, DAYS)
    return {one.key: bar(record.days(one.key)) for one in pages.provider.components}
