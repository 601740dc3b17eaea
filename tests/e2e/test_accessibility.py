"""Every page for everybody: axe-core, narrow screens, keyboards, forced colours, paper."""

from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import pages
from tests.e2e.stack import Stack
from tests.pages import DAYS, MINUTE, NOW, Site

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
NARROW, WIDE = 320, 1280
HEIGHT = 800
MODES = [(scheme, width) for scheme in ("light", "dark") for width in (NARROW, WIDE)]
NOTICE = "/status/notices/202611"
PLACES = [
    "first/status/history/",
    "calm/status/", "calm/status/history/", "calm/status/history/2026-11/",
    "calm/status/help/", "calm/support/", "calm/problem/", "calm/problem/domain/",
    "calm/status/traceroute/",
    "calm/404.html", "calm/unavailable.html",
    "bad/status/", f"bad{NOTICE}24-dia/", f"bad{NOTICE}24-cab/",
    f"bad{NOTICE}15-h02/", f"bad{NOTICE}09-h07/", "bad/status/notices/20261025-h08/",
    "maintenance/status/", f"maintenance{NOTICE}18-run/", f"maintenance{NOTICE}21-dns/",
    f"maintenance{NOTICE}16-h09/",
    "api/ticket-opened/", "api/ticket/", "api/ticket-empty-message/", "api/form-with-errors/",
    "api/trace-refused/", "api/trace-running/", "api/trace-done/",
    "api/no-such-trace/",
]  # fmt: skip
STATES = {"no known problem", "works badly", "partly down"}  # of the bad day
OLD = ["calm/status/ when old"]


@pytest.fixture(scope="module")
def sites(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    folder = tmp_path_factory.mktemp("sites")
    for name, text in pages.api_pages(stack).items():
        (folder / "api" / name).mkdir(parents=True)
        # Here it stands still while it is looked at.
        still = text.replace('content="2;', 'content="600;')
        (folder / "api" / name / "index.html").write_text(still, encoding="utf-8")
    with ExitStack() as kept:
        found = {
            day: kept.enter_context(pages.site_of(notices, folder / day))
            for day, notices in DAYS.items()
        }
        yield found | {"api": kept.enter_context(pages.served(folder / "api"))}


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(bypass_csp=True)  # for axe alone
    context.add_init_script(AXE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=[*PLACES, *OLD])
def page(tab: Page, sites: dict[str, Site], request: pytest.FixtureRequest) -> Page:
    place, old, _ = request.param.partition(" when old")
    day, _, path = place.partition("/")
    tab.clock.set_fixed_time(NOW + 11 * MINUTE if old else NOW)
    tab.goto(f"{sites[day].address}/{path}")
    pages.unfold(tab)
    return tab


def shown(page: Page, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": HEIGHT})


@pytest.mark.parametrize(("scheme", "width"), MODES)
def test_axe_finds_nothing(page: Page, scheme: str, width: int) -> None:
    """All its rules, the best practices included; what it can't decide counts as found."""
    shown(page, scheme, width)
    assert found_by_axe(page) == []


def found_by_axe(page: Page) -> list[str]:
    # Of the others only the names: it is quicker.
    asked = {"resultTypes": ["violations", "incomplete"]}
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [
        f"{one['id']}, {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in [*found["violations"], *found["incomplete"]]
        for node in one["nodes"]
    ]


def test_axe_would_find_something(tab: Page) -> None:
    page = tab.context.new_page()
    page.goto("data:text/html,<p style='color:silver'>Hard to read</p><input><img src=x>")
    found = {one.partition(",")[0] for one in found_by_axe(page)}
    page.close()
    assert found >= {"color-contrast", "label", "image-alt", "landmark-one-main"}


def test_nothing_is_wider_than_a_narrow_screen(page: Page) -> None:
    shown(page, "light", NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    cut = page.evaluate(
        "[...document.querySelectorAll('body *')].filter("
        "one => one.getBoundingClientRect().right > innerWidth + .5).map(one => one.outerHTML)"
    )
    assert cut == []


# --- the status page of a bad day ----------------------------------------------------------------


@pytest.fixture
def bad_day(browser: Browser, sites: dict[str, Site]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": NARROW, "height": HEIGHT})
    yield pages.opened(context, f"{sites['bad'].address}/status/")
    context.close()


FORCED = {"forced_colors": "active"}


@pytest.mark.parametrize("media", [FORCED, {"media": "print"}], ids=["forced colours", "paper"])
def test_sentence_and_states_are_there_in_words(bad_day: Page, media: Any) -> None:
    bad_day.emulate_media(**media)
    sentence = bad_day.get_by_role("heading", level=1, name="Part of our service is down")
    states = bad_day.locator(".row > :last-child").all()
    assert {one.inner_text().partition(" ")[2] for one in states} == STATES
    assert all(one.is_visible() for one in [sentence, *states])
    for told in ("Affected:", "Meanwhile:", "Next update", "818/734-0168, option 3"):
        assert bad_day.get_by_text(told).first.is_visible(), told
    for one in [sentence, *states]:
        colour, ground = one.evaluate(
            "one => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert colour != ground


def test_forced_colours_keep_the_bars_apart_from_their_ground(bad_day: Page) -> None:
    bad_day.emulate_media(**FORCED)  # type: ignore[arg-type]
    strokes = bad_day.locator("path:not(.ok)").evaluate_all(
        "all => all.map(one => getComputedStyle(one).stroke)"
    )
    ground = bad_day.locator("path.ok").first.evaluate("one => getComputedStyle(one).stroke")
    assert strokes
    assert ground not in strokes


def test_every_bad_day_is_reached_by_keyboard(bad_day: Page) -> None:
    """Tab goes on to each summary, Enter unfolds it, and its links come next."""
    focused = "document.activeElement"
    unfolded, followed = 0, []
    for _ in range(200):
        bad_day.keyboard.press("Tab")
        match bad_day.evaluate(f"{focused}.tagName"):
            case "BODY":
                break
            case "SUMMARY":
                assert bad_day.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
                bad_day.keyboard.press("Enter")
                unfolded += 1
            case "A":
                followed.append(bad_day.evaluate(f"{focused}.closest('details') && {focused}.href"))
    inside = bad_day.locator("details a").evaluate_all("all => all.map(one => one.href)")
    assert (
        unfolded == bad_day.locator("details[open]").count() == bad_day.locator("details").count()
    )
    assert [href for href in followed if href] == inside
    assert len(inside) > len(DAYS["calm"])
