"""Whom the form takes for whom: the client's address, the limits, and who opens a ticket."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import PUBLIC_URL, SECRETS, Answer, Door, ask, fields, multipart
from tests.domain_forms import CODE, FORMS
from tests.form_attack import of_staff, on_page, post, same_structure, sound
from tests.small_cloud import SmallCloud
from tests.small_desk import Small, cloud
from tests.strangers import ALL
from ticket_intake.digest import digest
from ticket_intake.web.form import ADDRESS, EVERYBODY, PREFIX

FIXTURES = (cloud,)
Doors = Callable[..., Door]
SECRET = SECRETS["OriginSecret"]
SOURCE = "198.51.100.7"


@pytest.fixture
def web(door: Doors) -> Door:
    return door("WebFunction")


# --- the client's address ------------------------------------------------------------------------

FRONT = {"x-origin-secret": SECRET}
SEEN = [
    ("203.0.113.5:46532", "203.0.113.0/24"),
    ("203.0.113.255:1", "203.0.113.0/24"),
    ("2001:db8:7:ffff::1:443", "2001:db8:7::/48"),
    ("[2001:db8:7::1]:443", "2001:db8:7::/48"),
    ("2001:DB8:7:0:0:0:0:1:443", "2001:db8:7::/48"),
    ("fe80::1%eth0:443", "fe80::/48"),
    ("", "unknown"),
    (":", "unknown"),
    (":443", "unknown"),
    ("203.0.113.5", "unknown"),
    ("203.0.113.5:1:2", "unknown"),
    ("203.0.113.05:1", "unknown"),
    ("0x7f.1:1", "unknown"),
    ("999.0.113.5:1", "unknown"),
    ("203.0.113.5/8:1", "unknown"),
    ("203.0.113.5:1, 192.0.2.1:2", "unknown"),
    ("<script>:1", "unknown"),
    ("\u0662\u0660\u0663.0.113.5:1", "unknown"),
    ("1" * 9_000 + ":1", "unknown"),
]


def counted(cloud: Small) -> set[str]:
    """The keys of all that was counted."""
    return {row["pk"] for row in cloud.rows("", "limit#")}


def key(limit: Any, who: str) -> str:
    return f"limit#{limit.what}#{digest(who)[:32]}"


@pytest.mark.parametrize("only_front", ["true", "false"])
@pytest.mark.parametrize(("told", "network"), SEEN, ids=lambda text: ascii(text[:40]))
def test_with_the_secret_the_network_is_the_one_that_the_front_saw(
    cloud: Small, door: Doors, told: str, network: str, only_front: str
) -> None:
    web = door("WebFunction", ONLY_FRONT=only_front)
    headers = FRONT | {"cloudfront-viewer-address": told}
    assert post(web, fields(), headers=headers).status == 201
    assert key(PREFIX, network) in counted(cloud)


FORGED = [
    {},
    {"x-origin-secret": ""},
    {"x-origin-secret": f"{SECRET},{SECRET}"},
    {"x-origin-secret": f" {SECRET}"},
    {"x-origin-secret": SECRET.upper()},
    {"x-origin-secret": "\xfc"},
    {"origin-secret": SECRET},
    {"x-forwarded-for": "203.0.113.5", "x-real-ip": "203.0.113.5", "forwarded": "for=203.0.113.5"},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_without_the_secret_no_header_names_the_client(
    cloud: Small, door: Doors, headers: dict[str, str]
) -> None:
    given = headers | {"cloudfront-viewer-address": "203.0.113.5:1"}
    assert post(door("WebFunction"), fields(), headers=given).status == 201
    assert key(PREFIX, "198.51.100.0/24") in counted(cloud)
    before = cloud.rows("")
    assert post(door("WebFunction", ONLY_FRONT="true"), fields(), headers=given).status == 403
    assert cloud.rows("") == before


@pytest.mark.parametrize(
    ("source", "network"),
    [("2001:db8:7:ffff::1", "2001:db8:7::/48"), ("", "unknown"), ("x", "unknown")],
)
def test_without_a_front_the_network_is_the_one_that_the_api_saw(
    cloud: Small, web: Door, source: str, network: str
) -> None:
    assert post(web, fields(), source=source).status == 201
    assert key(PREFIX, network) in counted(cloud)


# --- one stranger against all others -------------------------------------------------------------


def test_what_a_full_network_sends_counts_for_nobody_else(cloud: Small, web: Door) -> None:
    """Else one network shuts the form for everybody, or a mailbox for its owner."""
    for n in range(PREFIX.most):
        assert post(web, fields(email=f"a{n}@example.org")).status == 201
    before = cloud.rows("", "limit#")
    assert post(web, fields(email="victim@example.org")).status == 429
    assert key(EVERYBODY, "everybody") in counted(cloud)
    assert key(ADDRESS, "victim@example.org") not in counted(cloud)
    assert cloud.rows("", "limit#") == before


def test_who_gives_a_phone_alone_is_one_person_not_all_of_them(web: Door) -> None:
    """In an outage of mail they are many."""
    for n in range(ADDRESS.most + 1):
        given = fields(email="", phone=f"818-555-{n:04}")
        assert post(web, given, source=f"198.51.{n}.7").status == 201


# --- unknown and wrong are one -------------------------------------------------------------------


class Watched(SmallCloud):
    """A cloud that notes which calls are made, with which parameters, and how many rows come."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in ("get_item", "query", "update_item", "put_item", "get_object", "put_object"):
            super().__getattribute__("calls").append(name)
        return found


def test_an_unknown_number_and_a_wrong_key_make_the_same_calls(
    cloud: Small, web: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is how we measure that they take the same time."""
    opened = post(web, fields())
    path, _, right = opened.json["link"].removeprefix(PUBLIC_URL).partition("?key=")
    calls: list[str] = []
    monkeypatch.setattr(Watched, "calls", calls, raising=False)
    monkeypatch.setattr(cloud.small, "__class__", Watched)
    wrong = "A" * len(right)
    seen = set()
    for number in (path.rpartition("/")[2], "0000-0000", "nonsense", "0"):
        for one in ("", wrong, right if number not in path else wrong):
            for how in ({"query": {"key": one}}, {"cookies": [f"__Host-ticket-{number}={one}"]}):
                calls.clear()
                answer = sound(ask(web, "GET", f"/api/tickets/{number}", **how))
                seen.add((answer.text, *calls))
    assert len(seen) == 1
    assert seen.pop()[1:] == ("get_item",)


def test_a_file_of_an_unknown_ticket_and_of_a_wrong_key_are_one_answer(web: Door) -> None:
    opened = post(web, multipart(fields(), ("a.txt", "text/plain", b"x")))
    [file] = on_page(web, opened).json["entries"][0]["files"]
    path, _, name = file["link"].rpartition("/")
    unknown = path.replace(opened.json["number"], "0000-0000")
    answers = [
        sound(ask(web, "GET", f"{at}/{digest}", cookies=cookies))
        for at in (path, unknown)
        for digest in (name, "0" * 64)
        for cookies in ((), ("__Host-ticket-0000-0000=x",))
    ]
    assert answers == [answers[0]] * len(answers)
    assert answers[0].status == 404


# --- what comes back -----------------------------------------------------------------------------


def test_a_whole_form_of_quotes_comes_back_in_one_answer(web: Door) -> None:
    """Five bytes each: an answer of Lambda's has 6 MB."""
    order = fields(form="domain", email="ann") | FORMS["new"]
    typed = dict.fromkeys(("comments", "purpose", "hosting", "servers", "ds"), "'" * 100000)
    typed |= {f"registrant_{name}": "'" * 100_000 for name in ("name", "org", "city", "sp", "pc")}
    typed |= {f"billing_{name}": "'" * 100_000 for name in ("name", "org", "city", "sp", "pc")}
    answer = post(web, order | typed, wants="html")
    assert answer.status == 422


@pytest.mark.parametrize("name", ["x\x9b31m", "\u202ex", "a\ud800", "<img src=x>", "x" * 9_000])
def test_the_name_of_a_field_is_text_too(web: Door, name: str) -> None:
    """A code that stands in two fields is told beside each of them, whatever they are called."""
    order = fields(form="domain", category="domain") | FORMS["transfer"] | {name: CODE}
    told = post(web, order)
    assert told.status == 422
    assert CODE not in told.text
    page = post(web, order, wants="html")
    calm = fields(form="domain", category="domain") | FORMS["transfer"] | {"account": CODE}
    assert "<img" not in page.text
    assert post(web, calm, wants="html").status == 422


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_the_name_of_a_file_is_only_a_name(door: Doors, web: Door, text: str) -> None:
    written = text[:300].encode("utf-8", "replace").decode()  # as browsers do
    for sign, escaped in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A"), ("\x00", "")):
        written = written.replace(sign, escaped)
    pages: list[Answer] = []
    for name in (written, "a.txt"):
        opened = post(web, multipart(fields(message=f"x{name}"), (name, "text/html", b"<script>")))
        pages.append(on_page(web, opened, wants="html"))
        [file] = of_staff(door("StaffFunction"), opened).json["entries"][0]["attachments"]
        assert (file["media_type"], "/" in file["name"], "\\" in file["name"]) == (
            "text/plain", False, False,
        )  # fmt: skip
        assert len(file["name"]) <= 104
    same_structure(*(page.text for page in pages))
