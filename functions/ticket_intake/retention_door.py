"""Door: every day what has been kept long enough goes."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from netdesk import aws, settings
from netdesk.deadline import is_late
from netdesk.log import logger
from netdesk.pages import SITE
from netdesk.provider_file import read
from ticket_intake.belongings import Belongings
from ticket_intake.retention import enforce
from ticket_intake.settings import RetentionSettings


@cache
def belongings() -> Belongings:
    given = settings.read(RetentionSettings, environ)
    return Belongings(
        dynamodb=aws.client("dynamodb"),
        table=given.tickets_table,
        s3=aws.client("s3"),
        files_bucket=given.files_bucket,
        mail_bucket=given.mail_bucket,
        ssm=aws.client("ssm"),
    )


@cache
def months() -> int:
    return read(SITE / "provider.toml").retention.closed_tickets_months


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Counts alone are logged: what goes must not live on in a log."""
    done = enforce(belongings(), months(), datetime.now(UTC), lambda: is_late(context))
    if done["failed"]:
        logger("retention").error("some tickets could not be deleted", extra=done)
    else:
        logger("retention").info("deleted what was kept long enough", extra=done)
    return done
