"""The walk-through of the README, from outside: HTTP, SMTP and the installed command."""

import re
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stack import Client, Stack, eventually

NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
DESK = "problem@support.jet.net"


def mail(stack: Stack, sender: str, subject: str, text: str, **headers: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, headers.pop("To", DESK), subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as smtp:
        smtp.send_message(message)


def report(stack: Stack, **fields: str) -> dict[str, Any]:
    answer = stack.client.post_json("/api/tickets", **fields)
    assert answer.status == 201, answer.text
    return answer.json


def customers_view(stack: Stack, link: str) -> tuple[Client, dict[str, Any]]:
    """Follow the link as a browser does: a cookie, a clean address, then the ticket."""
    client = stack.client
    moved = client.get(link)
    assert moved.status == 303
    return client, client.get(moved.headers["Location"], accept="application/json").json


def test_status_page_says_that_all_is_well(stack: Stack) -> None:
    page = stack.client.get("/status/")
    assert page.status == 200
    assert "We know of no problem in our service" in page.text
    assert "This page was built" in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "We know of no problem in our service"),
        ("/problem/", "Is it an emergency?"),
        ("/support/", "818/734-0168"),
        ("/status/traceroute/", "Trace it"),
        ("/status/status.txt", "WE KNOW OF NO PROBLEM"),
    ],
)
def test_every_page_is_there(stack: Stack, path: str, words: str) -> None:
    assert words in stack.client.get(path).text


def test_a_folder_without_its_slash_leads_to_the_page(stack: Stack) -> None:
    assert stack.client.get("/status").headers["Location"] == "/status/"


def test_an_unknown_page_says_where_to_go(stack: Stack) -> None:
    answer = stack.client.get("/nothing/here/")
    assert answer.status == 404
    assert "There is no such page" in answer.text


def test_form_without_script_gives_number_promise_and_link(stack: Stack) -> None:
    answer = stack.client.post(
        "/api/tickets", name="Ann", email="ann.form@example.net", message="My modem is silent."
    )
    assert answer.status == 201
    assert NUMBER.search(answer.text)
    assert "Pacific" in answer.text
    assert f"{stack.front}/api/tickets/" in answer.text


def test_form_sent_twice_is_one_ticket(stack: Stack) -> None:
    fields = {"email": "twice@example.net", "message": "I clicked twice."}
    assert report(stack, **fields)["number"] == report(stack, **fields)["number"]


def test_form_with_a_fault_keeps_what_was_typed(stack: Stack) -> None:
    answer = stack.client.post("/api/tickets", name="Ann <b>", email="no address", message="Help")
    assert answer.status == 422
    assert "This does not look like a mail address" in answer.text
    assert "Ann &lt;b&gt;" in answer.text
    assert "Help</textarea>" in answer.text


def test_form_is_acknowledged_by_mail(stack: Stack) -> None:
    opened = report(stack, email="ack@example.net", message="Please answer.")
    sent = eventually(lambda: stack.outbox("ack@example.net"))
    assert opened["number"] in sent[0]["subject"]
    assert opened["link"] in sent[0]["text"]
    assert sent[0]["headers"]["Auto-Submitted"] == "auto-replied"


def test_link_opens_the_ticket_and_nothing_else_does(stack: Stack) -> None:
    opened = report(stack, email="link@example.net", message="Show me.")
    _, view = customers_view(stack, opened["link"])
    assert view["number"] == opened["number"]
    assert view["entries"][0]["text"] == "Show me."
    wrong = stack.client.get(f"/api/tickets/{opened['number']}?key=wrong")
    unknown = stack.client.get("/api/tickets/0000-0000?key=wrong")
    assert (wrong.status, wrong.text) == (unknown.status, unknown.text)
    assert wrong.status == 404


def test_mail_becomes_a_ticket_and_is_acknowledged(stack: Stack) -> None:
    mail(stack, "Bob <bob@example.org>", "Slow mail", "My mail is slow.", Message_ID="<1@x.test>")
    sent = eventually(lambda: stack.outbox("bob@example.org"))
    number = NUMBER.search(sent[0]["subject"]).group()
    shown = stack.netdesk_json("ticket", "show", number)
    assert shown["subject"] == "Slow mail"
    assert shown["entries"][0]["text"].strip() == "My mail is slow."


def test_answer_to_our_mail_joins_its_ticket(stack: Stack) -> None:
    mail(stack, "cleo@example.org", "No web", "My site is away.", Message_ID="<2@x.test>")
    sent = eventually(lambda: stack.outbox("cleo@example.org"))[0]
    number = NUMBER.search(sent["subject"]).group()
    mail(
        stack, "cleo@example.org", "Re: " + sent["subject"], "It is back.",
        To=sent["headers"]["Reply-To"], Message_ID="<3@x.test>",
    )  # fmt: skip
    joined = eventually(lambda: _texts(stack, number)[1:])
    assert joined == ["It is back."]


def test_automatic_mail_becomes_a_ticket_without_an_answer(stack: Stack) -> None:
    mail(
        stack, "robot@example.org", "Nightly report", "All is well.",
        Auto_Submitted="auto-generated", Message_ID="<4@x.test>",
    )  # fmt: skip
    assert eventually(lambda: _ticket_of(stack, "robot@example.org"))
    report(stack, email="after.robot@example.net", message="A mail that is answered.")
    eventually(lambda: stack.outbox("after.robot@example.net"))
    assert stack.outbox("robot@example.org") == []


def test_mail_for_others_is_refused_at_the_port(stack: Stack) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail(stack, "bob@example.org", "Spam", "Relay this.", To="victim@example.com")


def test_notice_is_on_the_page_when_the_command_returns(stack: Stack) -> None:
    opened = stack.netdesk_json(
        "notice", "open", "--title", "No dial-up in Burbank", "--impact", "major",
        "--component", "dialup", "--message", "A line is cut.",
    )  # fmt: skip
    page = stack.client.get("/status/").text
    assert "No dial-up in Burbank" in page
    assert "We know of no problem" not in page
    assert "A line is cut." in stack.client.get(opened["url"]).text
    stack.netdesk(
        "notice", "update", opened["id"], "--state", "identified", "--message", "A digger did it."
    )
    assert "A digger did it." in stack.client.get("/status/status.txt").text
    stack.netdesk("notice", "resolve", opened["id"], "--message", "The line is whole.")
    page = stack.client.get("/status/").text
    assert "We know of no problem in our service" in page
    assert "No dial-up in Burbank" in page
    assert [n["id"] for n in stack.netdesk_json("notice", "list")] == [opened["id"]]


def test_maintenance_is_announced_corrected_and_taken_back(stack: Stack) -> None:
    planned = stack.netdesk_json(
        "notice", "schedule", "--title", "New router", "--from", "2099-12-24 22:00",
        "--to", "2099-12-24 23:30", "--component", "backbone", "--message", "Short breaks.",
    )  # fmt: skip
    assert (planned["kind"], planned["state"]) == ("maintenance", "scheduled")
    page = stack.client.get("/status/").text
    assert "Planned maintenance" in page
    assert "24 December, 22:00 Pacific" in page
    stack.netdesk("notice", "edit", planned["id"], "--title", "Two new routers")
    assert "Two new routers" in stack.client.get("/status/").text
    stack.netdesk("notice", "retract", planned["id"], "--message", "It was last year's plan.")
    assert "Two new routers" not in stack.client.get("/status/").text
    assert "We published this by mistake" in stack.client.get(planned["url"]).text


def test_bad_notice_is_one_sentence_and_nothing_is_published(stack: Stack) -> None:
    said = stack.netdesk(
        "notice", "open", "--title", "T", "--impact", "major", "--component", "nonsense",
        "--message", "M", fails=True,
    )  # fmt: skip
    assert said.startswith("Component nonsense is unknown: use ")
    assert said.count("\n") == 1


def test_staff_work_a_ticket_from_the_queue_to_the_end(stack: Stack) -> None:
    opened = report(stack, name="Dan", email="dan@example.net", message="It is broken.")
    number = opened["number"]
    queue = stack.netdesk_json("ticket", "list")
    times = [ticket["opened_at"] for ticket in queue]
    assert times == sorted(times)
    assert number in [ticket["number"] for ticket in queue]
    before = len(eventually(lambda: stack.outbox("dan@example.net")))

    stack.netdesk("ticket", "assign", number, "--to", "eve")
    stack.netdesk("ticket", "note", number, "--message", "Known fault of this modem.")
    stack.netdesk("ticket", "reply", number, "--message", "Please switch it off and on.")
    answers = eventually(lambda: stack.outbox("dan@example.net")[before:])
    assert "Please switch it off and on." in answers[0]["text"]

    client, view = customers_view(stack, opened["link"])
    assert [e["text"] for e in view["entries"]] == ["It is broken.", "Please switch it off and on."]
    assert client.post(f"/api/tickets/{number}", message="That helped.").status == 303
    stack.netdesk("ticket", "resolve", number)
    told = stack.netdesk("ticket", "history", number)
    for words in ("assigned to eve", "Known fault", "Please switch", "That helped.", "resolved"):
        assert words in told
    shown = stack.netdesk_json("ticket", "show", number)
    assert shown["state"] == "resolved"
    assert any(entry["actor"].startswith("arn:aws:iam::") for entry in shown["entries"])


def test_next_gives_out_each_ticket_once(stack: Stack) -> None:
    for name in ("one", "two"):
        stack.netdesk("ticket", "open", "--name", name, "--phone", "555 0100", "--message", name)
    first, second = (stack.netdesk_json("ticket", "next")["number"] for _ in range(2))
    assert first != second


def test_staff_fetch_a_file_that_came_by_mail(stack: Stack, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "fay@example.org", DESK, "My log"
    message.set_content("It is attached.")
    message.add_attachment(b"line 1\n", "text", "plain", filename="../../modem.log")
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as smtp:
        smtp.send_message(message)
    number = eventually(lambda: _ticket_of(stack, "fay@example.org"))[0]["number"]
    stack.netdesk("ticket", "file", number, "modem.log", "--to", str(tmp_path))
    assert (tmp_path / "modem.log").read_bytes() == b"line 1\n"
    again = stack.netdesk("ticket", "file", number, "modem.log", "--to", str(tmp_path), fails=True)
    assert "is there already" in again


def test_a_browser_that_comes_back_after_a_form_finds_it(stack: Stack) -> None:
    assert stack.client.get("/api/tickets").headers["Location"] == "/problem/"
    assert stack.client.get("/api/traces").headers["Location"] == "/status/traceroute/"


def test_staff_routes_are_closed_to_strangers(stack: Stack) -> None:
    api = stack.client.get  # unsigned
    base = _stack_json(stack)["api"]
    assert api(f"{base}/staff/tickets").status == 403


def _ticket_of(stack: Stack, sender: str) -> list[dict[str, Any]]:
    return [t for t in stack.netdesk_json("ticket", "list") if t["from"] == sender]


def _texts(stack: Stack, number: str) -> list[str]:
    entries = stack.netdesk_json("ticket", "show", number)["entries"]
    return [entry["text"].strip() for entry in entries]


def _stack_json(stack: Stack) -> dict[str, Any]:
    import json

    return json.loads((stack.state / "stack.json").read_text())
