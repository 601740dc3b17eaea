import pytest

from tests.desk import provider
from tests.domain_forms import ordered, refused


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        ("new", "New domain: bücher.example (xn--bcher-kva.example)"),
        ("transfer", "Domain transfer: bücher.example (xn--bcher-kva.example)"),
        ("modify", "Domain change: example.com"),
        ("renew", "Domain renewal: example.com"),
        ("delete", "Domain deletion: example.com"),
    ],
)
def test_each_action_has_its_subject(action: str, subject: str) -> None:
    found = ordered(action)
    assert found.subject == subject
    assert found.message.startswith(subject)
    assert found.details["action"] == action


@pytest.mark.parametrize(
    ("action", "keys"),
    [
        ("modify", ["registrant"]),
        ("renew", ["years"]),
        ("delete", []),
    ],
)
def test_an_action_holds_what_it_needs_and_no_more(action: str, keys: list[str]) -> None:
    idle = {"alternatives": "a.com", "servers": "broken", "transfer_code": "x", "years": "3"}
    unread = {name: idle[name] for name in idle if action != "renew" or name != "years"}
    if action == "modify":
        unread.pop("servers")
    found = ordered(action, **unread)
    assert list(found.details) == ["action", "domain", *keys]
    assert not found.transfer_code


def test_the_whole_order_is_readable() -> None:
    found = ordered(
        servers="ns1.bücher.example 8.8.8.8\nns2.example.net", hosting_web="true",
        hosting="MX stays\nName: Mallory", privacy="private", invoice="post",
        contact_preference="phone", purchase_order="PO 7", purpose="Books", comments="Hurry",
    )  # fmt: skip
    assert (
        found.message
        == """\
New domain: bücher.example (xn--bcher-kva.example)
If it is taken: buecher.example
If it is taken: x.co.uk
Years: 2

Registrant:
Kind: organisation
Name: Ann Büchner
Organisation: Bücher & Co
Street: 1 Elm St, 2nd floor
City: Reseda
State or province: CA
Postal code: 91335
Country: United States (US)
Phone: +1.8185550100
Fax: +1.8185550101 x 12
Mail: ann@example.org

Administrative contact: the same as the registrant

Technical contact: the same as the registrant

Billing contact: the same as the registrant

Name server: ns1.xn--bcher-kva.example 8.8.8.8
Name server: ns2.example.net
DNSSEC: no

Hosting: web
  MX stays
  Name: Mallory
Public directory: hide the data
Answer by: phone
Invoice by: post
Purchase order: PO 7
Purpose: Books
Comments: Hurry
Terms: agreed"""
    )


@pytest.mark.parametrize(
    ("action", "changes", "field", "sentence"),
    [
        ("new", {"action": ""}, "action", "Choose what is to be done"),
        ("new", {"action": "steal"}, "action", "Choose what is to be done"),
        ("new", {"domain": ""}, "domain", "Enter the domain name."),
        ("renew", {"domain": "x" * 201}, "domain", "too long"),
        ("renew", {"domain": provider().mail_domains[0].upper()}, "domain", "is our own name"),
        ("new", {"years": ""}, "years", "from 1 to 10"),
        ("new", {"years": "0"}, "years", "from 1 to 10"),
        ("renew", {"years": "11"}, "years", "from 1 to 10"),
        ("renew", {"years": "1.5"}, "years", "from 1 to 10"),
        ("renew", {"years": "\u0662"}, "years", "from 1 to 10"),
        ("new", {"consent": ""}, "consent", "Tick that you agree"),
        ("transfer", {"consent": "no"}, "consent", "Tick that you agree"),
        ("new", {"alternatives": "a.com\nb.com\nc.com\nd.com\ne.com"}, "alternatives", "most 4"),
        ("new", {"alternatives": "a.com\n\nwww.b.com"}, "alternatives", "Name 2: Leave out www."),
        ("new", {"alternatives": "a.com\nA.COM"}, "alternatives", "Name 2: a.com stands there"),
        ("new", {"alternatives": "bücher.example"}, "alternatives", "Name 1: bücher.example st"),
        ("delete", {"domain_again": ""}, "domain_again", "a second time"),
        ("delete", {"domain_again": "example.org"}, "domain_again", "another name than example"),
        ("delete", {"domain_again": "www.example.com"}, "domain_again", "Leave out www."),
        ("modify", {"registrant_city": ""}, "action", "Fill in what is to be changed"),
        ("modify", {"registrant_voice": "12"}, "registrant_voice", "with + and its country"),
        ("modify", {"technical_email": "x"}, "technical_email", "look like a mail address"),
        ("modify", {"privacy": "maybe"}, "privacy", "Choose whether"),
        ("renew", {"invoice": "fax"}, "invoice", "Choose how the invoice"),
        ("delete", {"contact_preference": "fax"}, "contact_preference", "Choose how we reach"),
        ("renew", {"purchase_order": "x" * 101}, "purchase_order", "at most 100 characters"),
        ("renew", {"comments": "x" * 2_001}, "comments", "at most 2,000 characters"),
        ("new", {"hosting": "x" * 2_001}, "hosting", "at most 2,000 characters"),
        ("new", {"purpose": "x" * 2_001}, "purpose", "at most 2,000 characters"),
        ("new", {"zone": "x" * 65_537}, "zone", "at most 64 KB"),
        ("new", {"zone": "ü" * 32_769}, "zone", "at most 64 KB"),
        ("new", {"template": "Dear all"}, "template", "can't read this as an old form"),
    ],
)  # fmt: skip
def test_each_wrong_field_has_its_sentence(
    action: str, changes: dict[str, str], field: str, sentence: str
) -> None:
    found = refused(action, **changes)
    assert list(found) == [field]
    assert sentence in found[field]


def test_all_wrong_fields_are_told_at_once() -> None:
    found = refused(domain="x", years="", consent="", registrant_cc="", servers="a")
    assert [*found] == ["domain", "years", "registrant_cc", "servers", "consent"]


@pytest.mark.parametrize("changes", [
    {"zone": "@ MX 10 mail"}, {"dnssec": "none"}, {"technical_same": "true"},
    {"billing_city": "Bonn"}, {"comments": "New MX, please"}, {"hosting_mail": "true"},
])  # fmt: skip
def test_any_change_will_do(changes: dict[str, str]) -> None:
    assert ordered("modify", registrant_city="", **changes)


def test_a_change_does_not_take_the_asker_for_the_registrant() -> None:
    found = ordered("modify", registrant_same="true", name="Eve")
    assert found.details["registrant"] == {"city": "Van Nuys"}


def test_the_longest_zone_is_kept_whole() -> None:
    zone = "@ 3600 IN MX\t10 mail\r\n" + "x" * (64 * 1024 - 23)
    assert ordered(zone=zone).zone == zone.replace("\r\n", "\n")
