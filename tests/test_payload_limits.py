"""6 MB of a call of Lambda, either way, and 10 MB of the HTTP API: what still passes, and what a
customer is told of the rest."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.local import distribution, front
from infra.local.front import Origins
from infra.local.outbox import Sink
from infra.template import TEMPLATE
from netdesk.pages import Pages
from netdesk.ticket import MESSAGE_LIMIT, act
from tests.aws_events import LAMBDA_BYTES, http_request, size, staff_role
from tests.desk import NOW, PUBLIC_URL, Cloud, Door, entry, fields, multipart, provider, report
from tests.test_front import served
from ticket_intake import uploads, views
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.report import ANSWER, ERROR_TEXT, ONE_LINE
from ticket_intake.uploads import NotTaken

WIDE = "\U0001f600"  # four bytes of UTF-8, the most that a character has


@pytest.fixture
def web(door: Callable[..., Door]) -> Door:
    return door("WebFunction")


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return door("StaffFunction")


def fullest() -> tuple[str, bytes]:
    """A form with all that it may hold, in the widest letters."""
    filled = {name: WIDE * most for name, most in ONE_LINE.items()}
    filled |= {question.key: WIDE * ANSWER for question in provider().questions}
    filled |= {"message": WIDE * MESSAGE_LIMIT, "error_text": WIDE * ERROR_TEXT}
    filled |= fields(message=filled["message"]) | {"token": "t" * 200}
    share = uploads.BYTES // uploads.MOST
    sizes = [share] * (uploads.MOST - 1) + [uploads.BYTES - share * (uploads.MOST - 1)]
    files = [(f"{n}{WIDE * 90}.txt", "text/plain", b"%d" % n * one) for n, one in enumerate(sizes)]
    return multipart(filled, *files)


def test_the_fullest_form_that_is_allowed_fits_into_a_call(cloud: Cloud, web: Door) -> None:
    kind, body = fullest()
    padding = "X-Padding: " + "x" * 10_240  # all headers have 10,240 bytes at most
    event = http_request("POST", "/api/tickets", body=body, kind=kind, headers=[padding])
    assert size(event) < LAMBDA_BYTES
    assert web(event)["statusCode"] == 201
    assert len(cloud.objects("filesbucket", "attachment/")) == uploads.MOST


def test_files_that_are_too_large_are_refused_with_all_that_was_typed(web: Door) -> None:
    """As long as they fit into the call at all."""
    big = ("a.txt", "text/plain", b"x" * (uploads.BYTES + 1))
    kind, body = multipart(fields(message="precious"), big)
    event = http_request(
        "POST", "/api/tickets", body=body, kind=kind, headers=["Accept: text/html"]
    )
    assert size(event) < LAMBDA_BYTES
    answer = web(event)
    assert answer["statusCode"] == 422
    assert "4 MB in all at most" in answer["body"]
    assert "precious</textarea>" in answer["body"]


def test_files_that_never_reach_us_are_refused_by_the_page_in_the_same_words() -> None:
    """CloudFront shows no page of ours for 413, so the form's own script has to look."""
    with pytest.raises(NotTaken) as refused:
        uploads.taken([("a.txt", b"x" * (uploads.BYTES + 1))])
    page = Pages(provider(), PUBLIC_URL).render("problem.html")
    assert f'data-most="{uploads.BYTES}"' in page
    assert f" hidden>{refused.value}</p>" in page


REFUSED = (413, "application/json", b'{"message":"Request Entity Too Large"}')


class Away:
    """The bucket, out of reach."""

    def get_object(self, **_: str) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The local front, with nothing behind it."""
    table = distribution.read(TEMPLATE.read_text(encoding="utf-8"))
    origins = Origins(Away(), "site", "http://127.0.0.1:9/stage", "hush", table, Sink(tmp_path))
    yield from served(front.serve(origins, 0))


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("multipart/form-data", 4_400_000, 504),
        ("multipart/form-data", 5_000_000, 413),
        ("multipart/form-data", 11_000_000, 413),
        ("application/x-www-form-urlencoded", 5_000_000, 413),
        ("", 5_000_000, 413),
        ("application/json", 5_000_000, 504),
        ("text/plain; charset=utf-8", 10 * 1024 * 1024, 504),
        ("application/json", 11_000_000, 413),
    ],
)
def test_the_local_front_takes_as_much_as_aws_does(
    port: int, kind: str, content: int, status: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/api/tickets", b"x" * content, {"Content-Type": kind})
        answer = connection.getresponse()
        said = (answer.status, answer.getheader("Content-Type"), answer.read())
    except (BrokenPipeError, ConnectionResetError):
        said = REFUSED  # it did not wait for the end of it
    finally:
        connection.close()
    assert said[0] == status
    assert status != 413 or said == REFUSED


@pytest.fixture
def long_ticket(desk: Desk) -> str:
    """Thirty messages of the largest size: a customer may send twice as many in an hour."""
    ticket = open_ticket(desk, report(), ("one",), NOW)
    for n in range(30):
        told = entry(f"{n} " + WIDE * (MESSAGE_LIMIT - 3), who="customer")
        change_ticket(desk, ticket.number, lambda t, e=told: act(t, "message", e), NOW)
    return ticket.number


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_customer_can_read_a_ticket_however_much_was_written(
    desk: Desk, web: Door, long_ticket: str, accept: str
) -> None:
    ticket = desk.tickets.read(long_ticket)
    assert ticket
    key = desk.link(ticket).partition("?key=")[2]
    crumb = f"__Host-ticket-{long_ticket}={key}"
    path, headers = f"/api/tickets/{long_ticket}", [f"Accept: {accept}"]
    answer = web(http_request("GET", path, cookies=[crumb], headers=headers))
    assert answer["statusCode"] == 200
    assert size(answer) < LAMBDA_BYTES


def test_staff_can_read_a_ticket_however_much_was_written(staff: Door, long_ticket: str) -> None:
    asked = http_request("GET", f"/staff/tickets/{long_ticket}", iam=staff_role("anna"))
    answer = staff(asked)
    assert answer["statusCode"] == 200
    assert size(answer) < LAMBDA_BYTES


def test_a_queue_of_five_thousand_fits_into_an_answer(desk: Desk) -> None:
    """Tickets that say less: some nine thousand."""
    words = "I can't connect since this morning, my account is ann7 and the modem says no carrier."
    ticket = open_ticket(desk, report(subject=words, message=words), ("one",), NOW)
    told = views.for_staff(replace(ticket, error_text=words, url="https://www.example.org/page"))
    assert 5_000 * len(json.dumps(told, indent=2)) < LAMBDA_BYTES
