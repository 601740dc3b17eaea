"""Mail through the SMTP port, with SES's verdicts on top: passing, failing and missing."""

import http.client
import smtplib
from contextlib import closing
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.stack import Stack, eventually
from tests.e2e.test_desk import DESK, NUMBER, customers_view, report


def send(
    stack: Stack, sender: str, subject: str, text: str, *, verdicts: str = "", **headers: str
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, headers.pop("To", DESK), subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if verdicts:
        message["X-Local-Verdicts"] = verdicts
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as smtp:
        smtp.send_message(message)


def ticket(stack: Stack, **wanted: str) -> dict[str, Any]:
    """The open ticket with these values, once it is there."""

    def found() -> list[dict[str, Any]]:
        tickets = stack.netdesk_json("ticket", "list")
        return [t for t in tickets if all(t[name] == value for name, value in wanted.items())]

    [one] = eventually(found)
    return one


def shown(stack: Stack, number: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.netdesk_json("ticket", "show", number)
    return found


def answered(stack: Stack, address: str, count: int = 1) -> list[dict[str, Any]]:
    return eventually(lambda: sent[:count] if len(sent := stack.outbox(address)) >= count else [])


def quiet(stack: Stack, name: str) -> None:
    """What came before is done with: a mail that is answered was sent after it, and is answered."""
    send(stack, f"{name}@after.example", "After", "Me too.", Message_ID=f"<{name}@after.example>")
    answered(stack, f"{name}@after.example")


@pytest.mark.parametrize(
    ("name", "verdicts", "acknowledged", "proven"),
    [
        ("passing", "", True, True),
        ("forged", "dmarc=fail spf=fail dkim=fail policy=reject", False, False),
        ("unsure", "dmarc=fail spf=fail dkim=fail policy=none", True, False),
        ("recordless", "dmarc=none spf=fail dkim=none", False, False),
        ("forwarded", "dmarc=none spf=fail dkim=pass", True, True),
        ("missing", "none", True, False),
        ("spam", "spam=fail", False, True),
    ],
)
def test_the_verdicts_decide_about_the_answer_and_never_about_the_ticket(
    stack: Stack, name: str, verdicts: str, acknowledged: bool, proven: bool
) -> None:
    address = f"{name}@verdicts.example"
    send(stack, address, f"Verdict {name}", "Help.", verdicts=verdicts, Message_ID=f"<{address}>")
    number = ticket(stack, **{"from": address})["number"]
    quiet(stack, f"verdict-{name}")
    assert bool(stack.outbox(address)) == acknowledged
    remark = shown(stack, number)["entries"][0]["remark"]
    assert remark.startswith(f"by mail from {address}, {'proven' if proven else 'not proven'}")


def test_a_number_in_the_subject_opens_nothing_to_a_stranger(stack: Stack) -> None:
    opened = report(stack, email="owner@example.org", message="My secret line.")["number"]
    stranger, forger = "mallory@stranger.example", "owner@example.org"
    send(stack, stranger, f"Re: [#{opened}] x", "Tell me.", Message_ID="<m1@stranger.example>")
    send(
        stack, forger, f"Re: [#{opened}] x", "It is me, honestly.",
        verdicts="dmarc=fail spf=fail dkim=fail", Message_ID="<m2@stranger.example>",
    )  # fmt: skip
    other = ticket(stack, **{"from": stranger})
    assert other["number"] != opened
    eventually(lambda: [t for t in stack.netdesk_json("ticket", "list") if t["from"] == forger][1:])
    assert [e["text"] for e in shown(stack, opened)["entries"]] == ["My secret line."]
    assert "My secret line." not in answered(stack, stranger)[0]["text"]


def test_the_owner_adds_by_number_alone(stack: Stack) -> None:
    opened = report(stack, email="adds@example.org", message="It is dead.")["number"]
    send(stack, "adds@example.org", f"{opened}", "Still dead.", Message_ID="<adds@example.org>")
    texts = lambda: [e["text"].strip() for e in shown(stack, opened)["entries"]]  # noqa: E731
    assert eventually(lambda: texts()[1:]) == ["Still dead."]


def test_a_status_report_by_mail_goes_to_the_owner_and_to_nobody_else(stack: Stack) -> None:
    opened = report(stack, email="asks@example.org", message="It is dead.")["number"]
    answered(stack, "asks@example.org")
    send(stack, "asks@example.org", f"status {opened}", "", Message_ID="<s1@example.org>")
    told = answered(stack, "asks@example.org", 2)[1]
    assert f"Ticket {opened} is open, number " in told["text"]
    assert "It is dead." in told["text"]
    assert told["headers"]["Auto-Submitted"] == "auto-replied"

    for place, asked in enumerate((opened, "K7Q2-9WXA")):
        sender = f"wrong{place}@example.org"
        send(stack, sender, f"status {asked}", "", Message_ID=f"<{sender}>")
    right, wrong = (answered(stack, f"wrong{n}@example.org")[0]["text"] for n in (0, 1))
    assert _plain(right) == _plain(wrong)
    assert "We found no ticket for what you asked" in right


def _plain(text: str) -> list[str]:
    """A letter without what is different in every ticket."""
    return [line for line in text.splitlines() if "key=" not in line and "[ref:" not in line
            and not NUMBER.search(line)]  # fmt: skip


def test_a_bounce_goes_to_the_ticket_whose_mail_bounced(stack: Stack) -> None:
    opened = report(stack, email="dead@nowhere.example", message="Call me.")["number"]
    ours = answered(stack, "dead@nowhere.example")[0]["headers"]
    raw = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {DESK}\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\r\n\r\n'
        "--edge\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--edge\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; dead@nowhere.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--edge\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"References: {ours['References']}\r\nReply-To: {ours['Reply-To']}\r\n\r\n--edge--\r\n"
    )
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as smtp:
        smtp.sendmail("", [DESK], raw.encode())
    [note] = eventually(lambda: shown(stack, opened)["entries"][1:])
    assert (note["who"], note["public"]) == ("mail system", False)
    again = report(stack, email="dead@nowhere.example", message="And again.")["number"]
    said = eventually(lambda: [e["text"] for e in shown(stack, again)["entries"][1:]])
    assert "C3: mail to this address came back lately" in said[0]
    assert len(stack.outbox("dead@nowhere.example")) == 1


def test_a_report_on_no_mail_of_ours_is_quarantined_and_staff_let_it_out(stack: Stack) -> None:
    send(
        stack, "MAILER-DAEMON@elsewhere.example", "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.elsewhere.example.\n\n<x@y.example>: no such user",
        Message_ID="<q1@elsewhere.example>", X_Failed_Recipients="x@y.example",
    )  # fmt: skip
    [kept] = eventually(
        lambda: [m for m in stack.netdesk_json("mail", "list") if "elsewhere" in m["from"]]
    )
    assert kept["reason"].startswith("D7: ")
    assert kept["id"] in stack.netdesk("mail", "list")
    assert "This is the mail system" in stack.netdesk("mail", "show", kept["id"])
    out = stack.netdesk_json("mail", "retry", kept["id"])
    assert out["outcome"] == "ticket"
    assert shown(stack, out["number"])["subject"] == "Undelivered Mail Returned to Sender"
    assert kept["id"] not in stack.netdesk("mail", "list")
    assert "There is no mail nonsense" in stack.netdesk("mail", "show", "nonsense", fails=True)


def test_every_mail_became_something(stack: Stack) -> None:
    quiet(stack, "audit")
    told = eventually(
        lambda: t if not (t := stack.netdesk_json("mail", "audit"))["waiting"] else None
    )
    assert told["missing"] == []
    assert told["received"] == told["ticket"] + told["follow-up"] + told["quarantined"] > 0
    assert f"{told['month']}: " in stack.netdesk("mail", "audit")


def test_the_customer_fetches_a_file_that_a_scan_let_pass(stack: Stack) -> None:
    for name, verdicts in (("clean", ""), ("dirty", "virus=fail"), ("unscanned", "none")):
        message = EmailMessage()
        message["From"], message["To"] = f"{name}@files.example", DESK
        message["Subject"], message["Message-ID"] = "A log", f"<{name}@files.example>"
        if verdicts:
            message["X-Local-Verdicts"] = verdicts
        message.set_content("It is attached.")
        message.add_attachment(b"line 1\n", "text", "html", filename='../a "b"\u202e.html')
        with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as smtp:
            smtp.send_message(message)
    links = {}
    for name in ("clean", "unscanned"):
        letter = answered(stack, f"{name}@files.example")[0]["text"]
        link = next(word for word in letter.split() if "key=" in word)
        client, view = customers_view(stack, link)
        [file] = view["entries"][0]["files"]
        links[name] = (client, file["link"])
    client, path = links["clean"]
    moved = client.get(path)
    assert moved.status == 303
    status, headers, content = _fetched(moved.headers["Location"])
    assert (status, content) == (200, b"line 1\n")
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert headers["Content-Type"] == "application/octet-stream"
    assert links["unscanned"][1] == ""
    assert stack.client.get(path).status == 404  # without the customer's cookie


def _fetched(url: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=20)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
