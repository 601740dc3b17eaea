"""Door: every minute, finish what is not published and keep the front page's age young."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from netdesk import settings
from netdesk.log import logger
from status_publish.clock import Clock, tick
from status_publish.settings import NoticesSettings
from status_publish.wiring import clock as clock_of


@cache
def clock() -> Clock:
    return clock_of(settings.read(NoticesSettings, environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    done = tick(clock(), datetime.now(UTC))
    if done:
        pages, reminded = len(done.written), list(done.reminded)
        logger("clock").info("published", revision=done.revision, pages=pages, reminded=reminded)
    return {"published": bool(done.written)}
