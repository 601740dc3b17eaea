"""A customer on a phone: the pages in Chromium, with and without script."""

from collections.abc import Iterator
from pathlib import Path

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


def unhurried(page: Page) -> None:
    """Who sends a form within three seconds of beginning is held for a machine."""
    page.wait_for_timeout(3_200)


def test_report_a_problem_and_follow_it(stack: Stack, page: Page, tmp_path: Path) -> None:
    words = f"No mail since noon, {id(page)}."  # the same words would be the same ticket
    page.goto(f"{stack.front}/problem/")
    assert not page.get_by_label("Which lights are on").is_visible()
    page.get_by_label("My connection").check()
    page.get_by_label("Which lights are on").fill("none")
    page.get_by_label("What is wrong?").fill(words)
    page.get_by_label("Your name").fill("Grace")
    page.locator("#email").fill("grace@example.net")
    unhurried(page)
    page.get_by_role("button", name="Send").click()
    number = page.locator(".big").inner_text()
    page.get_by_role("link", name="Follow your ticket").click()
    assert page.url == f"{stack.front}/api/tickets/{number}"  # the key has left the address
    assert page.locator(".text").inner_text() == words
    shown = stack.netdesk_json("ticket", "show", number)
    assert (shown["state"], shown["category"]) == ("open", "connection")
    assert shown["details"] == {"lights": "none"}
    stack.netdesk("ticket", "reply", number, "--message", "It is on its way.")
    (tmp_path / "error.log").write_text("error 651\n")
    page.get_by_label("Your message").fill("Thank you.")
    page.get_by_label("Files").set_input_files(tmp_path / "error.log")
    page.get_by_role("button", name="Send").click()
    assert page.url == f"{stack.front}/api/tickets/{number}"
    told = page.locator(".text").all_inner_texts()
    assert told == [words, "It is on its way.", "Thank you."]
    with page.expect_download() as downloading:
        page.get_by_role("link", name="error.log").click()
    assert downloading.value.suggested_filename == "error.log"


def test_close_a_ticket_and_open_it_again(stack: Stack, page: Page) -> None:
    link = reported(stack, f"It went away, {id(page)}.")
    page.goto(link)
    page.get_by_role("button", name="Close my ticket").click()
    page.get_by_text("Solved. If it is not, open it again below.").wait_for()
    page.get_by_label("What is still wrong?").fill("It is back.")
    page.get_by_role("button", name="Open it again").click()
    page.get_by_text("number").first.wait_for()
    assert page.locator(".text").all_inner_texts()[1:] == ["closed it", "It is back."]


def test_an_emergency_goes_to_the_head_of_the_list(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.front}/problem/")
    assert not page.get_by_text("this form wakes nobody at night").is_visible()
    page.get_by_label("It is an emergency, and I can't call").check()
    assert page.get_by_text("this form wakes nobody at night").is_visible()
    page.get_by_label("What is wrong?").fill(f"All is dead, {id(page)}.")
    page.get_by_label("Your name").fill("Grace")
    page.locator("#phone").fill("818-555-0100")
    unhurried(page)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("It is marked as an emergency").wait_for()
    number = page.locator(".big").inner_text()
    waiting = [one["number"] for one in stack.netdesk_json("ticket", "list") if one["emergency"]]
    assert number in waiting
    queue = [one["number"] for one in stack.netdesk_json("ticket", "list")]
    assert queue[: len(waiting)] == waiting
    assert number in [one["number"] for one in stack.netdesk_json("ticket", "calls")]
    stack.netdesk("ticket", "called", number)
    stack.netdesk("ticket", "resolve", number)


def test_a_form_is_filled_in_by_keyboard_alone(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stack.front}/problem/")
    for field, words in (("message", f"By keyboard, {id(page)}."), ("email", "ann@example.org")):
        while page.evaluate("document.activeElement.id") != field:
            page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.keyboard.press("Enter")  # in a line, Enter sends
    page.get_by_text("Your ticket number is").wait_for()
    context.close()


def test_two_taps_and_the_way_back_are_one_ticket(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.front}/problem/")
    page.get_by_label("What is wrong?").fill(f"Two taps, {id(page)}.")
    page.locator("#email").fill("ann@example.org")
    unhurried(page)
    page.get_by_role("button", name="Send").dblclick(no_wait_after=True)
    page.locator(".big").wait_for()
    number = page.locator(".big").inner_text()
    page.go_back()
    page.get_by_role("button", name="Send").click()
    assert page.locator(".big").inner_text() == number


def reported(stack: Stack, words: str) -> str:
    answer = stack.client.post_json("/api/tickets", message=words, email="grace@example.net")
    return str(answer.json["link"])


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
