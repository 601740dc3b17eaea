"""Posts to the form over the local stack, as browsers of many networks send them, and what the
desk makes of them."""

import http.client
import json
import re
import time
from dataclasses import dataclass
from html import unescape
from typing import Any

from infra.local.aws import Account
from netdesk.dynamo import Item, pack, unpack
from tests.e2e.stack import Stack
from ticket_intake.rows import MAIL

CLIENTS, NETWORKS = 8, 30  # of each client, so that no limit of a network is met
ACCEPTS = ("application/json", "text/html,application/xhtml+xml")
NUMBER = re.compile(r'<p class="big">([^<]+)<')
FAULT = re.compile(r'<p class="error" id="[\w-]+-error">([^<]+)<')
SETTLED_SECONDS = 1_800
TIMEOUT = 60


@dataclass(frozen=True)
class Told:
    """What the answer to a post says."""

    status: int
    number: str
    sentences: tuple[str, ...]
    seconds: float


def post(stack: Stack, place: int, body: tuple[str, bytes]) -> Told:
    """Places take turns: those with a browser's page for an answer, and those with JSON."""
    headers = {"Content-Type": body[0], "Accept": ACCEPTS[place % 2]}
    before = time.perf_counter()
    status, text = request(stack, "POST", "/api/tickets", body[1], headers, source(place))
    return told(status, text, time.perf_counter() - before)


def request(
    stack: Stack, method: str, path: str, body: bytes | None, headers: dict[str, str],
    address: str = "127.0.0.1",
) -> tuple[int, str]:  # fmt: skip
    connection = http.client.HTTPConnection(
        "127.0.0.1", stack.port, timeout=TIMEOUT, source_address=(address, 0)
    )
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def source(place: int) -> str:
    """An address of the client whose turn it is, in one of its networks."""
    client, turn = place % CLIENTS, place // CLIENTS
    return f"127.{1 + client}.{turn % NETWORKS}.{1 + turn % 250}"


def told(status: int, text: str, seconds: float) -> Told:
    try:
        answer = json.loads(text)
    except ValueError:
        number, faults = NUMBER.findall(text), FAULT.findall(text)
        return Told(status, "".join(number), tuple(map(unescape, faults)), seconds)
    errors = answer.get("errors", {}).values()
    return Told(status, answer.get("number", ""), tuple(errors), seconds)


def emulator(stack: Stack) -> str:
    return str(json.loads((stack.state / "stack.json").read_text())["emulator"])


def owned(stack: Stack, service: str) -> Any:
    """A client of the account's owner, who may see all."""
    return Account(emulator(stack)).client(service)


def table(client: Any, logical: str) -> str:
    return next(name for name in client.list_tables()["TableNames"] if logical in name)


def rows(client: Any) -> list[Item]:
    pages = client.get_paginator("scan").paginate(
        TableName=table(client, "TicketsTable"), ConsistentRead=True
    )
    return [unpack(item) for page in pages for item in page["Items"]]


def settled(client: Any) -> bool:
    """Whether all mail went out, once it did."""
    asked = {
        "TableName": table(client, "TicketsTable"),
        "IndexName": "unsent",
        "KeyConditionExpression": "unsent = :mail",
        "ExpressionAttributeValues": pack({":mail": MAIL}),
        "Limit": 1,
    }
    deadline = time.monotonic() + SETTLED_SECONDS
    while (waiting := client.query(**asked)["Count"]) and time.monotonic() < deadline:
        time.sleep(2)  # not oftener: it would take the time that the mails need
    return not waiting
