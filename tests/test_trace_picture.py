"""The picture of a path: laws of its layout, and what the page makes of it."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from netdesk.pages import SITE
from netdesk.words import CONFIDENCE_WORDS
from tests.traced import (
    ANSWERS,
    BROKEN,
    HEALTHY,
    HOSTILE,
    LINK,
    PENDING,
    REACHED,
    TARGET,
    TRANSIT,
    page,
    path,
    paths,
    silent,
    stop,
    view,
)
from traceroute.paths import Path, Row, Stop
from traceroute.picture import WIDTH, Picture, draw
from traceroute.verdict import Verdict

TAG = re.compile(r"<(/?[a-z][a-z0-9]*)")
CSS = (SITE / "static" / "trace.css").read_text(encoding="utf-8")


def labels(picture: Picture, *kinds: str) -> list[str]:
    return [label.text for label in picture.labels if label.kind in kinds]


# --- laws ----------------------------------------------------------------------------------------


@given(paths())
def test_bands_cover_all_hops_and_nothing_else(any_path: Path) -> None:
    picture = draw(any_path)
    hops = [row for row in any_path.rows if row.kind != "break"]
    assert len(picture.dots) == len(hops) + 2
    for dot in picture.dots[1:-1]:
        inside = [b for b in picture.bands if b.y + 9 <= dot.y <= b.y + b.height - 9]
        assert [band.tone for band in inside] == [dot.tone]
    for end in (picture.dots[0], picture.dots[-1]):
        assert not [b for b in picture.bands if b.y < end.y + 9 and end.y - 9 < b.y + b.height]


@given(paths())
def test_nothing_overlaps(any_path: Path) -> None:
    picture = draw(any_path)
    for above, below in pairwise(picture.bands):
        assert above.y + above.height < below.y
    for upper, lower in pairwise(picture.dots):
        assert upper.y + 18 <= lower.y
    if picture.break_y is not None:
        edges = (picture.break_y - 13, picture.break_y + 13)
        assert all(b.y >= edges[1] or b.y + b.height <= edges[0] for b in picture.bands)
    boxes = [(one.x, one.x + one.width, one.y + 2, one.y + 14) for one in picture.labels]
    boxes += [(40, 40 + bar.width, bar.y, bar.y + 5) for bar in picture.bars]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = one[1] <= other[0] or other[1] <= one[0]
            assert apart or one[3] <= other[2] or other[3] <= one[2], (one, other)


@given(paths())
def test_all_is_within_the_drawing(any_path: Path) -> None:
    picture = draw(any_path)
    for label in picture.labels:
        assert 0 <= label.x < label.x + label.width <= WIDTH
        assert 0 <= label.y <= picture.height - 17
        assert "\n" not in label.text
    assert all(0 < bar.width <= WIDTH - 40 - 80 for bar in picture.bars)
    assert all(band.y + band.height <= picture.height for band in picture.bands)
    assert picture.dots[-1].y + 9 <= picture.height


@given(paths())
def test_a_break_stands_between_its_two_hops(any_path: Path) -> None:
    picture = draw(any_path)
    assert (picture.break_y is None) == (any_path.break_after is None)
    if any_path.break_after is None or picture.break_y is None:
        return
    hops = [row for row in any_path.rows if row.kind != "break"]
    for row, dot in zip(hops, picture.dots[1:-1], strict=True):
        assert (dot.y < picture.break_y) == (row.last <= any_path.break_after)


@given(paths())
def test_no_hop_is_left_out(any_path: Path) -> None:
    hops = [row for row in any_path.rows if row.kind != "break"]
    told = [ttl for row in hops for ttl in (row.first, row.last)]
    assert told == sorted(told)
    known: set[str] = set()
    for one in any_path.stops:
        [row] = [row for row in hops if row.first <= one.ttl <= row.last]
        if set(one.addresses) - known:
            assert row == Row("answer", one.ttl, one.ttl, one)
        known |= set(one.addresses)


# --- what is drawn -------------------------------------------------------------------------------


def test_a_dead_path_ends_in_one_line_of_silence() -> None:
    assert [row.hops for row in BROKEN.rows] == ["1", "2", "3", "4", "5", "6", "0", "7 to 30"]
    assert labels(draw(BROKEN), "silence") == ["nobody answers", "7 to 30: nobody answers"]


def test_silence_before_the_break_is_shown_hop_by_hop() -> None:
    gap = path((*HEALTHY[:6], *silent(7, 30)), break_after=8)
    assert [row.hops for row in gap.rows][-4:] == ["7", "8", "0", "9 to 30"]


ROUND = [stop(n, f"203.0.113.{1 + n % 2}", n) for n in range(3, 30)]


def test_a_loop_is_drawn_once_round() -> None:
    picture = draw(path((*HEALTHY[:2], *ROUND, Stop(30)), break_after=4))
    assert labels(picture, "silence") == ["5 to 29: the same routers again", "nobody answers"]
    assert labels(picture, "broken") == ["Packets go round in a circle here"]
    assert len(picture.dots) == 8


def test_two_answers_of_one_router_are_no_loop() -> None:
    assert [row.kind for row in path((*HEALTHY[:2], *ROUND[:4])).rows] == ["answer"] * 6


def test_a_silent_hop_between_two_of_a_network_is_in_its_band() -> None:
    picture = draw(REACHED)
    assert labels(picture, "network") == [
        "Example Hosting (AS64500)", "Transit One (AS64501)", "Lake Peering & Sons (AS64502)",
        "Org Web Services (AS64503)",
    ]  # fmt: skip
    assert [band.tone for band in picture.bands] == [1, 2, 3, 4]
    assert [dot.kind for dot in picture.dots if dot.kind != "answer"] == [
        "start", "silent", "silent", "goal",
    ]  # fmt: skip


def test_silence_between_two_networks_is_nobodys() -> None:
    one, two = stop(1, "192.0.2.1", 1, ("One", 1)), stop(3, "192.0.2.3", 2, ("Two", 2))
    assert [band.tone for band in draw(path((one, Stop(2), two))).bands] == [1, 0, 2]


def test_a_network_that_comes_again_has_its_colour_again() -> None:
    stops = [stop(n, f"192.0.2.{n}", n, (name, 1)) for n, name in enumerate("ABCDEFA", 1)]
    assert [band.tone for band in draw(path(stops)).bands] == [1, 2, 3, 4, 5, 1, 1]


def test_the_line_is_solid_as_far_as_somebody_answers() -> None:
    assert [dot.solid for dot in draw(BROKEN).dots] == [True] * 7 + [False] * 2
    assert all(dot.solid for dot in draw(REACHED).dots)


def test_bars_are_as_long_as_the_answers_took() -> None:
    assert [bar.width for bar in draw(path(HEALTHY[:4])).bars] == [8, 16, 25, 190]
    assert labels(draw(path(HEALTHY[:4])), "time") == ["0.4 ms", "0.8 ms", "1.3 ms", "9.7 ms"]


def test_where_packets_get_lost_nothing_breaks() -> None:
    losing = replace(REACHED, break_after=3)
    assert labels(draw(losing), "broken") == ["Packets get lost from here on"]
    assert labels(draw(BROKEN), "broken") == ["It breaks here"]


# --- the page ------------------------------------------------------------------------------------


def test_the_page_says_what_where_how_sure_and_what_to_do() -> None:
    shown = page(TRANSIT, view(BROKEN, diagnostics=(("Port 443", "no answer"),)))
    order = [
        f'<h1 class="bad">The way to {TARGET} breaks</h1>', TRANSIT.finding,
        CONFIDENCE_WORDS["medium"], TRANSIT.unproven, "Open a ticket with this trace", "<svg",
        "7 to 30: nobody answers", "The same in words", "It breaks here",
        "<dt>Port 443</dt><dd>no answer</dd>", LINK, 'action="/api/traces"',
    ]  # fmt: skip
    places = [shown.index(part) for part in order[:5]]
    assert places == sorted(places)
    assert not [part for part in order if part not in shown]
    assert 'http-equiv="refresh"' not in shown
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("said", "headline"),
    [
        (ANSWERS, "can be reached"),
        (replace(TRANSIT, confidence="low"), "may be broken"),
        (replace(TRANSIT, confidence="none"), "This trace says nothing about"),
        (replace(TRANSIT, code="loss-between"), "get lost"),
        (replace(TRANSIT, after=None), "works, the site does not"),
        (replace(TRANSIT, code="only-ipv4", version=6), "breaks over IPv6"),
        (
            replace(TRANSIT, code="only-ipv4", version=6, after=None),
            "can&#39;t be reached over IPv6",
        ),
        (replace(TRANSIT, code="loss-at-end", confidence="low"), "but not each of our tests"),
        (TRANSIT, "breaks</h1>"),
    ],
)
def test_the_headline_says_it_in_a_few_words(said: object, headline: str) -> None:
    shown = page(said, view(REACHED))  # type: ignore[arg-type]
    [told] = re.findall(r"<h1.*", shown)
    assert headline.replace("&#39;", "'") in told.replace("&#39;", "'")


def test_a_site_without_any_answer_cannot_be_reached() -> None:
    shown = page(replace(TRANSIT, after=None), view())
    assert f"{TARGET} can't be reached</h1>" in shown
    assert "<svg" not in shown


@pytest.mark.parametrize(
    ("said", "todo"),
    [
        (ANSWERS, "Load the site once more."),
        (TRANSIT, "can speak with those who run that network."),
        (replace(TRANSIT, side="destination"), "Only those who run the site can mend it."),
        (replace(TRANSIT, side="ours"), "so that we know whom it hits."),
        (replace(TRANSIT, side=""), "Try again in some minutes."),
        (replace(TRANSIT, code="refused-address"), ""),
        (replace(TRANSIT, confidence="none"), ""),
    ],
)
def test_it_says_what_can_be_done_about_it(said: Verdict, todo: str) -> None:
    shown = page(said, view(BROKEN))
    assert ("What you can do:" in shown) == bool(todo)
    assert todo in shown
    assert ("How sure are we?" in shown) == (said.confidence != "none")


def test_what_is_known_needs_no_ticket() -> None:
    shown = page(replace(TRANSIT, known=("A cable is cut", "/status/notices/x/")), view(BROKEN))
    assert '<a href="/status/notices/x/">A cable is cut</a>' in shown
    assert '<button class="chief quiet">' in shown
    assert '<button class="chief">' in page(TRANSIT, view(BROKEN))


def test_the_way_that_breaks_is_in_sight_and_the_other_unfolds() -> None:
    six = replace(BROKEN, version=6, address="2001:db8::80")
    shown = page(replace(TRANSIT, version=6), view(REACHED, six))
    assert "<h3>Over IPv6: it breaks after hop 6</h3>" in shown
    assert re.search(r"<details[^>]*><summary[^>]*>Over IPv4: it works</summary>", shown)


def test_each_measuring_host_is_told_apart_and_who_is_away_says_so() -> None:
    away = replace(view(state="failed"), place="Burbank", sentence="This host is away.")
    shown = page(TRANSIT, view(BROKEN), away)
    heads = re.findall(r"<h2>Our measuring host, (.*?)</h2>", shown)
    assert heads == ["Oregon", "Burbank"]
    assert "This host is away." in shown


def test_the_button_carries_the_fields_line_by_line() -> None:
    shown = page(TRANSIT, view(BROKEN), fill={"url": 'a"b', "message": "one\n two"})
    assert '<form method="post" action="/api/tickets">' in shown
    assert '<input type="hidden" name="fill" value="1">' in shown
    assert '<input type="hidden" name="url" value="a&#34;b">' in shown
    assert '<input type="hidden" name="message" value="one\n two">' in shown


def test_a_running_trace_says_how_far_it_is_and_refreshes_without_script() -> None:
    shown = page(PENDING, view(path(HEALTHY[:3]), state="running"), running=True, typed='x"y')
    assert f'<noscript><meta http-equiv="refresh" content="2;url={LINK}"></noscript>' in shown
    assert f'data-running="{LINK}" data-typed="x&#34;y"' in shown
    assert "3 hops have answered so far." in shown
    assert "not reached yet (203.0.113.80)" in shown
    assert "Open a ticket" not in shown
    assert "connect-src 'self'" in shown


def test_the_policy_allows_just_what_is_in_the_page() -> None:
    shown = page(PENDING, view(), running=True)
    inline = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", shown, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inline]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', shown)
    assert policy
    assert re.findall(r"'sha256-([^']*)'", policy[1]) == digests
    assert len(digests) == 3
    assert " style=" not in page(TRANSIT, view(BROKEN))


def test_text_of_strangers_stays_text() -> None:
    strange = Stop(1, (HOSTILE,), 1.0, "!X", HOSTILE, HOSTILE, 1, HOSTILE)
    plain = Stop(1, ("x",), 1.0, "!X", "x", "x", 1, "x")

    def shown(text: str, one: Stop) -> str:
        said = replace(TRANSIT, finding=text, unproven=text, known=(text, text), where=text)
        seen = view(Path(4, text, (one, Stop(2)), break_after=1), diagnostics=((text, text),))
        named = replace(seen, name=text, place=text)
        whole = page(said, named, replace(named, sentence=text), target=text,
                     fill={"message": text})  # fmt: skip
        return whole + page(said, named, running=True, typed=text, target=text)

    hostile = shown(HOSTILE, strange)
    assert "pwned" in hostile
    assert TAG.findall(hostile) == TAG.findall(shown("x", plain))


# --- colours -------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    digits = colour if len(colour) == 6 else "".join(one * 2 for one in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_can_be_read_on_every_colour(scheme: int) -> None:
    """4.5 to 1: https://www.w3.org/TR/WCAG22/#contrast-minimum"""
    whole = (SITE / "static" / "page.css").read_text(encoding="utf-8")
    page_is, trace_is = (
        dict(re.findall(r"--([\w]+):#(\w+)", re.findall(r":root\{[^}]*", css)[scheme]))
        for css in (whole, CSS)
    )
    for tone in range(6):
        tint, edge = trace_is[f"t{tone}"], trace_is[f"e{tone}"]
        assert contrast(page_is["ink"], tint) >= 4.5
        assert contrast(page_is["dim"], tint) >= 4.5
        assert contrast(edge, tint) >= 4.5
        assert contrast(page_is["paper"], edge) >= 4.5  # a hop's number
    assert contrast("fff", trace_is["break"]) >= 4.5
    assert contrast(page_is["paper"], trace_is["break"]) >= 3  # of shapes: non-text-contrast
