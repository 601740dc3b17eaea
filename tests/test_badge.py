import re
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from netdesk.notice import Notice, Update
from netdesk.states import IMPACTS
from status_publish.badge import STATES, badge, indicator
from status_publish.render import site_pages
from tests.desk import NOW, provider
from tests.status import PAGES, snapshot_of
from tests.test_notice import after, notice

SVG = "{http://www.w3.org/2000/svg}"


def works(state: str) -> Notice:
    told = (Update(NOW, state, "New lines.", "anna"),)
    return replace(
        notice(), kind="maintenance", updates=told, scheduled_for=NOW, scheduled_until=NOW
    )


@pytest.mark.parametrize("impact", [*IMPACTS, "maintenance"])
def test_every_state_is_said_in_words(impact: str) -> None:
    picture = fromstring(badge("Example Net", impact))  # noqa: S314
    words = STATES[impact][0]
    assert picture.tag == f"{SVG}svg"
    assert [text.text for text in picture.iter(f"{SVG}text")] == ["Example Net", words]
    assert picture.findtext(f"{SVG}title") == f"Example Net: {words}"
    assert (picture.attrib["role"], picture.attrib["aria-label"]) == (
        "img", f"Example Net: {words}",
    )  # fmt: skip


def test_no_two_states_have_the_same_words_or_colour() -> None:
    assert len({words for words, _ in STATES.values()}) == len(STATES)
    assert len({colour for _, colour in STATES.values()}) == len(STATES)


def test_white_words_can_be_read_on_every_colour() -> None:
    for _, colour in STATES.values():
        light = [_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
        luminance = sum(
            part * weight for part, weight in zip(light, (0.2126, 0.7152, 0.0722), strict=True)
        )
        assert 1.05 / (luminance + 0.05) >= 4.5, colour


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def test_it_needs_no_other_file_and_runs_nothing() -> None:
    picture = badge("Example Net", "major").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|href|url\(|<style|<script|\son\w+=", picture)
    assert len(picture) < 1_000


def test_any_name_fits() -> None:
    for name in ('"><script>alert(1)</script>&', "\x00\u202e\ud800x", "\u65e5" * 90, "W" * 90):
        picture = fromstring(badge(name, "none"))  # noqa: S314
        fields = [int(field.attrib["width"]) for field in picture.iter(f"{SVG}rect")]
        assert sum(fields) == int(picture.attrib["width"]) < 800
        assert all(int(t.attrib["textLength"]) > 0 for t in picture.iter(f"{SVG}text"))
        assert "<script" not in badge(name, "none")


@pytest.mark.parametrize(
    ("active", "told"),
    [
        ([], "none"),
        ([notice(impact="minor"), notice(impact="critical"), notice()], "critical"),
        ([notice(elsewhere="Other Net", impact="critical")], "none"),
        ([notice(elsewhere="internet", impact="critical")], "none"),
        ([replace(works("in_progress"), elsewhere="Other Net")], "none"),
        ([after("resolved")], "none"),
        ([works("in_progress")], "maintenance"),
        ([works("scheduled")], "none"),
        ([works("completed")], "none"),
        ([works("verifying"), notice(impact="minor")], "minor"),
        ([works("in_progress"), notice(impact="none")], "maintenance"),
    ],
)
def test_it_tells_the_worst_of_our_own(active: list[Notice], told: str) -> None:
    assert indicator(active) == told


def test_it_is_among_the_pages() -> None:
    snapshot = snapshot_of(notice(impact="critical"))
    [page] = [page for page in site_pages(PAGES, snapshot) if page.key == "status/badge.svg"]
    assert page.body == badge(provider().name, "critical")
    assert page.media_type == "image/svg+xml"
