"""Snapshots of the site, and its pages, without a cloud."""

from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

from netdesk.notice import Notice
from netdesk.pages import Pages
from status_publish.heading import heading
from status_publish.render import site_pages, whole_site
from status_publish.snapshot import Changed, Snapshot
from tests.desk import NOW, PUBLIC_URL, provider

PAGES = Pages(provider(), PUBLIC_URL)
VOID = {"meta", "link", "br", "img", "input", "hr"}
INLINE = {"a", "strong", "small", "span", "code", "em", "time"}
UNSEEN = {"head", "style", "script"}


def snapshot_of(
    *notices: Notice, now: datetime = NOW, everything: bool = True, changed: Changed | None = None
) -> Snapshot:
    """All there is to tell, at revision 7; nothing of it is new without the last two."""
    found = {notice.id: notice for notice in notices}
    assert len(found) == len(notices), "each notice needs its own id"
    headings = tuple(map(heading, notices))
    return Snapshot(
        revision=7,
        built_at=now,
        notices=found,
        headings=headings,
        changed=changed
        if changed is not None
        else Changed(frozenset(found if everything else ()), everything=everything),
        months=frozenset(one.month for one in headings),
        began_at=min((one.since for one in headings), default=now),
    )


def pages_of(snapshot: Snapshot, pages: Pages = PAGES) -> dict[str, str]:
    """What is to be written, by key and in that order."""
    return {page.key: page.body for page in site_pages(pages, snapshot)}


def site_of(*notices: Notice, now: datetime = NOW, pages: Pages = PAGES) -> dict[str, str]:
    """The whole site, by key."""
    return {page.key: page.body for page in whole_site(pages, notices, now)}


def told_apart(*notices: Notice) -> tuple[Notice, ...]:
    """The same notices, each with an id of its own."""
    return tuple(
        replace(notice, id=f"{notice.id[:8]}-{place:03}") for place, notice in enumerate(notices)
    )


class Seen(HTMLParser):
    """A page as a browser without styles shows it: its elements, and its text on one line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.times: list[tuple[str, str]] = []  # each time element's attribute and text
        self._open: list[str] = []
        self._told: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    @property
    def text(self) -> str:
        return one_line("".join(self._told))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        if tag == "time":
            self.times.append((found["datetime"], ""))
        if tag not in INLINE:
            self._told.append(" ")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag not in INLINE:
            self._told.append(" ")

    def handle_data(self, data: str) -> None:
        if "script" in self._open:
            self.scripts.append(data)
        if "time" in self._open:
            moment, told = self.times.pop()
            self.times.append((moment, told + data))
        if not UNSEEN.intersection(self._open):
            self._told.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [one["href"] for one in self.all("a")]


def one_line(text: str) -> str:
    return " ".join(text.split())


def assert_in_order(facts: list[str], text: str) -> None:
    """Each fact stands in the text, behind the one before."""
    at = 0
    for fact in facts:
        found = text.find(fact, at)
        assert found >= 0, f"{fact!r} {'comes too early' if fact in text else 'is missing'}"
        at = found + len(fact)
