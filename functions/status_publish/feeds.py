"""Feeds of the notices, for the whole site and for each component."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup, escape

from netdesk.notice import Notice, Update
from netdesk.pages import Pages, utc
from status_publish.bucket import Page
from status_publish.feed_formats import FORMATS, Entry, Feed, Writer

FEED, ENTRY = 32_768, 16_000  # bytes
MESSAGE = 2_000  # characters, each of at most ten bytes: the newest entry fits whatever it says


def feed_pages(
    pages: Pages, notices: Iterable[Notice], revision: int, built_at: datetime
) -> list[Page]:
    """The feeds of the whole site, then those of each component."""
    newest = sorted(notices, key=lambda n: (n.updates[-1].at, n.id), reverse=True)
    told = [(notice.components, _entry(pages, notice)) for notice in newest]
    built = utc(built_at)

    def made(key: str, title: str, entries: Sequence[Entry]) -> list[Page]:
        name, base = pages.provider.name, pages.public_url
        feed = Feed(key, f"{name} status{title}", name, base, built_at, entries)
        return [
            Page(f"{key}.{ending}", _fitting(write, feed), revision, built, media_type)
            for ending, write, media_type in FORMATS
        ]

    found = made("status/feed", "", [entry for _, entry in told])
    for component in pages.provider.components:
        entries = [entry for components, entry in told if component.key in components]
        found += made(f"status/components/{component.key}/feed", f": {component.name}", entries)
    return found


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
    url = f"{pages.public_url}/status/notices/{notice.id}/"
    # What was never so is not told again; but who read it has to learn that it was not so.
    updates = notice.updates[-1:] if notice.state == "retracted" else notice.updates
    told = _told(updates)
    cut = any(len(update.message) > MESSAGE for update, _ in told)
    more = cut or len(told) < len(updates)
    title = f"{notice.elsewhere}: {notice.title}" if notice.elsewhere else notice.title
    html = pages.render("feed_entry.html", notice=notice, told=told, more=more, url=url)
    names = [c.name for c in pages.provider.components if c.key in notice.components]
    opened_at, updated_at = notice.opened_at, notice.updates[-1].at
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
    cut = message if len(message) <= MESSAGE else message[: MESSAGE - 1].rstrip() + "\u2026"
    return escape(cut).replace("\n", Markup("<br>"))
