"""Door: the customer's form and ticket page, over the HTTP API."""

from datetime import UTC, datetime
from functools import cache
from os import environ
from typing import Any

from aws_lambda_powertools.event_handler import Response

from netdesk import settings, viewer
from netdesk.answers import see_other
from ticket_intake.settings import WebSettings
from ticket_intake.web import form, ticket
from ticket_intake.web.wiring import web

app = viewer.public_door("web")


@cache
def config() -> WebSettings:
    return settings.read(WebSettings, environ)


def client() -> str:
    return viewer.network(app.current_event, config().origin_secret, config().only_front)


@app.get("/api/form")
def get_form_token() -> Response[str]:
    client()
    return form.begin(web(config()), datetime.now(UTC))


@app.post("/api/tickets")
def post_ticket() -> Response[str]:
    return form.submit(web(config()), app.current_event, client(), datetime.now(UTC))


@app.get("/api/tickets")  # where a browser that comes back after a form finds itself
def get_form() -> Response[str]:
    return see_other("/problem/")


@app.get("/api/tickets/<wanted>")
def get_ticket(wanted: str) -> Response[str]:
    client()
    return ticket.show(web(config()), app.current_event, wanted, datetime.now(UTC))


@app.get("/api/tickets/<wanted>/files/<digest>")
def get_file(wanted: str, digest: str) -> Response[str]:
    client()
    return ticket.fetch(web(config()), app.current_event, wanted, digest)


@app.post("/api/tickets/<wanted>")
def post_message(wanted: str) -> Response[str]:
    client()
    return ticket.write(web(config()), app.current_event, wanted, datetime.now(UTC))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
