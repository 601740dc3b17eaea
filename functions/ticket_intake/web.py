"""The form and the customer's own page: what each request does and what it answers."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk import number
from netdesk.answers import cookie, html_answer, json_answer, see_other, wants_json
from netdesk.limits import Limit, Limits
from netdesk.refused import Refused
from netdesk.text import one_line, safe
from netdesk.ticket import CUSTOMER, MESSAGE_LIMIT, Attachment, Entry, Ticket, act
from ticket_intake import submission, views
from ticket_intake.desk import (
    Desk,
    change_ticket,
    customer_ticket,
    message_keys,
    open_ticket,
    submission_keys,
)
from ticket_intake.report import LINE, Report, Unusable, from_form
from ticket_intake.submission import Submission

ECHO = MESSAGE_LIMIT + 1  # characters shown again: an answer of Lambda's has 6 MB
SUBMISSIONS = Limit("submissions", most=30, seconds=600)
UNKNOWN = (
    "We can't show a ticket here: use the whole link from our answer, and let your browser keep "
    "its cookie."
)
NO_FILE = "There is no such file on this ticket, or no virus scan has passed it."


@dataclass(frozen=True)
class Web:
    desk: Desk
    limits: Limits


def submit(web: Web, event: APIGatewayProxyEventV2, client: str, now: datetime) -> Response[str]:
    """Open a ticket from the form."""
    posted = Submission({})
    try:
        posted = submission.read(event)
        report = from_form(posted.fields, web.desk.provider, "web")
    except Unusable as error:
        return _mend(web, event, posted, HTTPStatus.UNPROCESSABLE_ENTITY, error.errors)
    if wait := web.limits.wait(SUBMISSIONS, client, now):
        return _too_many(web, event, posted, wait)
    return _opened(web, event, replace(report, attachments=_kept(web, posted)), now)


def show(web: Web, event: APIGatewayProxyEventV2, wanted: str) -> Response[str]:
    """The customer's view; with the key in the address, first move it into a cookie."""
    given = event.query_string_parameters.get("key", "")
    ticket = customer_ticket(web.desk, wanted, given or cookie(event, _cookie_name(wanted)))
    if ticket is None:
        return _unknown(web, event)
    if given:
        return _enter(ticket, given)
    if not wants_json(event):
        return html_answer(HTTPStatus.OK, _ticket_page(web, ticket))
    place = web.desk.tickets.place_in_queue(ticket)
    entries = web.desk.tickets.entries(ticket.number)
    return json_answer(HTTPStatus.OK, views.for_customer(ticket, place, entries))


def fetch(web: Web, event: APIGatewayProxyEventV2, wanted: str, digest: str) -> Response[str]:
    """A file that came with the ticket, for its customer, by a link of some minutes."""
    ticket = customer_ticket(web.desk, wanted, cookie(event, _cookie_name(wanted)))
    if ticket is None:
        return _unknown(web, event)
    told = (entry for entry in web.desk.tickets.entries(ticket.number) if entry.public)
    files = [file for entry in told for file in entry.attachments]
    found = next((file for file in files if file.digest and file.digest == digest), None)
    if found is None:
        return _sentence(web, event, HTTPStatus.NOT_FOUND, "file", NO_FILE)
    return see_other(web.desk.files.link(found))


def write(web: Web, event: APIGatewayProxyEventV2, wanted: str, now: datetime) -> Response[str]:
    """Add the customer's message, with or without files, to the ticket."""
    ticket = customer_ticket(web.desk, wanted, cookie(event, _cookie_name(wanted)))
    if ticket is None:
        return _unknown(web, event)
    text = ""
    try:
        posted = submission.read(event)
        text = safe(posted.fields.get("message", "")).strip()
        entry = Entry(now, CUSTOMER, "message", text, attachments=_kept(web, posted))
        once = message_keys(ticket, text, now)
        change_ticket(web.desk, ticket.number, lambda t: act(t, "message", entry), now, once)
    except (Unusable, Refused) as error:
        return _not_added(web, event, ticket, text, str(error))
    if wants_json(event):
        return show(web, event, wanted)
    return see_other(f"/api/tickets/{ticket.number}")


def _not_added(
    web: Web, event: APIGatewayProxyEventV2, ticket: Ticket, typed: str, sentence: str
) -> Response[str]:
    if wants_json(event):
        return json_answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"errors": {"message": sentence}})
    page = _ticket_page(web, ticket, typed=typed[:ECHO], error=sentence)
    return html_answer(HTTPStatus.UNPROCESSABLE_ENTITY, page)


def _ticket_page(web: Web, ticket: Ticket, typed: str = "", error: str = "") -> str:
    return web.desk.pages.render(
        "ticket.html",
        ticket=ticket,
        place=web.desk.tickets.place_in_queue(ticket),
        entries=[entry for entry in web.desk.tickets.entries(ticket.number) if entry.public],
        typed=typed,
        error=error,
    )


def _kept(web: Web, posted: Submission) -> tuple[Attachment, ...]:
    return tuple(
        web.desk.files.keep(one_line(up.name, LINE), one_line(up.media_type, LINE), up.content)
        for up in posted.uploads
    )


def _opened(
    web: Web, event: APIGatewayProxyEventV2, report: Report, now: datetime
) -> Response[str]:
    keys = submission_keys(report, event.headers.get("idempotency-key", ""), now)
    ticket = open_ticket(web.desk, report, keys, now)
    link = web.desk.link(ticket)
    if wants_json(event):
        return json_answer(HTTPStatus.CREATED, views.opened(ticket, link))
    page = web.desk.pages.render("ticket_opened.html", ticket=ticket, link=link)
    return html_answer(HTTPStatus.CREATED, page)


def _mend(
    web: Web, event: APIGatewayProxyEventV2, posted: Submission, status: int,
    errors: dict[str, str], **headers: str,
) -> Response[str]:  # fmt: skip
    if wants_json(event):
        return json_answer(status, {"errors": errors}, **headers)
    page = web.desk.pages.render("problem.html", errors=errors, typed=_typed(posted))
    return html_answer(status, page, **headers)


def _typed(posted: Submission) -> dict[str, str]:
    """What was typed, to be shown in the form again."""
    return {name: safe(value)[:ECHO] for name, value in posted.fields.items()}


def _too_many(
    web: Web, event: APIGatewayProxyEventV2, posted: Submission, wait: int
) -> Response[str]:
    errors = {
        "message": "Many reports came from your network just now. Nothing you typed is lost: "
        f"send it again in {-(-wait // 60)} minutes, or call us."
    }
    return _mend(web, event, posted, HTTPStatus.TOO_MANY_REQUESTS, errors, retry_after=str(wait))


def _enter(ticket: Ticket, key: str) -> Response[str]:
    """The key leaves the address at once, so that it is in no history and no Referer."""
    crumb = Cookie(
        _cookie_name(ticket.number), key, path="/", http_only=True, same_site=SameSite.LAX_MODE
    )
    return see_other(f"/api/tickets/{ticket.number}", crumb)


def _cookie_name(wanted: str) -> str:
    """One cookie for each ticket, bound to this host: RFC 6265bis, 4.1.3.2."""
    return f"__Host-ticket-{number.read(wanted)}"


def _unknown(web: Web, event: APIGatewayProxyEventV2) -> Response[str]:
    return _sentence(web, event, HTTPStatus.NOT_FOUND, "number", UNKNOWN)


def _sentence(
    web: Web, event: APIGatewayProxyEventV2, status: int, field: str, sentence: str
) -> Response[str]:
    if wants_json(event):
        return json_answer(status, {"errors": {field: sentence}})
    page = web.desk.pages.render("sentence.html", title="Your ticket", sentence=sentence)
    return html_answer(status, page)
