"""Ordering a trace: what was typed is read, counted, kept, and sent to the probes."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.answers import body, html_answer, json_answer, wants_json
from netdesk.limits import Limit
from netdesk.refused import Refused
from netdesk.target import check
from netdesk.text import safe
from netdesk.trace import Job
from traceroute.reading import page
from traceroute.tracing import Tracing
from traceroute.wishes import WrongWish, probes, wish

# A mobile carrier has many people behind one address, and in an outage they all want to know.
BY_CLIENT = Limit("traces", most=20, seconds=3600)
BY_TARGET = Limit("target", most=6, seconds=60)
BY_PROBE = Limit("probe", most=60, seconds=60)  # it does 20 at once, each in a second or three
SENTENCES = {
    BY_CLIENT: "You have asked for many traces.",
    BY_TARGET: "This site is asked for by many at the moment.",
    BY_PROBE: "Our measuring host has much to do.",
}
STAFF = ""  # the client whom only the last one holds: who repairs must see what is now
A_MOMENT = timedelta(seconds=BY_TARGET.seconds)
TYPED = 2_000  # characters of what was typed that are looked at


def order(
    tracing: Tracing, event: APIGatewayProxyEventV2, client: str, now: datetime
) -> Response[str]:
    """Queue a trace; `client` is whom the limit counts."""
    fields = _fields(event)
    typed = safe(str(fields.get("target", ""))[:TYPED])
    try:
        placed = _placed(tracing, client, _job(tracing, fields, typed, now), now)
    except Refused as refused:
        errors = {"target": str(refused)}
        return _refused(tracing, event, typed, HTTPStatus.UNPROCESSABLE_ENTITY, errors)
    except WrongWish as wrong:
        return _refused(tracing, event, typed, HTTPStatus.UNPROCESSABLE_ENTITY, wrong.errors)
    if isinstance(placed, Full):
        return _too_many(tracing, event, typed, placed)
    if wants_json(event):
        link = tracing.link(placed.id)
        return json_answer(HTTPStatus.ACCEPTED, {"id": placed.id, "link": link})
    runs = tracing.traces.runs(placed, now)
    return html_answer(HTTPStatus.ACCEPTED, page(tracing, placed, runs, typed))


def _job(tracing: Tracing, fields: Mapping[str, Any], typed: str, now: datetime) -> Job:
    target = str(check(typed, tracing.provider.tracing.rules))
    asked = tuple(probe.name for probe in probes(fields, tracing.probes))
    return Job(secrets.token_hex(16), target, asked, now, wish(fields, target))


@dataclass(frozen=True)
class Full:
    """A limit that is reached, and for how many seconds."""

    limit: Limit
    wait: int


def _placed(tracing: Tracing, client: str, job: Job, now: datetime) -> Job | Full:
    """The job, or why not. Who asks for what many ask for gets the last one of them: in an outage
    they all want to know the same."""
    counted = [] if client == STAFF else [(BY_CLIENT, client), (BY_TARGET, job.target)]
    for limit, who in (*counted, *((BY_PROBE, probe) for probe in job.probes)):
        if wait := tracing.limits.wait(limit, who, now):
            shared = limit is BY_TARGET and tracing.traces.latest(job, A_MOMENT)
            return shared or Full(limit, wait)
    _send(tracing, job)
    return job


def _send(tracing: Tracing, job: Job) -> None:
    """Kept first: a probe may be faster than we are."""
    tracing.traces.order(job)
    tracing.traces.note_latest(job)
    provider = tracing.provider
    order = {  # the probe is elsewhere, and has no provider.toml
        "id": job.id,
        "target": job.target,
        "days": provider.retention.traces_days,
        "wish": asdict(job.wish),
        "resolvers": provider.tracing.resolvers,
        "controls": provider.tracing.controls,
    }
    for probe in job.probes:
        tracing.sqs.send_message(QueueUrl=tracing.queues[probe], MessageBody=json.dumps(order))


def _fields(event: APIGatewayProxyEventV2) -> Mapping[str, Any]:
    content = body(event)
    try:
        if event.headers.get("content-type", "").startswith("application/json"):
            given = json.loads(content)
            return given if isinstance(given, dict) else {}
        return dict(parse_qsl(content.decode()))
    except (ValueError, RecursionError):
        return {}


def _too_many(
    tracing: Tracing, event: APIGatewayProxyEventV2, typed: str, full: Full
) -> Response[str]:
    soon = f"{full.wait} seconds" if full.wait < 120 else f"{-(-full.wait // 60)} minutes"
    errors = {"target": f"{SENTENCES[full.limit]} Try again in {soon}."}
    status = HTTPStatus.TOO_MANY_REQUESTS
    return _refused(tracing, event, typed, status, errors, retry_after=str(full.wait))


def _refused(
    tracing: Tracing, event: APIGatewayProxyEventV2, typed: str, status: int,
    errors: dict[str, str], **headers: str,
) -> Response[str]:  # fmt: skip
    if wants_json(event):
        return json_answer(status, {"errors": errors}, **headers)
    sentence = " ".join(errors.values())
    shown = tracing.pages.render("traceroute.html", typed=typed, error=sentence)
    return html_answer(status, shown, **headers)
