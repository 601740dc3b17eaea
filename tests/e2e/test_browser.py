"""A customer on a phone: the pages in Chromium, with and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.stack import Stack

PHONE = {"width": 360, "height": 740}


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.mark.parametrize(
    "path", ["/", "/status/", "/problem/", "/support/", "/status/traceroute/", "/nothing/"]
)
def test_page_fits_a_phone_and_keeps_its_policy(stack: Stack, browser: Browser, path: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(stack.front + path)
    width = page.evaluate("document.documentElement.scrollWidth")
    styled = page.evaluate("getComputedStyle(document.body).maxWidth")
    context.close()
    assert width <= PHONE["width"]
    assert styled != "none", "the policy's hash does not admit the style sheet"
    assert [text for text in said if "404" not in text] == []


def test_report_a_problem_and_follow_it(stack: Stack, page: Page) -> None:
    words = f"No mail since noon, {id(page)}."  # the same words would be the same ticket
    page.goto(f"{stack.front}/problem/")
    page.get_by_label("What is wrong?").fill(words)
    page.get_by_label("Your name").fill("Grace")
    page.locator("#email").fill("grace@example.net")
    page.get_by_role("button", name="Send").click()
    number = page.locator(".big").inner_text()
    page.get_by_role("link", name="Follow your ticket").click()
    assert page.url == f"{stack.front}/api/tickets/{number}"  # the key has left the address
    assert page.locator(".text").inner_text() == words
    stack.netdesk("ticket", "reply", number, "--message", "It is on its way.")
    page.get_by_label("Your message").fill("Thank you.")
    page.get_by_role("button", name="Send").click()
    assert page.url == f"{stack.front}/api/tickets/{number}"
    told = page.locator(".text").all_inner_texts()
    assert told == [words, "It is on its way.", "Thank you."]


def test_a_fault_in_the_form_is_shown_where_it_is(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.front}/problem/")
    page.get_by_label("What is wrong?").fill("Help!")
    page.get_by_role("button", name="Send").click()
    assert "Give a mail address or a phone number" in page.locator("#email-error").inner_text()
    assert page.get_by_label("What is wrong?").input_value() == "Help!"


def test_a_refused_target_is_said_beside_the_field(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.front}/status/")
    page.get_by_label("Address of the site").fill("192.168.1.1")
    page.get_by_role("button", name="Trace it").click()
    assert "192.168.1.1 is a private address" in page.locator("#target-error").inner_text()


def test_a_trace_finishes_by_itself(stack: Stack, browser: Browser) -> None:
    """The page loads itself again until there is a sentence, without script."""
    from tests.lab.lab import TARGET, chain, unavailable

    if reason := unavailable():
        pytest.skip(reason)
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    with chain(3, root=True):
        page.goto(f"{stack.front}/status/traceroute/")
        page.get_by_label("Address of the site").fill(TARGET)
        page.get_by_role("button", name="Trace it").click()
        page.get_by_text("packets reach the machine").wait_for(timeout=20_000)
    context.close()
