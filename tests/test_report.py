from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.provider_file import parse
from netdesk.text import safe
from netdesk.ticket import MESSAGE_LIMIT
from tests.desk import fields
from tests.test_provider import EXAMPLE
from ticket_intake.report import ONE_LINE, WHOLE, Report, Unusable, from_form

PROVIDER = parse(EXAMPLE)
GOOD = fields(category="technical")


def read(**changes: str) -> Report:
    return from_form(GOOD | changes, PROVIDER, "web")


def errors(**changes: str) -> dict[str, str]:
    with pytest.raises(Unusable) as caught:
        read(**changes)
    return caught.value.errors


def test_every_field_reaches_the_report() -> None:
    given = {
        "name": "Ann", "email": "ann@example.org", "phone": "1", "account": "ann7",
        "category": "mail-web", "subject": "Subject", "message": "One\ntwo", "emergency": "on",
        "url": "https://example.com/", "occurred_at": "noon", "error_text": "a\nb",
    }  # fmt: skip
    found = from_form(given, PROVIDER, "phone")
    person = found.person
    assert (person.name, person.email, person.phone) == ("Ann", "ann@example.org", "1")
    assert (person.account, found.category, found.subject) == ("ann7", "mail-web", "Subject")
    assert (found.message, found.url, found.occurred_at) == ("One\ntwo", given["url"], "noon")
    assert (found.error_text, found.source) == ("a\nb", "phone")
    assert found.emergency is True


def test_what_was_left_out_has_a_default() -> None:
    found = from_form({"phone": "1", "message": "Help"}, PROVIDER, "web")
    assert (found.category, found.subject) == ("technical", "Help")
    assert found.emergency is False


@pytest.mark.parametrize("word", ["on", "true"])
@pytest.mark.parametrize("source", ["web", "phone"])
def test_an_emergency_is_what_was_ticked(word: str, source: str) -> None:
    whole = GOOD | {"name": "Ann", "phone": "818-555-0100"}
    assert from_form(whole | {"emergency": word}, PROVIDER, source).emergency
    assert not from_form(whole | {"emergency": f"not {word}"}, PROVIDER, source).emergency


def test_an_emergency_by_form_needs_somebody_to_call_back() -> None:
    found = errors(emergency="on", name="", phone="")
    assert found.keys() == {"phone", "name"}
    assert from_form({"phone": "1", "message": "x", "emergency": "on"}, PROVIDER, "phone").emergency


def test_where_emergencies_are_taken_by_phone_alone_the_form_says_so() -> None:
    alone = replace(PROVIDER, emergency=replace(PROVIDER.emergency, by_form=False))
    with pytest.raises(Unusable, match="call 818/555-0100, option 3, day and night") as caught:
        from_form(GOOD | {"emergency": "true", "phone": "1", "name": "Ann"}, alone, "web")
    assert caught.value.errors.keys() == {"emergency"}


def test_what_the_category_asks_is_kept_whichever_category_was_chosen() -> None:
    assert read(program="Eudora\n 3").details == {"program": "Eudora 3"}
    assert read(program=" ", nonsense="x").details == {}


@pytest.mark.parametrize("field", ["email", "phone", "url"])
def test_what_is_of_no_use_cut_is_refused_whole(field: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(**{field: "a@" + "b" * 2_000 + ".example"})
    assert field in refused.value.errors


def test_a_long_address_of_a_page_is_kept_whole() -> None:
    url = "https://www.example.org/" + "x" * 1_500
    assert read(url=url).url == url


@pytest.mark.parametrize("email", [PROVIDER.mail, PROVIDER.known_as.upper()])
def test_our_own_address_is_nobodys(email: str) -> None:
    with pytest.raises(Unusable, match="our own address"):
        read(email=email)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"email": "ann"}, "email", "does not look like a mail address"),
        ({"email": "ann@localhost"}, "email", "does not look like a mail address"),
        ({"email": "ann@a..org"}, "email", "does not look like a mail address"),
        ({"email": "a@example.org,b@example.org"}, "email", "does not look like a mail address"),
        ({"email": "Ann <a@example.org>"}, "email", "does not look like a mail address"),
        ({"email": "", "phone": " "}, "email", "Give a mail address or a phone number"),
        ({"email": "ann@Example.NET"}, "email", "Mail to example.net may not reach you"),
        ({"message": " \n"}, "message", "Say what is wrong"),
        ({"message": "x" * (MESSAGE_LIMIT + 1)}, "message", "send at most 100,000 characters"),
        ({"category": "weather"}, "category", "Choose a category: technical, mail-web, names"),
        ({"phone": "1" * 201}, "phone", "This is too long"),
        ({"url": "x" * 2_001}, "url", "This is too long"),
        ({"error_text": "x" * 2_001}, "error_text", "send at most 2,000 characters"),
    ],
)
def test_what_can_not_be_used_is_said_beside_its_field(
    changes: dict[str, str], field: str, sentence: str
) -> None:
    found = errors(**changes)
    assert list(found) == [field]
    assert sentence in found[field]


def test_a_phone_makes_up_for_an_address_that_our_outage_hits() -> None:
    assert read(email="ann@example.net", phone="818-555-0100").person.phone
    assert read(email="ann@mail.example.net.example.org").person.email


def test_all_errors_are_told_together() -> None:
    found = errors(email="x", message="", category="weather")
    assert found.keys() == {"email", "message", "category"}


def test_the_longest_text_is_taken_whole() -> None:
    assert len(read(message="\u6c49" * MESSAGE_LIMIT).message) == MESSAGE_LIMIT


@given(st.dictionaries(st.sampled_from([*ONE_LINE, "message", "error_text"]), st.text()))
def test_whatever_is_typed_becomes_harmless_or_is_refused(typed: dict[str, str]) -> None:
    try:
        found = from_form(GOOD | typed, PROVIDER, "web")
    except Unusable as refused:
        assert refused.errors.keys() <= {*WHOLE, "category", "message", "error_text", "name"}
        return
    person = found.person
    lines = {name: getattr(person, name) for name in ("name", "email", "phone", "account")}
    lines |= {name: getattr(found, name) for name in ("subject", "url", "occurred_at")}
    for name, text in lines.items():
        assert "\n" not in text
        assert len(text) <= ONE_LINE[name]
    for text in (*lines.values(), found.message, found.error_text):
        assert safe(text) == text
