"""A customer whose site can't be reached: from what was typed, hop by hop, to a ticket."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.stack import Stack, eventually
from tests.e2e.test_browser import PHONE, unhurried
from tests.lab.lab import Lab, address, chain, unavailable

pytestmark = pytest.mark.skipif(bool(unavailable()), reason=f"no network lab: {unavailable()}")

HOPS = 3
APART = 0.5  # seconds from one hop's answer to the next one's: more than from look to look
SENTENCE = "the web service on it is switched off"
BUTTON = "Open a ticket with this trace"
Opened = Callable[..., BrowserContext]

# What stood on the page from its first hop to its last, however short.
WATCH = """
window.shown = [];
new MutationObserver(function () {
    var hops = document.querySelectorAll(".path .dot.answer").length;
    if (shown[shown.length - 1] !== hops) shown.push(hops);
}).observe(document, {childList: true, subtree: true})
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Each hop takes its time to answer; the last one is a machine where nobody serves."""
    with chain(HOPS, root=True, bend=lambda packet: (APART * hop_of(packet), packet)) as built:
        yield built


def hop_of(packet: bytes) -> int:
    """Who sent it: hop k is 198.18.k.2 (RFC 791 section 3.1 has the source at octet 12)."""
    return packet[14] if packet[12:14] == bytes((198, 18)) else 0


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    kept: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        viewport: Any = PHONE
        kept.append(browser.new_context(viewport=viewport, **options))
        return kept[-1]

    yield open_one
    for context in kept:
        context.close()


def traced(stack: Stack, page: Page, typed: str) -> None:
    page.goto(f"{stack.front}/status/traceroute/")
    page.get_by_label("Address of the site").fill(typed)
    page.get_by_role("button", name="Trace it").click()


def finished(page: Page) -> None:
    page.get_by_role("button", name=BUTTON).wait_for(timeout=30_000)
    assert SENTENCE in page.locator("#headline").inner_text()


def filled_in(page: Page, url: str, target: str) -> dict[str, str]:
    """What the button wrote into the form of a ticket, apart from its category."""
    page.get_by_role("button", name=BUTTON).click()
    assert page.get_by_role("radio", checked=True).get_attribute("value") == "unreachable"
    names = "url", "occurred_at", "error_text", "message"
    filled = {name: page.locator(f"[name={name}]").input_value() for name in names}
    assert filled["url"] == url
    assert re.fullmatch(r"[A-Z][a-z]+day \d+ [A-Z][a-z]+, \d\d:\d\d \S+", filled["occurred_at"])
    assert SENTENCE in filled["error_text"]
    assert f"{target} answers." in filled["message"]
    return filled


def ticket(stack: Stack, page: Page) -> Any:
    """What the form makes when it is sent, as staff see it."""
    page.locator("#email").fill("grace@example.net")
    page.get_by_role("button", name="Send").click()
    return stack.netdesk_json("ticket", "show", page.locator(".big").inner_text())


def test_from_what_was_typed_to_a_ticket(stack: Stack, lab: Lab, opened: Opened) -> None:
    """The hops one by one, the sentence, the form with all that is known; and a link to it all."""
    target = address(HOPS)
    typed = f"http://{target}/some/page?x=1"
    page = opened().new_page()
    page.add_init_script(WATCH)
    traced(stack, page, typed)
    finished(page)
    shown = page.evaluate("shown")
    assert shown == sorted(shown)
    assert shown[-1] == HOPS
    assert any(0 < hops < HOPS for hops in shown), shown
    link = page.url
    filled = filled_in(page, typed, target)
    for hop in range(1, HOPS + 1):
        assert re.search(rf"(?m)^ *{hop}  {re.escape(address(hop))} .* ms$", filled["message"])
    assert link in filled["message"]
    unhurried(page)
    kept = ticket(stack, page)
    assert (kept["category"], kept["suspicion"]) == ("unreachable", "")
    assert {name: kept[name] for name in filled if name != "message"} == {
        name: value for name, value in filled.items() if name != "message"
    }
    assert kept["entries"][0]["text"] == filled["message"]
    another = opened().new_page()
    another.goto(link)
    finished(another)
    assert another.locator(".path .dot.answer").count() == HOPS


def test_without_script_too(stack: Stack, lab: Lab, opened: Opened) -> None:
    """The page loads itself again, and has forgotten what was typed beside the host by then."""
    target = address(1)
    page = opened(java_script_enabled=False).new_page()
    traced(stack, page, f"http://{target}/some/page?x=1")
    assert page.url == f"{stack.front}/api/traces"
    finished(page)
    filled = filled_in(page, f"https://{target}/", target)
    assert page.url == f"{stack.front}/api/tickets"
    kept = ticket(stack, page)
    assert kept["suspicion"] == ""
    assert (kept["url"], kept["error_text"]) == (filled["url"], filled["error_text"])
    assert kept["entries"][0]["text"] == filled["message"]


def test_a_trace_that_does_not_load_says_so_and_goes_on(
    stack: Stack, lab: Lab, opened: Opened
) -> None:
    context = opened()
    context.route("**/api/traces/*", lambda route: route.abort())
    context.clock.install()  # it waits longer after each failure, and we need not
    page = context.new_page()
    traced(stack, page, address(1))
    lost = page.get_by_role("alert")
    eventually(lambda: page.clock.run_for(200) or lost.is_visible())
    assert "We keep trying" in lost.inner_text()
    expect(lost.get_by_role("link")).to_have_attribute("href", re.compile("^/api/traces/"))
    context.unroute_all()
    page.clock.run_for(5_000)
    finished(page)
    expect(lost).to_be_hidden()
