import base64
import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from netdesk.moments import say_length
from netdesk.pages import SITE, Pages, month, short_day
from netdesk.provider_file import parse
from tests.desk import NOW, PUBLIC_URL, provider
from tests.test_provider import EXAMPLE

PAGES = Pages(parse(EXAMPLE), PUBLIC_URL)
# Every page that needs nothing told, with what it needs all the same.
PLAIN: dict[str, dict[str, Any]] = {
    "support.html": {},
    "traceroute.html": {},
    "not_found.html": {},
    "unavailable.html": {},
    "history.html": {"months": ["2026-11"]},
    "month.html": {"month": "2026-11", "headings": []},
    "sentence.html": {"title": "A & B", "sentence": "<b>no</b>"},
}


@pytest.mark.parametrize(("template", "values"), PLAIN.items())
def test_every_page_stands_alone_and_may_run_nothing(template: str, values: dict[str, Any]) -> None:
    page = PAGES.render(template, **values)
    css = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert css
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'" in page
    assert not re.search(r"<script|<link|<img|\son\w+=|javascript:|style=", page)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", page)
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("template", ["problem.html", "domain.html"])
def test_a_form_may_run_its_own_script_and_ask_us_alone(template: str) -> None:
    page = PAGES.render(template)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'; connect-src 'self'; form-action 'self'" in page
    assert not re.search(r"<link|<img|\son\w+=|javascript:|style=", page)
    assert page.count("<h1") == 1


def test_a_page_shows_the_provider_of_the_file() -> None:
    page = PAGES.render("problem.html")
    for words in ("Example Net", "818/555-0100", "problem@support.example.org", "Mail &amp; web"):
        assert words in page
    assert "Jet.Net" not in page


def test_every_label_has_its_field_and_every_error_is_said_beside_it() -> None:
    errors = {"email": "Bad mail.", "message": "Bad message.", "program": "Bad text."}
    errors |= {"category": "Bad category.", "attachments": "Bad files."}
    page = PAGES.render("problem.html", errors=errors, typed={})
    ids = set(re.findall(r'\bid="([\w-]+)"', page))
    assert set(re.findall(r'<label for="([\w-]+)"', page)) <= ids
    for name, sentence in errors.items():
        assert f'<p class="error" id="{name}-error">{sentence}</p>' in page
        assert f'<a href="#{name}">{sentence}</a>' in page  # on top
        assert name == "category" or f'aria-describedby="{name}-error"' in page


def test_what_a_template_is_not_told_is_a_fault() -> None:
    with pytest.raises(UndefinedError):
        PAGES.render("sentence.html", title="x")


def test_moments_are_told_in_the_providers_zone() -> None:
    assert PAGES.when(NOW) == "Tuesday 24 November, 10:00 Pacific"
    assert PAGES.clock(NOW) == "10:00 Pacific"
    assert PAGES.day(datetime(2026, 11, 25, 7, 59, tzinfo=UTC)) == "Tuesday 24 November 2026"
    assert (short_day(date(2026, 11, 2)), month("2026-11")) == ("2 November", "November 2026")


def test_the_help_page_shows_the_badge_and_may_load_nothing_else() -> None:
    page = PAGES.render("help.html")
    assert re.findall(r"<img src=\"([^\"]+)", page) == ["/status/badge.svg"]
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)', page)
    kinds = dict(one.strip().partition(" ")[::2] for one in policy.split(";"))
    assert kinds.keys() == {"default-src", "style-src", "img-src", "form-action", "base-uri"}
    assert (kinds["default-src"], kinds["img-src"]) == ("'none'", "'self'")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ({}, "1 min"),
        ({"seconds": 29}, "1 min"),
        ({"seconds": 89}, "1 min"),
        ({"seconds": 91}, "2 min"),
        ({"minutes": 59, "seconds": 29}, "59 min"),
        ({"minutes": 59, "seconds": 31}, "1 h"),
        ({"minutes": 60}, "1 h"),
        ({"minutes": 80}, "1 h 20 min"),
        ({"hours": 23, "minutes": 59}, "23 h 59 min"),
        ({"hours": 24}, "1 day"),
        ({"days": 1, "minutes": 5}, "1 day"),
        ({"hours": 25}, "1 day 1 h"),
        ({"days": 1, "hours": 23, "minutes": 59}, "1 day 23 h"),
        ({"days": 2, "hours": 3}, "2 days 3 h"),
        ({"days": 90}, "90 days"),
    ],
)
def test_lengths_are_said_in_two_units_at_most(length: dict[str, int], said: str) -> None:
    assert say_length(timedelta(**length)) == said


@given(st.timedeltas(timedelta(), timedelta(days=400)))
def test_a_length_is_said_to_the_minute_or_to_the_hour(length: timedelta) -> None:
    told = say_length(length)
    read = {unit: int(number) for number, unit in re.findall(r"(\d+) (day|h|min)", told)}
    assert 1 <= len(read) <= 2
    assert re.fullmatch(r"(\d+ days?)? ?(\d+ h)? ?(\d+ min)?", told)
    back = timedelta(days=read.get("day", 0), hours=read.get("h", 0), minutes=read.get("min", 0))
    exact = timedelta(hours=1) if "day" in read else timedelta(minutes=1)
    assert abs(back - length) <= exact


def test_all_templates_can_be_compiled() -> None:
    found = [path for path in (SITE / "templates").rglob("*") if path.is_file()]
    assert len(found) > 10
    pages = Pages(provider(), PUBLIC_URL)
    for path in found:
        pages._environment.get_template(path.relative_to(SITE / "templates").as_posix())
