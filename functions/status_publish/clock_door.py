"""Door: every minute, finish what is not published and keep the front page's age young."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from netdesk import settings
from netdesk.log import logger
from status_publish.publish import Publisher, tick
from status_publish.settings import NoticesSettings
from status_publish.wiring import publisher as publisher_of


@cache
def publisher() -> Publisher:
    return publisher_of(settings.read(NoticesSettings, environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    done = tick(publisher(), datetime.now(UTC))
    if done:
        logger("clock").info("published", revision=done.revision, pages=len(done.written))
    return {"published": done is not None}
