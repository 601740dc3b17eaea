"""Publishing: from the notices as they are now to the pages in the bucket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from netdesk.notice import Notice
from netdesk.pages import Pages
from status_publish.bucket import Bucket, Overtaken
from status_publish.feeds import MOST
from status_publish.heading import Heading, heading, month_of, newest_first
from status_publish.render import month_page, notice_page, site_pages
from status_publish.snapshot import DAYS, NEWEST, Changed, Snapshot
from status_publish.store import KINDS, TRAFFIC, Notices, Site

TRIES = 5


@dataclass(frozen=True)
class Publisher:
    notices: Notices
    bucket: Bucket
    pages: Pages


@dataclass(frozen=True)
class Published:
    revision: int
    written: tuple[str, ...]
    renewing: frozenset[str] = frozenset()  # older months, whose pages follow one a minute


def publish(publisher: Publisher, now: datetime, *, everything: bool = False) -> Published:
    """Bring the bucket up to the current revision; safe beside other publishers.

    `everything` also rewrites pages that are as new: their template or the provider changed.
    """
    for _ in range(TRIES):
        site = publisher.notices.site()
        whole = everything or not site.built_at  # the first time there is nothing yet
        snapshot = read(publisher, site, now, everything=whole)
        if publisher.notices.site().revision != site.revision:
            continue  # what was read may name notices whose pages nobody has written
        try:
            written = [
                page.key
                for page in site_pages(publisher.pages, snapshot)
                if publisher.bucket.put(page, again=whole)
            ]
        except Overtaken:
            continue
        built, ended = now.isoformat(timespec="seconds"), over(site, snapshot)
        renew = site.months if whole else frozenset()
        publisher.notices.published(site, built, publisher.pages.release, ended, renew)
        return Published(site.revision, tuple(written), renew)
    raise RuntimeError("other publishers were quicker every time; the clock tries again")


def read(publisher: Publisher, site: Site, now: datetime, *, everything: bool = False) -> Snapshot:
    """What there is to publish: as much to read with ten thousand old notices as with ten."""
    notices, changed = publisher.notices, changes(publisher.pages, site, everything)
    first = window(publisher.pages, now)
    headings = {one.id: one for one in notices.headings(first)}
    for month in sorted({month_of(i) for i in changed.notices if i < first}):
        headings |= {one.id: one for one in of_month(notices, month)}
    found = {n.id: n for kind in KINDS for n in notices.newest(kind, NEWEST)}
    wanted = {*site.active, *changed.notices, *fed(headings.values(), changed)}
    found |= {notice.id: notice for notice in notices.read_all(wanted - found.keys())}
    # What is read in full is the later reading, and may be older than the window.
    headings |= {i: heading(n) for i, n in found.items() if i in site.active or i in headings}
    began_at = datetime.fromisoformat(site.began_at) if site.began_at else now
    return Snapshot(
        revision=site.revision,
        built_at=now.replace(microsecond=0),
        notices=found,
        headings=tuple(headings.values()),
        changed=changed,
        months=site.months,
        heavy=site.heavy,
        began_at=min((began_at, *(one.since for one in headings.values()))),
    )


def changes(pages: Pages, site: Site, everything: bool) -> Changed:
    every = frozenset(one.key for one in pages.provider.components)
    components = every if everything else site.touched_components
    return Changed(site.touched_notices, components, everything, TRAFFIC in site.touched)


def window(pages: Pages, now: datetime) -> str:
    """The first day of the month in which the last days begin, as 20261101."""
    first = (now - timedelta(days=DAYS)).astimezone(ZoneInfo(pages.provider.hours.zone))
    return f"{first:%Y%m}01"


def of_month(notices: Notices, month: str) -> list[Heading]:
    days = month.replace("-", "")
    return notices.headings(f"{days}01", f"{days}31")


def fed(headings: Iterable[Heading], changed: Changed) -> set[str]:
    """What the feeds of the changed components tell."""
    newest = newest_first(headings)
    return {
        one.id
        for component in changed.components
        for one in [one for one in newest if component in one.components][:MOST]
    }


def over(site: Site, snapshot: Snapshot) -> list[str]:
    """What need not be listed as open any more: it ended, the last days show it or are past, and
    no postmortem is news."""
    days = timedelta(days=DAYS)
    listed = (snapshot.notices[i] for i in site.active if i in snapshot.notices)
    return [n.id for n in listed if _is_over(n, snapshot.built_at - days)]


def _is_over(notice: Notice, since: datetime) -> bool:
    ended = notice.resolved_at
    if ended is None or (notice.state == "postmortem" and notice.changed_at >= since):
        return False
    return notice.opened_at >= since or ended < since


def renew_month(publisher: Publisher, site: Site, now: datetime) -> list[str]:
    """The pages of the newest month that an older release made, made anew: one month at a time,
    because ten years of them would outlast a function's time."""
    if not site.renew:
        return []
    month = max(site.renew)
    headings = of_month(publisher.notices, month)
    told = publisher.notices.read_all(one.id for one in headings)
    built = now.isoformat(timespec="seconds")
    made = [notice_page(publisher.pages, notice) for notice in told]
    made.append(month_page(publisher.pages, month, newest_first(headings), site.revision, built))
    try:
        written = [page.key for page in made if publisher.bucket.put(page, again=True)]
    except Overtaken:
        return []  # in a minute we look again
    publisher.notices.renewed([month])
    return written
