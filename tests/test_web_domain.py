"""The domain form through the web door: an ordinary ticket, and a code that is shown once."""

from collections.abc import Callable
from typing import Any

import pytest

from netdesk import aws
from tests.desk import Answer, Cloud, Door, ask, fields, form
from tests.domain_forms import CODE, FORMS
from tests.domain_templates import V1
from ticket_intake.codes import Codes

KEY = "domain"


@pytest.fixture
def web(door: Callable[..., Door]) -> Door:
    return door("WebFunction")


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return door("StaffFunction")


def post(web: Door, action: str, wants: str = "json", **changes: str) -> Answer:
    person = {"name": "Ann", "email": "ann@example.org", "form": KEY, "category": KEY}
    return ask(
        web, "POST", "/api/tickets", body=form(person | FORMS[action] | changes), wants=wants
    )


def show(staff: Door, opened: Answer) -> Any:
    return ask(staff, "GET", f"/staff/tickets/{opened.json['number']}", arn="a/anna").json


def read_code(staff: Door, opened: Answer, who: str = "a/anna") -> Answer:
    return ask(staff, "POST", f"/staff/tickets/{opened.json['number']}/code", arn=who)


def parameters() -> list[str]:
    return [p["Name"] for p in aws.client("ssm").describe_parameters()["Parameters"]]


@pytest.mark.parametrize("action", FORMS)
def test_each_order_is_an_ordinary_ticket_with_a_structured_part(
    web: Door, staff: Door, action: str
) -> None:
    shown = show(staff, post(web, action))
    assert (shown["category"], shown["details"]["action"]) == (KEY, action)
    assert shown["details"]["domain"]["ascii"] in shown["entries"][0]["text"]
    assert shown["subject"]


def test_the_customer_reads_the_order_on_the_ticket(web: Door) -> None:
    opened = post(web, "new")
    path, _, key = opened.json["link"].partition("example.net")[2].partition("?key=")
    crumb = f"__Host-ticket-{path.rpartition('/')[2]}={key}"
    page = ask(web, "GET", path, cookies=[crumb], wants="html").text
    assert "xn--bcher-kva.example" in page


def test_all_that_is_wrong_is_told_at_once_and_kept(web: Door) -> None:
    answer = post(web, "new", wants="html", domain="-.example", email="ann", years="11")
    assert answer.status == 422
    for name in ("domain", "email", "years"):
        assert f'id="{name}-error"' in answer.text
    assert 'id="message-error"' not in answer.text  # this form has no such field
    assert 'value="-.example"' in answer.text
    assert "Order or change a domain name" in answer.text


def test_records_to_copy_come_as_a_file(cloud: Cloud, web: Door, staff: Door) -> None:
    opened = post(web, "new", zone="@ MX 10 mail.example.org.")
    [file] = show(staff, opened)["entries"][0]["attachments"]
    assert (file["name"], file["media_type"]) == ("zone.txt", "text/plain")
    assert [*cloud.objects("filesbucket").values()] == [b"@ MX 10 mail.example.org."]


def test_an_old_template_fills_in_the_form_and_opens_nothing(cloud: Cloud, web: Door) -> None:
    answer = post(web, "new", wants="html", domain="", template=V1)
    assert answer.status == 200
    assert 'name="domain"' in answer.text
    assert 'value="books.com"' in answer.text
    assert cloud.tickets() == []


# --- the transfer code ---------------------------------------------------------------------------


def test_a_code_is_encrypted_shown_once_with_a_name_and_deleted(
    cloud: Cloud, web: Door, staff: Door
) -> None:
    opened = post(web, "transfer")
    [name] = parameters()
    kept = aws.client("ssm").get_parameter(Name=name)["Parameter"]
    assert kept["Type"] == "SecureString"
    assert kept["Value"] != CODE  # undecrypted
    assert show(staff, opened)["transfer_code"] is True
    assert read_code(staff, opened).json == {"number": opened.json["number"], "code": CODE}
    assert parameters() == []
    again = read_code(staff, opened, "a/bob")
    assert "has no transfer code now" in again.json["errors"][""]
    shown = show(staff, opened)
    assert shown["transfer_code"] is False
    assert shown["entries"][-1]["text"] == "The transfer code was shown to anna, and deleted."
    assert shown["entries"][-1]["public"] is False


def test_the_code_stands_nowhere_else(cloud: Cloud, web: Door, staff: Door) -> None:
    opened = post(web, "transfer")
    refused = post(web, "transfer", wants="html", email="ann")
    assert refused.status == 422
    for text in (opened.text, refused.text, str(cloud.rows("TicketsTable")), str(cloud.outbox())):
        assert CODE not in text
    assert CODE not in str(show(staff, opened))
    assert cloud.objects("filesbucket") == {}


def test_the_same_order_again_is_the_same_ticket_with_the_same_code(web: Door, staff: Door) -> None:
    opened, again = post(web, "transfer"), post(web, "transfer")
    assert opened == again
    assert read_code(staff, opened).json["code"] == CODE


def test_a_code_that_went_missing_is_asked_for_again(cloud: Cloud, web: Door, staff: Door) -> None:
    opened = post(web, "transfer")
    aws.client("ssm").delete_parameter(Name=parameters()[0])  # somebody died in between
    assert "ask the customer for it again" in read_code(staff, opened).json["errors"][""]
    assert show(staff, opened)["transfer_code"] is False


def test_who_comes_second_at_the_same_moment_takes_nothing_from_the_first(
    web: Door, staff: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looks for the code while the first holds it, and writes down what he found."""
    opened = post(web, "transfer")
    take = Codes.take

    def meanwhile(codes: Codes, name: str) -> str:
        code = take(codes, name)
        monkeypatch.setattr(Codes, "take", take)
        assert "ask the customer for it again" in read_code(staff, opened, "a/bob").text
        return code

    monkeypatch.setattr(Codes, "take", meanwhile)
    assert read_code(staff, opened).json["code"] == CODE
    assert [told["text"] for told in show(staff, opened)["entries"]][1:] == [
        "bob looked for the transfer code: it was not there any more.",
        "The transfer code was shown to anna, and deleted.",
    ]


def test_a_plain_ticket_has_no_code(web: Door, staff: Door) -> None:
    opened = ask(web, "POST", "/api/tickets", body=form(fields()))
    assert "has no transfer code now" in read_code(staff, opened).json["errors"][""]
