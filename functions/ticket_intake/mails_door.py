"""Door: staff look after mails, over the HTTP API's routes that AWS_IAM guards."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.event_handler import Response

from netdesk import settings
from netdesk.answers import json_answer
from netdesk.refused import Refused
from netdesk.staff import staff_door
from ticket_intake.mailroom import staff
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.wiring import mail_room
from ticket_intake.settings import MailSettings

app = staff_door("mails", Refused)


@cache
def room() -> MailRoom:
    return mail_room(settings.read(MailSettings, environ))


@app.get("/staff/mails")
def get_quarantine() -> Response[str]:
    return json_answer(200, staff.quarantine(room()))


@app.get("/staff/mails/audit")
def get_audit() -> Response[str]:
    this_month = f"{datetime.now(UTC):%Y-%m}"
    month = app.current_event.query_string_parameters.get("month", this_month)
    return json_answer(200, staff.audit(room(), month))


@app.get("/staff/mails/<wanted>")
def get_mail(wanted: str) -> Response[str]:
    return json_answer(200, staff.show(room(), wanted))


@app.post("/staff/mails/<wanted>/retry")
def post_retry(wanted: str) -> Response[str]:
    return json_answer(200, staff.let_out(room(), wanted, datetime.now(UTC)))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
