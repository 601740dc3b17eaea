"""Door: takes mail in as it is stored, and every minute what was left lying."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from os import environ
from typing import Any
from urllib.parse import unquote_plus

from netdesk import settings
from netdesk.deadline import is_late
from netdesk.log import failed
from netdesk.metrics import tell
from ticket_intake.mailroom.inbox import INBOUND
from ticket_intake.mailroom.intake import MailRoom, take_again, take_in
from ticket_intake.mailroom.wiring import mail_room
from ticket_intake.settings import MailSettings


@cache
def room() -> MailRoom:
    return mail_room(settings.read(MailSettings, environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if "Records" not in event:
        left = takewhile(lambda _: not is_late(context), lying(datetime.now(UTC)))
        return {"failed": sum(not taken([key], take_again) for key in left)}
    failures = [r for r in event["Records"] if is_late(context) or not taken(keys(r), take_in)]
    return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in failures]}


def lying(now: datetime) -> list[str]:
    """Every other minute from the other end: a mail that kills the process hides half of them."""
    found = room().inbox.left_lying(now)
    tell("UnreadMailAge", max(found.values(), default=timedelta()))
    return list(found)[:: -1 if now.minute % 2 else 1]


def keys(record: dict[str, Any]) -> Iterator[str]:
    """The objects that an SQS record's S3 event names; S3's own test event names none.

    A record that can't be read fails where its mails are taken, and so alone.
    """
    for event in json.loads(record["body"]).get("Records", []):
        key = unquote_plus(event["s3"]["object"]["key"])
        if key.startswith(INBOUND):
            yield key


def taken(mails: Iterable[str], take: Callable[[MailRoom, str, datetime], object]) -> bool:
    """False when the mail must come again; one bad mail delays no other."""
    try:
        for key in mails:
            take(room(), key, datetime.now(UTC))
    except Exception as error:
        failed("mail", "a mail was not taken in", error)
        return False
    return True
