import gzip
import re
from dataclasses import replace
from typing import Any

import pytest

from netdesk.pages import Pages
from tests.desk import PUBLIC_URL, provider
from tests.domain_forms import CODE, FORMS, ordered
from tests.domain_templates import V4
from ticket_intake.domain.old_template import fields as old_fields

PAGES = Pages(provider(), PUBLIC_URL)
ACTIONS = {"new", "transfer", "modify", "renew", "delete"}
CONTACT = (
    "name", "org", "street1", "street2", "street3", "city", "sp", "pc", "cc", "voice", "fax",
    "email",
)  # fmt: skip
HEADERS = 700  # bytes of the answer's headers, about


def page(**values: Any) -> str:
    return PAGES.render("domain.html", **values)


def named(text: str) -> set[str]:
    return set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', text))


def test_every_field_of_an_order_can_be_filled_in() -> None:
    found = named(page())
    assert {name for form in FORMS.values() for name in form} <= found
    for who in ("administrative", "technical", "billing"):
        assert {f"{who}_{name}" for name in (*CONTACT, "same", "handle", "kind")} <= found
    assert {
        "servers", "dnssec", "ds", "hosting_web", "hosting_mail", "hosting", "zone", "privacy",
        "purpose", "contact_preference", "invoice", "purchase_order", "comments", "template",
        "registrant_same", "name", "email", "phone", "account", "attachments", "category", "form",
    } <= found  # fmt: skip


def test_it_is_sent_as_the_domain_form() -> None:
    found = page()
    assert '<form method="post" action="/api/tickets" enctype="multipart/form-data"' in found
    assert '<input type="hidden" name="category" value="domain">' in found
    assert '<input type="hidden" name="form" value="domain">' in found


def test_it_is_small_on_the_wire() -> None:
    errors = dict.fromkeys(named(page()), "This is wrong: write it in another way, please.")
    for text in (page(), page(errors=errors, typed=FORMS["new"])):
        assert len(gzip.compress(text.encode())) + HEADERS < 14_000


def test_every_label_has_its_field_and_every_id_is_its_own() -> None:
    found = page()
    ids = re.findall(r'\bid="([\w-]+)"', found)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label for="([\w-]+)"', found)) <= set(ids)


@pytest.mark.parametrize("name", sorted(named(page()) - {"category", "form", "token",
                                                        "leave_empty"}))  # fmt: skip
def test_each_error_stands_beside_its_field_which_is_in_sight(name: str) -> None:
    sentence = "This one is wrong."
    found = page(errors={name: sentence})
    if name not in ("registrant_same", "hosting_web", "hosting_mail", "account"):
        assert f'id="{name}-error">{sentence}</p>' in found
        assert f'id="{name}"' in found
        before = found[: found.index(f'id="{name}-error"')]
        folded = before.rpartition("<details")[2]
        assert "</details>" in folded or "<details" not in before or " open" in folded[:99]


def test_what_was_typed_is_kept_and_in_sight() -> None:
    typed = FORMS["new"] | {"technical_name": "Bob <b>", "technical_same": "true", "ds": "1 13 2"}
    found = page(typed=typed, errors={"domain": "No."})
    assert 'value="Bob &lt;b&gt;"' in found
    assert re.search(r'name="technical_same" value="true" checked', found)
    assert re.search(r'name="action" value="new" checked', found)
    assert re.search(r'<textarea id="ds"[^>]*>1 13 2</textarea>', found)
    assert len(re.findall(r"<details[^>]* open", found)) == 2


def test_the_transfer_code_never_comes_back() -> None:
    errors = {"domain": "No.", "transfer_code": "No."}
    assert CODE not in page(typed=FORMS["transfer"], errors=errors)


def test_a_template_fills_in_the_form() -> None:
    found = page(typed=old_fields(V4) | {"template": ""})
    assert 'value="Books.com"' in found
    assert "ns1.books.com 8.8.8.8\n" in found
    assert "s3cr3t" not in found


def test_what_an_action_does_not_need_says_so() -> None:
    marks = re.findall(r'data-for="([^"]+)"', page())
    assert marks
    assert {word for mark in marks for word in mark.split()} == ACTIONS


def test_nothing_hidden_is_required() -> None:
    """Where it can't be seen, a required field would keep the form from being sent."""
    assert re.findall(r'<(?:input|textarea) id="(\w+)"[^>]* required', page()) == ["domain"]


@pytest.mark.parametrize("who", ["registrant", "administrative", "technical", "billing"])
def test_browsers_fill_in_each_contact(who: str) -> None:
    found = page()
    for name, token in (
        ("name", "name"), ("org", "organization"), ("street1", "address-line1"),
        ("street2", "address-line2"), ("street3", "address-line3"), ("city", "address-level2"),
        ("sp", "address-level1"), ("pc", "postal-code"), ("cc", "country"), ("voice", "tel"),
        ("email", "email"),
    ):  # fmt: skip
        field = re.search(rf'<input id="{who}_{name}"[^>]*>', found)
        assert field
        assert f'autocomplete="section-{who} {token}"' in field[0]


def test_it_serves_any_provider() -> None:
    other = replace(provider(), name="Other & Co", categories=())
    found = Pages(other, PUBLIC_URL).render("domain.html")
    assert "I agree to the terms of Other &amp; Co" in found
    assert 'name="category"' not in found


def test_all_that_the_page_sends_empty_is_no_order_of_more() -> None:
    empty = dict.fromkeys(named(page()), "")
    whole = ordered("renew", **{k: v for k, v in empty.items() if k not in FORMS["renew"]})
    assert list(whole.details) == ["action", "domain", "years"]
