"""The front: its name, its certificate, its page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from netdesk.doctor.web import Answer
from tests.desk import NOW
from tests.doctor import ward
from tests.doctor.account import DOMAIN
from tests.doctor.ward import desk, found, names, only_bad, pages, states


def test_the_name_is_found_by_both_versions() -> None:
    [told] = found(desk(), "dns")
    assert (told.state, told.said) == ("good", f"{DOMAIN} is found, by IPv4 and by IPv6.")


@pytest.mark.parametrize(
    ("there", "said", "advice"),
    [
        ({}, "is not in DNS: nobody finds the desk", "A and AAAA) to d1.cloudfront.net"),
        ({"A": ["198.51.100.1"]}, "has no address of IPv6", "type AAAA to d1.cloudfront.net"),
        ({"AAAA": ["2001:db8:2::1"]}, "has no address of IPv4", "type A to d1.cloudfront.net"),
    ],
)
def test_a_name_that_lacks_addresses_fails(there: Any, said: str, advice: str) -> None:
    bad = only_bad(desk(records=names(**{DOMAIN: there})), "dns")
    assert said in bad.said and advice in bad.advice


@pytest.mark.parametrize("front", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80"])
def test_a_desk_on_this_machine_needs_no_name(front: str) -> None:
    assert states(desk(front=front), "dns", "certificate") == ["skipped", "skipped"]


def test_without_dns_the_name_is_not_looked_for() -> None:
    assert states(desk(records=None), "dns") == ["skipped"]


def test_the_page_is_there_guarded_and_young() -> None:
    told = found(desk(web=pages()), "page")
    assert [one.state for one in told] == ["good"] * 6
    assert told[2].said == "It was built 3 min ago."


def test_on_this_machine_there_is_no_https_and_no_way_past_the_front() -> None:
    front = "http://localhost:8000"
    web = pages()
    local = desk(front=front, local=True, web=lambda url: web(url.replace(front, ward.FRONT)))
    assert states(local, "page") == ["good"] * 4 + ["skipped"] * 2


@pytest.mark.parametrize(
    ("changed", "said", "advice"),
    [
        ({"status": Answer(403, {}, b"")}, "answers 403: customers see no status", "publish --all"),
        ({"status": Answer(200, {}, b"")}, "lacks headers that protect it: Content-Sec", "by hand"),
        ({"missing": Answer(200, {}, b"")}, "does not exist answers 200, not 404", "by hand"),
        ({"missing": Answer(404, {}, b"<xml>")}, "does not exist answers 404", "by hand"),
        ({"plain": Answer(200, {}, b"")}, "answers 200, and leads to no https", "by hand"),
        (
            {"past": Answer(200, {}, b"{}")},
            "answers 200 to who comes past",
            "ONLY_FRONT must be true",
        ),
        ({"summary": ward.summary(NOW - timedelta(minutes=37))}, "built 37 min ago", "ClockFunc"),
        ({"summary": Answer(200, {}, b"[]")}, "does not tell its age", "the log of the"),
        ({"summary": Answer(502, {}, b"")}, "summary.json answers 502", "the log of the"),
    ],
)
def test_each_fault_of_the_page_is_named_alone(changed: Any, said: str, advice: str) -> None:
    bad = only_bad(desk(web=pages(**changed)), "page")
    assert said in bad.said and advice in bad.advice


def test_one_missing_header_is_named() -> None:
    guards = dict(pages()(f"{ward.FRONT}/status/").headers) | {"X-Frame-Options": "SAMEORIGIN"}
    bad = only_bad(desk(web=pages(status=Answer(200, guards, b""))), "page")
    assert bad.said == "The page lacks headers that protect it: X-Frame-Options."


def test_a_front_that_does_not_answer_is_told_for_each_thing() -> None:
    def dead(url: str, *_: Any) -> Answer:
        raise ConnectionRefusedError(111, "Connection refused")

    told = found(desk(web=dead), "page")
    assert [one.state for one in told] == ["bad"] * 5
    assert "Connection refused" in told[0].said
    assert "the desk does not answer" in told[0].advice


def test_the_age_is_told_in_any_zone() -> None:
    web = pages(summary=ward.summary(datetime(2026, 11, 24, 17, 40, tzinfo=UTC)))
    assert "20 min ago" in only_bad(desk(web=web), "page").said
