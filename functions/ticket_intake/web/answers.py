"""What the form and the ticket's page share: where they work, and answers of one sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.answers import html_answer, json_answer, wants_json
from netdesk.limits import Limits
from netdesk.text import safe
from netdesk.ticket import MESSAGE_LIMIT, Attachment
from ticket_intake.codes import Codes
from ticket_intake.desk import Desk
from ticket_intake.files import digest_of
from ticket_intake.submission import Submission

ECHO = MESSAGE_LIMIT + 1  # characters of a field that are shown again
# Of all fields: an answer of Lambda's has 6 MB, and a quote is five bytes of HTML.
ECHO_ALL = 1_000_000
UNKNOWN = (
    "We can't show a ticket here: use the whole link from our answer, and let your browser keep "
    "its cookie."
)


@dataclass(frozen=True)
class Web:
    desk: Desk
    limits: Limits
    codes: Callable[[], Codes]  # made when the first domain is transferred


def unknown(web: Web, event: APIGatewayProxyEventV2) -> Response[str]:
    """One answer for a number that there is not, and for a key that does not open it."""
    return sentence(web, event, HTTPStatus.NOT_FOUND, "number", UNKNOWN)


def sentence(
    web: Web, event: APIGatewayProxyEventV2, status: int, field: str, said: str
) -> Response[str]:
    if wants_json(event):
        return json_answer(status, {"errors": {field: said}})
    page = web.desk.pages.render("sentence.html", title="Your ticket", sentence=said)
    return html_answer(status, page)


def echoed(fields: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as far as an answer can hold it."""
    typed, left = {}, ECHO_ALL
    for name, value in fields.items():
        typed[name] = safe(value)[: min(ECHO, left)]
        left -= len(typed[name])
    return typed


def described(posted: Submission) -> tuple[Attachment, ...]:
    """The files as the ticket will name them, before they are kept anywhere."""
    return tuple(
        Attachment(up.name, up.media_type, len(up.content), digest_of(up.content))
        for up in posted.uploads
    )


def kept(web: Web, owner: str, posted: Submission) -> tuple[Attachment, ...]:
    return tuple(
        web.desk.files.keep(owner, up.name, up.media_type, up.content) for up in posted.uploads
    )
