"""The page of a ticket, for who has its key: read it, write on it, close it and open it again."""

from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk import number
from netdesk.answers import cookie, html_answer, json_answer, see_other, wants_json
from netdesk.limits import Limit
from netdesk.refused import Refused
from netdesk.text import safe
from netdesk.ticket import CUSTOMER, CUSTOMER_VERBS, Entry, Ticket, act
from ticket_intake import submission, views
from ticket_intake.desk import change_ticket, customer_ticket, message_keys
from ticket_intake.history import history
from ticket_intake.report import Unusable
from ticket_intake.rows import Kept
from ticket_intake.submission import Submission
from ticket_intake.web.answers import ECHO, Web, kept, sentence, unknown

MESSAGES = Limit("messages", most=60, seconds=3_600)  # on one ticket
NO_ENTRY = "There is no such message on this ticket."
NO_FILE = "There is no such file on this ticket, or no virus scan has passed it."


def show(web: Web, event: APIGatewayProxyEventV2, wanted: str, now: datetime) -> Response[str]:
    """The customer's view; with the key in the address, first move it into a cookie."""
    given = event.query_string_parameters.get("key", "")
    ticket = customer_ticket(web.desk, wanted, given or cookie(event, _cookie_name(wanted)))
    if ticket is None:
        return unknown(web, event)
    if given:
        return _enter(ticket, given)
    only = event.query_string_parameters.get("entry", "")
    entries = history(web.desk, ticket.number, only, public=True)
    if only and not entries:
        return sentence(web, event, HTTPStatus.NOT_FOUND, "entry", NO_ENTRY)
    if not wants_json(event):
        return html_answer(HTTPStatus.OK, _page(web, ticket, entries, now, alone=bool(only)))
    place = web.desk.tickets.place_in_queue(ticket)
    return json_answer(HTTPStatus.OK, views.for_customer(ticket, place, entries))


def fetch(web: Web, event: APIGatewayProxyEventV2, wanted: str, digest: str) -> Response[str]:
    """A file that came with the ticket, for its customer, by a link of some minutes."""
    ticket = customer_ticket(web.desk, wanted, cookie(event, _cookie_name(wanted)))
    if ticket is None:
        return unknown(web, event)
    told = (entry for entry in web.desk.tickets.entries(ticket.number) if entry.public)
    files = [file for entry in told for file in entry.attachments]
    found = next((file for file in files if file.digest and file.digest == digest), None)
    if found is None:
        return sentence(web, event, HTTPStatus.NOT_FOUND, "file", NO_FILE)
    return see_other(web.desk.files.link(found))


def write(web: Web, event: APIGatewayProxyEventV2, wanted: str, now: datetime) -> Response[str]:
    """What the customer does: a message with or without files; closing; opening again."""
    ticket = customer_ticket(web.desk, wanted, cookie(event, _cookie_name(wanted)))
    if ticket is None:
        return unknown(web, event)
    posted = Submission({})
    try:
        posted = submission.read(event)
        if posted.errors:
            raise Unusable(dict(posted.errors))
        if wait := web.limits.wait(MESSAGES, ticket.number, now):
            return _too_many(web, event, ticket, posted, wait, now)
        _done(web, posted, ticket, now)
    except (Unusable, Refused) as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _not_done(web, event, ticket, posted, status, str(error), now)
    if wants_json(event):
        return show(web, event, wanted, now)
    return see_other(f"/api/tickets/{ticket.number}")


def _too_many(
    web: Web, event: APIGatewayProxyEventV2, ticket: Ticket, posted: Submission, wait: int,
    now: datetime,
) -> Response[str]:  # fmt: skip
    said = f"That was a lot for one hour: send it again in {-(-wait // 60)} minutes."
    status = HTTPStatus.TOO_MANY_REQUESTS
    return _not_done(web, event, ticket, posted, status, said, now, retry_after=str(wait))


def _done(web: Web, posted: Submission, ticket: Ticket, now: datetime) -> None:
    verb = posted.fields.get("action", "") or "message"
    if verb not in CUSTOMER_VERBS:
        raise Refused("A ticket can be written on, closed, and opened again.")
    text = safe(posted.fields.get("message", "")).strip()
    once = message_keys(ticket, f"{verb} {text}", now)
    again = posted.uploads and web.desk.tickets.number_of(once)
    files = () if again else kept(web, once[0], posted)
    entry = Entry(now, CUSTOMER, "message", text, attachments=files)
    change_ticket(web.desk, ticket.number, lambda t: act(t, verb, entry), now, once)


def _not_done(
    web: Web, event: APIGatewayProxyEventV2, ticket: Ticket, posted: Submission,
    status: HTTPStatus, said: str, now: datetime, **headers: str,
) -> Response[str]:  # fmt: skip
    if wants_json(event):
        return json_answer(status, {"errors": {"message": said}}, **headers)
    typed = safe(posted.fields.get("message", ""))[:ECHO]
    entries = history(web.desk, ticket.number, public=True)
    page = _page(web, ticket, entries, now, typed=typed, error=said)
    return html_answer(status, page, **headers)


def _page(
    web: Web, ticket: Ticket, entries: list[Kept], now: datetime, *, alone: bool = False,
    typed: str = "", error: str = "",
) -> str:  # fmt: skip
    return web.desk.pages.render(
        "ticket.html",
        ticket=ticket,
        state=views.told_state(ticket),
        place=web.desk.tickets.place_in_queue(ticket),
        entries=entries,
        alone=alone,
        questions={question.key: question.name for question in web.desk.provider.questions},
        now=now,
        typed=typed,
        error=error,
    )


def _enter(ticket: Ticket, key: str) -> Response[str]:
    """The key leaves the address at once, so that it is in no history and no Referer."""
    crumb = Cookie(
        _cookie_name(ticket.number), key, path="/", http_only=True, same_site=SameSite.LAX_MODE
    )
    return see_other(f"/api/tickets/{ticket.number}", crumb)


def _cookie_name(wanted: str) -> str:
    """One cookie for each ticket, bound to this host: RFC 6265bis, 4.1.3.2."""
    return f"__Host-ticket-{number.read(wanted)}"
