import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from netdesk.ticket import MESSAGE_LIMIT, Attachment
from tests.desk import ARN, NOW, Answer, Cloud, Door, ask, fields, multipart, provider, report
from ticket_intake.desk import Desk, open_ticket

BOB = "arn:aws:sts::123456789012:assumed-role/Desk/bob@example.net"


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return door("StaffFunction")


def post(staff: Door, path: str, body: Any = None, *, arn: str = ARN, once: str = "") -> Answer:
    headers = {"idempotency-key": once} if once else {}
    return ask(staff, "POST", f"/staff/tickets{path}", body=body or {}, arn=arn, headers=headers)


def get(staff: Door, path: str = "", **query: str) -> Answer:
    return ask(staff, "GET", f"/staff/tickets{path}", query=query, arn=ARN)


def history(staff: Door, number: str) -> list[tuple[str, str, str, str]]:
    entries = get(staff, f"/{number}").json["entries"]
    return [(told["who"], told["kind"], told["text"], told["actor"]) for told in entries]


@pytest.fixture
def number(staff: Door) -> str:
    return str(post(staff, "", fields()).json["number"])


def test_a_ticket_is_keyed_in_with_who_keyed_it_in(staff: Door) -> None:
    made = post(staff, "", fields(phone="818-555-0100", emergency=True))
    assert made.status == 201
    ticket = made.json
    assert ticket.items() >= {
        "state": "open", "subject": "No dial tone", "category": provider().categories[0].key,
        "assignee": "", "from": "ann@example.org", "emergency": True, "source": "phone",
        "phone": "818-555-0100",
    }.items()  # fmt: skip
    assert {"number", "opened_at", "promised_by", "latest_by"} < ticket.keys()
    assert history(staff, ticket["number"]) == [
        ("customer", "message", "It is dead.", ""),
        ("anna", "note", "Keyed in from the phone by anna.", ARN),
    ]


@pytest.mark.parametrize("once", ["", "request 1"])
def test_keyed_in_twice_is_one_ticket_with_one_note(cloud: Cloud, staff: Door, once: str) -> None:
    first, again = (post(staff, "", fields(), once=once).json for _ in range(2))
    assert first == again
    assert len(cloud.tickets()) == 1
    assert len(history(staff, first["number"])) == 2


def test_what_is_left_out_or_null_is_empty(staff: Door) -> None:
    ticket = post(staff, "", {"message": "x", "phone": "1", "name": None, "url": ["a"]}).json
    assert (ticket["name"], ticket["url"], ticket["email"]) == ("", "", "")


def test_the_queue_is_told_by_state(staff: Door, number: str) -> None:
    assert [ticket["number"] for ticket in get(staff).json["tickets"]] == [number]
    assert get(staff, state="resolved").json == {"tickets": [], "calls": []}
    post(staff, f"/{number}/resolve")
    assert [t["number"] for t in get(staff, state="resolved").json["tickets"]] == [number]


ACTIONS: list[tuple[str, dict[str, str], str, str, tuple[str, str]]] = [
    ("reply", {"message": "Reboot."}, "open", "anna", ("answer", "Reboot.")),
    ("note", {"message": "Old modem."}, "open", "", ("note", "Old modem.")),
    ("assign", {}, "open", "anna", ("event", "assigned to anna")),
    ("assign", {"assignee": "bob"}, "open", "bob", ("event", "assigned to bob")),
    ("wait", {}, "waiting", "", ("event", "waiting for the customer")),
    ("wait", {"message": "Which modem?"}, "waiting", "", ("answer", "Which modem?")),
    ("resolve", {}, "resolved", "", ("event", "resolved")),
    ("resolve", {"message": "Done."}, "resolved", "", ("answer", "Done.")),
    ("reply", {"message": "Hi.", "assignee": "bob"}, "open", "anna", ("answer", "Hi.")),
]


@pytest.mark.parametrize(("verb", "body", "state", "assignee", "told"), ACTIONS)
def test_every_action_is_in_the_history_with_the_arn_of_who_did_it(
    staff: Door, number: str, verb: str, body: Any, state: str, assignee: str, told: Any
) -> None:
    answer = post(staff, f"/{number}/{verb}", body | {"actor": "forged", "who": "forged"})
    assert answer.status == 200
    assert (answer.json["state"], answer.json["assignee"]) == (state, assignee)
    assert history(staff, number)[-1] == ("anna", *told, ARN)


def test_a_role_is_named_by_its_session(staff: Door, number: str) -> None:
    post(staff, f"/{number}/note", {"message": "x"}, arn=BOB)
    assert history(staff, number)[-1] == ("bob@example.net", "note", "x", BOB)


def test_the_same_action_again_is_answered_alike_and_done_once(staff: Door, number: str) -> None:
    for verb in ("reply", "resolve"):
        body = {"message": "Done."}
        first = post(staff, f"/{number}/{verb}", body, once=verb)
        assert (first.status, first) == (200, post(staff, f"/{number}/{verb}", body, once=verb))
    assert len(history(staff, number)) == 4


def test_a_key_of_any_length_is_kept_as_its_digest(cloud: Cloud, staff: Door, number: str) -> None:
    """DynamoDB takes keys of 2,048 bytes; those of the data model have 69."""
    assert post(staff, f"/{number}/reply", {"message": "x"}, once="k" * 5_000).status == 200
    keys = [row["pk"] for row in cloud.rows("TicketsTable", "once#")]
    assert len(keys) == 4
    assert all(re.fullmatch("once#[0-9a-f]{64}", key) for key in keys)


def test_next_hands_out_the_oldest_and_then_has_none(staff: Door, number: str) -> None:
    taken = post(staff, "/next")
    assert (taken.status, taken.json["number"], taken.json["assignee"]) == (200, number, "anna")
    assert post(staff, "/next").json == {"errors": {"": "No open ticket is without an owner."}}


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("/next", {}, "No open ticket is without an owner."),
    ("/K7Q2-9WXB/note", {"message": "x"}, "K7Q2-9WXB is not a ticket number: check it symbol"),
    ("/0000-0000/note", {"message": "x"}, "There is no ticket 0000-0000."),
    ("/{}/dance", {}, "Tickets know no action dance."),
    ("/{}/message", {"message": "x"}, "Tickets know no action message."),
    ("/{}/reply", {}, "The message is empty: write what you want to say."),
    ("/{}/note", {"message": " "}, "The message is empty: write what you want to say."),
    ("/{}/note", {"message": None}, "The message is empty: write what you want to say."),
    ("/{}/reply", {"message": "x" * (MESSAGE_LIMIT + 1)}, "The message is too long: send at most"),
    ("/{}/reopen", {}, "Ticket {} is open already."),
    ("", {"phone": "1"}, "Say what is wrong, in your own words."),
    ("", fields(email="", message="x"), "Give a mail address or a phone number"),
    ("", fields(category="weather"), "Choose a category: "),
]


@pytest.mark.parametrize(("path", "body", "sentence"), REFUSALS)
def test_what_can_not_be_done_is_one_sentence_and_changes_nothing(
    cloud: Cloud, staff: Door, number: str, path: str, body: Any, sentence: str
) -> None:
    post(staff, f"/{number}/assign")
    before = cloud.rows("TicketsTable")
    answer = post(staff, path.format(number), body)
    assert answer.status == 422
    assert answer.json["errors"][""].startswith(sentence.format(number))
    assert cloud.rows("TicketsTable") == before


def test_questions_that_have_no_answer_are_refused_too(staff: Door) -> None:
    assert get(staff, state="lost").json == {
        "errors": {"": "A ticket is open, waiting, resolved or suspect: choose one of them."}
    }
    assert get(staff, "/0000-0000").json == {"errors": {"": "There is no ticket 0000-0000."}}
    assert get(staff, "/a;b").json["errors"][""].startswith("a;b is not a ticket number")


def test_a_body_that_is_no_object_counts_as_empty(staff: Door, number: str) -> None:
    for text in (b"{", b"[1]", b"[" * 100_000):
        body = ("application/json", text)
        assert post(staff, f"/{number}/resolve", body).status in (200, 422)
    assert [told[2] for told in history(staff, number)][-1] == "resolved"


def test_what_staff_write_to_the_customer_becomes_a_mail(cloud: Cloud, staff: Door) -> None:
    number = post(staff, "", fields()).json["number"]
    for verb in ("note", "assign", "reply", "wait", "reopen", "resolve"):
        post(staff, f"/{number}/{verb}", {"message": "x"})
    letters = [row["letter"] for row in cloud.outbox()]
    assert letters == ["acknowledgement", "answer", "answer", "answer"]


def test_staff_see_what_the_customer_gave(staff: Door) -> None:
    given = {
        "url": "https://example.com/",
        "occurred_at": "noon",
        "error_text": "404",
        "account": "a",
    }
    ticket = post(staff, "", fields(**given)).json
    shown = get(staff, f"/{ticket['number'].lower()}").json
    assert shown.items() >= given.items()
    assert shown.items() >= ticket.items()


@pytest.mark.parametrize("path", ["/a/b/c/d", '/"', "/\u202e/note"])
def test_an_address_that_nobody_serves_is_no_fault(staff: Door, path: str) -> None:
    answer = ask(staff, "PUT", f"/staff/tickets{path}", arn=ARN)
    assert (answer.status, answer.json["errors"]) == (
        404, {"": "There is nothing at this address."}
    )  # fmt: skip


def test_a_file_is_given_out_for_some_minutes_as_a_download_and_nothing_else(
    staff: Door, door: Callable[..., Door]
) -> None:
    log = ("log.txt", "text/html", b"<script>")
    body = multipart(fields(), log)
    number = ask(door("WebFunction"), "POST", "/api/tickets", body=body).json["number"]
    found = get(staff, f"/{number}/file", name="log.txt").json
    link = urlsplit(found["url"])
    signed = dict(parse_qsl(link.query))
    assert (found["name"], link.scheme) == ("log.txt", "https")
    assert link.path.startswith("/attachment/")
    assert link.path.endswith(hashlib.sha256(b"<script>").hexdigest())
    disposition = "attachment; filename=\"log.txt\"; filename*=UTF-8''log.txt"
    assert signed["response-content-disposition"] == disposition
    assert signed["response-content-type"] == "application/octet-stream"
    assert signed["X-Amz-Expires"] == "300"
    missing = get(staff, f"/{number}/file", name="other.txt")
    assert missing.json["errors"][""] == f"Ticket {number} has no file other.txt."


def test_a_file_that_nobody_scanned_is_not_given_out(desk: Desk, staff: Door) -> None:
    unscanned = Attachment("a.exe", "application/octet-stream", 1, digest="")
    ticket = open_ticket(desk, report(attachments=(unscanned,)), ("one",), NOW)
    refused = get(staff, f"/{ticket.number}/file", name="a.exe")
    assert (refused.status, "free of viruses" in refused.text) == (422, True)
