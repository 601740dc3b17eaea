"""A feed in its three formats: Atom, RSS 2.0 and JSON Feed 1.1."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """A notice as feeds tell it; its address is its id, in every format."""

    url: str
    title: str
    tags: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    html: str


@dataclass(frozen=True)
class Feed:
    key: str  # without the format
    title: str
    author: str
    public_url: str
    built_at: datetime
    entries: Sequence[Entry]  # newest first

    @property
    def home(self) -> str:
        return f"{self.public_url}/status/"

    @property
    def updated_at(self) -> datetime:
        """Atom wants it even of an empty feed: https://www.rfc-editor.org/rfc/rfc4287#section-4.1.1"""
        return self.entries[0].updated_at if self.entries else self.built_at

    def url(self, ending: str) -> str:
        return f"{self.public_url}/{self.key}.{ending}"


def atom(feed: Feed) -> str:
    """https://www.rfc-editor.org/rfc/rfc4287"""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(root, id=feed.url("atom"), title=feed.title, updated=_rfc3339(feed.updated_at))
    SubElement(root, "link", rel="self", type="application/atom+xml", href=feed.url("atom"))
    SubElement(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(SubElement(root, "author"), name=feed.author, uri=feed.home)
    for entry in feed.entries:
        node = SubElement(root, "entry")
        _add(node, id=entry.url, title=entry.title, published=_rfc3339(entry.opened_at))
        _add(node, updated=_rfc3339(entry.updated_at))
        SubElement(node, "link", rel="alternate", type="text/html", href=entry.url)
        for tag in entry.tags:
            SubElement(node, "category", term=tag)
        SubElement(node, "content", type="html").text = entry.html
    return _xml(root)


def rss(feed: Feed) -> str:
    """https://www.rssboard.org/rss-specification; readers sort and notify by pubDate, so an
    item's is that of its last update."""
    root = Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = SubElement(root, "channel")
    _add(channel, title=feed.title, link=feed.home, description=feed.title, language="en")
    _add(channel, lastBuildDate=_rfc822(feed.updated_at))
    # https://www.rssboard.org/rss-profile#namespace-elements-atom-link
    SubElement(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.url("rss"))
    for entry in feed.entries:
        node = SubElement(channel, "item")
        _add(node, title=entry.title, link=entry.url, guid=entry.url)
        _add(node, pubDate=_rfc822(entry.updated_at), description=entry.html)
        for tag in entry.tags:
            _add(node, category=tag)
    return _xml(root)


def json_feed(feed: Feed) -> str:
    """https://www.jsonfeed.org/version/1.1/"""
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.url("json"),
        "language": "en",
        "authors": [{"name": feed.author, "url": feed.home}],
        "items": [_item(entry) for entry in feed.entries],
    }
    # JSON needs no escaped <, but a reader that takes it for HTML finds no tag.
    return json.dumps(whole, ensure_ascii=False).replace("<", "\\u003c") + "\n"


Writer = Callable[[Feed], str]
FORMATS: tuple[tuple[str, Writer, str], ...] = (
    ("atom", atom, "application/atom+xml; charset=utf-8"),
    ("rss", rss, "application/rss+xml; charset=utf-8"),
    ("json", json_feed, "application/feed+json; charset=utf-8"),
)


def _item(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.url,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": _rfc3339(entry.opened_at),
        "date_modified": _rfc3339(entry.updated_at),
        "tags": list(entry.tags),
    }


def _add(node: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(node, name).text = text


def _xml(root: Element) -> str:
    whole: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return whole.decode() + "\n"


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))
