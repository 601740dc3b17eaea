"""What a change would publish, without keeping or publishing anything."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from netdesk.notice import Notice
from status_publish.heading import heading, month_of
from status_publish.publish import Publisher, read
from status_publish.render import site_pages
from status_publish.snapshot import Changed
from status_publish.views import view

TEXT, HTML = "status/status.txt", "status/index.html"


def preview(publisher: Publisher, notice: Notice, now: datetime) -> dict[str, Any]:
    """The notice, the keys of the pages that would be written, and the status page both ways."""
    snapshot = read(publisher, publisher.notices.site(), now)
    was = snapshot.notices.get(notice.id) or publisher.notices.read(notice.id) or notice
    others = [one for one in snapshot.headings if one.id != notice.id]
    would_be = replace(
        snapshot,
        notices={**snapshot.notices, notice.id: notice},
        headings=(*others, heading(notice)),
        changed=Changed(frozenset([notice.id]), frozenset({*was.components, *notice.components})),
        months=snapshot.months | {month_of(notice.id)},
    )
    pages = {page.key: page.body for page in site_pages(publisher.pages, would_be)}
    told = {"dry_run": True, "pages": sorted(pages), "text": pages[TEXT], "html": pages[HTML]}
    return view(notice, publisher.pages) | told
