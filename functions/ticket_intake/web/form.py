"""The form: what was posted becomes a ticket, or comes back with a sentence at each fault."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.answers import html_answer, json_answer, wants_json
from netdesk.limits import Limit
from netdesk.number import spell
from netdesk.ticket import Ticket
from ticket_intake import submission, token, views
from ticket_intake.addresses import mailbox
from ticket_intake.desk import open_ticket, submission_keys
from ticket_intake.report import Report, Unusable, from_form
from ticket_intake.submission import Submission
from ticket_intake.suspicion import suspicion
from ticket_intake.web import domain
from ticket_intake.web.answers import Web, described, echoed, kept

FILL = "fill"  # the field by which another page of ours hands over a form to be completed

# Generous: a mobile carrier has thousands of people behind one prefix, and an outage many reports.
PREFIX = Limit("submissions", most=120, seconds=600)
ADDRESS = Limit("submissions-address", most=20, seconds=3_600)
EVERYBODY = Limit("submissions-all", most=3_000, seconds=600)
URGENT = tuple(
    Limit(f"urgent-{limit.what}", limit.most * 2, limit.seconds)
    for limit in (PREFIX, ADDRESS, EVERYBODY)
)


def begin(web: Web, now: datetime) -> Response[str]:
    """A token for a form that somebody begins to fill in."""
    made = token.form(web.desk.secret, secrets.token_hex(8), now)
    return json_answer(HTTPStatus.OK, {"token": made})


def submit(web: Web, event: APIGatewayProxyEventV2, client: str, now: datetime) -> Response[str]:
    """Open a ticket from the form."""
    posted = Submission({})
    try:
        posted = submission.read(event)
        if posted.fields.get(FILL):
            return _again(web, HTTPStatus.OK, posted, {})
        if read := domain.imported(posted.fields):
            return _again(web, HTTPStatus.OK, replace(posted, fields={**posted.fields, **read}), {})
        filled = domain.filled(posted.fields, web.desk.provider)
        posted = domain.with_zone(posted, filled)
        report = filled.on(_report(web, posted, filled, now))
    except Unusable as error:
        return _mend(web, event, posted, HTTPStatus.UNPROCESSABLE_ENTITY, error.errors)
    if wait := _wait(web, client, report, now):
        return _too_many(web, event, posted, wait)
    given, begun = event.headers.get("idempotency-key", ""), posted.fields.get("token", "")
    told_apart = replace(report, code=filled.code)
    keys = submission_keys(told_apart, given, now, form=begun)
    ticket = open_ticket(web.desk, _with_files(web, posted, report, filled.code, keys), keys, now)
    return _opened(web, event, ticket, now)


def _report(web: Web, posted: Submission, filled: domain.Filled, now: datetime) -> Report:
    """All that is wrong is told at once."""
    errors = {**(posted.errors or {}), **filled.errors}
    try:
        report = from_form(filled.fields, web.desk.provider, "web")
    except Unusable as error:
        raise Unusable(errors | error.errors) from None
    if errors:
        raise Unusable(errors)
    held = suspicion(posted.fields, web.desk.secret, now)
    return replace(report, attachments=described(posted), suspicion=held)


def _wait(web: Web, client: str, report: Report, now: datetime) -> int:
    """Seconds until a report may come again, 0 for at once."""
    person = report.person
    who = (client, mailbox(person.email) if person.email else person.phone, "everybody")
    limits = URGENT if report.emergency else (PREFIX, ADDRESS, EVERYBODY)
    # One after the other: what a full network still sends must not fill the limits of others.
    waits = (web.limits.wait(limit, one, now) for limit, one in zip(limits, who, strict=True))
    return next(filter(None, waits), 0)


def _with_files(
    web: Web, posted: Submission, report: Report, code: str, keys: Sequence[str]
) -> Report:
    """Sent again, files would be kept a second time, where no ticket knows of them."""
    if not (posted.uploads or code) or web.desk.tickets.number_of(keys):
        return report
    return replace(
        report,
        attachments=kept(web, keys[0], posted),
        code=web.codes().keep(keys[0], code) if code else "",
    )


def _opened(
    web: Web, event: APIGatewayProxyEventV2, ticket: Ticket, now: datetime
) -> Response[str]:
    link = web.desk.link(ticket)
    if wants_json(event):
        return json_answer(HTTPStatus.CREATED, views.opened(ticket, link))
    page = web.desk.pages.render(
        "ticket_opened.html", ticket=ticket, link=link, spelled=spell(ticket.number), now=now
    )
    return html_answer(HTTPStatus.CREATED, page)


def _mend(
    web: Web, event: APIGatewayProxyEventV2, posted: Submission, status: HTTPStatus,
    errors: dict[str, str], **headers: str,
) -> Response[str]:  # fmt: skip
    if wants_json(event):
        return json_answer(status, {"errors": errors}, **headers)
    return _again(web, status, posted, errors, **headers)


def _again(
    web: Web, status: HTTPStatus, posted: Submission, errors: dict[str, str], **headers: str
) -> Response[str]:
    """The form as it was filled in."""
    typed = echoed(posted.fields)
    page = web.desk.pages.render(domain.template(posted.fields), errors=errors, typed=typed)
    return html_answer(status, page, **headers)


def _too_many(
    web: Web, event: APIGatewayProxyEventV2, posted: Submission, wait: int
) -> Response[str]:
    phone = web.desk.provider.phone
    errors = {
        "message": "Many reports come in at the moment. Nothing you typed is lost: send it again "
        f"in {-(-wait // 60)} minutes. In an emergency call {phone.number}, "
        f"option {phone.emergency_option}."
    }
    return _mend(web, event, posted, HTTPStatus.TOO_MANY_REQUESTS, errors, retry_after=str(wait))
