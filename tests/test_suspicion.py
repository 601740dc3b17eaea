"""Which forms staff look at first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import NOW
from ticket_intake import token
from ticket_intake.suspicion import suspicion

SECRET, NONCE = b"secret", "0123456789abcdef"
BEGUN = token.form(SECRET, NONCE, NOW)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "after", "why"),
    [
        ({}, 0 * SECOND, ""),  # without script there is no token
        ({"token": ""}, 0 * SECOND, ""),
        ({"token": "nonsense"}, 0 * SECOND, ""),
        ({"token": BEGUN}, 2.9 * SECOND, "it was sent within 3 seconds"),
        ({"token": BEGUN}, 3 * SECOND, ""),
        ({"token": BEGUN}, 24 * HOUR, ""),
        ({"token": BEGUN}, 24.1 * HOUR, "it was sent more than a day after it was begun"),
        ({"leave_empty": " "}, 9 * SECOND, ""),
        ({"leave_empty": "x"}, 9 * SECOND, "a field was filled in that people don't see"),
        ({"leave_empty": "x", "token": BEGUN}, 9 * SECOND, "a field was filled in"),
    ],
)
def test_a_trap_a_rush_and_a_stale_form_are_reasons(
    fields: dict[str, str], after: timedelta, why: str
) -> None:
    found = suspicion(fields, SECRET, NOW + after)
    assert found.startswith(why) if why else found == ""


def test_a_token_tells_when_the_form_was_begun_to_who_signed_it() -> None:
    assert token.form_begun(SECRET, BEGUN) == NOW
    assert token.form_begun(b"another", BEGUN) is None
    assert token.form_begun(SECRET, BEGUN.replace(BEGUN[:12], f"{0:012x}")) is None


@given(st.text() | st.from_regex(r"[0-9a-f]{12}-[0-9a-f]{16}-[0-9a-f]{32}", fullmatch=True))
def test_no_stranger_makes_a_token(guess: str) -> None:
    assert token.form_begun(SECRET, guess) is None
