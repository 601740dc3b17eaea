"""The site as pages: equal inputs give equal bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from netdesk.maintenance import overruns
from netdesk.notice import Notice, component_states, worst_first, worst_impact
from netdesk.pages import Pages
from status_publish.badge import badge, indicator
from status_publish.bucket import Page
from status_publish.feeds import feed_pages
from status_publish.statuspage_v2 import Api

HEARTBEAT = timedelta(minutes=5)
STALE = timedelta(minutes=10)


@dataclass(frozen=True)
class Snapshot:
    """What the whole site is made of."""

    revision: int
    built_at: datetime
    active: Sequence[Notice]  # oldest first
    recent: Sequence[Notice]  # resolved, newest first
    over: Sequence[Notice] = ()  # resolved, and their pages don't say so yet
    newest: Sequence[Notice] = ()  # of all kinds and states, newest first


def site_pages(pages: Pages, snapshot: Snapshot) -> list[Page]:
    """Every page of the snapshot, details first and the front page last."""
    ours = [n for n in snapshot.active if not n.elsewhere and n.kind == "incident"]
    maintenance = [n for n in snapshot.active if n.kind == "maintenance"]
    values = {
        "ours": worst_first(ours),
        "others": worst_first(notice for notice in snapshot.active if notice.elsewhere),
        "running": [notice for notice in maintenance if notice.state != "scheduled"],
        "planned": sorted(
            (notice for notice in maintenance if notice.state == "scheduled"), key=_begins
        ),
        "late": [notice.id for notice in maintenance if overruns(notice, snapshot.built_at)],
        "recent": [notice for notice in snapshot.recent if notice.state != "retracted"],
        "states": component_states(pages.provider, (*ours, *maintenance)),
        "impact": worst_impact(ours),
        "built_at": snapshot.built_at,
        "next_at": snapshot.built_at + HEARTBEAT,
        "stale_at": snapshot.built_at + STALE,
    }
    built = snapshot.built_at.isoformat(timespec="seconds")
    told = {n.id: n for n in (*snapshot.active, *snapshot.over, *snapshot.recent)}
    whole = [
        Page(key, pages.render(template, **values), snapshot.revision, built, media_type)
        for key, template, media_type in WHOLE_SITE
    ]
    fed = told | {notice.id: notice for notice in snapshot.newest}
    feeds = feed_pages(pages, fed.values(), snapshot.revision, snapshot.built_at)
    state = badge(pages.provider.name, indicator(snapshot.active))
    picture = Page("status/badge.svg", state, snapshot.revision, built, "image/svg+xml")
    api = Api(pages, snapshot.built_at, snapshot.active, snapshot.newest).documents()
    documents = [Page(key, text, snapshot.revision, built, JSON) for key, text in api.items()]
    return [
        *(notice_page(pages, notice) for notice in told.values()),
        *feeds,
        picture,
        *documents,
        *whole,
    ]


def _begins(notice: Notice) -> datetime:
    return notice.scheduled_for or notice.opened_at


def notice_page(pages: Pages, notice: Notice) -> Page:
    body = pages.render("notice.html", notice=notice)
    return Page(f"status/notices/{notice.id}/index.html", body, notice.version)


HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
JSON = "application/json"
WHOLE_SITE = (
    ("404.html", "not_found.html", HTML),
    ("support/index.html", "support.html", HTML),
    ("problem/index.html", "problem.html", HTML),
    ("status/traceroute/index.html", "traceroute.html", HTML),
    ("status/status.txt", "status.txt", TEXT),
    ("status/line.txt", "line.txt", TEXT),
    ("index.html", "home.html", HTML),
    ("status/index.html", "status.html", HTML),
)
