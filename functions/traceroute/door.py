"""Door: customers and staff order traces and read them; each minute, watches the probes."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.event_handler import Response

from netdesk import settings, viewer
from netdesk.answers import see_other
from traceroute.absence import watch
from traceroute.ordering import STAFF, order
from traceroute.reading import read
from traceroute.settings import TraceSettings
from traceroute.tracing import Tracing
from traceroute.wiring import tracing as tracing_of

app = viewer.public_door("trace")


@cache
def config() -> TraceSettings:
    return settings.read(TraceSettings, environ)


def tracing() -> Tracing:
    return tracing_of(config())


def client() -> str:
    return viewer.client(app.current_event, config().origin_secret, config().only_front)


@app.post("/api/traces")
def post_trace() -> Response[str]:
    return order(tracing(), app.current_event, client(), datetime.now(UTC))


@app.get("/api/traces")  # where a browser that comes back after a form finds itself
def get_form() -> Response[str]:
    return see_other("/status/traceroute/")


@app.get("/api/traces/<job>")
def get_trace(job: str) -> Response[str]:
    client()
    return read(tracing(), app.current_event, job, datetime.now(UTC))


@app.post("/staff/traces")
def post_staff_trace() -> Response[str]:
    return order(tracing(), app.current_event, STAFF, datetime.now(UTC))


@app.get("/staff/traces/<job>")
def get_staff_trace(job: str) -> Response[str]:
    return read(tracing(), app.current_event, job, datetime.now(UTC))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if "routeKey" not in event:  # the clock, every minute
        watch(tracing(), datetime.now(UTC))
        return {}
    return app.resolve(event, context)
