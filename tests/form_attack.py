"""The form as a stranger attacks it, and the judges of what comes out of it."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from email.policy import default
from html.parser import HTMLParser
from typing import Any

from netdesk.text import safe
from tests.desk import ARN, PUBLIC_URL, Answer, Door, ask

LARGEST = 6 * 1024 * 1024  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
# What differs from ticket to ticket: number, key, digests of files, times.
OWN = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}|key=[\w-]{22}|[0-9a-f]{64}|\d+")


def post(web: Door, body: Any, **given: Any) -> Answer:
    return sound(ask(web, "POST", "/api/tickets", body=body, **given))


def on_page(web: Door, opened: Answer, method: str = "GET", **given: Any) -> Answer:
    """A request to the ticket's own page, with its key in the cookie."""
    path, _, key = opened.json["link"].removeprefix(PUBLIC_URL).partition("?key=")
    crumb = f"__Host-ticket-{path.rpartition('/')[2]}={key}"
    return sound(ask(web, method, path, cookies=[crumb], **given))


def of_staff(staff: Door, opened: Answer) -> Answer:
    return sound(ask(staff, "GET", f"/staff/tickets/{opened.json['number']}", arn=ARN))


def sound(answer: Answer) -> Answer:
    """An answer that Lambda can send, that no cache keeps and that steers no terminal."""
    assert len(json.dumps(answer.text, ensure_ascii=False).encode()) < LARGEST
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    for text in (answer.text, *answer.headers.values(), *answer.cookies):
        assert safe(text) == text
    assert not any("\n" in value for value in (*answer.headers.values(), *answer.cookies))
    return answer


class Structure(HTMLParser):
    """The elements of a page with their attributes, without what people typed or read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = [(name, OWN.sub("", value or "")) for name, value in attrs if name != "value"]
        # The list of faults leads to the fields, which differ.
        self.found.append((tag, [(name, value) for name, value in told if value[:1] != "#"]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("unknown", data))


def same_structure(page: str, harmless: str) -> None:
    """No element, attribute or quote more; however a browser reads it, nothing got out."""
    found, marks = Structure(page).found, Counter(one for one in page if one in "<>\"'")
    assert found == Structure(harmless).found
    assert marks == Counter(one for one in harmless if one in "<>\"'")


def shape(value: Any) -> Any:
    """A JSON document with its keys, without its texts."""
    if isinstance(value, Mapping):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value)


def mail_of(raw: bytes) -> Message:
    """A mail of ours, parsed: no line of its head is more than the library wrote."""
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.isascii()
    assert b"\r" not in head.replace(b"\r\n", b"")
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in (head + b"\r\n" + body).split(b"\r\n"))
    mail = message_from_bytes(raw, policy=default)
    assert not mail.defects
    for value in (*mail.values(), mail.get_content().replace("\r\n", "\n")):
        assert safe(str(value)) == str(value)
    assert not any("\n" in str(value) for value in mail.values())
    return mail
