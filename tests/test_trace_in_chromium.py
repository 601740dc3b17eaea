"""The page of a trace in a browser: hops arrive one by one, and nothing the reader does is lost."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.traced import (
    BROKEN,
    HEALTHY,
    LINK,
    PENDING,
    TARGET,
    TRANSIT,
    page,
    path,
    view,
)
from traceroute.paths import Stop

TYPED = "https://www.example.org/shop?q=1&r=\"2'"
FORM = """<!doctype html><form method="post" action="/api/traces">
<input name="target"><button>Trace it</button></form>"""
BUTTON = "Open a ticket with this trace"


def running(*stops: Stop) -> str:
    paths = (path(stops),) if stops else ()
    return page(PENDING, view(*paths, state="running"), running=True)


FIRST = page(PENDING, view(state="queued"), running=True, typed=TYPED)
DONE = page(TRANSIT, view(BROKEN))


class Site:
    """Answers each question for the trace with the next text; None is a fault. The last stays."""

    def __init__(self) -> None:
        self.texts: list[str | None] = [DONE]
        self.asked = 0
        self.turn = threading.Condition()
        self.address = ""

    def next(self) -> str | None:
        with self.turn:
            self.asked += 1
            return self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]

    def say(self, text: str | None) -> None:
        with self.turn:
            self.texts = [text]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(made.next() if self.path == LINK else FORM)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(FIRST)

        def answer(self, text: str | None) -> None:
            content = (text or "Sorry").encode()
            self.send_response(200 if text else 500)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever).start()
        yield made
        server.shutdown()


@pytest.fixture
def ordered(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """The page that answers the form, on a phone."""
    kept = []

    def order(*, script: bool = True, clock: bool = False) -> Page:
        viewport: Any = {"width": 360, "height": 740}
        context = browser.new_context(viewport=viewport, java_script_enabled=script)
        kept.append(context)
        if clock:
            context.clock.install()
        tab = context.new_page()
        tab.goto(site.address)
        tab.get_by_role("textbox").fill(TYPED)
        tab.get_by_role("button").click()
        return tab

    yield order
    for context in kept:
        context.close()


def minute(tab: Page, until: Callable[[], bool]) -> None:
    """A minute of a page with a clock of its own, or less; what it asks for is answered."""
    for _ in range(600):
        if until():
            return
        tab.clock.run_for(100)
        answered(tab)
    raise AssertionError("a minute has passed")


def answered(tab: Page) -> None:
    """The server is as fast with what was asked before this."""
    assert tab.evaluate("fetch('/').then(answer => answer.ok)")


def heard(tab: Page, words: str) -> None:
    expect(tab.locator("#trace")).to_contain_text(words)


def test_hops_arrive_one_by_one_until_the_sentence(
    ordered: Callable[..., Page], site: Site
) -> None:
    site.say(running())
    tab = ordered()
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    headline = tab.locator("#headline").element_handle()
    expect(tab).to_have_title(re.compile(f"^Tracing {TARGET} - "))
    assert tab.url == site.address + LINK
    heard(tab, "Nothing has answered yet.")
    for many in (1, 2, 3):
        site.say(running(*HEALTHY[:many]))
        expect(tab.locator("svg circle")).to_have_count(many)
    site.say(DONE)
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"The way to {TARGET} breaks")
    expect(tab.locator("svg circle")).to_have_count(7)
    assert tab.evaluate("one => one === document.getElementById('headline')", headline)
    assert tab.get_by_role("button", name=BUTTON).is_visible()
    assert tab.locator("input[name=url]").input_value() == TYPED
    assert complaints == []


def test_it_asks_no_more_when_all_is_said(ordered: Callable[..., Page], site: Site) -> None:
    tab = ordered(clock=True)
    minute(tab, tab.get_by_role("button", name=BUTTON).is_visible)
    asked = site.asked
    tab.clock.run_for(60_000)
    answered(tab)
    assert site.asked == asked


def test_what_the_reader_unfolds_and_focuses_stays(
    ordered: Callable[..., Page], site: Site
) -> None:
    site.say(running(*HEALTHY[:3]))
    tab = ordered()
    summary = tab.get_by_text("The same in words")
    summary.click()
    tab.evaluate("scrollTo(0, 150)")
    before = tab.evaluate("scrollY")
    site.say(running(*HEALTHY[:4]))
    expect(tab.locator("svg circle")).to_have_count(4)
    assert tab.get_by_role("table").is_visible()
    assert tab.evaluate("document.activeElement.textContent") == "The same in words"
    assert tab.evaluate("scrollY") == before


def test_it_says_so_when_it_can_not_ask_and_goes_on(
    ordered: Callable[..., Page], site: Site
) -> None:
    site.say(None)
    tab = ordered(clock=True)
    lost = tab.get_by_role("alert")
    minute(tab, lost.is_visible)
    assert site.asked >= 3
    assert lost.get_by_role("link").get_attribute("href") == LINK
    site.say(running(*HEALTHY[:2]))
    minute(tab, lambda: tab.locator("svg circle").count() == 2)
    expect(lost).to_be_hidden()


def test_a_page_that_is_no_trace_counts_as_a_fault(
    ordered: Callable[..., Page], site: Site
) -> None:
    site.say(FORM)
    tab = ordered(clock=True)
    minute(tab, tab.get_by_role("alert").is_visible)
    assert tab.get_by_role("heading", level=1).inner_text() == f"Tracing {TARGET}"


def test_without_script_it_loads_itself_again(ordered: Callable[..., Page], site: Site) -> None:
    tab = ordered(script=False)
    tab.get_by_role("button", name=BUTTON).wait_for()
    assert tab.url == site.address + LINK
    assert site.asked == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_the_picture_are_shown_within_it(
    ordered: Callable[..., Page], scheme: Any
) -> None:
    tab = ordered()
    tab.emulate_media(color_scheme=scheme)
    tab.get_by_role("button", name=BUTTON).wait_for()
    words = tab.locator("svg i").evaluate_all(
        "all => all.map(one => getComputedStyle(one, '::before').content.slice(1, -1))"
    )
    assert {"It breaks here", "7 to 30: nobody answers", "Transit One (AS64501)", TARGET} <= {
        *words
    }
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    # Words are on one line, so what is wider than its room would be cut.
    wide = tab.locator("svg i").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.dataset.is)"
    )
    assert wide == []
