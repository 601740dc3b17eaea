"""Door: staff open, update and read notices, over the routes that AWS_IAM guards."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.event_handler import Response

from netdesk import settings
from netdesk.answers import json_answer
from netdesk.refused import Refused
from netdesk.staff import asked, fields, staff_door
from status_publish import staff, templates, views
from status_publish.publish import Publisher
from status_publish.settings import NoticesSettings
from status_publish.wiring import publisher as publisher_of

app = staff_door("notices", Refused)


@cache
def publisher() -> Publisher:
    return publisher_of(settings.read(NoticesSettings, environ))


@app.get("/staff/notices")
def get_notices() -> Response[str]:
    return json_answer(200, views.list_notices(publisher()))


@app.post("/staff/notices")
def post_notice() -> Response[str]:
    return json_answer(
        201, staff.open_notice(publisher(), asked(app.current_event, datetime.now(UTC)))
    )


@app.get("/staff/notices/templates")
def get_templates() -> Response[str]:
    return json_answer(200, {"templates": templates.listed(publisher().pages.site)})


@app.get("/staff/notices/<notice>")
def get_notice(notice: str) -> Response[str]:
    form = app.current_event.query_string_parameters.get("as", "")
    return json_answer(200, staff.show_notice(publisher(), notice, form))


@app.post("/staff/notices/<notice>/<verb>")
def post_change(notice: str, verb: str) -> Response[str]:
    return json_answer(
        200,
        staff.change_notice(publisher(), asked(app.current_event, datetime.now(UTC)), notice, verb),
    )


@app.post("/staff/site/publish")
def post_publish() -> Response[str]:
    everything = fields(app.current_event).get("all") is True
    done = staff.publish_site(publisher(), datetime.now(UTC), everything=everything)
    return json_answer(200, done)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
