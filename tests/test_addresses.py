"""Addresses as keys, and as mail can be sent to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.addresses import ascii_domain, folded, mailbox, sendable


@pytest.mark.parametrize(
    ("address", "key", "one_mailbox", "to_send"),
    [
        ("Ann@Example.ORG", "ann@example.org", "ann@example.org", "Ann@example.org"),
        ("Ann+tag@x.org", "ann+tag@x.org", "ann@x.org", "Ann+tag@x.org"),
        ("+tag@x.org", "+tag@x.org", "+tag@x.org", "+tag@x.org"),
        ("a@b@x.org", "a@b@x.org", "a@b@x.org", "a@b@x.org"),
        ("ann@b\u00fccher.example", *["ann@xn--bcher-kva.example"] * 3),
        ("ann@B\u00dcCHER.example.", *["ann@xn--bcher-kva.example"] * 3),
        ("ann", "ann", "@ann", "ann"),
        ("", "", "@", ""),
    ],
)
def test_f5_an_address_has_one_key(address: str, key: str, one_mailbox: str, to_send: str) -> None:
    assert (folded(address), sendable(address)) == (key, to_send)
    assert mailbox(address) == one_mailbox


@given(st.text())
def test_any_text_has_a_key_that_is_its_own(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert {type(use(text)) for use in (mailbox, sendable, ascii_domain)} == {str}
