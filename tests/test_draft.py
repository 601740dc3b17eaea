"""What staff may say in a notice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.draft import MEANWHILE, MESSAGE, TITLE, Draft, checked, either, promise
from netdesk.refused import Refused
from netdesk.text import safe
from tests.desk import NOW, provider
from tests.test_notice import DRAFT, KEYS

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def told(**changes: Any) -> Draft:
    return checked(replace(DRAFT, **changes), provider(), NOW)


def test_a_good_draft_stays_as_it_is() -> None:
    whole = replace(
        DRAFT, elsewhere="Other Net", meanwhile="Use line 2.",
        began_at=NOW - HOUR, next_at=NOW + HOUR,
    )  # fmt: skip
    assert checked(whole, provider(), NOW) == whole


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("title", " No\ndial  tone ", "No dial tone"),
        ("title", "x" * (TITLE + 1), "x" * (TITLE - 1) + "\u2026"),
        ("title", "\x1b[31mred", "\ufffd[31mred"),
        ("elsewhere", " Other\nNet ", "Other Net"),
        ("elsewhere", " \t", ""),
        ("meanwhile", " Use\nline 2. ", "Use line 2."),
        ("meanwhile", "x" * (MEANWHILE + 1), "x" * (MEANWHILE - 1) + "\u2026"),
        ("message", "\n One\r\n\r\ntwo \n", "One\n\ntwo"),
        ("message", "x" * MESSAGE, "x" * MESSAGE),
        ("components", (KEYS[1], KEYS[0], KEYS[1]), (KEYS[1], KEYS[0])),
    ],
)
def test_what_staff_type_is_tidied(field: str, typed: Any, kept: Any) -> None:
    assert getattr(told(**{field: typed}), field) == kept


@pytest.mark.parametrize(
    ("began_at", "can_be"),
    [
        (None, True),
        (NOW, True),
        (NOW - SECOND, True),
        (NOW - 90 * DAY, True),
        (NOW + SECOND, False),
        (NOW - 90 * DAY - SECOND, False),
    ],
)
def test_it_began_in_the_last_90_days(began_at: datetime | None, can_be: bool) -> None:
    if can_be:
        assert told(began_at=began_at).began_at == began_at
        return
    with pytest.raises(Refused, match="It can't have begun then: name a time of the last 90 days"):
        told(began_at=began_at)


@pytest.mark.parametrize(
    ("next_at", "can_be"),
    [
        (None, True),
        (NOW + SECOND, True),
        (NOW + 30 * DAY, True),
        (NOW, False),
        (NOW - HOUR, False),
        (NOW + 30 * DAY + SECOND, False),
    ],
)
def test_the_next_update_is_promised_for_the_next_30_days(
    next_at: datetime | None, can_be: bool
) -> None:
    if can_be:
        assert told(next_at=next_at).next_at == promise(next_at, NOW) == next_at
        return
    for refused in (lambda: told(next_at=next_at), lambda: promise(next_at, NOW)):
        with pytest.raises(Refused, match="name a time within 30 days"):
            refused()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["a"], " or a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_choices_are_listed_as_people_do(words: list[str], sentence: str) -> None:
    assert either(words) == sentence


times = st.none() | st.timedeltas(-100 * DAY, 100 * DAY).map(lambda span: NOW + span)


@given(
    st.builds(
        Draft,
        title=st.text(max_size=200),
        impact=st.sampled_from(["none", "critical", "huge"]),
        components=st.lists(st.sampled_from([*KEYS, "moon"]), max_size=4).map(tuple),
        message=st.text(max_size=200),
        elsewhere=st.text(max_size=200),
        meanwhile=st.text(max_size=400),
        began_at=times,
        next_at=times,
    )
)
def test_whatever_is_drafted_is_fit_to_be_published_or_refused_in_a_sentence(draft: Draft) -> None:
    try:
        found = checked(draft, provider(), NOW)
    except Refused as refused:
        assert str(refused).endswith(".")
        return
    for line, limit in (
        (found.title, TITLE), (found.elsewhere, TITLE), (found.meanwhile, MEANWHILE),
    ):  # fmt: skip
        assert len(line) <= limit
        assert "\n" not in line
    for text in (found.title, found.elsewhere, found.meanwhile, found.message):
        assert safe(text) == text == text.strip()
    assert found.title and found.message and found.components
    assert len(set(found.components)) == len(found.components)
    assert checked(found, provider(), NOW) == found
