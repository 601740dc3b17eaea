"""A browser reads the pages that hold hostile texts, without the policy that would stop a script:
nothing runs, nothing is asked for, and the page has the elements of a harmless one. Files that are
too large to reach the desk are refused by the page itself."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from netdesk.limits import Limits
from tests.desk import PUBLIC_URL, Door, fields, provider
from tests.form_attack import OWN, on_page, post
from tests.small_desk import PAGES, cloud
from tests.strangers import XSS
from ticket_intake.uploads import BYTES

FIXTURES = (cloud,)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
ELEMENTS = """() => [...document.querySelectorAll("*")].map(one =>
  one.tagName + " " + [...one.attributes].map(a => a.name).filter(n => n != "value").sort())"""
QUESTIONS = [question.key for question in provider().questions]


@pytest.fixture
def web(door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(Limits, "wait", lambda *_: 0)
    return door("WebFunction")


def pages(web: Door, text: str) -> list[str]:
    """The form that comes back, and the ticket's page."""
    typed = dict.fromkeys(("name", "account", "subject", "message", *QUESTIONS), text)
    given = fields(**typed) | {"phone": text, "email": ""}
    opened = post(web, given)
    return [
        post(web, given | {"email": "ann"}, wants="html").text,
        on_page(web, opened, wants="html").text,
    ]


def test_a_browser_finds_nothing_but_text(web: Door, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page.route(PUBLIC_URL, lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(PUBLIC_URL)
    ran: list[Any] = []
    page.expose_function("pwned", lambda: ran.append("pwned"))
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))

    def elements(whole: str) -> Any:
        page.set_content(OWN.sub("", POLICY.sub("", whole)))
        return page.evaluate(ELEMENTS)

    harmless = [elements(one) for one in pages(web, "word")]
    for name, text in XSS.items():
        assert [elements(one) for one in pages(web, text)] == harmless, name
    assert (ran, asked) == ([], [])
    page.set_content(XSS["image"])  # it would be seen
    page.wait_for_timeout(200)
    assert (ran, len(asked)) == (["pwned"], 1)


# --- files that are too large ---------------------------------------------------------------------

HTML = "text/html; charset=utf-8"
SENT = "<title>sent</title>"


def files(*sizes: int) -> list[Any]:
    return [
        {"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"x" * size}
        for n, size in enumerate(sizes)
    ]


@pytest.mark.parametrize("which", ["problem", "domain", "sent back", "ticket", "solved"])
def test_files_that_would_never_arrive_are_refused_before_they_are_sent(
    web: Door, browser: Browser, which: str
) -> None:
    """By the limit of all together; under the policy of the page, and on a phone's screen."""
    page = browser.new_page(viewport={"width": 360, "height": 640})
    sent: list[str] = []
    page.route(
        "**/*",
        lambda route: (
            sent.append(route.request.method),
            route.fulfill(body=SENT, content_type=HTML),
        ),
    )
    html = shown(web, which)
    page.route(f"{PUBLIC_URL}/form", lambda route: route.fulfill(body=html, content_type=HTML))
    page.goto(f"{PUBLIC_URL}/form")
    said = page.get_by_text("The files are too large: 4 MB in all at most.")
    field = page.locator("#attachments")
    for text in page.locator("form [required]").all():
        text.fill("example.org")
    for sizes, large in (((BYTES, 1), True), ((BYTES,), False), ((BYTES + 1,), True)):
        field.set_input_files(files(*sizes))
        expect(said).to_be_visible(visible=large)
        assert field.evaluate("one => one.checkValidity()") is not large
    button = page.get_by_role("button", name="Open it again" if which == "solved" else "Send")
    button.click()
    page.wait_for_timeout(200)
    assert "POST" not in sent
    assert field.evaluate("one => one === document.activeElement")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    field.set_input_files([])
    expect(said).to_be_hidden()
    button.click()
    expect(page).to_have_title("sent")
    assert sent[-1] == "POST"


def shown(web: Door, which: str) -> str:
    """A page with a field for files."""
    if which in ("problem", "domain"):
        return PAGES.render(f"{which}.html")
    if which == "sent back":
        return post(web, fields(email=""), wants="html").text
    opened = post(web, fields())
    if which == "solved":
        on_page(web, opened, "POST", body={"action": "close"})
    return on_page(web, opened, wants="html").text
