"""Door: the customer's form and ticket page, over the HTTP API."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from netdesk import aws, settings
from netdesk.answers import failed, json_answer
from netdesk.limits import Limits
from netdesk.log import logger
from netdesk.viewer import NotThroughTheFront, prefix, viewer_address
from ticket_intake import web
from ticket_intake.settings import WebSettings
from ticket_intake.wiring import desk

app = APIGatewayHttpResolver()


@cache
def config() -> WebSettings:
    return settings.read(WebSettings, environ)


@cache
def parts() -> web.Web:
    limits = Limits(aws.client("dynamodb"), config().tickets_table)
    return web.Web(desk(config()), limits)


def client() -> str:
    secret = aws.secret(config().origin_secret).decode()
    only_front = config().only_front == "true"
    return prefix(viewer_address(app.current_event, secret, only_front=only_front))


@app.post("/api/tickets")
def post_ticket() -> Response[str]:
    return web.submit(parts(), app.current_event, client(), datetime.now(UTC))


@app.get("/api/tickets/<wanted>")
def get_ticket(wanted: str) -> Response[str]:
    client()
    return web.show(parts(), app.current_event, wanted)


@app.post("/api/tickets/<wanted>")
def post_message(wanted: str) -> Response[str]:
    client()
    return web.write(parts(), app.current_event, wanted, datetime.now(UTC))


@app.exception_handler(NotThroughTheFront)
def past_the_front(_: NotThroughTheFront) -> Response[str]:
    return json_answer(403, {"errors": {"": "Use the desk's own address."}})


@app.exception_handler(Exception)
def last_resort(error: Exception) -> Response[str]:
    return failed(app.current_event, error, logger("web"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
