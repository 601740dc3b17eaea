"""The age in the bytes: no two ages of a page are alike, and no reader sees it."""

import json
from datetime import datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from netdesk.pages import Pages
from status_publish.bucket import HTML, JSON, TEXT
from status_publish.calendar import MEDIA_TYPE, calendar
from status_publish.stamp import stamped
from tests.desk import NOW, PUBLIC_URL, provider

BUILT = st.datetimes(datetime(2026, 1, 1), datetime(2999, 1, 1)).map(
    lambda moment: f"{moment.isoformat(timespec='seconds')}+00:00"
)
AGES = st.tuples(st.integers(0, 10**9), st.just("") | BUILT)
SVG = "image/svg+xml"
EMPTY = calendar(Pages(provider(), PUBLIC_URL), [], NOW)
BODIES = {HTML: "<p>Hello", JSON: '{"a": 1}\n', TEXT: "Hello\n", SVG: "<svg/>\n", MEDIA_TYPE: EMPTY}


@pytest.mark.parametrize("kind", BODIES)
@given(AGES, AGES)
def test_pages_of_two_ages_are_never_alike(
    kind: str, one: tuple[int, str], other: tuple[int, str]
) -> None:
    alike = stamped(BODIES[kind], kind, *one) == stamped(BODIES[kind], kind, *other)
    assert alike == (one == other)


@given(AGES)
def test_what_reads_them_reads_the_same(age: tuple[int, str]) -> None:
    assert json.loads(stamped(BODIES[JSON], JSON, *age)) == {"a": 1}
    assert stamped(BODIES[TEXT], TEXT, *age).strip() == "Hello"
    assert ElementTree.fromstring(stamped(BODIES[SVG], SVG, *age)).tag == "svg"  # noqa: S314
    read, plain = (Calendar.from_ical(t) for t in (stamped(EMPTY, MEDIA_TYPE, *age), EMPTY))
    assert read.pop("X-NETDESK-AGE")
    assert read == plain
