"""Feeds of the notices, for the whole site and for each component."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from markupsafe import Markup, escape

from netdesk import markdown
from netdesk.notice import Notice, Update, titled
from netdesk.pages import Pages, utc
from netdesk.provider import Component
from status_publish.bucket import Page
from status_publish.feed_formats import FORMATS, Entry, Feed, Writer
from status_publish.snapshot import Snapshot

FEED, ENTRY = 32_768, 16_000  # bytes
MOST = 20  # entries
MESSAGE = 2_000  # characters, each of at most ten bytes: the newest entry fits whatever it says


def feed_pages(pages: Pages, snapshot: Snapshot) -> Iterator[Page]:
    """The feeds of the whole site, then those of each component that changed."""
    told = sorted(snapshot.notices.values(), key=_last_told, reverse=True)
    entry = cache(lambda notice: _entry(pages, notice))
    feeds = [("status/feed", "", told)]
    feeds += [
        (f"status/components/{one.key}/feed", f": {one.name}", _of(one, told))
        for one in pages.provider.components
        if snapshot.changed.everything or one.key in snapshot.changed.components
    ]
    for key, title, notices in feeds:
        entries = [entry(notice) for notice in notices[:MOST]]
        name, base = f"{pages.provider.name} status{title}", pages.public_url
        feed = Feed(key, name, pages.provider.name, base, snapshot.built_at, entries)
        for ending, write, media_type in FORMATS:
            text, built = _fitting(write, feed), utc(snapshot.built_at)
            yield Page(f"{key}.{ending}", text, snapshot.revision, built, media_type)


def _last_told(notice: Notice) -> tuple[datetime, str]:
    return notice.changed_at, notice.id


def _of(component: Component, notices: Iterable[Notice]) -> list[Notice]:
    return [notice for notice in notices if component.key in notice.components]


def _fitting(write: Writer, feed: Feed) -> str:
    """The feed with as many of its newest entries as its limit takes."""

    def size(most: int) -> int:
        return len(write(replace(feed, entries=feed.entries[:most])).encode())

    whole = write(feed)
    if len(whole.encode()) <= FEED:
        return whole
    most = bisect_right(range(len(feed.entries) + 1), FEED, key=size) - 1
    return write(replace(feed, entries=feed.entries[:most]))


def _entry(pages: Pages, notice: Notice) -> Entry:
    url = pages.notice_url(notice.id)
    # What was never so is not told again; but who read it has to learn that it was not so.
    updates = notice.updates[-1:] if notice.state == "retracted" else notice.updates
    told = _told(updates)
    cut = any(len(update.message) > MESSAGE for update, _ in told)
    more = cut or len(told) < len(updates)
    title = titled(notice.title, notice.elsewhere)
    html = pages.render("feed_entry.html", notice=notice, told=told, more=more, url=url)
    names = [component.name for component in pages.affected(notice)]
    opened_at, updated_at = notice.opened_at, notice.changed_at
    return Entry(url, title, tuple(names), opened_at, updated_at, html)


def _told(updates: Sequence[Update]) -> list[tuple[Update, Markup]]:
    """The newest updates, newest first, as many as an entry takes and never none."""
    told: list[tuple[Update, Markup]] = []
    left = ENTRY
    for update in reversed(updates):
        message = _html(update.message)
        left -= len(escape(str(message)).encode())  # XML escapes it once more
        if told and left < 0:
            break
        told.append((update, message))
    return told


def _html(message: str) -> Markup:
    """As on the page; what would be too long so is told as plain text."""
    cut = message if len(message) <= MESSAGE else message[: MESSAGE - 1].rstrip() + "\u2026"
    told = markdown.html(cut)
    if len(escape(str(told)).encode()) <= ENTRY // 2:
        return told
    return Markup("<p>{}</p>").format(escape(cut).replace("\n", Markup("<br>")))
