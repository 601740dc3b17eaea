import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.refused import Refused
from tests.domain_forms import ordered, refused
from ticket_intake.domain.countries import code, names
from ticket_intake.domain.phone import e164

OTHER = {"technical_name": "Bob", "technical_street1": "2 Oak St", "technical_city": "Bonn",
         "technical_cc": "DE", "technical_voice": "+49 228 1234567",
         "technical_email": "bob@example.net"}  # fmt: skip


def test_a_registrant_is_read_whole() -> None:
    assert ordered().details["registrant"] == {
        "kind": "organisation", "name": "Ann Büchner", "org": "Bücher & Co",
        "street": ["1 Elm St", "2nd floor"], "city": "Reseda", "sp": "CA", "pc": "91335",
        "cc": "US", "voice": "+1.8185550100", "fax": "+1.8185550101 x 12",
        "email": "ann@example.org",
    }  # fmt: skip


@pytest.mark.parametrize("action", ["new", "transfer"])
@pytest.mark.parametrize("field", ["name", "street1", "city", "cc", "voice", "email"])
def test_what_a_registrant_needs_is_asked_for(action: str, field: str) -> None:
    found = refused(action, **{f"registrant_{field}": " "})
    assert list(found) == [f"registrant_{field}"]
    assert found[f"registrant_{field}"].startswith("Enter ")


@pytest.mark.parametrize("field", ["street2", "street3", "sp", "pc", "fax"])
def test_what_not_everybody_has_may_be_left_out(field: str) -> None:
    assert ordered(**{f"registrant_{field}": ""})


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("kind", "ghost", "Choose person or organisation."),
        ("org", "", "Enter the name of the organisation."),
        ("cc", "Atlantis", "Write the country by its name"),
        ("cc", "XX", "Write the country by its name"),
        ("voice", "818/555-0100", "Write the number with + and its country"),
        ("voice", "0049 228 1", "Write the number with + and its country"),
        ("fax", "none", "Write the number with + and its country"),
        ("email", "ann", "This does not look like a mail address"),
        ("email", "ann@localhost", "This does not look like a mail address"),
        ("city", "x" * 201, "This is too long: send at most 200 characters."),
    ],
)
def test_each_wrong_field_of_a_contact_has_its_sentence(
    field: str, typed: str, sentence: str
) -> None:
    found = refused(**{f"registrant_{field}": typed})
    assert list(found) == [f"registrant_{field}"]
    assert sentence in found[f"registrant_{field}"]


def test_blanks_around_a_field_do_not_count() -> None:
    found = ordered(registrant_city=f"  Van \t Nuys{' ' * 300}\n", consent=" on ")
    assert found.details["registrant"]["city"] == "Van Nuys"


@pytest.mark.parametrize(("org", "kind"), [("", "person"), ("Bücher", "organisation")])
def test_who_does_not_say_what_he_is_is_taken_by_his_organisation(org: str, kind: str) -> None:
    found = ordered(registrant_kind="", registrant_org=org).details["registrant"]
    assert found["kind"] == kind


def test_most_people_order_for_themselves() -> None:
    gaps = {"registrant_name": "", "registrant_email": "", "registrant_voice": ""}
    asker = {"name": "Eve", "email": "eve@example.org", "phone": "+1 818 555 0199"}
    found = ordered(registrant_same="true", **gaps, **asker).details["registrant"]
    assert (found["name"], found["email"], found["voice"]) == (
        "Eve", "eve@example.org", "+1.8185550199",
    )  # fmt: skip
    assert ordered(registrant_same="true", **asker).details["registrant"]["name"] == "Ann Büchner"
    assert refused(**gaps, **asker).keys() == gaps.keys()


@pytest.mark.parametrize("who", ["administrative", "technical", "billing"])
@pytest.mark.parametrize("ticked", ["", "true"])
def test_another_contact_is_the_registrant_unless_it_is_filled_in(who: str, ticked: str) -> None:
    changes = {f"{who}_same": ticked, f"{who}_kind": "person"}
    assert ordered(**changes).details[who] == {"same_as": "registrant"}


def test_another_contact_is_read_whole() -> None:
    found = ordered(**OTHER, technical_kind="role").details["technical"]
    assert (found["kind"], found["name"], found["cc"]) == ("role", "Bob", "DE")
    assert ordered(**OTHER).details["technical"]["kind"] == "person"


@pytest.mark.parametrize("field", [*OTHER])
def test_what_another_contact_lacks_is_said_with_its_title(field: str) -> None:
    found = refused(**OTHER | {field: ""})
    assert list(found) == [field]
    assert found[field].startswith("Technical contact: Enter ")


def test_the_same_and_somebody_else_can_not_both_be_true() -> None:
    found = refused(technical_same="true", technical_name="Bob")
    assert list(found) == ["technical_same"]
    assert "not both" in found["technical_same"]


@pytest.mark.parametrize("handle", ["AB123-IN", "_-1", "a" * 80 + "-" + "b" * 8])
def test_a_handle_is_enough(handle: str) -> None:
    found = ordered(billing_handle=handle, billing_kind="role").details["billing"]
    assert found == {"kind": "role", "handle": handle}


@pytest.mark.parametrize(
    "handle", ["AB123", "-IN", "AB123-", "AB 123-IN", "ä-1", "a" * 81 + "-b", "a-" + "b" * 9]
)
def test_what_is_no_handle_is_refused(handle: str) -> None:
    found = refused(billing_handle=handle)
    assert list(found) == ["billing_handle"]
    assert "A handle looks like AB123-EXAMPLE" in found["billing_handle"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("+1 (818) 734-0100", "+1.8187340100"),
        ("+1.8187340100", "+1.8187340100"),
        ("+1 818/734-0100 ext. 12", "+1.8187340100 x 12"),
        ("+1 818 734 0100x5", "+1.8187340100 x 5"),
        ("+1 818 734 0100 extension 5", "+1.8187340100 x 5"),
        ("+44 (0)20 7946 0000", "+44.2079460000"),
        ("+49 30 123456", "+49.30123456"),
        ("+7 495 1234567", "+7.4951234567"),
        ("+353 1 1234567", "+353.11234567"),
        ("+358 9 12345", "+358.912345"),
        ("+690 3010", "+690.3010"),
        ("+81\u201190\u20111234\u20115678", "+81.9012345678"),
        ("\uff0b\uff11 818 555 0100", "+1.8185550100"),
        ("+1 23456 78901 2345", "+1.23456789012345"),
    ],
)
def test_phones_are_read_as_people_write_them(typed: str, read: str) -> None:
    assert e164(typed) == read
    assert e164(read) == read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("818-555-0100", r"with \+ and its country first"),
        ("00 1 818 555 0100", r"with \+ and its country first"),
        ("+1 818 CALL", "digits alone"),
        ("+0 818 555 0100", "digits alone"),
        ("+", "digits alone"),
        ("+1 818 555 \u0660\u0661\u0662\u0663", "digits alone"),
        ("+1 818 555 0100 x 1 x 2", "digits alone"),
        ("+1 818 5", "7 to 15 digits"),
        ("+1234567890123456", "7 to 15 digits"),
        ("+" + "1" * 70, "too long"),
    ],
)
def test_what_is_no_phone_is_told_how_to_mend(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        e164(typed)


@given(st.text(max_size=80) | st.text("+0123456789 ()x.-", max_size=70))
def test_any_text_is_a_phone_or_refused(text: str) -> None:
    try:
        found = e164(text)
    except Refused:
        return
    assert e164(found) == found


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("us", "US"), ("DE", "DE"), ("United States", "US"), ("USA", "US"), ("germany", "DE"),
        ("the Netherlands", "NL"), ("United Kingdom", "GB"), ("UK", "GB"), ("Réunion", "RE"),
    ],
)  # fmt: skip
def test_countries_are_read_by_code_or_name(typed: str, read: str) -> None:
    assert code(typed) == read


def test_every_country_of_the_standard_is_known() -> None:
    assert len(names()) == 249
    assert all(len(known) == 2 and known.isupper() for known in names())
    assert {code(name) for name in names().values()} == names().keys()
