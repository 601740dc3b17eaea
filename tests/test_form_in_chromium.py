"""A browser reads the pages that hold hostile texts, without the policy that would stop a script:
nothing runs, nothing is asked for, and the page has the elements of a harmless one."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from netdesk.limits import Limits
from tests.desk import PUBLIC_URL, Door, fields, provider
from tests.form_attack import OWN, on_page, post
from tests.small_desk import cloud
from tests.strangers import XSS

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
