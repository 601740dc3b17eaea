"""The tickets that the doctor opens: known by their subject, and gone when it is done."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad

SUBJECT = "Test by netdesk doctor"
# Takes every mail and keeps none, also from an account in the sandbox:
# https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator
CUSTOMER = "success@simulator.amazonses.com"
TEXT = "This is a test by `netdesk doctor`: there is nothing to do. It is removed by itself."
LEFT = timedelta(minutes=10)  # older ones belong to a doctor who was cut short
Json = dict[str, Any]


def subject() -> str:
    """Never the same: the same report again would be the same ticket."""
    return f"{SUBJECT} {secrets.token_hex(6)}"


def sender(desk: Desk) -> str:
    """Whom mail of ours comes from; on AWS SES lets us write as the desk's domain alone."""
    return f"netdesk-doctor@{desk.mail_domain}"


def queued(desk: Desk, state: str = "open") -> list[Json]:
    found: list[Json] = desk.staff.get("staff", "tickets", state=state)["tickets"]
    return found


def removed(desk: Desk, number: str) -> list[Finding]:
    """Close the ticket and erase what it says; its number, times and state stay, as always."""
    try:
        if desk.staff.get("staff", "tickets", number)["state"] != "resolved":
            desk.staff.post("staff", "tickets", number, "resolve")
        desk.staff.post("staff", "tickets", number, "erase")
    except Exception as error:  # whatever it was, the others are still to be removed
        return [
            bad(
                f"The test ticket {number} could not be removed: {error}",
                "Do it by hand:",
                f"netdesk ticket resolve {number}",
                f"netdesk ticket erase {number}",
            )
        ]
    return []


def remove_left(desk: Desk) -> Iterator[Finding]:
    """Tickets of a doctor who was cut short, or whose mail came late."""
    for ticket in queued(desk):
        age = desk.clock.now() - datetime.fromisoformat(ticket["opened_at"])
        ours = ticket["from"] in (CUSTOMER, sender(desk))
        if ours and ticket["subject"].startswith(SUBJECT) and age > LEFT:
            yield from removed(desk, ticket["number"])
