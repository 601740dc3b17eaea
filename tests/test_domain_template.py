import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import provider
from tests.domain_templates import V1, V2, V4, V6
from ticket_intake.domain import order
from ticket_intake.domain.old_template import fields

AGREED = {"years": "2", "consent": "true"}


def test_the_first_version_is_read() -> None:
    assert fields(V1) == {
        "action": "new", "domain": "books.com", "purpose": "We sell books,\nnew and old.",
        "registrant_kind": "organisation", "registrant_org": "Books & Co",
        "registrant_street1": "1 Elm St", "registrant_street2": "Reseda, CA 91335",
        "registrant_name": "Ann Miller", "registrant_voice": "(818) 555-0100",
        "registrant_email": "ann@example.org",
        "administrative_name": "Ann Miller", "administrative_org": "Books & Co",
        "administrative_street1": "1 Elm St", "administrative_voice": "(818) 555-0100",
        "administrative_email": "ann@example.org", "technical_handle": "BB7-EXAMPLE",
        "servers": "ns1.books.com 8.8.8.8\nns2.example.net",
    }  # fmt: skip


def test_the_second_version_is_read() -> None:
    assert fields(V2) == {
        "action": "modify", "domain": "books.com", "purpose": "Books", "invoice": "post",
        "registrant_kind": "organisation", "registrant_org": "Books & Co",
        "registrant_street1": "1 Elm St", "registrant_city": "Reseda", "registrant_sp": "CA",
        "registrant_pc": "91335", "registrant_cc": "USA",
        "administrative_handle": "AM1-EXAMPLE",
        "technical_name": "Bob Smith", "technical_org": "Lines Inc",
        "technical_street1": "2 Oak St", "technical_city": "Bonn", "technical_pc": "53111",
        "technical_cc": "DE", "technical_voice": "+49 228 1234567",
        "technical_email": "bob@example.net", "servers": "ns1.example.net\nns2.example.net",
    }  # fmt: skip


@pytest.mark.parametrize("text", [V4, V6], ids=["4.0", "6.0"])
def test_the_later_versions_are_read(text: str) -> None:
    found = fields(text)
    assert (found["action"], found["comments"]) == ("new", "Please hurry")
    assert (found["registrant_street1"], found["registrant_street2"]) == ("1 Elm St", "2nd floor")
    assert (found["registrant_name"], found["registrant_voice"]) == (
        "Ann Miller", "+1 818-555-0100",
    )  # fmt: skip
    assert (found["administrative_kind"], found["administrative_name"]) == ("person", "Ann Miller")
    assert (found["technical_kind"], found["technical_name"]) == ("role", "Hostmaster, Night")
    assert found["servers"].splitlines() == [
        "ns1.books.com 8.8.8.8", "NS2.Books.com 9.9.9.9", "ns3.example.net",
    ]  # fmt: skip
    assert not [name for name in found if name.startswith("billing")]


@pytest.mark.parametrize(
    ("country", "typed", "read"),
    [
        ("US", "818-555-0100", "+1 818-555-0100"),
        ("Canada", "416.555.0100", "+1 416.555.0100"),
        ("US", "555-0100", "555-0100"),
        ("US", "+49 30 12345678", "+49 30 12345678"),
        ("DE", "030 12345678", "030 12345678"),
        ("Atlantis", "818-555-0100", "818-555-0100"),
    ],
)
def test_phones_of_north_america_get_their_code(country: str, typed: str, read: str) -> None:
    text = V4.replace("4i.  Country....................:US", f"4i. Country:{country}")
    found = fields(text.replace("818-555-0100", typed))
    assert found["administrative_voice"] == read


def test_the_password_of_a_template_goes_nowhere() -> None:
    assert "s3cr3t" not in str(fields(V4))
    assert "CRYPT" not in str(fields(V4))


@pytest.mark.parametrize("text", [V2, V4, V6], ids=["2.0", "4.0", "6.0"])
def test_what_is_read_can_be_ordered(text: str) -> None:
    found = order(fields(text) | AGREED, provider())
    assert found.details["domain"]["ascii"] == "books.com"
    assert found.details["registrant"]["cc"] == "US"


@pytest.mark.parametrize(
    ("before", "after"),
    [("\n", "\r\n"), ("\n", "\n> "), ("\n", "\n   "), (":", ": "), (":", ":\t")],
    ids=ascii,
)
def test_mailed_templates_are_read_the_same(before: str, after: str) -> None:
    assert fields(V4.replace(before, after)) == fields(V4)


@pytest.mark.parametrize(
    ("letter", "action"),
    [("N", "new"), ("m", "modify"), ("(D)elete", "delete"), ("New", "new"), ("x", None)],
)
def test_what_is_to_be_done_is_a_letter(letter: str, action: str | None) -> None:
    assert fields(V4.replace("(D)elete....:N", f"(D)elete....:{letter}")).get("action") == action


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "1. Buy milk\n2. Domain name: books.com\n",
        "2. Complete Domain Name: books.com",
        "3a. Organization Name: Books",
        V4.replace("Books.com", "", 1),
    ],
    ids=["empty", "words", "list", "a name alone", "no name", "blank"],
)
def test_other_texts_are_no_templates(text: str) -> None:
    assert fields(text) == {}


@given(st.text(max_size=300))
def test_any_text_beside_a_template_does_no_harm(text: str) -> None:
    assert fields(text) == {} or "domain" in fields(text)
    found = fields(f"{V4}\n\n{text}")
    assert "s3cr3t" not in str(found)


@pytest.mark.parametrize("piece", ["8a. Hostname: x\n", "x", "> ", "\n", "1", "2. Domain: "])
def test_a_megabyte_takes_no_time(piece: str) -> None:
    began = time.process_time()
    fields(V4 + piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 0.5
