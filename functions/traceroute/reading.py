"""Reading a trace: how far it has come, as a page and as JSON."""

import re
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.answers import html_answer, json_answer, wants_json
from netdesk.trace import Job, Run
from traceroute import documents, fill, views
from traceroute.known import with_known
from traceroute.picture import draw
from traceroute.tracing import Tracing
from traceroute.verdict import Verdict, verdict

JOB_ID = re.compile("[0-9a-f]{32}")  # a key that is longer than 2,048 bytes is a fault to DynamoDB


def read(
    tracing: Tracing, event: APIGatewayProxyEventV2, job_id: str, now: datetime
) -> Response[str]:
    job = tracing.traces.job(job_id) if JOB_ID.fullmatch(job_id) else None
    if job is None:
        return _unknown(tracing, event)
    runs = tracing.traces.runs(job, now)
    if not wants_json(event):
        return html_answer(HTTPStatus.OK, page(tracing, job, runs))
    after = documents.cursor(event.query_string_parameters.get("after", ""), len(runs))
    document = documents.document(job, runs, after, _judged(tracing, job, runs))
    return json_answer(HTTPStatus.OK, document | {"link": tracing.link(job.id)})


def page(tracing: Tracing, job: Job, runs: Sequence[Run], typed: str = "") -> str:
    """`typed` is what the customer pasted: it stands in this answer, and is kept nowhere."""
    said = _judged(tracing, job, runs)
    shown = views.views(tracing.provider, runs, said)
    return tracing.pages.render(
        "trace.html",
        job=job,
        state=documents.state(runs),
        refresh=not all(run.over for run in runs),
        verdict=said,
        views=shown,
        fill=fill.fields(tracing, job, shown, said, typed),
        typed=typed,
        draw=draw,
    )


def _judged(tracing: Tracing, job: Job, runs: Sequence[Run]) -> Verdict:
    said = verdict(job.target, runs, tracing.provider)
    return with_known(said, tracing.published, tracing.provider)


def _unknown(tracing: Tracing, event: APIGatewayProxyEventV2) -> Response[str]:
    days = tracing.provider.retention.traces_days
    sentence = f"There is no such trace; results are kept for {days} days. Start a new one."
    if wants_json(event):
        return json_answer(HTTPStatus.NOT_FOUND, {"errors": {"id": sentence}})
    shown = tracing.pages.render("sentence.html", title="No such trace", sentence=sentence)
    return html_answer(HTTPStatus.NOT_FOUND, shown)
