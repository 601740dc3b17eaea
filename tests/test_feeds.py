import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk import markdown
from netdesk.draft import MESSAGE
from netdesk.notice import UPDATES, Notice, Update, updated
from status_publish.feeds import FEED, MOST, feed_pages
from status_publish.snapshot import Changed
from tests.desk import NOW, PUBLIC_URL, provider
from tests.status import PAGES, snapshot_of
from tests.test_notice import KEYS, after, notice

A = "{http://www.w3.org/2005/Atom}"
ENDINGS = ("atom", "rss", "json")
HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script> ]]> &amp; \x1b[31m \u202egpj.exe \x00 \ufffe \ud800 {{ 7*7 }}"


@dataclass(frozen=True)
class Read:
    """One entry, as a reader of the format finds it."""

    id: str
    url: str
    title: str
    updated: datetime
    html: str
    tags: tuple[str, ...]


def made(*notices: Notice, built_at: datetime = NOW) -> dict[str, str]:
    pages = feed_pages(PAGES, snapshot_of(*notices, now=built_at))
    return {page.key: page.body for page in pages}


def one(ending: str, *notices: Notice) -> list[Read]:
    return read(ending, made(*notices)[f"status/feed.{ending}"])


def read(ending: str, body: str) -> list[Read]:
    reader = {"atom": _atom, "rss": _rss, "json": _json}[ending]
    found: list[Read] = reader(body)
    return found


def _atom(body: str) -> list[Read]:
    return [
        Read(
            entry.findtext(f"{A}id", ""),
            entry.find(f"{A}link[@rel='alternate']").attrib["href"],  # type: ignore[union-attr]
            entry.findtext(f"{A}title", ""),
            datetime.fromisoformat(entry.findtext(f"{A}updated", "")),
            entry.findtext(f"{A}content[@type='html']", ""),
            tuple(category.attrib["term"] for category in entry.iter(f"{A}category")),
        )
        for entry in fromstring(body).iter(f"{A}entry")  # noqa: S314
    ]


def _rss(body: str) -> list[Read]:
    return [
        Read(
            item.findtext("guid", ""),
            item.findtext("link", ""),
            item.findtext("title", ""),
            parsedate_to_datetime(item.findtext("pubDate", "")),
            item.findtext("description", ""),
            tuple(category.text or "" for category in item.iter("category")),
        )
        for item in fromstring(body).iter("item")  # noqa: S314
    ]


def _json(body: str) -> list[Read]:
    return [
        Read(
            item["id"],
            item["url"],
            item["title"],
            datetime.fromisoformat(item["date_modified"]),
            item["content_html"],
            tuple(item["tags"]),
        )
        for item in json.loads(body)["items"]
    ]


def many(number: int, **changes: Any) -> list[Notice]:
    """Notices an hour apart, oldest first."""
    return [later(notice(**changes), number) for number in range(number)]


def later(made: Notice, hours: int) -> Notice:
    at = NOW + hours * HOUR
    moved = tuple(replace(update, at=update.at + hours * HOUR) for update in made.updates)
    return replace(made, id=f"20261124-{hours:03}", opened_at=at, updates=moved)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_notice_is_one_entry_with_its_updates_newest_first(ending: str) -> None:
    [entry] = one(ending, after("identified", "resolved", components=(KEYS[1],)))
    url = f"{PUBLIC_URL}/status/notices/20261124-k3x/"
    assert (entry.id, entry.url, entry.title) == (url, url, "No dial tone")
    assert entry.updated == NOW + timedelta(minutes=2)
    assert entry.updated.tzinfo is not None
    [name] = [component.name for component in provider().components if component.key == KEYS[1]]
    assert entry.tags == (name,)
    messages = ["Now resolved.", "Now identified.", "We are looking."]
    assert [entry.html.index(message) for message in messages] == sorted(
        entry.html.index(message) for message in messages
    )
    assert "Solved" in entry.html
    assert "There is more" not in entry.html


def test_all_formats_tell_the_same() -> None:
    notices = [*many(3), after("identified", elsewhere="Other & Net", message="a <b> & \n c")]
    atom, rss, feed = (one(ending, *notices) for ending in ENDINGS)
    assert atom == rss == feed
    assert len(atom) == 4


def test_what_has_news_comes_first() -> None:
    old, *others = many(3)
    revived = updated(old, "identified", "News.", "bob", NOW + 9 * HOUR)
    titles = [entry.url[-4:-1] for entry in one("atom", *others, revived)]
    assert titles == ["000", "002", "001"]


def test_anothers_outage_carries_its_name() -> None:
    for ending in ENDINGS:
        [entry] = one(ending, notice(elsewhere="Other Net"))
        assert entry.title == "Other Net: No dial tone"


def test_a_maintenance_says_when_it_is_scheduled() -> None:
    planned = replace(
        notice(),
        kind="maintenance",
        scheduled_for=NOW + 24 * HOUR,
        scheduled_until=NOW + 26 * HOUR,
        updates=(Update(NOW, "scheduled", "New lines.", "anna"),),
    )
    for ending in ENDINGS:
        [entry] = one(ending, planned)
        scheduled = "from Wednesday 25 November, 10:00 Pacific to Wednesday 25 November, 12:00"
        assert scheduled in entry.html
        assert "Since" not in entry.html
        assert entry.updated == NOW  # never in the future


def test_what_is_taken_back_is_not_told_again() -> None:
    wrong = notice(message="The wrong words.")
    back = Update(NOW + HOUR, "retracted", "It was a test.", "anna")
    [entry] = one("json", replace(wrong, updates=(*wrong.updates, back)))
    assert "It was a test." in entry.html
    assert "The wrong words." not in entry.html
    assert "There is more" not in entry.html


def test_a_components_feed_holds_only_its_notices() -> None:
    first, second = many(2, components=(KEYS[0],))
    both = later(notice(components=(KEYS[0], KEYS[1])), 5)
    pages = made(first, second, both)
    assert pages.keys() == {
        f"status/{folder}feed.{ending}"
        for folder in ("", *(f"components/{key}/" for key in KEYS))
        for ending in ENDINGS
    }
    for ending in ENDINGS:
        counts = [
            len(read(ending, pages[f"status/components/{key}/feed.{ending}"])) for key in KEYS
        ]
        assert counts == [3, 1, *(0 for _ in KEYS[2:])]


def test_only_feeds_of_changed_components_are_made_anew() -> None:
    first, second = many(2, components=(KEYS[0],))
    changed = Changed(frozenset([first.id]), frozenset([KEYS[0], KEYS[2]]))
    made_ = {
        page.key: page.body
        for page in feed_pages(PAGES, snapshot_of(first, second, changed=changed))
    }
    folders = ("", f"components/{KEYS[0]}/", f"components/{KEYS[2]}/")
    assert made_.keys() == {f"status/{folder}feed.{e}" for folder in folders for e in ENDINGS}
    assert {key: made(first, second)[key] for key in made_} == made_


def test_a_feed_ends_after_so_many_entries() -> None:
    notices = many(MOST + 5, components=(KEYS[0],))
    newest = [f"{PUBLIC_URL}/status/notices/{n.id}/" for n in reversed(notices)][:MOST]
    pages = made(*notices)
    for ending in ENDINGS:
        for key in ("status/feed", f"status/components/{KEYS[0]}/feed"):
            assert [entry.url for entry in read(ending, pages[f"{key}.{ending}"])] == newest


def test_a_message_is_told_as_on_the_page() -> None:
    told = "Two places:\n\n- **Burbank**\n- [Glendale](https://example.org/a)"
    for ending in ENDINGS:
        [entry] = one(ending, notice(message=told))
        assert "<li><strong>Burbank</strong></li>" in entry.html
        assert '<a href="https://example.org/a">Glendale</a>' in entry.html


def test_a_message_whose_marks_are_too_long_is_told_as_it_was_typed() -> None:
    typed = "*a* " * 400 + "end"
    [entry] = one("json", notice(message=typed))
    assert f"<p>{typed}</p>" in entry.html


def test_an_incident_is_told_since_it_was_noticed() -> None:
    [entry] = one("json", replace(notice(), began_at=NOW - HOUR))
    assert "Since Tuesday 24 November, 09:00 Pacific." in entry.html


def test_the_feeds_themselves_are_described() -> None:
    pages = made(*many(2))
    name = provider().name
    atom = fromstring(pages["status/feed.atom"])  # noqa: S314
    assert atom.tag == f"{A}feed"
    assert atom.findtext(f"{A}id") == f"{PUBLIC_URL}/status/feed.atom"
    assert atom.findtext(f"{A}updated") == (NOW + HOUR).isoformat()
    assert atom.findtext(f"{A}author/{A}name") == name
    links = {link.attrib["rel"]: link.attrib["href"] for link in atom.findall(f"{A}link")}
    home = f"{PUBLIC_URL}/status/"
    assert links == {"self": f"{PUBLIC_URL}/status/feed.atom", "alternate": home}
    rss = fromstring(pages["status/feed.rss"])  # noqa: S314
    assert (rss.tag, rss.attrib["version"]) == ("rss", "2.0")
    assert rss.findtext("channel/link") == home
    assert rss.findtext("channel/description")
    assert rss.find(f"channel/{A}link").attrib["href"] == f"{PUBLIC_URL}/status/feed.rss"  # type: ignore[union-attr]
    feed = json.loads(pages["status/feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{PUBLIC_URL}/status/feed.json"
    assert {feed["title"], rss.findtext("channel/title"), atom.findtext(f"{A}title")} == {
        f"{name} status"
    }
    own = fromstring(pages[f"status/components/{KEYS[0]}/feed.atom"])  # noqa: S314
    assert own.findtext(f"{A}title", "").startswith(f"{name} status: ")


def test_media_types_and_age_are_those_of_the_site() -> None:
    pages = list(feed_pages(PAGES, snapshot_of()))
    assert {page.key.rpartition(".")[2]: page.media_type for page in pages} == {
        "atom": "application/atom+xml; charset=utf-8",
        "rss": "application/rss+xml; charset=utf-8",
        "json": "application/feed+json; charset=utf-8",
    }
    assert {page.age for page in pages} == {(7, "2026-11-24T18:00:00+00:00")}


def test_an_empty_site_has_valid_empty_feeds() -> None:
    pages = made()
    for key, body in pages.items():
        assert read(key.rpartition(".")[2], body) == []
    atom = fromstring(pages["status/feed.atom"])  # noqa: S314
    assert atom.findtext(f"{A}updated") == NOW.isoformat()


def test_equal_inputs_give_equal_bytes() -> None:
    first, *others = many(3)
    assert made(first, *others) == made(*reversed(others), first)
    for ending in ENDINGS:  # what has entries tells no other time than theirs
        key = f"status/feed.{ending}"
        assert made(first)[key] == made(first, built_at=NOW + HOUR)[key]


def test_times_are_told_in_utc_whatever_zone_they_come_in() -> None:
    abroad = replace(notice(), opened_at=datetime.fromisoformat("2026-11-24T10:00:00.5-08:00"))
    body = made(abroad)["status/feed.atom"]
    assert "<published>2026-11-24T18:00:00+00:00</published>" in body
    assert one("rss", abroad)[0].updated == NOW.astimezone(UTC)


# --- hostile text ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_hostile_text_is_text(ending: str) -> None:
    wild = notice(title=HOSTILE, message=HOSTILE, elsewhere=HOSTILE)
    body = made(wild)[f"status/feed.{ending}"]
    assert "<script" not in body
    [entry] = read(ending, body)
    assert "<script" not in entry.html
    assert entry.title == f"{wild.elsewhere}: {wild.title}"
    assert wild.updates[0].message in unescape(entry.html)
    assert "&amp;amp; " in entry.html
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\ud800]", body + entry.title)


@runs(max_examples=50, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.text())
def test_any_text_can_be_read_again(title: str, message: str, elsewhere: str) -> None:
    wild = notice(title=f"a{title}", message=f"a{message}", elsewhere=elsewhere)
    told = {ending: one(ending, wild) for ending in ENDINGS}
    assert told["atom"] == told["rss"] == told["json"]
    assert str(markdown.html(wild.updates[0].message)) in told["json"][0].html


# --- the limit ------------------------------------------------------------------------------------


def sizes(notices: Sequence[Notice]) -> dict[str, int]:
    return {key: len(body.encode()) for key, body in made(*notices).items()}


def test_the_oldest_entries_are_dropped_until_a_feed_fits() -> None:
    notices = many(60, message="x" * 1_800)
    assert max(sizes(notices).values()) <= FEED
    for ending in ENDINGS:
        entries = one(ending, *notices)
        newest = [f"{PUBLIC_URL}/status/notices/{n.id}/" for n in reversed(notices)]
        assert 10 < len(entries) < 60
        assert [entry.url for entry in entries] == newest[: len(entries)]
        body = made(*notices)[f"status/feed.{ending}"]
        assert len(body.encode()) > FEED - 2_500  # one more had not fitted


@pytest.mark.parametrize("symbol", ["x", "&", '"', "<", "\U0001f4a9", "a\n"])
def test_the_newest_entry_is_there_however_long_it_is(symbol: str) -> None:
    message = (symbol * MESSAGE)[:MESSAGE]
    long = notice(title="&" * 120, elsewhere="&" * 120, message=message, components=tuple(KEYS))
    told = replace(long.updates[0], message=message)
    long = replace(long, updates=(told,) * UPDATES)
    assert max(sizes([*many(3), long]).values()) <= FEED
    for ending in ENDINGS:
        newest = one(ending, long)[0]
        assert newest.title.startswith("&&")
        assert "There is more" in newest.html
        assert newest.url in newest.html
