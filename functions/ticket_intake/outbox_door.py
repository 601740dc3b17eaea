"""Door: sends mail for new outbox rows, and every minute for those that the stream lost."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from netdesk import aws, settings
from netdesk.deadline import is_late
from netdesk.dynamo import unpack
from netdesk.limits import Limits
from netdesk.log import failed
from netdesk.metrics import tell
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.threads import Threads
from ticket_intake.outbox.dispatch import Mailer, deliver, sweep
from ticket_intake.outbox.rows import Outbox, unsent_of
from ticket_intake.settings import DeskSettings
from ticket_intake.wiring import desk


@cache
def mailer() -> Mailer:
    config, client = settings.read(DeskSettings, environ), aws.client("dynamodb")
    table = config.tickets_table
    return Mailer(
        desk=desk(config),
        outbox=Outbox(client, table),
        limits=Limits(client, table),
        threads=Threads(client, table),
        dead=DeadAddresses(client, table),
        ses=aws.client("ses"),
    )


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if "Records" not in event:
        now = datetime.now(UTC)
        tell("UnsentMailAge", mailer().outbox.longest_wait(now))
        return {"sent": sweep(mailer(), now, lambda: is_late(context))}
    failures = [record for record in event["Records"] if is_late(context) or not sent(record)]
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in failures
        ]
    }


def sent(record: dict[str, Any]) -> bool:
    """False when the stream should bring the record again; one bad mail delays no other."""
    try:
        row = unsent_of(unpack(record["dynamodb"]["NewImage"]))
        deliver(mailer(), row, datetime.now(UTC))
    except Exception as error:
        failed("outbox", "a mail was not sent", error)
        return False
    return True
