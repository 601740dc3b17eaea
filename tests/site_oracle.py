"""What must hold of a site in a small cloud, at every moment and when all is quiet."""

import html
import os
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from functools import cache, partial
from typing import Any

import pytest

from netdesk.dynamo import unpack
from netdesk.notice import Notice
from netdesk.pages import Pages
from status_publish import publish as publish_module
from status_publish import store as store_module
from status_publish.bucket import Page
from status_publish.render import whole_site
from status_publish.rows import heading_of, notice_of
from status_publish.snapshot import Snapshot
from status_publish.store import KINDS, Notices
from tests.desk import PUBLIC_URL
from tests.small_cloud import Object, SmallCloud

LINK = re.compile(rf'(?:\b(?:href|src)="|{re.escape(PUBLIC_URL)})(/[^"\s<>\\#]*)')
FORM = "problem/index.html"
NOBODYS = {"/", "/api/v2/"}  # addresses that are said, and are no objects
# Objects that are told as others are, right beside them: they take half of the time, and nothing
# else can befall them. With NETDESK_SCHEDULES=all they are made and looked at, too.
BESIDE = re.compile(
    r"feed\.(rss|json)$|line\.txt$|^(404|unavailable)\.html$|/traceroute/"
    r"|api/v2/(components|summary|incidents/|scheduled-maintenances/)"
)
THOROUGH = os.environ.get("NETDESK_SCHEDULES") == "all"
MADE: dict[str, set[bytes]] = {}  # every body that was ever rendered for a key
WHOLE: dict[Any, dict[str, Page]] = {}  # every whole site, by what it is made of


def wrong_put(cloud: SmallCloud, key: str, old: Object | None) -> Iterator[str]:
    """What is wrong with an object that was put just now."""
    new = cloud.objects[key]
    if old and new.age < old.age:
        yield f"{key} went back from {old.age} to {new.age}"
    if new.body not in MADE.get(key, ()):
        yield f"{key} is not as it was rendered"
    for link in links(new.body) - cloud.objects.keys():
        if made(link):
            yield f"{key} links to {link}, which is not there"


def made(key: str) -> bool:
    return THOROUGH or not BESIDE.search(key)


@cache
def links(body: bytes) -> frozenset[str]:
    """The objects to which a page, a feed or a document points."""
    text = body.decode().replace("\r\n ", "")  # calendars fold their lines
    text = html.unescape(html.unescape(text)).replace("\\u003c", "<").replace('\\"', '"')
    found = {path.rstrip(".,;)") for path in LINK.findall(text)} - NOBODYS
    return frozenset(
        (f"{path}index.html" if path.endswith("/") else path).removeprefix("/") for path in found
    )


def unquiet(cloud: SmallCloud, pages: Pages) -> Iterator[str]:
    """What waits to be published; and where the bucket differs from what all notices together
    make, each object as of when it was built."""
    client: Any = cloud
    site = Notices(client, "notices").site()
    if site.published != site.revision or site.touched or site.renew:
        yield f"not all is published: {site}"
    notices, expected = notices_of(cloud), set[str]()
    for key, there in cloud.objects.items():
        if not made(key):
            continue
        told = whole(pages, notices, there.metadata["built"], site.heavy)
        expected |= told.keys()
        if key not in told:
            yield f"{key} should not be there"
        elif there.body != _as_of(told[key], *there.age):
            yield f"{key} is stale, of {there.age}"
    for key in sorted(expected - cloud.objects.keys()):
        yield f"{key} is missing"
    if len(set(cloud.mails)) < len(cloud.mails):
        yield "a reminder was sent twice"


def notices_of(cloud: SmallCloud) -> tuple[Notice, ...]:
    rows = sorted(row for row in cloud.rows.items() if row[0][0] in KINDS)
    return tuple(notice_of(unpack(row)) for _, row in rows)


@cache
def _as_of(page: Page, revision: int, built: str) -> bytes:
    return replace(page, revision=revision, built_at=built).stamped.encode()


def whole(pages: Pages, notices: tuple[Notice, ...], built: str, heavy: bool) -> dict[str, Page]:
    """The whole site, made without a look at what was published before."""
    key = (pages.site, notices, built, heavy)
    if key not in WHOLE:
        now = datetime.fromisoformat(built or "2026-11-24T18:00:00+00:00")
        site = whole_site(pages, notices, now)
        told = {page.key: page for page in site if made(page.key)}
        told[FORM] = replace(told[FORM], body=pages.render("problem.html", heavy=heavy))
        WHOLE[key] = told
    return WHOLE[key]


# --- the real pages, none rendered twice ---------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering takes a hundred times longer than all else: equal inputs give equal pages."""
    for name in ("site_pages", "notice_page", "month_page"):
        render = getattr(publish_module, name)
        monkeypatch.setattr(publish_module, name, partial(_made_once, name, render))
    for name, read in (("notice_of", notice_of), ("heading_of", heading_of)):
        monkeypatch.setattr(store_module, name, partial(_read_once, read))


KEPT: dict[Any, Any] = {}


def forget() -> None:
    """What is rendered from now on is rendered anew."""
    for kept in (KEPT, MADE, WHOLE):
        kept.clear()
    _as_of.cache_clear()


def _made_once(name: str, render: Any, pages: Pages, *given: Any) -> Any:
    key = (name, pages.site, *map(_hashable, given))
    if key not in KEPT:
        found = render(pages, *given)
        some = [found] if isinstance(found, Page) else [one for one in found if made(one.key)]
        for page in some:
            MADE.setdefault(page.key, set()).add(page.stamped.encode())
        KEPT[key] = found if isinstance(found, Page) else some
    return KEPT[key]


def _read_once(read: Any, item: Any) -> Any:
    key = read, item.get("notice"), item.get("updates"), item.get("heading")
    if key not in KEPT:
        KEPT[key] = read(item)
    return KEPT[key]


def _hashable(value: Any) -> Any:
    match value:
        case Snapshot():
            return tuple(_hashable(getattr(value, field.name)) for field in fields(value))
        case dict():
            return tuple(value.values())
        case list():
            return tuple(value)
    return value
