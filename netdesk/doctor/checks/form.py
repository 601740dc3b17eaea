"""The form as customers use it: number and link at once, a place in the queue, an answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from netdesk.attribute_value import pack, unpack
from netdesk.doctor.checks import trial
from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good
from netdesk.doctor.trying import trying
from netdesk.doctor.waiting import until

JSON = {"Accept": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Opened:
    number: str
    link: str


def look(desk: Desk) -> Iterator[Finding]:
    yield from trial.remove_left(desk)
    opened = _posted(desk)
    if isinstance(opened, Finding):
        yield opened
        return
    left: list[Finding] = []
    try:
        yield good(f"The form gives a number and a link at once ({opened.number}).")
        for one in (_linked, _in_queue, _answered):
            yield from trying(desk, one(desk, opened))
    finally:
        left = trial.removed(desk, opened.number)
    yield from left or [good(f"The test ticket {opened.number} is closed and erased again.")]


def _posted(desk: Desk) -> Opened | Finding:
    fields = {
        "name": "netdesk doctor",
        "email": trial.CUSTOMER,
        "category": desk.provider.categories[0].key,
        "subject": trial.subject(),
        "message": trial.TEXT,
    }
    answer = desk.web(f"{desk.front}/api/tickets", JSON | FORM, urlencode(fields).encode())
    if answer.status == 201:
        told = json.loads(answer.body)
        return Opened(told["number"], told["link"])
    if answer.status == 429:
        return bad(
            "The form takes no more from here: a limit is reached (429).",
            "Wait the ten minutes of the limit, and run `netdesk doctor form` again. If customers "
            "are hit, too, somebody floods the form.",
        )
    return bad(
        f"The form fails ({answer.status}): customers can't report a problem.",
        "Open a notice that tells customers to call, and see what WebFunction complains of:",
        desk.log_command,
    )


def _linked(desk: Desk, opened: Opened) -> Iterator[Finding]:
    """As a browser follows it: a cookie, a clean address, then the ticket."""
    moved = desk.web(opened.link)
    crumb = moved.header("Set-Cookie").partition(";")[0]
    told: dict[str, Any] = {}
    if moved.status == 303 and crumb:
        page = desk.web(f"{desk.front}{moved.header('Location')}", JSON | {"Cookie": crumb})
        told = json.loads(page.body) if page.status == 200 else {}
    if told.get("number") == opened.number and opened.link.startswith(f"{desk.front}/"):
        yield good("The link shows the ticket to its customer.")
    else:
        yield bad(
            f"The link of the ticket does not show it ({moved.status}): {opened.link}",
            "The front must hand cookies and the query on to the API, and the stack's Domain must "
            "be the front's own name: deploy the stack again.",
        )


def _in_queue(desk: Desk, opened: Opened) -> Iterator[Finding]:
    def found() -> bool:
        return opened.number in [one["number"] for one in trial.queued(desk)]

    if until(desk, "the ticket to stand in the queue", found, 20):
        yield good("It stands in the staff's queue.")
    elif opened.number in [one["number"] for one in trial.queued(desk, "suspect")]:
        yield bad(
            "The ticket is held as a machine's work, and not in the queue.",
            "So may customers' tickets be: see `netdesk ticket list --quarantined`.",
        )
    else:
        yield bad(
            "The ticket is not in the staff's queue.",
            f"Tickets are in the table {desk.deployed.name('TicketsTable')}; its index by_state "
            "may be late. Run `netdesk doctor form` again; see what StaffFunction complains of:",
            desk.log_command,
        )


def _answered(desk: Desk, opened: Opened) -> Iterator[Finding]:
    """What staff write always goes, where a machine's own mails are limited."""
    desk.staff.post("staff", "tickets", opened.number, "reply", message=trial.TEXT)

    def over() -> dict[str, str]:
        row = _answer_row(desk, opened.number)
        return row if "sent_at" in row or "failed" in row else {}

    row = until(desk, "the answer to go out by mail", over, desk.seconds)
    if "sent_at" in row:
        yield good("An answer by staff goes out by mail.")
    elif row:
        yield bad(
            f"SES refused the answer by staff: {row['failed']}",
            "See `netdesk doctor ses`: the sender must be verified, and sending not paused.",
        )
    else:
        yield bad(
            "An answer by staff was not sent: customers get no mail.",
            "OutboxFunction's trigger, the table's stream, and its schedule must be on; see what "
            "it complains of:",
            desk.log_command,
        )


def _answer_row(desk: Desk, number: str) -> dict[str, str]:
    """The row of the outbox: docs/data-model.md."""
    found = desk.client("dynamodb").query(
        TableName=desk.deployed.name("TicketsTable"),
        KeyConditionExpression="pk = :pk AND begins_with(sk, :outbox)",
        ExpressionAttributeValues={
            ":pk": pack(f"ticket#{number.replace('-', '')}"),
            ":outbox": pack("outbox#"),
        },
        ConsistentRead=True,
    )
    rows = [{name: unpack(v) for name, v in item.items()} for item in found["Items"]]
    return next((row for row in rows if row["letter"] == "answer"), {})
