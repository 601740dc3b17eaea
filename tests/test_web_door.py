import hashlib
from collections.abc import Callable
from html import escape, unescape
from time import time
from typing import Any

import pytest

from netdesk.dynamo import pack
from netdesk.limits import Limit
from netdesk.number import read
from netdesk.ticket import MESSAGE_LIMIT, act
from tests.desk import (
    NOW,
    PUBLIC_URL,
    SECRETS,
    Answer,
    Cloud,
    Door,
    ask,
    entry,
    fields,
    form,
    multipart,
    provider,
)  # fmt: skip
from ticket_intake.desk import Desk, change_ticket
from ticket_intake.web.form import ADDRESS, EVERYBODY, PREFIX, URGENT

HOSTILE = """<script>alert('1')</script> "><img src=x onerror=alert(2)> & ' {{ 7*7 }}"""
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


@pytest.fixture
def web(door: Callable[..., Door]) -> Door:
    return door("WebFunction")


def post(web: Door, body: Any, **given: Any) -> Answer:
    return ask(web, "POST", "/api/tickets", body=body, **given)


def path_of(opened: Answer) -> tuple[str, str]:
    """The ticket's path and the key that opens it, from the answer that told the link."""
    path, _, key = opened.json["link"].removeprefix(PUBLIC_URL).partition("?key=")
    return path, key


def crumb(path: str, key: str) -> str:
    return f"__Host-ticket-{path.rpartition('/')[2]}={key}"


@pytest.mark.parametrize("encode", [dict, form, multipart])
def test_the_form_opens_a_ticket_from_any_encoding(cloud: Cloud, web: Door, encode: Any) -> None:
    answer = post(web, encode(fields()))
    assert answer.status == 201
    assert answer.json.keys() == {"number", "promised_by", "latest_by", "link"}
    assert read(answer.json["number"]) == answer.json["number"]
    assert answer.json["link"].startswith(f"{PUBLIC_URL}/api/tickets/{answer.json['number']}?key=")
    assert answer.headers.items() >= PRIVATE.items()
    [ticket] = cloud.tickets()
    assert ticket["person"]["email"] == "ann@example.org"


def test_a_browser_gets_a_page_with_number_and_link(cloud: Cloud, web: Door) -> None:
    answer = post(web, multipart(fields(name="<b>Ann</b>", email="a&b@example.org")), wants="html")
    assert answer.status == 201
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers.items() >= PRIVATE.items()
    [ticket] = cloud.tickets()
    assert ticket["number"] in answer.text
    assert f"{PUBLIC_URL}/api/tickets/{ticket['number']}?key=" in answer.text
    assert "a&amp;b@example.org" in answer.text


@pytest.mark.parametrize("headers", [{"idempotency-key": "tap"}, {}])
def test_a_submission_sent_twice_is_one_ticket_with_one_mail(
    cloud: Cloud, web: Door, headers: dict[str, str]
) -> None:
    first, again = (post(web, form(fields()), headers=headers) for _ in range(2))
    assert first == again
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)


def test_what_can_not_be_used_is_said_in_json_beside_its_field(cloud: Cloud, web: Door) -> None:
    answer = post(web, {"email": "ann", "message": ""})
    assert answer.status == 422
    assert answer.json["errors"].keys() == {"email", "message"}
    assert cloud.tickets() == []


TYPED = ("name", "phone", "account", "url", "occurred_at", "error_text", "subject", "message")


@pytest.mark.parametrize("encode", [form, multipart])
def test_a_page_of_errors_keeps_all_that_was_typed_and_runs_none_of_it(
    web: Door, encode: Any
) -> None:
    typed = dict.fromkeys(TYPED, HOSTILE) | {"email": f'"{HOSTILE}', "category": HOSTILE}
    answer = post(web, encode(typed), wants="html")
    assert answer.status == 422
    page = answer.text
    assert 'id="email-error"' in page
    assert 'aria-describedby="email-error"' in page
    assert 'id="category-error"' in page
    assert page.count("<script") == 1  # our own
    assert "<img" not in page
    assert "49" not in page.replace("#x49", "")
    for name in ("name", "phone", "account", "url", "occurred_at"):
        assert (
            f'name="{name}" type="{"tel" if name == "phone" else "text"}" value="{marked()}"'
            in page
        )
    assert f'value="&#34;{marked()}"' in page  # the address
    for name in ("message", "error_text"):
        _, _, after = page.partition(f'<textarea id="{name}"')
        assert unescape(after.partition(">")[2].partition("</textarea>")[0]) == HOSTILE


def marked() -> str:
    return escape(HOSTILE).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def test_the_chosen_category_stays_chosen(web: Door) -> None:
    key = provider().categories[-1].key
    page = post(web, form(fields(message="", category=key)), wants="html").text
    assert f'name="category" value="{key}" checked' in page


def test_bytes_that_are_no_form_get_a_sentence(web: Door) -> None:
    answer = post(web, ("multipart/form-data; boundary=edge", b"\xff\x00"), wants="html")
    assert answer.status == 422
    assert "The form could not be read" in answer.text


def test_files_are_kept_by_digest_and_staff_see_cleaned_names(
    cloud: Cloud, web: Door, door: Callable[..., Door]
) -> None:
    log = ("log\u202egpj.txt", "text/plain", b"<script>")
    number = post(web, multipart(fields(), log)).json["number"]
    [(key, content)] = cloud.objects("filesbucket", "attachment/").items()
    assert content == b"<script>"
    assert key.endswith(hashlib.sha256(b"<script>").hexdigest())
    head = cloud.s3.head_object(Bucket="filesbucket", Key=key)
    assert head["ContentType"] == "application/octet-stream"
    shown = ask(door("StaffFunction"), "GET", f"/staff/tickets/{number}", arn="a/anna").json
    assert shown["entries"][0]["attachments"] == [
        {"name": "log\ufffdgpj.txt", "media_type": "text/plain", "size": 8, "kept_back": False}
    ]


def test_nothing_is_stored_of_a_submission_that_is_refused(cloud: Cloud, web: Door) -> None:
    refused = post(web, multipart(fields(message=""), ("a.txt", "text/plain", b"x")))
    assert refused.status == 422
    assert cloud.objects("filesbucket") == {}


def test_a_text_of_many_pages_comes_back_whole(cloud: Cloud, web: Door) -> None:
    text = "\u6c49" * MESSAGE_LIMIT
    path, key = path_of(post(web, multipart(fields(message=text))))
    assert len(cloud.objects("filesbucket", "text/")) == 1
    shown = ask(web, "GET", path, cookies=[crumb(path, key)])
    assert shown.json["entries"][0]["text"] == text


# --- limits --------------------------------------------------------------------------------------


def fill(cloud: Cloud, limit: Any, network: str) -> None:
    """Make a counter full, in this window and the next one."""
    digest = hashlib.sha256(network.encode()).hexdigest()[:32]
    for start in (int(time()) // limit.seconds, int(time()) // limit.seconds + 1):
        row = {"pk": f"limit#{limit.what}#{digest}", "sk": str(start * limit.seconds)}
        cloud.dynamodb.put_item(TableName="TicketsTable", Item=pack(row | {"used": limit.most}))


NETWORK = "198.51.100.0/24"


@pytest.mark.parametrize("wants", ["json", "html"])
def test_too_many_from_one_network_wait_and_lose_nothing(
    cloud: Cloud, web: Door, wants: str
) -> None:
    fill(cloud, PREFIX, NETWORK)
    answer = post(web, form(fields(message=HOSTILE)), wants=wants)
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= PREFIX.seconds
    assert "Many reports come in at the moment" in answer.text
    if wants == "html":
        assert unescape(answer.text).count(HOSTILE) == 1
    assert cloud.tickets() == []
    assert post(web, form(fields()), source="203.0.113.1").status == 201


@pytest.mark.parametrize(
    ("limit", "who"),
    [(PREFIX, NETWORK), (ADDRESS, "ann@example.org"), (EVERYBODY, "everybody")],
)
def test_each_limit_holds_and_emergencies_have_their_own(
    cloud: Cloud, web: Door, limit: Limit, who: str
) -> None:
    fill(cloud, limit, who)
    assert post(web, form(fields(email="Ann+2@example.org"))).status == 429
    urgent = fields(name="Ann", phone="818-555-0100", emergency="true")
    assert post(web, form(urgent)).status == 201
    [larger] = [one for one in URGENT if one.what == f"urgent-{limit.what}"]
    assert larger.most > limit.most
    fill(cloud, larger, who)
    full = post(web, form(urgent | {"message": "Another."}))
    assert full.status == 429
    assert "In an emergency call" in full.text


def test_an_ipv6_network_counts_as_one(cloud: Cloud, web: Door) -> None:
    fill(cloud, PREFIX, "2001:db8:7::/48")
    assert post(web, form(fields()), source="2001:db8:7:ffff::1").status == 429
    assert post(web, form(fields()), source="2001:db8:8::1").status == 201


def test_a_refused_form_counts_towards_no_limit(cloud: Cloud, web: Door) -> None:
    post(web, form(fields(message="")))
    assert cloud.rows("TicketsTable", "limit#") == []


# --- the customer's own page ---------------------------------------------------------------------


@pytest.fixture
def opened(web: Door) -> tuple[str, str]:
    return path_of(post(web, form(fields(message=HOSTILE))))


def test_the_key_in_the_address_moves_into_a_cookie_at_once(
    web: Door, opened: tuple[str, str]
) -> None:
    path, key = opened
    answer = ask(web, "GET", path, query={"key": key}, wants="html")
    assert (answer.status, answer.headers["location"]) == (303, path)
    assert answer.headers.items() >= PRIVATE.items()
    [cookie] = answer.cookies
    name, *attributes = cookie.split("; ")
    assert name == crumb(path, key)
    assert set(attributes) == {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"}
    assert key not in answer.text + str(answer.headers)


def test_the_number_in_any_writing_leads_to_the_one_address(
    web: Door, opened: tuple[str, str]
) -> None:
    path, key = opened
    spoken = path.lower().replace("-", "")
    assert ask(web, "GET", spoken, query={"key": key}).headers["location"] == path
    assert ask(web, "GET", spoken, cookies=[crumb(path, key)]).status == 200


@pytest.mark.parametrize(
    "carried",
    [
        lambda cookie: {"cookies": [cookie]},
        lambda cookie: {"headers": {"cookie": cookie}},
        lambda cookie: {"headers": {"cookie": f"a=b; {cookie}; c=d"}},
        lambda cookie: {"cookies": ['prefs={"theme": "dark, wide"}', "a b=c", cookie, "=", ""]},
    ],
)
def test_the_cookie_opens_the_ticket_whatever_stands_beside_it(
    web: Door, opened: tuple[str, str], carried: Any
) -> None:
    path, key = opened
    answer = ask(web, "GET", path, **carried(crumb(path, key)))
    assert answer.status == 200
    assert answer.headers.items() >= PRIVATE.items()
    assert answer.json.keys() == {
        "number", "state", "subject", "place_in_queue", "opened_at", "promised_by", "latest_by",
        "entries",
    }  # fmt: skip
    assert (answer.json["state"], answer.json["place_in_queue"]) == ("open", 1)
    [told] = answer.json["entries"]
    assert told.keys() == {"at", "who", "text"}
    assert (told["who"], told["text"]) == ("customer", HOSTILE)


def test_the_page_shows_what_was_said_and_runs_none_of_it(
    web: Door, opened: tuple[str, str]
) -> None:
    path, key = opened
    answer = ask(web, "GET", path, cookies=[crumb(path, key)], wants="html")
    assert answer.status == 200
    assert answer.text.count("<script") == 1  # our own
    assert "<img" not in answer.text
    assert HOSTILE in unescape(answer.text)


def test_what_staff_say_among_themselves_is_not_shown(
    desk: Desk, web: Door, opened: tuple[str, str]
) -> None:
    path, key = opened
    number = path.rpartition("/")[2]
    for verb, words in (("note", "secret words"), ("reply", "open words")):
        told = entry(words, who="anna", actor="arn:secret")
        change_ticket(desk, number, lambda t, v=verb, e=told: act(t, v, e), NOW)
    for wants in ("json", "html"):
        shown = ask(web, "GET", path, cookies=[crumb(path, key)], wants=wants).text
        assert "open words" in shown
        assert "secret" not in shown


@pytest.mark.parametrize("wants", ["json", "html"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_key_and_an_unknown_number_are_one_answer(
    cloud: Cloud, web: Door, opened: tuple[str, str], method: str, wants: str
) -> None:
    path, key = opened
    body = form({"message": "let me in"}) if method == "POST" else None
    unknown = "/api/tickets/0000-0000"
    before = cloud.rows("TicketsTable")
    answers = [
        ask(web, method, path, body=body, wants=wants),
        ask(web, method, path, body=body, wants=wants, query={"key": "wrong"}),
        ask(web, method, path, body=body, wants=wants, cookies=[crumb(path, "wrong")]),
        ask(web, method, unknown, body=body, wants=wants, query={"key": key}),
        ask(web, method, unknown, body=body, wants=wants, cookies=[crumb(unknown, key)]),
        ask(web, method, "/api/tickets/nonsense", body=body, wants=wants),
    ]
    assert answers[0].status == 404
    assert answers == [answers[0]] * len(answers)
    assert cloud.rows("TicketsTable") == before


def test_reading_changes_nothing(cloud: Cloud, web: Door, opened: tuple[str, str]) -> None:
    path, key = opened
    before = cloud.rows("TicketsTable")
    for wants in ("json", "html"):
        ask(web, "GET", path, query={"key": key}, wants=wants)
        ask(web, "GET", path, cookies=[crumb(path, key)], wants=wants)
        ask(web, "GET", path, query={"key": "wrong"}, wants=wants)
    assert cloud.rows("TicketsTable") == before


def write(web: Door, opened: tuple[str, str], body: Any, **given: Any) -> Answer:
    path, key = opened
    return ask(web, "POST", path, body=body, cookies=[crumb(path, key)], **given)


def test_a_message_is_added_once_and_opens_the_ticket_again(
    desk: Desk, web: Door, opened: tuple[str, str]
) -> None:
    number = opened[0].rpartition("/")[2]
    change_ticket(desk, number, lambda t: act(t, "resolve", entry()), NOW)
    answer = write(web, opened, form({"message": "Still dead."}), wants="html")
    assert (answer.status, answer.headers["location"]) == (303, opened[0])
    again = write(web, opened, {"message": "Still dead."})
    assert (again.status, again.json["state"]) == (200, "open")
    assert [told["text"] for told in again.json["entries"]][1:] == ["resolved", "Still dead."]


def test_files_can_be_added_later(
    web: Door, opened: tuple[str, str], door: Callable[..., Door]
) -> None:
    body = multipart({"message": "Here."}, ("log.txt", "text/plain", b"line"))
    assert write(web, opened, body).status == 200
    number = opened[0].rpartition("/")[2]
    shown = ask(door("StaffFunction"), "GET", f"/staff/tickets/{number}", arn="a/anna").json
    assert [file["name"] for file in shown["entries"][-1]["attachments"]] == ["log.txt"]


def test_a_message_that_is_refused_is_still_in_the_form_and_runs_nowhere(
    web: Door, opened: tuple[str, str]
) -> None:
    files = [("a.txt", "text/plain", b"x")] * 6
    too_long = write(web, opened, form({"message": HOSTILE * 2_000}), wants="html")
    assert too_long.status == 422
    assert too_long.text.count("<script") == 1  # our own
    assert unescape(too_long.text).count(HOSTILE) > 1_000
    too_many = write(web, opened, multipart({"message": "Here."}, *files), wants="html")
    assert (too_many.status, "Send at most 5 files" in too_many.text) == (422, True)


@pytest.mark.parametrize("wants", ["json", "html"])
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (form({"message": " "}), "The message is empty"),
        (form({"message": "x" * (MESSAGE_LIMIT + 1)}), "The message is too long"),
        (("application/json", b"{"), "The form could not be read"),
    ],
)
def test_a_message_that_can_not_be_used_gets_a_sentence(
    web: Door, opened: tuple[str, str], body: Any, sentence: str, wants: str
) -> None:
    answer = write(web, opened, body, wants=wants)
    assert answer.status == 422
    assert sentence in answer.text


# --- the front -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/tickets"),
        ("GET", "/api/tickets/x"),
        ("POST", "/api/tickets/x"),
        ("GET", "/api/form"),
    ],
)
def test_past_the_front_there_is_no_way_in_on_aws(
    cloud: Cloud, door: Callable[..., Door], method: str, path: str
) -> None:
    web = door("WebFunction", ONLY_FRONT="true")
    body = form(fields()) if method == "POST" else None
    for headers in ({}, {"x-origin-secret": "wrong"}):
        assert ask(web, method, path, body=body, headers=headers).status == 403
    assert cloud.rows("TicketsTable") == []
    headers = {"x-origin-secret": SECRETS["OriginSecret"]}
    assert ask(web, method, path, body=body, headers=headers).status in (200, 201, 404)


def test_the_address_that_counts_is_the_one_that_the_front_saw(cloud: Cloud, web: Door) -> None:
    fill(cloud, PREFIX, "203.0.113.0/24")
    viewer = {"cloudfront-viewer-address": "203.0.113.5:40000"}
    believed = viewer | {"x-origin-secret": SECRETS["OriginSecret"]}
    assert post(web, form(fields()), headers=believed).status == 429
    assert post(web, form(fields()), headers=viewer | {"x-origin-secret": "guess"}).status == 201


@pytest.mark.parametrize("wants", ["json", "html"])
def test_a_fault_is_one_sentence_with_a_number_and_no_word_of_the_cause(
    cloud: Cloud, web: Door, wants: str, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.dynamodb.delete_table(TableName="TicketsTable")
    answer = post(web, form(fields(message="canary")), wants=wants)
    assert answer.status == 500
    assert "(request request-1)" in answer.text
    assert "ResourceNotFound" not in answer.text
    logged = caplog.text + str([vars(record) for record in caplog.records])
    assert "ResourceNotFoundException" in logged
    assert "canary" not in logged
    assert "ann@example.org" not in logged
