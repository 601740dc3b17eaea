"""The doors over HTTP against the events that AWS documents, and its limits: what an emulator gets
wrong does not show at home."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.aws_events import http_request, staff_role
from tests.desk import PUBLIC_URL, Cloud, Door, fields, multipart

JSON = "Accept: application/json"
URLENCODED = "application/x-www-form-urlencoded"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
WIDE = "\U0001f600"  # four bytes of UTF-8, the most that a character has
Event = dict[str, Any]


@pytest.fixture
def web(door: Callable[..., Door]) -> Door:
    return answering(door("WebFunction"))


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return answering(door("StaffFunction"))


def answering(door: Door) -> Door:
    """The door, whose answers must be such as the HTTP API takes: strings under known names, and a
    cookie in its own list. A header that came twice could not be told."""

    def ask(event: Event) -> Event:
        answer: Event = json.loads(json.dumps(door(json.loads(json.dumps(event)))))
        assert answer.keys() <= {"statusCode", "headers", "cookies", "body", "isBase64Encoded"}
        assert isinstance(answer["statusCode"], int)
        assert answer.get("isBase64Encoded", False) is False
        assert isinstance(answer["body"], str)
        assert all(isinstance(value, str) for value in answer["headers"].values())
        assert "set-cookie" not in {name.lower() for name in answer["headers"]}
        return answer

    return ask


def post(kind: str, body: bytes, *headers: str) -> Event:
    return http_request("POST", "/api/tickets", body=body, kind=kind, headers=(JSON, *headers))


def opened(web: Door) -> tuple[str, str]:
    """A ticket's path and its cookie."""
    link = json.loads(web(post(URLENCODED, urlencode(fields()).encode()))["body"])["link"]
    path, _, key = link.removeprefix(PUBLIC_URL).partition("?key=")
    [crumb] = web(http_request("GET", path, query=f"key={key}"))["cookies"]
    return path, crumb.partition(";")[0]


# --- what a request looks like -------------------------------------------------------------------


def test_a_cookie_comes_in_a_list_and_in_no_header(web: Door) -> None:
    path, crumb = opened(web)
    asked = http_request("GET", path, cookies=["theme=dark", crumb, "a=b=c"], headers=[JSON])
    assert "cookie" not in asked["headers"]
    assert web(asked)["statusCode"] == 200


@pytest.mark.parametrize("of", [str, str.lower, lambda n: n.replace("-", " "), lambda n: f" {n} "])
def test_a_path_comes_decoded(web: Door, of: Callable[[str], str]) -> None:
    """%20 is a space by then; %25 alone stays as it was written."""
    path, crumb = opened(web)
    number = path.rpartition("/")[2]
    asked = http_request("GET", f"/api/tickets/{of(number)}", cookies=[crumb], headers=[JSON])
    assert json.loads(web(asked)["body"])["number"] == number


ODD = (
    "%25",
    "a/b",
    "..",
    "../staff",
    "a\nb",
    "caf\u00e9",
    "\u202e",
    "?",
    "#",
    '"',
    " ",
    "a" * 9_000,
)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("place", ["/api/tickets/{}", "/api/tickets/K7Q2-9WXA/files/{}", "/{}"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_path_is_a_fault(web: Door, place: str, odd: str, method: str) -> None:
    assert web(http_request(method, place.format(odd), headers=[JSON]))["statusCode"] == 404


@pytest.mark.parametrize("encoded", [True, False])
def test_a_form_is_read_whether_the_api_encodes_it_or_not(web: Door, encoded: bool) -> None:
    event = post(URLENCODED, urlencode(fields(message="Gr\u00fc\u00dfe & more")).encode())
    assert event["isBase64Encoded"] is True
    if not encoded:
        event["body"] = base64.b64decode(event["body"]).decode()
        event["isBase64Encoded"] = False
    assert web(event)["statusCode"] == 201


def test_bytes_of_a_file_come_through_whole(cloud: Cloud, web: Door) -> None:
    kind, body = multipart(fields(), ("a.png", "image/png", PNG))
    event = post(kind, body)
    assert event["isBase64Encoded"] is True
    assert web(event)["statusCode"] == 201
    assert list(cloud.objects("filesbucket", "attachment/").values()) == [PNG]


@pytest.mark.parametrize(
    "change",
    [{}, {"body": None}, {"body": ""}, {"body": "", "isBase64Encoded": True}, {"body": "%%%"}],
)
@pytest.mark.parametrize("kind", ["", "text/plain; charset=utf-8", URLENCODED, "application/json"])
def test_nothing_sent_is_a_form_to_be_mended(web: Door, kind: str, change: Event) -> None:
    """The API says text/plain where a client names no type."""
    answer = web(post(kind, b"") | change)
    assert answer["statusCode"] == 422
    assert json.loads(answer["body"])["errors"]


def test_what_comes_twice_is_joined_by_commas_and_no_fault(web: Door) -> None:
    body = urlencode(fields()).encode()
    twice = [http_request("POST", "/api/tickets", body=body, kind=URLENCODED, headers=h) for h in (
        ["Accept: text/html", "Accept: application/json"], [JSON, f"Content-Type: {URLENCODED}"],
        [JSON, "Idempotency-Key: a", "Idempotency-Key: b"],
    )]  # fmt: skip
    assert twice[0]["headers"]["accept"] == "text/html,application/json"
    assert [web(event)["statusCode"] for event in twice] == [201, 201, 201]
    path, _ = opened(web)
    double = http_request("GET", path, query="key=a&key=b", headers=[JSON])
    assert double["queryStringParameters"] == {"key": "a,b"}
    assert web(double)["statusCode"] == 404


def test_a_role_of_staff_is_named_by_aws_alone(staff: Door) -> None:
    body = json.dumps(fields() | {"who": "bob", "actor": "bob", "userArn": "bob"}).encode()
    made = http_request(
        "POST", "/staff/tickets", body=body, kind="application/json", headers=[JSON],
        iam=staff_role("anna@example.org"),
    )  # fmt: skip
    number = json.loads(staff(made)["body"])["number"]
    asked = http_request("GET", f"/staff/tickets/{number}", iam=staff_role("carl"), headers=[JSON])
    history = json.loads(staff(asked)["body"])["entries"]
    assert {told["actor"] for told in history} == {"", staff_role("anna@example.org")["userArn"]}
    assert "bob" not in json.dumps(history)
