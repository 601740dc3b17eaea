import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk import number
from ticket_intake.token import hashed, link_key, sign, verify

SECRET = b"a secret of at least 32 bytes ok"
NUMBERS = st.integers(0, 2**32).map(lambda seed: number.draw(Random(seed)))


def test_a_token_fits_a_local_part_in_any_case() -> None:
    token = sign(SECRET, "K7Q2-9WXA")
    assert token.startswith("k7q29wxa")
    assert set(token) <= set(string.ascii_lowercase + string.digits)
    assert len(f"problem+{token}") <= 64


@given(NUMBERS)
def test_a_signed_token_is_verified_however_mail_systems_fold_it(ticket: str) -> None:
    token = sign(SECRET, ticket)
    assert verify(SECRET, token) == ticket
    assert verify(SECRET, token.upper()) == ticket
    assert verify(SECRET, token.title()) == ticket


def test_one_wrong_character_anywhere_is_refused() -> None:
    token = sign(SECRET, "K7Q2-9WXA")
    for place in range(len(token)):
        for wrong in "0a7z!":
            if wrong != token[place]:
                assert verify(SECRET, token[:place] + wrong + token[place + 1 :]) is None


def test_a_token_of_another_secret_or_number_is_refused() -> None:
    token = sign(SECRET, "K7Q2-9WXA")
    assert verify(b"another secret", token) is None
    assert verify(SECRET, "gh6bcfnx" + token[8:]) is None


@given(st.text(st.characters()))
def test_verifying_never_raises(text: str) -> None:
    assert verify(SECRET, text) is None
    assert verify(SECRET, "k7q29wxa" + text) is None


def test_a_link_key_has_128_bits_and_is_its_own() -> None:
    key = link_key(SECRET, "K7Q2-9WXA", "1")
    assert len(key) == 22 and set(key) <= set(string.ascii_letters + string.digits + "-_")
    others = {
        link_key(SECRET, "K7Q2-9WXA", "2"),
        link_key(SECRET, "GH6B-CFNX", "1"),
        link_key(b"another secret", "K7Q2-9WXA", "1"),
    }
    assert key not in others and len(others) == 3
    assert key == link_key(SECRET, "K7Q2-9WXA", "1")


def test_only_the_hash_of_a_key_is_stored() -> None:
    assert hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hashed("\ud800") != hashed("")


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="need a secret"):
        sign(b"", "K7Q2-9WXA")
