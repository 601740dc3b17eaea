"""Every text of a hostile stranger, through one field to every output; the worst of them, through
every field. Pages are compared with those of a harmless text: nothing more may stand in them."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from netdesk.cli.main import main, parser
from netdesk.limits import Limits
from netdesk.text import safe
from netdesk.ticket import MESSAGE_LIMIT
from tests.desk import NOW, REGION, Answer, Door, fields, provider
from tests.domain_forms import FORMS
from tests.form_attack import mail_of, of_staff, on_page, post, same_structure, shape
from tests.small_desk import PAGES, Small, cloud
from tests.strangers import ALL, WORST
from tests.test_cli import API, Doors
from ticket_intake.desk import Desk
from ticket_intake.outbox.compose import compose
from ticket_intake.outbox.rows import Unsent

Opened = Callable[..., Door]
WORD = "word"
FIXTURES = (cloud,)
LETTERS = ("acknowledgement", "answer", "status", "unknown")


@pytest.fixture
def web(door: Opened, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(Limits, "wait", lambda *_: 0)  # they have tests of their own
    return door("WebFunction")


@pytest.fixture
def staff(door: Opened) -> Door:
    return door("StaffFunction")


def tame(text: str) -> str:
    """A text of the same length and words, without anything that could do harm."""
    return re.sub(r"[^A-Za-z0-9 \n]", "w", text)


def told(web: Door, staff: Door, body: Any) -> list[Answer]:
    """All that the web shows of a submission that is taken."""
    opened = post(web, body)
    assert opened.status == 201
    return [
        opened,
        post(web, body, wants="html"),
        on_page(web, opened),
        on_page(web, opened, wants="html"),
        of_staff(staff, opened),
    ]


def same(answers: list[Answer], harmless: list[Answer]) -> None:
    """The answers differ in their words and in nothing else."""
    for one, other in zip(answers, harmless, strict=True):
        if one.headers["content-type"] == "application/json":
            assert shape(one.json) == shape(other.json)
        else:
            same_structure(one.text, other.text)


def comes_back(web: Door, body: dict[str, str], refused: Answer) -> None:
    """The page of a form that is refused is the one that harmless words make."""
    page = post(web, body, wants="html")
    assert (refused.status, page.status) == (422, 422)
    errors = dict.fromkeys(refused.json["errors"], WORD)
    typed = {name: tame(safe(value)) for name, value in body.items()}
    template = "domain.html" if body.get("form") == "domain" else "problem.html"
    same_structure(page.text, PAGES.render(template, errors=errors, typed=typed))


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_every_text_is_only_a_text_on_every_page(web: Door, staff: Door, text: str) -> None:
    asked = fields(category="connection", subject="", name=text, since=f"x{text}")
    calm = {name: tame(value) for name, value in asked.items() if name != "email"}
    message = {"message": f"x{text}"[:MESSAGE_LIMIT]}
    same(told(web, staff, asked | message), told(web, staff, asked | calm | {"message": WORD}))
    refused = asked | {"message": ""}
    comes_back(web, refused, post(web, refused))


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
    cloud: Small, desk: Desk, web: Door, text: str
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
            assert mail["Subject"].lstrip().startswith(f"[#{ticket.number}]")
            heads.append([name for name, _ in mail.items()])
    assert heads[: len(LETTERS)] == heads[len(LETTERS) :]


def test_no_text_steers_the_terminal_of_staff(
    door: Opened,
    web: Door,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    numbers = [*numbers_of(web)]
    stack = {"api": API, "region": REGION, "staff_key": "key", "staff_secret": "secret"}
    (tmp_path / "stack.json").write_text(json.dumps(stack))
    monkeypatch.setenv("NETDESK_STATE", str(tmp_path))
    monkeypatch.setattr("netdesk.cli.desk_api.urllib.request.urlopen", opener(door))
    monkeypatch.setattr("netdesk.cli.main.parser", cache(parser))  # to make it takes longest
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
FREE = (
    "registrant_name", "registrant_org", "registrant_street1", "registrant_street2",
    "registrant_city", "registrant_sp", "technical_name", "technical_org", "technical_street1",
    "technical_city", "hosting", "zone", "purpose", "purchase_order", "comments", "name", "phone",
    "account", "leave_empty", "token", "transfer_code",
)  # fmt: skip
CHECKED = (
    "domain", "years", "alternatives", "servers", "dnssec", "ds", "privacy", "invoice", "consent",
    "contact_preference", "hosting_web", "hosting_mail", "registrant_kind", "registrant_same",
    "registrant_pc", "registrant_cc", "registrant_voice", "registrant_fax", "registrant_email",
    "technical_same", "technical_handle", "technical_kind", "technical_cc", "technical_email",
    "administrative_voice", "billing_fax", "email",
)  # fmt: skip


@pytest.mark.parametrize("field", PLAIN)
def test_the_worst_texts_do_no_harm_in_any_field(web: Door, staff: Door, field: str) -> None:
    given, harmless = fields(phone="818-555-0100"), list[Answer]()
    for text in WORST:
        body = given | {field: text}
        if post(web, body).status == 201:
            harmless = harmless or told(web, staff, given | {field: tame(text)})
            same(told(web, staff, body), harmless)
        refused = given | {"email": "ann", field: text}
        comes_back(web, refused, post(web, refused))


@pytest.mark.parametrize("first", range(len(WORST)))
def test_the_worst_texts_do_no_harm_in_an_order_of_a_domain(
    web: Door, staff: Door, first: int
) -> None:
    """Each text in each field once: ten orders with another text in each of their fields."""
    order = fields(form="domain", category="domain") | FORMS["new"]
    technical = {"technical_cc": "US", "technical_voice": "+1 818 555 0100"}
    order |= technical | {"technical_email": "tom@example.org"}
    texts = islice(cycle(WORST), first, None)
    typed = {field: text[:60] for field, text in zip(FREE, texts, strict=False)}
    calm = {field: tame(text) for field, text in typed.items()}
    same(told(web, staff, order | typed), told(web, staff, order | calm))
    typed |= dict(zip(CHECKED, texts, strict=False))
    comes_back(web, order | typed, post(web, order | typed))


@pytest.mark.parametrize(
    ("action", "field"),
    [("transfer", "action"), ("delete", "domain_again"), ("new", "template"), ("renew", "form")],
)
def test_the_worst_texts_do_no_harm_where_an_order_begins(
    web: Door, action: str, field: str
) -> None:
    for text in WORST:
        body = fields(form="domain", email="ann") | FORMS[action] | {field: text}
        comes_back(web, body, post(web, body))
