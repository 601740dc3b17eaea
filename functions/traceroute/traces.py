"""Ordering a trace and reading it: what each request does and what it answers."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.answers import body, html_answer, json_answer, wants_json
from netdesk.limits import Limit, Limits
from netdesk.pages import Pages
from netdesk.refused import Refused
from netdesk.target import check
from netdesk.text import safe
from netdesk.trace import Run, latest
from netdesk.trace_store import Job, Traces
from netdesk.verdict import verdict

BY_CLIENT = Limit("traces", most=20, seconds=3600)
BY_TARGET = Limit("target", most=6, seconds=60)
STAFF = ""  # the client whom only the limit of the target holds
JOB_ID = re.compile("[0-9a-f]{32}")  # a key that is longer than 2,048 bytes is a fault to DynamoDB
TYPED = 2_000  # characters of what was typed that are looked at


@dataclass(frozen=True)
class Tracing:
    traces: Traces
    limits: Limits
    queue: Any  # an SQS client
    queue_url: str
    probe: str
    pages: Pages


def order(
    tracing: Tracing, event: APIGatewayProxyEventV2, client: str, now: datetime
) -> Response[str]:
    """Queue a trace; `client` is whom the limit counts."""
    typed = _typed(event)
    try:
        target = str(check(typed, tracing.pages.provider.trace_allow))
    except Refused as refused:
        return _refused(tracing, event, typed, HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
    if wait := _wait(tracing, client, target, now):
        sentence = f"That is many traces at once: try again in {wait} seconds."
        return _refused(
            tracing, event, typed, HTTPStatus.TOO_MANY_REQUESTS, sentence, retry_after=str(wait)
        )
    job = Job(secrets.token_hex(16), target, tracing.probe, now)
    tracing.traces.order(job)
    # The probe is elsewhere, and has no provider.toml.
    days = tracing.pages.provider.retention.traces_days
    order = json.dumps({"id": job.id, "target": job.target, "days": days})
    tracing.queue.send_message(QueueUrl=tracing.queue_url, MessageBody=order)
    link = f"{tracing.pages.public_url}/api/traces/{job.id}"
    if wants_json(event):
        return json_answer(HTTPStatus.ACCEPTED, {"id": job.id, "link": link})
    return html_answer(HTTPStatus.ACCEPTED, _page(tracing, job, Run("queued")))


def read(
    tracing: Tracing, event: APIGatewayProxyEventV2, job_id: str, now: datetime
) -> Response[str]:
    job = tracing.traces.job(job_id) if JOB_ID.fullmatch(job_id) else None
    if job is None:
        return _unknown(tracing, event)
    run = tracing.traces.run(job, now)
    if not wants_json(event):
        return html_answer(HTTPStatus.OK, _page(tracing, job, run))
    after = event.query_string_parameters.get("after", "0")
    seen = int(after) if after.isdecimal() and len(after) < 6 else 0
    provider_name = tracing.pages.provider.name
    view = {
        "id": job.id,
        "target": job.target,
        "state": run.state,
        "hops": [hop.to_dict() for hop in run.hops if hop.n > seen],
        "verdict": verdict(job.target, run, provider_name).to_dict(),
    }
    return json_answer(HTTPStatus.OK, view)


def _typed(event: APIGatewayProxyEventV2) -> str:
    content = body(event)
    try:
        if event.headers.get("content-type", "").startswith("application/json"):
            target = json.loads(content).get("target", "")
        else:
            target = dict(parse_qsl(content.decode())).get("target", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return safe(target[:TYPED]) if isinstance(target, str) else ""


def _wait(tracing: Tracing, client: str, target: str, now: datetime) -> int:
    if client != STAFF and (wait := tracing.limits.wait(BY_CLIENT, client, now)):
        return wait
    return tracing.limits.wait(BY_TARGET, target, now)


def _page(tracing: Tracing, job: Job, run: Run) -> str:
    return tracing.pages.render(
        "trace.html",
        job=job,
        run=run,
        hops=latest(run.hops),
        verdict=verdict(job.target, run, tracing.pages.provider.name),
        refresh=run.state in ("queued", "running"),
    )


def _refused(
    tracing: Tracing, event: APIGatewayProxyEventV2, typed: str, status: int, sentence: str,
    **headers: str,
) -> Response[str]:  # fmt: skip
    if wants_json(event):
        return json_answer(status, {"errors": {"target": sentence}}, **headers)
    page = tracing.pages.render("traceroute.html", typed=typed, error=sentence)
    return html_answer(status, page, **headers)


def _unknown(tracing: Tracing, event: APIGatewayProxyEventV2) -> Response[str]:
    days = tracing.pages.provider.retention.traces_days
    sentence = f"There is no such trace; results are kept for {days} days. Start a new one."
    if wants_json(event):
        return json_answer(HTTPStatus.NOT_FOUND, {"errors": {"id": sentence}})
    page = tracing.pages.render("sentence.html", title="No such trace", sentence=sentence)
    return html_answer(HTTPStatus.NOT_FOUND, page)
