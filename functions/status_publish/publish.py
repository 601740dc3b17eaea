"""Publishing: from the notices as they are now to the pages in the bucket."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from netdesk import __version__
from netdesk.dynamo import Conflict
from netdesk.maintenance import by_the_clock
from netdesk.pages import Pages
from status_publish.bucket import Bucket, Overtaken
from status_publish.render import HEARTBEAT, Snapshot, site_pages
from status_publish.store import Notices, Site

RECENT = 10  # resolved notices on the front page
NEWEST = 50  # notices in the lists that programs read
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


def publish(publisher: Publisher, now: datetime, *, everything: bool = False) -> Published:
    """Bring the bucket up to the current revision; safe beside other publishers.

    `everything` also rewrites pages that are as new: their template or the provider changed.
    """
    for _ in range(TRIES):
        site = publisher.notices.site()
        snapshot = _snapshot(publisher.notices, site, now)
        try:
            written = [
                page.key
                for page in site_pages(publisher.pages, snapshot)
                if publisher.bucket.put(page, again=everything)
            ]
        except Overtaken:
            continue
        built = now.isoformat(timespec="seconds")
        over = [notice.id for notice in snapshot.over]
        publisher.notices.published(site.revision, built, release(publisher.pages), over)
        return Published(site.revision, tuple(written))
    raise RuntimeError("other publishers were quicker every time; the clock tries again")


def tick(publisher: Publisher, now: datetime) -> Published | None:
    """The clock's minute: begin and end maintenance, finish what is not published, stay young."""
    _move_on(publisher.notices, now)
    site = publisher.notices.site()
    upgraded = site.release != release(publisher.pages)
    behind = site.published < site.revision
    if not (upgraded or behind or _old(site, now)):
        return None
    return publish(publisher, now, everything=upgraded)


def _move_on(notices: Notices, now: datetime) -> None:
    for notice in notices.read_all(notices.site().active):
        while moved := by_the_clock(notice, now):
            try:
                notices.change(moved)
            except Conflict:
                break  # somebody else was quicker; in a minute we look again
            notice = moved


def release(pages: Pages) -> str:
    """What the pages are made with: another release makes them all anew."""
    digest = hashlib.sha256(f"{__version__} {pages.public_url}".encode())
    for path in sorted(path for path in pages.site.rglob("*") if path.is_file()):
        digest.update(path.relative_to(pages.site).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _old(site: Site, now: datetime) -> bool:
    return not site.built_at or now - datetime.fromisoformat(site.built_at) >= HEARTBEAT


def _snapshot(notices: Notices, site: Site, now: datetime) -> Snapshot:
    newest = notices.newest(NEWEST + len(site.active))
    resolved = [notice for notice in newest if notice.resolved_at is not None]
    listed = notices.read_all(site.active)
    active = [notice for notice in listed if notice.resolved_at is None]
    over = [notice for notice in listed if notice.resolved_at is not None]
    built_at = now.replace(microsecond=0)
    return Snapshot(site.revision, built_at, active, resolved[:RECENT], over, newest[:NEWEST])
