"""Door: puts what Amazon SES tells of our mail on the tickets that it was about."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from netdesk import aws, settings
from netdesk.deadline import is_late
from netdesk.log import failed
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.feedback import FeedbackRoom, take_in
from ticket_intake.mailroom.threads import Threads
from ticket_intake.settings import DeskSettings
from ticket_intake.wiring import desk


@cache
def room() -> FeedbackRoom:
    config, client = settings.read(DeskSettings, environ), aws.client("dynamodb")
    table = config.tickets_table
    return FeedbackRoom(desk(config), Threads(client, table), DeadAddresses(client, table))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    failures = [record for record in event["Records"] if is_late(context) or not taken(record)]
    return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in failures]}


def taken(record: dict[str, Any]) -> bool:
    """False when the event must come again, and in the end be laid aside: one that nobody can read
    is a shape that AWS has added, or not from SES."""
    try:
        take_in(room(), record["body"], datetime.now(UTC))
    except Exception as error:
        failed("feedback", "an event was not taken in", error)
        return False
    return True
