"""What a stranger could try with HTTP itself: cookies, methods, media types, parameters, paths."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netdesk.limits import Limits
from tests.desk import PUBLIC_URL, Door, ask, fields, form, multipart
from tests.form_attack import on_page, post, sound
from tests.small_desk import Small, cloud
from tests.strangers import WORST

FIXTURES = (cloud,)
Opened = tuple[str, str]


@pytest.fixture
def web(door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(Limits, "wait", lambda *_: 0)
    return door("WebFunction")


@pytest.fixture
def opened(web: Door) -> Opened:
    """The path of a ticket's page, and the cookie that opens it."""
    link = post(web, fields()).json["link"]
    path, _, key = link.removeprefix(PUBLIC_URL).partition("?key=")
    return path, f"__Host-ticket-{path.rpartition('/')[2]}={key}"


# --- cookies and keys ----------------------------------------------------------------------------

# A browser lets any host of the domain set these, because their names don't begin with __Host-.
TOSSED = ["\u2000", "\u3000", "\xa0", "\x85", "\u2028", "\x1c", "=", "x", "$Version=1,"]


@pytest.mark.parametrize("before", TOSSED, ids=ascii)
@pytest.mark.parametrize("carried", ["cookies", "header"])
def test_only_a_cookie_of_exactly_our_name_is_ours(
    web: Door, opened: Opened, carried: str, before: str
) -> None:
    path, crumb = opened
    tossed = f"{before}{crumb}"
    more: Any = {"cookies": [tossed]} if carried == "cookies" else {"headers": {"cookie": tossed}}
    assert sound(ask(web, "GET", path, **more)).status == 404
    beside = f"{before}{crumb.partition('=')[0]}=wrong"
    assert sound(ask(web, "GET", path, cookies=[beside, crumb])).status == 200


@pytest.mark.parametrize("query", ["{key},{key}", "{key},x", "x,{key}", "{key}&key=x", " {key}"])
def test_a_key_that_is_given_twice_opens_nothing(web: Door, opened: Opened, query: str) -> None:
    path, crumb = opened
    given = query.format(key=crumb.partition("=")[2])
    assert sound(ask(web, "GET", path, query={"key": given})).status == 404


def test_another_sites_form_has_no_key(cloud: Small, web: Door, opened: Opened) -> None:
    """SameSite=Lax keeps the cookie from a post of another site's; the address is no key to it."""
    path, crumb = opened
    before = cloud.rows("")
    for query in ({}, {"key": crumb.partition("=")[2]}):
        for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; b=x"):
            body = (kind, b"action=close")
            headers = {"origin": "https://evil.example"}
            assert ask(web, "POST", path, body=body, query=query, headers=headers).status == 404
    assert cloud.rows("") == before


# --- methods, paths and headers ------------------------------------------------------------------

OVERRIDES: list[dict[str, Any]] = [
    {"headers": {"x-http-method-override": "POST"}, "query": {"action": "close"}},
    {"headers": {"x-method-override": "POST"}, "query": {"_method": "POST", "message": "x"}},
    {"headers": {"x-original-url": "/staff/tickets"}},
    {"headers": {"x-rewrite-url": "/staff/tickets"}},
    {"body": ("application/x-www-form-urlencoded", b"action=close&message=x")},
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("given", OVERRIDES, ids=str)
def test_nothing_but_a_post_changes_anything(
    cloud: Small, web: Door, opened: Opened, method: str, given: dict[str, Any]
) -> None:
    path, crumb = opened
    before = cloud.rows("")
    for at in (path, "/api/tickets", "/api/form"):
        answer = sound(ask(web, method, at, cookies=[crumb], **given))
        assert answer.status in ((200, 303) if method == "GET" else (404,))
    assert cloud.rows("") == before


@pytest.mark.parametrize(
    "header", ["host", "x-forwarded-host", "forwarded", "x-forwarded-proto", "x-forwarded-prefix"]
)
def test_no_header_leads_a_link_elsewhere(web: Door, header: str) -> None:
    for wants in ("json", "html"):
        answer = post(web, fields(), wants=wants, headers={header: "host=evil.example"})
        assert answer.status == 201
        assert "evil.example" not in answer.text + str(answer.headers)


PATHS = [
    "..", "../../form", "..%2f..%2fform", "%2e%2e", "....//", "attachment/x", "x\x00", "*", "-",
    " ", "0" * 64, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "a" * 8_000,
    "None", "null", "{{7*7}}", "<script>", "=?utf-8?q?x?=", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("digest", PATHS, ids=lambda path: ascii(path[:70]))
def test_no_path_leads_to_a_file_that_is_not_the_tickets(
    web: Door, opened: Opened, digest: str
) -> None:
    path, crumb = opened
    other = post(web, multipart(fields(message="Mine."), ("a.txt", "text/plain", b"My file.")))
    [file] = on_page(web, other).json["entries"][0]["files"]
    for wanted in (digest, file["link"].rpartition("/")[2]):
        answer = sound(ask(web, "GET", f"{path}/files/{wanted}", cookies=[crumb]))
        assert (answer.status, "location" in answer.headers) == (404, False)


@pytest.mark.parametrize("wanted", [*PATHS, *WORST], ids=lambda path: ascii(path[:70]))
def test_any_number_is_unknown_alike(web: Door, wanted: str) -> None:
    wanted = wanted[:8_000]  # the HTTP API takes 10 KB of address and headers
    answers = [
        sound(ask(web, method, f"/api/tickets/{wanted}", wants=wants, cookies=[f"x={wanted}"]))
        for method in ("GET", "POST")
        for wants in ("json", "html")
    ]
    assert {answer.status for answer in answers} == {404}
    assert not any(wanted in answer.text for answer in answers if len(wanted) > 8)


# --- bodies --------------------------------------------------------------------------------------

URLENCODED, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"
CHARSETS = ["punycode", "idna", "utf-7", "utf-16", "unicode_escape", "raw_unicode_escape",
            "zlib", "hex", "base64", "undefined", "cp1140", "\xfc", "x" * 5_000]  # fmt: skip
WORDS = "+ADw-script+AD4- \\u003cscript\\u003e xn--p-eca -a-b-c"


def part(words: str, charset: str) -> bytes:
    head = 'Content-Disposition: form-data; name="message"\r\n'
    kind = f"Content-Type: text/plain; charset={charset}\r\n"
    return f"--edge\r\n{head}{kind}\r\n{words}\r\n--edge--\r\n".encode()


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset[:20])
@pytest.mark.parametrize("place", ["whole", "part", "urlencoded"])
def test_a_strangers_charset_is_not_used_to_read(web: Door, place: str, charset: str) -> None:
    """Browsers send UTF-8; some of Python's codecs take minutes for a megabyte, or warn aloud."""
    body = {
        "whole": (f"{PARTS}; charset={charset}", part(WORDS, "utf-8")),
        "part": (PARTS, part(WORDS, charset)),
        "urlencoded": (f"{URLENCODED}; charset={charset}", form({"message": WORDS})[1]),
    }[place]
    answer = post(web, body, wants="html")
    assert answer.status == 422
    read = WORDS.replace("<", "&lt;") in answer.text
    assert read or "The form could not be read" in answer.text


@pytest.mark.parametrize("place", ["part", "urlencoded"])
def test_no_charset_makes_reading_slow(web: Door, place: str) -> None:
    words = "x-" + "a" * 150_000
    body = (PARTS, part(words, "punycode"))
    if place == "urlencoded":
        body = (f"{URLENCODED}; charset=punycode", f"message={words}".encode())
    begun = perf_counter()
    post(web, body)
    assert perf_counter() - begun < 1  # it was 3 s, and 4 MB would take half an hour


DEEP = b"[" * 200_000
BODIES = {
    "nothing": ("", b""),
    "no media type": ("", b"message=x"),
    "another media type": ("text/plain", b'{"email": "ann@example.org", "message": "x"}'),
    "media type of a picture": ("image/svg+xml", b"<svg onload=alert(1)>"),
    "xml": ("application/xml", b"<!DOCTYPE x [<!ENTITY a '&b;&b;'>]><x>&a;</x>"),
    "no boundary": ("multipart/form-data", b"--\r\n"),
    "a long boundary": (f"multipart/form-data; boundary={'x' * 9_000}", b"--x\r\n"),
    "an open part": (PARTS, b"--edge\r\nContent-Disposition: form-data; name=a\r\n\r\nx"),
    "no name": (PARTS, b"--edge\r\nContent-Type: x\r\n\r\nx\r\n--edge--\r\n"),
    "1,000 parts": multipart({f"a{n}": "x" for n in range(1_000)}),
    "1,000 fields": form({f"a{n}": "x" for n in range(1_000)}),
    "1,000 files": multipart({}, *[("a.txt", "text/plain", b"x")] * 1_000),
    "a million ampersands": (URLENCODED, b"&" * 1_000_000),
    "percent signs": (URLENCODED, b"message=" + b"%" * 100_000),
    "deep JSON": ("application/json", b'{"message":' + DEEP),
    "JSON of no object": ("application/json", b'["message"]'),
    "a huge number": ("application/json", b'{"message": ' + b"9" * 9_000 + b"}"),
    "a million zeros": ("application/json", b'{"message": 1e999999, "email": 1E400}'),
    "no numbers": ("application/json", b'{"message": NaN, "email": Infinity}'),
    "prototype": ("application/json", b'{"__proto__": {"email": "x"}, "constructor": "x"}'),
    "objects for words": ("application/json", b'{"message": {"S": "x"}, "email": ["x"]}'),
    "zipped": (URLENCODED, b"\x1f\x8b\x08\x00" + b"\x00" * 1_000),
    "UTF-16": ("application/json; charset=utf-16", '{"message": ""}'.encode("utf-16")),
}


@pytest.mark.parametrize("wants", ["json", "html"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_form_is_a_sentence_at_once(
    cloud: Small, web: Door, body: tuple[str, bytes], wants: str
) -> None:
    kind, content = body
    begun = perf_counter()
    event = {"content-type": kind} if kind else {}
    answer = post(web, (kind or URLENCODED, content), wants=wants, headers=event)
    assert answer.status == 422
    assert perf_counter() - begun < 1
    assert cloud.rows("") == []


@given(st.binary(max_size=400), st.sampled_from([URLENCODED, PARTS, "application/json;", "x"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_any_bytes_are_a_ticket_or_a_sentence(web: Door, content: bytes, kind: str) -> None:
    parts = b'--edge\r\nContent-Disposition: form-data; name="message"' + content
    for body in (content, b"message=x&email=" + content, parts, b'{"message": "' + content):
        assert post(web, (kind, body)).status in (201, 422)
