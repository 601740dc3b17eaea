"""Every text of a hostile stranger, through one field to every output; the worst of them, through
every field. Pages are compared with those of a harmless text: nothing more may stand in them."""

import json
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from netdesk.cli.main import main
from netdesk.text import one_line, safe
from netdesk.ticket import MESSAGE_LIMIT
from tests.desk import ARN, NOW, Cloud, Door, ask, fields, multipart, provider
from tests.domain_forms import FORMS
from tests.form_attack import mail_of, of_staff, on_page, post, same_structure, shape
from tests.strangers import ALL, WORST
from tests.test_cli import API, Doors
from ticket_intake.desk import Desk
from ticket_intake.outbox.compose import compose
from ticket_intake.outbox.rows import Unsent

Opened = Callable[..., Door]
WORD = "word"
LETTERS = ("acknowledgement", "answer", "status", "unknown")


@pytest.fixture
def web(door: Opened) -> Door:
    return door("WebFunction")


@pytest.fixture
def staff(door: Opened) -> Door:
    return door("StaffFunction")


def told(web: Door, staff: Door, body: Any) -> Iterator[tuple[str, Any]]:
    """All that the web shows of a submission, by where it stands."""
    opened = post(web, body)
    yield "json", opened
    yield "html", post(web, body, wants="html")
    if opened.status == 201:
        yield "json", on_page(web, opened)
        yield "html", on_page(web, opened, wants="html")
        yield "json", of_staff(staff, opened)
        yield "json", ask(staff, "GET", "/staff/tickets", arn=ARN, query={"state": "suspect"})


def same(web: Door, staff: Door, body: Any, harmless: Any) -> None:
    """The two bodies differ in their words, and so do all answers, in nothing else."""
    for (kind, one), (_, other) in zip(
        told(web, staff, body), told(web, staff, harmless), strict=True
    ):
        assert one.status == other.status
        if kind == "html":
            same_structure(one.text, other.text)
        else:
            assert shape(one.json) == shape(other.json)


def mangled(text: str) -> str:
    """As a form's encoding can carry it: JSON alone can hold lone surrogates."""
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_every_text_is_only_a_text_on_every_page(web: Door, staff: Door, text: str) -> None:
    asked = fields(category="connection", subject="", since=WORD)
    same(web, staff, asked | {"message": f"x{text}"}, asked | {"message": WORD})
    same(web, staff, asked | {"message": "", "since": text}, asked | {"message": ""})


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_every_text_comes_back_as_it_was_but_for_what_steers(web: Door, text: str) -> None:
    message = f"x{text}"[:MESSAGE_LIMIT]
    opened = post(web, fields(message=message))
    [entry] = on_page(web, opened).json["entries"]
    assert entry["text"] == safe(message).strip()
    page = on_page(web, opened, wants="html").text
    assert unescape(page.partition('<div class="text">')[2].partition("</div>")[0]) == entry["text"]


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_no_text_adds_a_header_or_an_address_to_a_mail(
    cloud: Cloud, desk: Desk, web: Door, text: str
) -> None:
    body = fields(name=text, account=text, subject=text, message=f"x{text}", since=text)
    heads = []
    for given in (fields(), body):
        opened = post(web, given)
        [row] = [r for r in cloud.outbox() if r["number"] == opened.json["number"]]
        ticket = desk.tickets.read(opened.json["number"])
        assert ticket
        for letter in LETTERS:
            unsent = Unsent(row["pk"], row["sk"], ticket.number, letter, 1, 0)
            mail = mail_of(compose(desk, ticket, unsent, {}, NOW))
            assert mail["To"] == "ann@example.org"
            assert mail["Subject"].startswith(f"[#{ticket.number}]")
            heads.append([name for name, _ in mail.items()])
    assert heads[: len(LETTERS)] == heads[len(LETTERS) :]


def test_no_text_steers_the_terminal_of_staff(
    door: Opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [*numbers_of(door("WebFunction"))]
    monkeypatch.setenv("NETDESK_API", API)
    monkeypatch.setattr("netdesk.cli.desk_api.urllib.request.urlopen", opener(door))
    for command in ("list", "calls"):
        assert main(["ticket", command]) == 0
    for number in numbers:
        for command in ("show", "history"):
            assert main(["ticket", command, number]) == 0
    plain = capsys.readouterr()
    assert main(["ticket", "list", "--json"]) == 0
    listed = capsys.readouterr()
    assert {one["number"] for one in json.loads(listed.out)} == set(numbers)
    for out in (plain.out, listed.out):
        assert safe(out) == out
    assert (plain.err, listed.err) == ("", "")
    rows = plain.out.splitlines()
    assert all(sum(row.startswith(number) for row in rows) == 2 for number in numbers)


def numbers_of(web: Door) -> Iterator[str]:
    for n, text in enumerate(ALL.values()):
        reached = {"email": "", "phone": f"{n} {text}"[:150]}
        line = dict.fromkeys(("name", "account", "subject", "since"), text)
        given = fields(**reached, **line, message=f"x{text}"[:MESSAGE_LIMIT])
        # Each from a network of its own: the limits are others' tests.
        yield post(web, given, source=f"198.51.{n}.7").json["number"]


def opener(door: Opened) -> Callable[..., Any]:
    doors = Doors(door)
    return lambda request, timeout: doors.https_open(request)


QUESTIONS = [question.key for question in provider().questions]
PERSON = ("name", "email", "phone", "account", "category", "subject", "message", "emergency")
BESIDE = ("token", "leave_empty", "action", "form", "template", "source", "number", "state", "code")
PLAIN = (*PERSON, *QUESTIONS, *BESIDE, "unknown")
DOMAIN = sorted({name for form in FORMS.values() for name in form} | {
    "registrant_street3", "registrant_same", "technical_same", "technical_handle",
    "technical_kind", "technical_name", "technical_org", "technical_street1", "billing_city",
    "administrative_sp", "administrative_pc", "administrative_cc", "administrative_voice",
    "administrative_fax", "administrative_email", "servers", "dnssec", "ds", "hosting_web",
    "hosting_mail", "hosting", "zone", "privacy", "purpose", "contact_preference", "invoice",
    "purchase_order", "comments", "name", "phone", "account", "email", "token", "leave_empty",
})  # fmt: skip


@pytest.mark.parametrize("field", PLAIN)
def test_the_worst_texts_do_no_harm_in_any_field(web: Door, staff: Door, field: str) -> None:
    for text in WORST:
        for beside in ({}, {"message": ""}):
            given = {**fields(phone="818-555-0100"), **beside}
            compared(web, staff, given, field, text)


@pytest.mark.parametrize("field", DOMAIN)
def test_the_worst_texts_do_no_harm_in_any_field_of_an_order(
    web: Door, staff: Door, field: str
) -> None:
    given = fields(form="domain", category="domain") | FORMS["new"]
    for text in WORST:
        compared(web, staff, given | {"action": "transfer"}, field, text)
