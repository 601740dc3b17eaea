"""Door: every minute, finish what is not published, keep the front page young, count tickets."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from netdesk import settings
from netdesk.log import logger
from netdesk.metrics import tell
from status_publish.clock import Clock, page_age, tick, watch_traffic
from status_publish.settings import ClockSettings
from status_publish.wiring import clock as clock_of


@cache
def clock() -> Clock:
    return clock_of(settings.read(ClockSettings, environ))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    done = tick(clock(), now)
    if done:
        pages, reminded = len(done.written), list(done.reminded)
        logger("clock").info("published", revision=done.revision, pages=pages, reminded=reminded)
    tell("PageAge", page_age(clock(), now))
    watch_traffic(clock(), now)  # last: what it meets keeps no notice back
    return {"published": bool(done.written)}
