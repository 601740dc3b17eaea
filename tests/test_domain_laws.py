"""What holds for every domain order: the code stays apart, and nothing raises or takes long."""

import json
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import provider
from tests.domain_forms import CODE, FORMS, ordered, refused
from ticket_intake.domain import order
from ticket_intake.report import Unusable

FIELDS = sorted(
    {name for form in FORMS.values() for name in form}
    | {"servers", "dnssec", "ds", "hosting", "hosting_web", "zone", "privacy", "purpose"}
    | {"comments", "invoice", "purchase_order", "technical_same", "technical_name", "template"}
    | {"billing_handle", "contact_preference", "registrant_same"}
)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


@pytest.mark.parametrize("code", ["abc123", CODE, f"  {CODE}\t", "!" * 64])
def test_the_transfer_code_is_handed_on_apart(code: str) -> None:
    found = ordered("transfer", transfer_code=code)
    assert found.transfer_code == code.strip()
    assert found.details["transfer"]["code_given"] is True
    assert code.strip() not in f"{found.subject}{found.message}{json.dumps(found.details)}"


def test_the_transfer_code_may_follow() -> None:
    found = ordered("transfer", transfer_code="")
    assert found.transfer_code == ""
    assert found.details["transfer"]["code_given"] is False
    assert "60 days" in found.details["transfer"]["note"]
    assert "Transfer code: to follow" in found.message


@pytest.mark.parametrize("code", ["5char", "with space", "ümlaut1", "x" * 65, "abc\x00def"])
def test_a_wrong_code_is_refused_without_repeating_it(code: str) -> None:
    found = refused("transfer", transfer_code=code)
    assert list(found) == ["transfer_code"]
    assert code not in str(found)


@pytest.mark.parametrize("name", ["comments", "purpose", "hosting", "zone", "registrant_name"])
@pytest.mark.parametrize("text", [f"Code: {CODE}.", f"{CODE[:4]}\u200b{CODE[4:]}"])
def test_the_code_is_kept_out_of_every_other_field(name: str, text: str) -> None:
    found = refused("transfer", **{name: text})
    assert list(found) == [name]
    assert CODE not in str(found)


@given(
    st.sampled_from([*FORMS]),
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60), max_size=6),
)
def test_whatever_is_typed_becomes_an_order_or_sentences(
    action: str, typed: dict[str, str]
) -> None:
    try:
        found = order(FORMS[action] | typed, provider())
    except Unusable as error:
        assert error.errors
        assert all(sentence.endswith(".") for sentence in error.errors.values())
        return
    assert json.loads(json.dumps(found.details)) == found.details
    for text in [found.subject, found.message, found.zone, *texts(found.details)]:
        assert not [c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t"]


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=20)))
def test_an_order_from_nothing_is_refused_with_sentences(typed: dict[str, str]) -> None:
    with pytest.raises(Unusable) as caught:
        order(typed | {"consent": ""}, provider())
    assert caught.value.errors


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("piece", ["8 ", "\u0300"])
def test_a_megabyte_in_any_field_takes_no_time(name: str, piece: str) -> None:
    action = {"domain_again": "delete", "years": "new", "alternatives": "new"}.get(name, "transfer")
    form = FORMS[action] | {name: "x" + piece * (1_000_000 // len(piece)) + "x"}
    began = time.process_time()
    with pytest.raises(Unusable) as caught:
        order(form, provider())
    assert time.process_time() - began < 0.5
    assert sum(map(len, caught.value.errors.values())) < 5_000
