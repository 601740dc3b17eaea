"""Notices as programs and the command line read them."""

from datetime import datetime
from typing import Any

from netdesk.notice import Notice
from netdesk.pages import Pages
from status_publish.publish import Publisher

Json = dict[str, Any]
LISTED = 50


def view(notice: Notice, pages: Pages) -> Json:
    return {
        "id": notice.id,
        "title": notice.title,
        "kind": notice.kind,
        "state": notice.state,
        "impact": notice.impact,
        "components": list(notice.components),
        "at": notice.elsewhere,
        "meanwhile": notice.meanwhile,
        "opened_at": _written(notice.opened_at),
        "since": _written(notice.since),
        "resolved_at": _written(notice.resolved_at),
        "next_update": _written(notice.next_at),
        "scheduled_for": _written(notice.scheduled_for),
        "scheduled_until": _written(notice.scheduled_until),
        "version": notice.version,
        "url": pages.notice_url(notice.id),
        "updates": [
            {
                "at": _written(update.at),
                "state": update.state,
                "message": update.message,
                "who": update.who,
            }
            for update in notice.updates
        ],
    }


def list_notices(publisher: Publisher) -> Json:
    """What is open, oldest first; then the newest that are over."""
    notices, pages = publisher.notices, publisher.pages
    listed = notices.read_all(notices.site().active)
    active = [notice for notice in listed if notice.resolved_at is None]
    newest = [*notices.newest("incident", LISTED), *notices.newest("maintenance", LISTED)]
    over = sorted((n for n in newest if n.resolved_at), key=_ended, reverse=True)[:LISTED]
    return {"notices": [view(notice, pages) for notice in (*active, *over)]}


def _ended(notice: Notice) -> tuple[datetime, str]:
    return notice.resolved_at or notice.opened_at, notice.id


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
