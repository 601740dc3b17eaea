"""The pages of the site as customers read them; the provider is the shipped one or an example."""

import base64
import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.maintenance import by_the_clock, planned
from netdesk.notice import Notice, component_states, explained, opened, retracted, updated
from netdesk.pages import Pages
from netdesk.provider_file import parse
from netdesk.words import COMPONENT_WORDS, STATE_WORDS
from status_publish.render import bars, site_pages
from status_publish.snapshot import DAYS, RECENT, Changed
from tests.desk import NOW, PUBLIC_URL, provider
from tests.status import (
    PAGES,
    Seen,
    assert_in_order,
    one_line,
    pages_of,
    site_of,
    snapshot_of,
)
from tests.test_notice import DRAFT, KEYS, after, notice
from tests.test_provider import EXAMPLE
from tests.test_statuspage_v2 import TABLE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATUS, TEXT = "status/index.html", "status/status.txt"
PHONE, OPTION = provider().phone.number, provider().phone.emergency_option
NAMES = {component.key: component.name for component in provider().components}
ZONE_WORD = provider().hours.zone_word
FRONT = {"status/line.txt", "status/status.txt", "status/index.html"}
YOUNG = {"api/v2/status.json", "api/v2/summary.json"}
SCRIPTED = {STATUS, "problem/index.html", "problem/domain/index.html"}
STATIC = {
    "404.html", "unavailable.html", "support/index.html", "problem/index.html",
    "problem/domain/index.html", "status/help/index.html", "status/traceroute/index.html",
}  # fmt: skip
FEEDS = {f"status/feed.{ending}" for ending in ("atom", "rss", "json")}
OF_COMPONENTS = {
    f"status/components/{key}/feed.{ending}" for key in KEYS for ending in ("atom", "rss", "json")
}
LISTS = {"status/history/index.html", "status/badge.svg"}
NAVIGATION = ("/status/", "/problem/", "/status/traceroute/", "/support/", "/status/help/")
HOSTILE = """</title><script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7*7 }}"""


def page_of(made: Notice) -> str:
    return f"status/notices/{made.id}/index.html"


def month_of(month: str) -> str:
    return f"status/history/{month}/index.html"


def works(begins: datetime, hours: int = 2, *, until: datetime = NOW, **changes: Any) -> Notice:
    """A maintenance that was announced two days ahead, as the clock has made it by `until`."""
    draft = replace(DRAFT, **{"title": "New router", "message": "Short breaks.", **changes})
    window, told_at = (begins, begins + hours * HOUR), begins - 2 * DAY
    made = planned(draft, window, provider(), f"{told_at:%Y%m%d}-wrk", "anna", told_at)
    while moved := by_the_clock(made, until):
        made = moved
    return made


def incident(ago: timedelta, *states: str, number: int = 0, **changes: Any) -> Notice:
    """One that was opened so long ago, and went through these states hour by hour."""
    at = NOW - ago
    local = at - 8 * HOUR
    made = opened(replace(DRAFT, **changes), provider(), f"{local:%Y%m%d}-{number:03}", "anna", at)
    for place, state in enumerate(states, 1):
        moment = at + place * HOUR
        if state == "postmortem":
            made = explained(made, "A fuse; there are two now.", "bob", moment)
        elif state == "retracted":
            made = retracted(made, "It was a test.", "bob", moment)
        else:
            made = updated(made, state, f"Now {state}.", "bob", moment)
    return made


def varied() -> list[Notice]:
    """Thirty notices of the last months, of every kind and in every state."""
    components = [tuple(KEYS[place : place + 2]) for place in range(len(KEYS))]
    places = ["", "", "Other Net", "Internet"]
    courses = [
        (), ("identified",), ("identified", "monitoring"), ("identified", "resolved"),
        ("resolved", "postmortem"), ("retracted",),
    ]  # fmt: skip
    incidents = [
        incident(
            place * 3 * DAY + 8 * HOUR,
            *courses[place % len(courses)],
            number=place,
            title=f"Trouble {place}",
            impact=("minor", "major", "critical", "none")[place % 4],
            components=components[place % len(components)],
            elsewhere=places[place // 2 % 4],
            meanwhile="" if place % 3 else f"Use line {place}.",
            message=f"We look at {place}.\n\n- one\n- two",
        )
        for place in range(25)
    ]
    maintenance = [
        works(NOW + DAY, title="Works to come"),
        works(NOW - HOUR, title="Works going on"),
        works(NOW - 40 * DAY, title="Works long over"),
        retracted(works(NOW + 3 * DAY, title="Works of others"), "Not ours.", "bob", NOW),
        updated(works(NOW - 5 * HOUR, until=NOW - 4 * HOUR), "in_progress", "Late.", "bob", NOW),
    ]
    apart = [replace(made, id=f"{made.id[:8]}-w{n:02}") for n, made in enumerate(maintenance)]
    return [*incidents, *apart]


# --- what is written -----------------------------------------------------------------------------


def test_details_come_first_and_the_front_page_last() -> None:
    open_, done = notice(), replace(after("resolved"), id="20261120-aaa")
    keys = list(pages_of(snapshot_of(open_, done)))
    assert keys[:2] == [page_of(open_), page_of(done)]
    assert keys[-1] == STATUS
    whole = FRONT | STATIC | FEEDS | OF_COMPONENTS | LISTS | TABLE.keys()
    assert set(keys[2:]) == whole | {month_of("2026-11"), "status/maintenance.ics"}


def test_a_heartbeat_writes_only_what_tells_its_age() -> None:
    keys = pages_of(snapshot_of(notice(), everything=False)).keys()
    assert keys == FRONT | YOUNG


def test_a_change_writes_only_what_hangs_on_it() -> None:
    mine, other = notice(components=(KEYS[1],)), replace(after("resolved"), id="20261001-aaa")
    changed = Changed(frozenset([mine.id]), frozenset([KEYS[1]]))
    keys = pages_of(snapshot_of(mine, other, changed=changed)).keys()
    assert page_of(other) not in keys
    assert month_of("2026-10") not in keys
    assert not keys & STATIC
    assert not keys & {"status/maintenance.ics", "api/v2/scheduled-maintenances.json"}
    assert keys >= FRONT | LISTS | FEEDS | {page_of(mine), month_of("2026-11")}
    assert keys & OF_COMPONENTS == {key for key in OF_COMPONENTS if f"/{KEYS[1]}/" in key}


def test_the_list_of_months_is_written_when_a_month_is_new() -> None:
    first, second = notice(), replace(after("resolved"), id="20261101-aaa")
    changed = Changed(frozenset([first.id]), frozenset(first.components))
    index = "status/history/index.html"
    assert index in pages_of(snapshot_of(first, changed=changed))
    assert index not in pages_of(snapshot_of(first, second, changed=changed))


def test_a_change_of_a_maintenance_writes_the_calendar() -> None:
    made = works(NOW + DAY)
    changed = Changed(frozenset([made.id]), frozenset(made.components))
    keys = pages_of(snapshot_of(made, notice(), changed=changed)).keys()
    assert {"status/maintenance.ics", "api/v2/scheduled-maintenances/upcoming.json"} <= keys


def test_what_changes_is_all_that_differs() -> None:
    """Every page that a change does not write is the same before and after it."""
    before = varied()
    for place, made in enumerate(before):
        if made.resolved_at or made.kind == "maintenance":
            continue
        news = updated(made, "identified", "News.", "bob", NOW)
        now_told = [*before[:place], news, *before[place + 1 :]]
        changed = Changed(frozenset([made.id]), frozenset(made.components))
        written = pages_of(snapshot_of(*now_told, changed=changed))
        old, new = pages_of(snapshot_of(*before)), pages_of(snapshot_of(*now_told))
        differing = {key for key in new if _ageless(old[key]) != _ageless(new[key])}
        assert differing <= written.keys()
        assert {key: new[key] for key in written} == written


def _ageless(text: str) -> str:
    """Documents tell when they were built."""
    return text.replace(NOW.isoformat(), "")


def test_equal_inputs_give_equal_bytes_in_whatever_order_they_come() -> None:
    notices = varied()
    first = site_of(*notices)
    for seed in range(5):
        shuffled = random.Random(seed).sample(notices, len(notices))
        again = site_of(*shuffled)
        assert again.keys() == first.keys()
        assert [key for key in first if first[key] != again[key]] == []


# --- text of staff -------------------------------------------------------------------------------


def test_text_of_staff_is_shown_as_it_is_and_run_nowhere() -> None:
    wild = notice(title=HOSTILE, message=HOSTILE, meanwhile=HOSTILE)
    other = replace(notice(title=HOSTILE, message=HOSTILE, elsewhere=HOSTILE), id="20261124-aaa")
    done = replace(updated(wild, "resolved", HOSTILE, "bob", NOW), id="20261124-bbb")
    coming = works(NOW + DAY, title=HOSTILE, message=HOSTILE)
    made = site_of(wild, other, done, coming)
    assert HOSTILE in made.pop(TEXT)
    assert "<script>" in made.pop("status/line.txt")
    assert "alert" not in made.pop("status/badge.svg")
    assert "<" not in "".join(made.pop(key) for key in TABLE)
    calendar = made.pop("status/maintenance.ics").replace("\r\n ", "")
    assert HOSTILE in calendar.replace("\\", "")
    for key, page in made.items():
        assert "<script>alert" not in page, key
        assert "49" not in unescape(unescape(page)).replace(HOSTILE, ""), key
        if key.endswith(".html"):
            found = Seen(page)
            assert len(found.scripts) == (key in SCRIPTED), key
            assert not [one for one in found.all("img") if one["src"] != "/status/badge.svg"], key
            assert not [a for _, a in found.elements if any(n.startswith("on") for n in a)], key
    for key in (STATUS, *map(page_of, (wild, other, done, coming)), month_of("2026-11")):
        assert HOSTILE in Seen(made[key]).text, key


def test_messages_are_markdown_on_the_pages_and_plain_in_the_text() -> None:
    told = "Two places:\n\n- **Burbank**\n- [Glendale](https://example.org/a)"
    made = site_of(notice(message=told))
    for key in (STATUS, page_of(notice())):
        assert "<li><strong>Burbank</strong></li>" in made[key]
        assert '<a href="https://example.org/a">Glendale</a>' in made[key]
    assert "  - Burbank\n  - Glendale (https://example.org/a)\n" in made[TEXT]


def test_plain_text_is_plain() -> None:
    """No HTML escapes, whatever the provider's names are."""
    example = parse(EXAMPLE)
    ours = replace(notice(), components=("dialup",), title="Fire & flood", meanwhile="Q & A")
    made = site_of(ours, pages=Pages(example, PUBLIC_URL))
    plain = made[TEXT]
    assert "Fire & flood" in plain
    assert ": Dial-up & ISDN. Since" in plain
    assert "Meanwhile: Q & A" in plain
    assert "&amp;" not in plain
    assert "Dial-up &amp; ISDN" in made[STATUS]
    assert not re.search(r"</?[a-z]", plain)


# --- the status page -----------------------------------------------------------------------------


def busy() -> list[Notice]:
    """A day on which everything happens at once."""
    ours = replace(
        updated(notice(title="Calls fail", meanwhile="Use the other number."),
                "identified", "A fuse burnt.", "bob", NOW, next_at=NOW + HOUR),
        id="20261124-our",
    )  # fmt: skip
    late = replace(
        notice(title="Mail is slow", impact="minor", components=(KEYS[3], KEYS[4])),
        id="20261124-lat",
        began_at=NOW - 5 * HOUR,
        opened_at=NOW - 4 * HOUR,
        next_at=NOW - HOUR,
    )
    others = replace(notice(title="Dark", elsewhere="Other Net"), id="20261124-oth")
    internet = replace(notice(title="Slow far away", elsewhere="internet"), id="20261124-net")
    return [
        ours, late, others, internet,
        works(NOW - HOUR, title="New cables", components=(KEYS[2],)),
        replace(works(NOW + DAY, title="New switch"), id="20261123-pln"),
        incident(3 * DAY, "identified", "resolved", title="Old trouble"),
        incident(4 * DAY, "retracted", title="Never so"),
        replace(works(NOW - 9 * DAY, title="Old works"), id="20261110-old"),
    ]  # fmt: skip


def test_a_busy_page_tells_everything_in_this_order() -> None:
    text = Seen(site_of(*busy())[STATUS]).text
    default = next(one.meanwhile for one in provider().components if one.key == KEYS[3])
    order = [
        "Part of our service is down",
        "As of Tuesday 24 November, 10:00 Pacific.",
        "Calls fail", f"Affected: {NAMES[KEYS[0]]}. Since Tuesday 24 November, 10:00 Pacific.",
        "Meanwhile: Use the other number.",
        "Next update by Tuesday 24 November, 11:00 Pacific.",
        "We know the cause", "A fuse burnt.",
        "One earlier update", "We are looking for the cause", "We are looking.",
        "Mail is slow", f"{NAMES[KEYS[3]]}, {NAMES[KEYS[4]]}. "
        "Since Tuesday 24 November, 05:00 Pacific.",
        f"Meanwhile: {default}",
        "The next update was due Tuesday 24 November, 09:00 Pacific and is late.",
        "Maintenance: New cables", "From Tuesday 24 November, 09:00 Pacific to "
        "Tuesday 24 November, 11:00 Pacific.",
        "You need not report this", "Report it", PHONE, f"option {OPTION}", "day and night",
        "Services", *NAMES.values(),
        "Problems at other providers", "Other Net: Dark",
        f"You may notice it in: {NAMES[KEYS[0]]}. Since",
        "Problems of the whole internet", "Internet: Slow far away",
        "Planned maintenance", "New switch",
        "From Wednesday 25 November, 10:00 Pacific to Wednesday 25 November, 12:00 Pacific.",
        "Short breaks.",
        "Can't reach a particular site?", "Address of the site", "Trace it",
        "Recent notices", "Old trouble", "after 2 h", "Old works", "after 2 h",
        "All notices, by month",
        "This page was built Tuesday 24 November, 10:00 Pacific", "10:05 Pacific",
        "After 10:10 Pacific this copy is old",
    ]  # fmt: skip
    assert_in_order(order, text)
    assert "Never so" not in text


def test_a_calm_page_says_so_and_how_to_reach_us() -> None:
    page = Seen(site_of()[STATUS])
    order = [
        "We know of no problem in our service", "As of",
        "Does something not work for you all the same?", PHONE, "a technician answers within",
        "Services", "Can't reach a particular site?", "Recent notices", "None in the last",
        "All notices, by month",
    ]  # fmt: skip
    assert_in_order(order, page.text)
    for heading_ in ("other providers", "whole internet", "Planned maintenance", "late"):
        assert heading_ not in page.text.partition("Services")[2]
    assert page.text.count("No trouble in") == len(KEYS)


def test_a_site_can_be_traced_from_the_status_page() -> None:
    page = Seen(site_of()[STATUS])
    [form], [field] = page.all("form"), page.all("input")
    assert (form["action"], form["method"]) == ("/api/traces", "post")
    assert field["name"] == "target"
    assert "required" in field
    assert "trace" in {attributes.get("id") for _, attributes in page.elements}


def test_the_front_page_tells_the_worst_and_each_services_state() -> None:
    front = site_of(notice(impact="critical", components=(KEYS[1],)))[STATUS]
    assert '<h1 class="bad">Our service is down</h1>' in front
    assert front.count("&#9632; down") == 1
    assert front.count("&#9679; no known problem") == len(KEYS) - 1
    calm = site_of()[STATUS]
    assert "We know of no problem in our service" in calm
    assert calm.count("&#9679; no known problem") == len(KEYS)


@pytest.mark.parametrize(
    ("elsewhere", "headline", "told"),
    [
        ("Other Net", "Problems at other providers", "Other Net: No dial tone"),
        ("internet", "Problems of the whole internet", "Internet: No dial tone"),
        ("InterNet", "Problems of the whole internet", "Internet: No dial tone"),
    ],
)
def test_anothers_outage_is_told_apart_from_ours(elsewhere: str, headline: str, told: str) -> None:
    made = site_of(notice(elsewhere=elsewhere, impact="critical"))
    front = made[STATUS]
    assert_in_order(["We know of no problem in our service", headline, told], front)
    assert front.count("no known problem") == len(KEYS)
    assert front.count("Problems ") == 1
    assert_in_order(["WE KNOW OF NO PROBLEM", headline.upper(), told], made[TEXT])


def test_anothers_outage_never_says_that_our_service_is_down() -> None:
    made = site_of(notice(elsewhere="Other Net", impact="critical"))
    for key, page in made.items():
        assert "Our service is down" not in page, key


def test_a_problem_of_the_whole_internet_is_told_so_wherever_it_is_told() -> None:
    made = site_of(notice(elsewhere="internet"))
    for key in (page_of(notice()), "status/line.txt", month_of("2026-11")):
        assert "At internet" not in made[key], key
        assert "at internet" not in made[key], key
        assert "nternet" in made[key], key


def test_maintenance_at_another_provider_is_told_once_and_is_not_ours() -> None:
    begun = works(NOW - HOUR, title="Their router", elsewhere="Other Net")
    made = site_of(begun)
    assert made[TEXT].count("Their router") == 1
    assert made[STATUS].count("no known problem") == len(KEYS)


def test_each_service_has_a_bar_and_says_in_words_what_it_shows() -> None:
    hit = incident(3 * DAY, "identified", "resolved", components=(KEYS[1],))
    page = Seen(site_of(hit, incident(30 * DAY, "resolved", components=(KEYS[2],)))[STATUS])
    drawings = page.all("svg")
    assert len(drawings) == len(KEYS)
    assert {one["viewbox"] for one in drawings} == {f"0 0 {DAYS * 5} 20"}
    assert {one["aria-hidden"] for one in drawings} == {"true"}
    known = 31  # days since the first of these notices, both included
    assert_in_order(
        [
            f"{NAMES[KEYS[0]]} ", f"No trouble in {known} days",
            f"{NAMES[KEYS[1]]} ", f"One day of {known} with trouble",
            "21 November: partly down, 2 h",
            f"{NAMES[KEYS[2]]} ", f"One day of {known} with trouble",
            "25 October: partly down, 1 h",
        ],
        page.text,
    )  # fmt: skip
    assert f"/status/notices/{hit.id}/" in page.links()
    grounds = [one["d"] for one in page.all("path") if one["class"] == "ok"]
    assert grounds == [f"M{(DAYS - known) * 5} 10H{DAYS * 5}"] * len(KEYS)


def test_only_so_many_recent_notices_are_listed_the_last_ended_first() -> None:
    done = [
        incident((place + 1) * DAY, "resolved", number=place, title=f"Trouble {place}.")
        for place in range(RECENT + 2)
    ]
    text = Seen(site_of(*done)[STATUS]).text.partition("Recent notices")[2]
    assert re.findall(r"Trouble (\d+)\.", text) == [str(place) for place in range(RECENT)]


def test_recent_notices_are_of_the_last_days() -> None:
    """A correction of an old notice brings the headings of its month along."""
    old = incident(200 * DAY, "resolved", title="Long ago")
    assert "Long ago" not in Seen(site_of(old)[STATUS]).text


def test_a_maintenance_that_never_began_did_not_last() -> None:
    off = updated(works(NOW + DAY), "completed", "Not needed after all.", "anna", NOW)
    made = site_of(off)
    for key in (STATUS, TEXT, month_of("2026-11")):
        assert "after 1 min" not in one_line(made[key]), key


# --- a copy that is old --------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 59])
def test_a_copy_knows_by_itself_when_it_is_old(seconds: int) -> None:
    built = NOW + timedelta(seconds=seconds)
    for notices in ([], [notice()]):
        page = Seen(site_of(*notices, now=built)[STATUS])
        [note] = [one for one in page.all("p") if one.get("id") == "stale"]
        assert "hidden" in note
        assert note["role"] == "alert"
        assert datetime.fromisoformat(note["data-after"]) == built + timedelta(minutes=10)


def test_the_pages_only_script_is_the_one_that_it_permits() -> None:
    for notices in ([], varied()):
        page = Seen(site_of(*notices)[STATUS])
        [script] = page.scripts
        [policy] = [
            one["content"]
            for one in page.all("meta")
            if one.get("http-equiv") == "Content-Security-Policy"
        ]
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"; script-src 'sha256-{digest}';" in policy
        assert policy.startswith("default-src 'none';")
        assert all(name in script for name in ('"stale"', "dataset.after", "data-stale"))


def test_only_a_page_that_calls_all_well_takes_that_back() -> None:
    [calm] = Seen(site_of()[STATUS]).all("h1")
    assert calm["data-stale"] == "We can't tell you how things are now"
    for made in (notice(), works(NOW - HOUR)):
        [told] = Seen(site_of(made)[STATUS]).all("h1")
        assert "data-stale" not in told


# --- every page ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> dict[str, str]:
    return site_of(*varied())


def html_pages(made: dict[str, str]) -> Iterator[tuple[str, Seen]]:
    return ((key, Seen(page)) for key, page in made.items() if key.endswith(".html"))


def test_no_page_but_the_status_page_and_the_forms_have_a_script(whole: dict[str, str]) -> None:
    assert {key for key, page in html_pages(whole) if page.scripts} == SCRIPTED
    for key, text in whole.items():
        assert text.count("<script") == text.count("script-src") == (key in SCRIPTED), key


def test_no_page_needs_another_host_or_another_file(whole: dict[str, str]) -> None:
    """But the help page: it shows the badge, which is ours."""
    for key, page in html_pages(whole):
        loaded = [
            (tag, name, attributes[name])
            for tag, attributes in page.elements
            for name in ("src", "srcset", "data", "poster", "background", "style", "ping")
            if name in attributes
        ]
        shown = [("img", "src", "/status/badge.svg")] if key == "status/help/index.html" else []
        assert loaded == shown, key
        assert {one["rel"] for one in page.all("link")} <= {"alternate"}, key
        assert not page.all("iframe") + page.all("object") + page.all("embed"), key
        for form in page.all("form"):
            assert form["action"].startswith("/api/t"), key
        for href in page.links() + [one["href"] for one in page.all("link")]:
            assert re.match(r"/(?!/)|#|tel:|mailto:", href), (key, href)
        css = re.search(r"<style>(.*?)</style>", whole[key], re.DOTALL)
        assert css
        assert not re.search(r"url\(|@import|@font-face|https?:", css[1]), key


def test_pictures_are_permitted_on_the_help_page_alone(whole: dict[str, str]) -> None:
    shows = [key for key in whole if "img-src" in whole[key]]
    assert shows == ["status/help/index.html"]


@pytest.mark.parametrize(("notices", "least"), [([], 100), (varied(), 600)])
def test_every_link_leads_somewhere(notices: list[Notice], least: int) -> None:
    made, checked = site_of(*notices), 0
    for key, page in html_pages(made):
        ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
        found = [one["href"] for one in page.all("a") + page.all("link")]
        found += [one["src"] for one in page.all("img")]
        for href in found:
            checked += 1
            if href.startswith("#"):
                assert href[1:] in ids, (key, href)
            elif href.startswith("/"):
                file = f"{href[1:]}index.html" if href.endswith("/") else href[1:]
                assert file in made, (key, href)
    assert checked > least


def test_every_address_in_the_plain_texts_leads_somewhere(whole: dict[str, str]) -> None:
    found = re.findall(rf"{PUBLIC_URL}/(\S+)", whole[TEXT])
    assert len(found) > 10
    for path in found:
        assert f"{path}index.html" in whole, path


def test_every_page_can_be_reached_from_the_status_page(whole: dict[str, str]) -> None:
    left, reached = [STATUS], {STATUS}
    while left:
        page = Seen(whole[left.pop()])
        hrefs = [one["href"] for one in page.all("a") if one["href"].startswith("/")]
        hrefs += [one["src"] for one in page.all("img")]
        keys = {f"{href[1:]}index.html" if href.endswith("/") else href[1:] for href in hrefs}
        new = keys - reached
        reached |= new
        left += [key for key in new if key.endswith(".html")]
    assert whole.keys() - reached == {"404.html", "unavailable.html"}


def test_every_time_names_its_zone(whole: dict[str, str]) -> None:
    told = 0
    texts = {key: page.text for key, page in html_pages(whole)}
    texts |= {key: text for key, text in whole.items() if key.endswith(".txt")}
    for key, text in texts.items():
        clocks = re.findall(r"\b\d\d?:\d\d\b(.{8})", text)
        told += len(clocks)
        assert set(clocks) <= {f" {ZONE_WORD}"}, key
    assert told > 100


def test_every_time_is_told_to_programs_too(whole: dict[str, str]) -> None:
    for key, page in html_pages(whole):
        for attribute, told in page.times:
            moment = datetime.fromisoformat(attribute)
            assert moment.utcoffset() is not None
            assert told in (PAGES.when(moment), PAGES.clock(moment)), key


def test_every_page_has_one_headline_and_a_way_to_call_us(whole: dict[str, str]) -> None:
    for key, page in html_pages(whole):
        assert len(page.all("h1")) == 1, key
        assert PHONE in page.text, key
        assert f"option {OPTION} for an emergency" in page.text, key


def test_the_navigation_marks_where_one_is(whole: dict[str, str]) -> None:
    for key, page in html_pages(whole):
        here = [one["href"] for one in page.all("a") if one.get("aria-current") == "page"]
        linked = f"/{key.removesuffix('index.html')}"
        assert here == ([linked] if linked in NAVIGATION else []), key


def test_the_help_page_links_all_that_programs_read(whole: dict[str, str]) -> None:
    links = Seen(whole["status/help/index.html"]).links()
    for key in FEEDS | OF_COMPONENTS | TABLE.keys() | {"status/maintenance.ics", TEXT}:
        assert f"/{key}" in links


def test_the_help_page_explains_every_state(whole: dict[str, str]) -> None:
    text = Seen(whole["status/help/index.html"]).text
    assert all(words in text for words in COMPONENT_WORDS.values())


# --- notices and months --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (notice(), ["No dial tone", "Part of our service is down.", "and not over when this was",
                    "10:00 Pacific", "Meanwhile:", "We are looking."]),
        (replace(notice(), next_at=NOW + HOUR), ["Meanwhile:", "Next update by", "11:00 Pacific"]),
        (after("identified", "resolved"), ["Solved: No dial tone", "From", "to", "10:02 Pacific",
                                           ": 2 min.", "Now resolved.", "Now identified."]),
        (incident(DAY, "resolved", "postmortem"), ["Solved:", ": 1 h.", "What happened", "A fuse;",
                                                   "Now resolved."]),
        (incident(DAY, "resolved", "retracted"), ["Taken back: No dial tone",
                                                  "We published this by mistake.",
                                                  "It was a test."]),
        (works(NOW + DAY), ["Maintenance: New router", "From Wednesday 25 November", "12:00",
                            "Planned", "Short breaks."]),
        (works(NOW - DAY), ["Over: New router", "Over", "The maintenance has begun."]),
        (replace(notice(), began_at=NOW - 2 * HOUR), ["From Tuesday 24 November, 08:00 Pacific"]),
    ],
)  # fmt: skip
def test_the_page_of_a_notice_tells_its_course(made: Notice, told: list[str]) -> None:
    text = Seen(site_of(made)[page_of(made)]).text
    assert_in_order([f"Notice {made.id}", *told, "How things are now"], text)


def test_what_was_taken_back_is_repeated_nowhere() -> None:
    wrong = incident(DAY, "identified", "retracted", message="The wrong words.")
    made = site_of(wrong)
    assert not [key for key, text in made.items() if "The wrong words." in text]
    assert "Meanwhile" not in made[page_of(wrong)]
    assert "Published by mistake" in made[month_of("2026-11")]


def test_a_month_lists_its_notices_newest_first_with_what_they_were() -> None:
    made = site_of(
        incident(20 * DAY, "resolved", number=1, title="First", impact="minor"),
        incident(10 * DAY, "identified", number=2, title="Second"),
        replace(works(NOW - 5 * DAY, title="Third"), id="20261115-wrk"),
        incident(4 * DAY, "retracted", number=3, title="Fourth"),
        incident(2 * DAY, "identified", "resolved", number=4, title="Fifth", elsewhere="Other Net"),
        incident(40 * DAY, "resolved", number=5, title="Long before"),
    )
    name = NAMES[KEYS[0]]
    told = [
        "Notices of November 2026",
        "Other Net: Fifth", "Sunday 22 November, 10:00 Pacific", f"{name}. Solved after 2 h.",
        "Fourth", "Friday 20 November", f"{name}. Published by mistake.",
        "Third", "Thursday 19 November", f"Maintenance: {name}. Over after 2 h.",
        "Second", "Saturday 14 November", f"Part of our service is down: {name}. "
        "We know the cause.",
        "First", "Wednesday 4 November", f"Some things work badly: {name}. Solved after 1 h.",
        "All months",
    ]  # fmt: skip
    text = Seen(made[month_of("2026-11")]).text
    assert_in_order(told, text)
    assert "Long before" not in text
    assert "Long before" in Seen(made[month_of("2026-10")]).text


def test_a_month_begins_and_ends_at_the_providers_midnight() -> None:
    late = datetime(2026, 11, 1, 6, 59, 59, tzinfo=NOW.tzinfo)  # 23:59 Pacific, 31 October
    before = incident(NOW - late, "resolved", title="Before")
    assert before.id.startswith("20261031")
    assert "Saturday 31 October" in site_of(before)[month_of("2026-10")]


def test_the_history_lists_the_months_that_have_notices_newest_first() -> None:
    made = site_of(*(incident(days * DAY, "resolved", number=days) for days in (1, 2, 40, 330)))
    index = Seen(made["status/history/index.html"])
    assert_in_order(["November 2026", "October 2026", "December 2025"], index.text)
    months = [href for href in index.links() if re.search(r"/\d{4}-\d\d/$", href)]
    assert months == [f"/status/history/{month}/" for month in ("2026-11", "2026-10", "2025-12")]
    assert "There is none yet." in Seen(site_of()["status/history/index.html"]).text


# --- the page and its plain twin -----------------------------------------------------------------


def facts(notices: list[Notice], now: datetime) -> list[str]:
    """What a customer may want to know, in the order in which the page tells it."""
    snapshot = snapshot_of(*notices, now=now)
    told = [PAGES.when(now)]
    for one in snapshot.ours:
        told += [one.title, names(one), PAGES.when(one.since), meanwhile(one)]
        told += [*promised(one), *said(one)]
    for one in snapshot.running:
        told += [one.title, names(one), *window(one)]
        told += ["It takes longer than planned."] if one.id in snapshot.late else []
        told += [meanwhile(one), *said(one)]
    told += [f"option {OPTION}"]
    states = component_states(provider(), [*snapshot.ours, *snapshot.maintenance])
    drawn = bars(PAGES, snapshot)
    for group in provider().groups:
        told.append(group.name)
        for component in group.components:
            told += [component.name, COMPONENT_WORDS[states[component.key]]]
            told += [
                f"{day.date.day} {day.date:%B}: {COMPONENT_WORDS[day.state]}, "
                for day in drawn[component.key].bad
            ] or ["No trouble in "]
    for one in [*snapshot.others, *snapshot.internet]:
        told += [f": {one.title}", names(one), PAGES.when(one.since), *promised(one), *said(one)]
    for one in snapshot.planned:
        told += [one.title, names(one), *window(one), message(one.updates[-1].message)]
    for done in snapshot.recent:
        assert done.ended_at
        told += [done.title, PAGES.when(done.ended_at), "after "]
    return told


def names(one: Notice) -> str:
    return ", ".join(name for key, name in NAMES.items() if key in one.components)


def meanwhile(one: Notice) -> str:
    ours = [c.meanwhile for c in provider().components if c.key in one.components]
    return one.meanwhile or " ".join(ours)


def promised(one: Notice) -> list[str]:
    return [PAGES.when(one.next_at)] if one.next_at else []


def window(one: Notice) -> list[str]:
    assert one.scheduled_for and one.scheduled_until
    return [PAGES.when(one.scheduled_for), PAGES.when(one.scheduled_until)]


def said(one: Notice) -> list[str]:
    return [
        fact
        for told in reversed(one.updates)
        for fact in (STATE_WORDS[told.state], PAGES.when(told.at), message(told.message))
    ]


def message(text: str) -> str:
    """Its first line, which both tell alike."""
    return text.partition("\n")[0]


def assert_twins(notices: list[Notice], now: datetime = NOW) -> None:
    made = site_of(*notices, now=now)
    told = facts(notices, now)
    page, plain = Seen(made[STATUS]).text, one_line(made[TEXT])
    assert_in_order(told, page)
    assert_in_order(told, plain)


def test_the_page_and_its_plain_twin_tell_the_same_in_the_same_order() -> None:
    assert_twins(busy())
    assert_twins(varied())
    assert_twins([])


@runs(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 29), max_size=12, unique=True),
    st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_twins_are_twins_whatever_happens(places: list[int], later: timedelta) -> None:
    whole = varied()
    assert_twins([whole[place] for place in places], NOW + later)


def test_the_twin_tells_how_to_reach_us_and_when_it_was_built() -> None:
    plain = site_of(notice())[TEXT]
    for told in (PHONE, f"{PUBLIC_URL}/problem/", provider().mail, "After 10:10 Pacific"):
        assert told in plain
    assert plain.endswith(
        "\nBuilt Tuesday 24 November, 10:00 Pacific; next 10:05 Pacific.\n"
    )  # fmt: skip


def test_pages_are_as_old_as_what_they_tell_of() -> None:
    made = {page.key: page for page in site_pages(PAGES, snapshot_of(after("identified")))}
    assert made[page_of(notice())].age == (2, "")
    ages = {page.age for key, page in made.items() if key != page_of(notice())}
    assert ages == {(7, "2026-11-24T18:00:00+00:00")}
