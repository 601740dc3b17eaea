"""What the form does beyond opening a ticket: emergencies, suspects, calls, and one's own page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from netdesk.ticket import act
from tests.desk import (  # fmt: skip
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
)
from tests.test_web_door import fill
from ticket_intake import token
from ticket_intake.desk import Desk, change_ticket
from ticket_intake.web.ticket import MESSAGES

URGENT = fields(name="Ann", phone="818-555-0100", emergency="true", message="All is dead.")
BY_PHONE = fields(email="", phone="818-555-0100")
PNG = ("photo.exe", "text/html", b"\x89PNG\r\n\x1a\n")


@pytest.fixture
def web(door: Callable[..., Door]) -> Door:
    return door("WebFunction")


@pytest.fixture
def staff(door: Callable[..., Door]) -> Door:
    return door("StaffFunction")


def post(web: Door, body: Any, **given: Any) -> Answer:
    return ask(web, "POST", "/api/tickets", body=body, **given)


def on_page(web: Door, opened: Answer, method: str = "GET", **given: Any) -> Answer:
    """A request to the ticket's own page, with its key in the cookie."""
    path, _, key = opened.json["link"].removeprefix(PUBLIC_URL).partition("?key=")
    crumb = f"__Host-ticket-{path.rpartition('/')[2]}={key}"
    return ask(web, method, path, cookies=[crumb], **given)


def do(staff: Door, opened: Answer, verb: str, **body: str) -> Answer:
    path = f"/staff/tickets/{opened.json['number']}/{verb}"
    return ask(staff, "POST", path, body=body, arn="a/anna")


def told(staff: Door, state: str = "open") -> dict[str, Any]:
    answer = ask(staff, "GET", "/staff/tickets", query={"state": state}, arn="a/anna").json
    return {kind: [ticket["number"] for ticket in answer[kind]] for kind in answer}


def show(staff: Door, opened: Answer) -> Any:
    return ask(staff, "GET", f"/staff/tickets/{opened.json['number']}", arn="a/anna").json


def test_what_a_category_asks_is_on_the_ticket_for_staff_and_customer(
    web: Door, staff: Door
) -> None:
    details = {"since": "7 o'clock", "lights": "<b>none</b>"}
    opened = post(web, form(fields(category="connection") | details))
    shown = show(staff, opened)
    assert (shown["category"], shown["details"]) == ("connection", details)
    page = on_page(web, opened, wants="html").text
    assert "Which lights are on at your modem?</small> &lt;b&gt;none" in page
    assert on_page(web, opened).json["entries"][0]["details"] == details


def test_the_page_after_sending_says_number_promise_and_what_happens_next(web: Door) -> None:
    page = post(web, form(fields()), wants="html").text
    promised = ("You usually have our answer by", "at the latest by")
    for words in ("Your ticket number is", "On the phone say:", *promised, "Follow your ticket"):
        assert words in page
    assert "by mail to ann@example.org" in page
    assert "we call 818-555-0100" in post(web, form(BY_PHONE), wants="html").text


def test_a_file_that_is_no_picture_or_text_comes_back_with_all_that_was_typed(web: Door) -> None:
    body = multipart(fields(message="My words."), ("a.exe", "image/png", b"MZ\0"))
    answer = post(web, body, wants="html")
    assert answer.status == 422
    assert "a.exe is no picture, PDF or plain text" in answer.text
    assert ">My words.</textarea>" in answer.text


def test_a_file_is_named_by_what_it_is(web: Door, staff: Door) -> None:
    opened = post(web, multipart(fields(), PNG))
    [file] = show(staff, opened)["entries"][0]["attachments"]
    assert (file["name"], file["media_type"]) == ("photo.exe.png", "image/png")


# --- emergencies ---------------------------------------------------------------------------------


def test_an_emergency_by_form_goes_to_the_head_with_a_page_for_who_will_be_woken(
    cloud: Cloud, web: Door, staff: Door
) -> None:
    first, urgent = post(web, form(fields())), post(web, form(URGENT))
    assert told(staff)["tickets"] == [urgent.json["number"], first.json["number"]]
    [page] = [row for row in cloud.rows("TicketsTable") if row["sk"] == "page"]
    assert page["pk"] == f"ticket#{urgent.json['number'].replace('-', '')}"
    assert (page["level"], page["step"]) == (0, 0)
    assert page["next_due"] <= datetime.now(UTC).isoformat()
    assert show(staff, urgent)["emergency"] is True


def test_the_page_says_that_a_form_wakes_nobody_and_gives_the_hotline(web: Door) -> None:
    phone = provider().phone
    page = post(web, form(URGENT), wants="html").text
    for words in ("marked as an emergency", "This form wakes nobody", "818-555-0100"):
        assert words in page
    assert f"{phone.number}, option {phone.emergency_option}" in page


def test_an_emergency_that_nobody_could_call_back_is_not_taken(web: Door) -> None:
    answer = post(web, form(URGENT | {"phone": "", "name": ""}))
    assert answer.status == 422
    assert answer.json["errors"].keys() == {"phone", "name"}


# --- suspects ------------------------------------------------------------------------------------

TRAPPED = fields(leave_empty="http://spam.example")


def test_a_suspect_is_told_the_same_but_waits_for_staff(
    cloud: Cloud, web: Door, staff: Door
) -> None:
    opened = post(web, form(TRAPPED))
    assert opened.status == 201
    assert opened.json.keys() == post(web, form(fields())).json.keys()
    assert opened.json["number"] not in told(staff)["tickets"]
    assert told(staff, "suspect")["tickets"] == [opened.json["number"]]
    assert [row["pk"] for row in cloud.outbox()].count(row_of(opened)) == 0
    seen = on_page(web, opened).json
    assert (seen["state"], seen["place_in_queue"]) == ("open", 1)
    assert "suspect" not in on_page(web, opened, wants="html").text


def row_of(opened: Answer) -> str:
    return f"ticket#{opened.json['number'].replace('-', '')}"


def test_what_a_suspect_does_lets_it_in_no_further(cloud: Cloud, web: Door, staff: Door) -> None:
    opened = post(web, form(TRAPPED | URGENT))
    for body in ({"message": "Hello?"}, {"action": "close"}, {"action": "open-again"}):
        assert on_page(web, opened, "POST", body=form(body)).status == 200
    assert told(staff, "suspect")["tickets"] == [opened.json["number"]]
    assert [row["sk"] for row in cloud.rows("TicketsTable", row_of(opened))].count("page") == 0
    refused = do(staff, opened, "resolve", message="Hello.")
    assert "let it in first" in refused.json["errors"][""]


def test_one_command_lets_a_suspect_in_and_answers_it(cloud: Cloud, web: Door, staff: Door) -> None:
    opened = post(web, form(TRAPPED | URGENT))
    assert do(staff, opened, "let-in").json["state"] == "open"
    assert told(staff)["tickets"] == [opened.json["number"]]
    [mail] = cloud.outbox()
    assert (mail["pk"], mail["letter"]) == (row_of(opened), "acknowledgement")
    assert [row["sk"] for row in cloud.rows("TicketsTable", row_of(opened))].count("page") == 1
    assert "is open" in do(staff, opened, "let-in").json["errors"][""]


def test_a_token_is_fetched_and_no_token_is_no_reason(web: Door, staff: Door) -> None:
    answer = ask(web, "GET", "/api/form")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    hasty = post(web, form(fields(token=answer.json["token"])))
    assert told(staff, "suspect")["tickets"] == [hasty.json["number"]]
    secret = SECRETS["DeskSecret"].encode()
    begun = token.form(secret, "0" * 16, datetime.now(UTC) - timedelta(minutes=2))
    calm = post(web, form(fields(token=begun, message="Another.")))
    plain = post(web, form(fields(message="A third.")))
    assert told(staff)["tickets"] == [calm.json["number"], plain.json["number"]]


def test_the_same_form_is_one_ticket_however_late_it_is_sent_again(cloud: Cloud, web: Door) -> None:
    """By its token; without one for ten minutes, which test_desk shows."""
    begun = token.form(
        SECRETS["DeskSecret"].encode(), "0" * 16, datetime.now(UTC) - timedelta(0, 9)
    )
    again = [post(web, form(fields(token=begun))) for _ in range(3)]
    assert again == [again[0]] * 3
    edited = post(web, form(fields(token=begun, message="It is another matter.")))
    assert edited.json["number"] != again[0].json["number"]


# --- erased --------------------------------------------------------------------------------------


def test_a_ticket_that_is_erased_opens_no_more_and_keeps_its_number(
    cloud: Cloud, web: Door, staff: Door
) -> None:
    opened = post(web, multipart(fields(message="Ann's secret words."), PNG))
    assert on_page(web, opened).status == 200
    erased = do(staff, opened, "erase")
    assert (erased.json["number"], erased.json["files"]) == (opened.json["number"], 1)
    assert erased.json["backups_until"] > datetime.now(UTC).isoformat()
    assert on_page(web, opened).status == 404
    shown = show(staff, opened)
    assert (shown["state"], shown["email"], shown["subject"]) == ("open", "", "erased")
    assert shown["erased_at"]
    assert "secret words" not in str(cloud.rows("TicketsTable"))
    assert cloud.objects("filesbucket") == {}
    assert "was erased" in do(staff, opened, "reply", message="Hello?").json["errors"][""]


def test_a_form_that_is_sent_again_leaves_no_file_that_no_ticket_knows(
    cloud: Cloud, web: Door
) -> None:
    """The second comes under other keys: by its token, after a form without one."""
    begun = token.form(SECRETS["DeskSecret"].encode(), "0" * 16, datetime.now(UTC))
    first = post(web, multipart(fields(token=begun), PNG))
    again = post(web, multipart(fields(), PNG))
    assert first == again
    assert len(cloud.objects("filesbucket")) == 1


# --- whom no mail reaches ------------------------------------------------------------------------


def test_promise_and_answer_become_a_call_until_staff_have_called(
    cloud: Cloud, web: Door, staff: Door
) -> None:
    opened = post(web, form(BY_PHONE))
    number = opened.json["number"]
    assert (cloud.outbox(), told(staff)["calls"]) == ([], [number])
    do(staff, opened, "called", message="Told him the number.")
    assert told(staff)["calls"] == []
    do(staff, opened, "resolve", message="It works again.")
    assert told(staff)["calls"] == [number]  # though it is in the queue no more
    do(staff, opened, "called")
    assert told(staff) == {"tickets": [], "calls": []}
    said = [one["text"] for one in on_page(web, opened).json["entries"]][1:]
    assert said == ["Told him the number.", "It works again.", "called the customer"]


# --- the ticket's own page -----------------------------------------------------------------------


def test_a_customer_closes_a_ticket_and_opens_it_again(web: Door, staff: Door) -> None:
    opened = post(web, form(fields()))
    closed = on_page(web, opened, "POST", body=form({"action": "close"}))
    assert closed.json["state"] == "resolved"
    page = on_page(web, opened, wants="html").text
    assert ("Open it again" in page, "Close my ticket" in page) == (True, False)
    again = on_page(web, opened, "POST", body=form({"action": "open-again", "message": "Dead."}))
    assert again.json["state"] == "open"
    assert [one["text"] for one in again.json["entries"]][1:] == ["closed it", "Dead."]
    assert told(staff)["tickets"] == [opened.json["number"]]


@pytest.mark.parametrize("action", ["resolve", "let-in", "called", "assign", "remark", "x"])
def test_a_customer_does_nothing_that_is_for_staff(web: Door, action: str) -> None:
    opened = post(web, form(fields()))
    body = form({"action": action, "message": "words"})
    answer = on_page(web, opened, "POST", body=body)
    assert answer.status == 422
    assert len(on_page(web, opened).json["entries"]) == 1


def test_a_file_can_be_added_without_words(web: Door) -> None:
    opened = post(web, form(fields()))
    added = on_page(web, opened, "POST", body=multipart({"message": ""}, PNG)).json["entries"][-1]
    assert (added["text"], [file["name"] for file in added["files"]]) == ("", ["photo.exe.png"])
    refused = on_page(
        web, opened, "POST", body=multipart({"message": "My words."}, ("a.exe", "", b"MZ\0")),
        wants="html",
    )  # fmt: skip
    assert (refused.status, ">My words.</textarea>" in refused.text) == (422, True)


def test_once_an_answer_is_there_the_page_promises_no_other(desk: Desk, web: Door) -> None:
    opened = post(web, form(fields()))
    assert "You usually have our answer by" in on_page(web, opened, wants="html").text
    answer = entry("Here.", who="anna")
    change_ticket(desk, opened.json["number"], lambda t: act(t, "reply", answer), NOW)
    page = on_page(web, opened, wants="html").text
    assert ("You usually have" in page, "We have answered" in page) == (False, True)


def test_a_flood_on_one_ticket_waits_with_its_words(cloud: Cloud, web: Door) -> None:
    opened = post(web, form(fields()))
    fill(cloud, MESSAGES, opened.json["number"])
    full = on_page(web, opened, "POST", body=form({"message": "One too many."}), wants="html")
    assert full.status == 429
    assert 0 < int(full.headers["retry-after"]) <= MESSAGES.seconds
    assert "One too many." in unescape(full.text)
