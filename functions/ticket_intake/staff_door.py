"""Door: staff work the queue, over the HTTP API's routes that AWS_IAM guards."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.event_handler import Response

from netdesk import settings
from netdesk.answers import json_answer
from netdesk.refused import Refused
from netdesk.staff import actor, fields, once, staff_door
from ticket_intake import staff, wiring
from ticket_intake.office import Office
from ticket_intake.settings import StaffSettings

app = staff_door("staff", Refused)


@cache
def office() -> Office:
    return wiring.office(settings.read(StaffSettings, environ))


@app.get("/staff/tickets")
def get_queue() -> Response[str]:
    state = app.current_event.query_string_parameters.get("state", "open")
    return json_answer(200, staff.queue(office(), state))


@app.post("/staff/tickets")
def post_ticket() -> Response[str]:
    event = app.current_event
    now = datetime.now(UTC)
    return json_answer(201, staff.key_in(office(), actor(event), fields(event), once(event), now))


@app.post("/staff/tickets/next")
def post_next() -> Response[str]:
    return json_answer(200, staff.take_next(office(), actor(app.current_event), datetime.now(UTC)))


@app.get("/staff/tickets/<wanted>")
def get_ticket(wanted: str) -> Response[str]:
    only = app.current_event.query_string_parameters.get("entry", "")
    return json_answer(200, staff.show(office(), wanted, only))


@app.get("/staff/tickets/<wanted>/file")
def get_file(wanted: str) -> Response[str]:
    name = app.current_event.query_string_parameters.get("name", "")
    return json_answer(200, staff.file_link(office(), wanted, name))


@app.post("/staff/tickets/<wanted>/<verb>")
def post_action(wanted: str, verb: str) -> Response[str]:
    event = app.current_event
    now = datetime.now(UTC)
    done = staff.do(office(), actor(event), wanted, verb, fields(event), once(event), now)
    return json_answer(200, done)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
