"""What the doors share of HTTP: reading a request, answering in JSON or HTML."""

import base64
import json
from html import escape
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.log import failed

# A page that shows one person's data is kept by nobody and named to nobody.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def wants_json(event: APIGatewayProxyEventV2) -> bool:
    return "application/json" in event.headers.get("accept", "")


def body(event: APIGatewayProxyEventV2) -> bytes:
    text = event.body or ""
    return base64.b64decode(text) if event.is_base64_encoded else text.encode()


def cookie(event: APIGatewayProxyEventV2, name: str) -> str:
    """One cookie's value; the emulator leaves them all in the header, AWS lists them apart.

    Not by http.cookies, which drops all of them when a neighbour of ours is malformed.
    """
    carried = [*(event.get("cookies") or ()), event.headers.get("cookie", "")]
    pairs = (pair.strip(" \t").partition("=") for pair in ";".join(carried).split(";"))
    return next((value for key, _, value in pairs if key == name), "")


def json_answer(status: int, value: Any, **headers: str) -> Response[str]:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return Response(status, "application/json", text, headers=PRIVATE | _names(headers))


def html_answer(status: int, page: str, **headers: str) -> Response[str]:
    sendable = page.encode("utf-8", "replace").decode()  # a lone surrogate can't be sent
    return Response(status, "text/html; charset=utf-8", sendable, headers=PRIVATE | _names(headers))


def see_other(path: str, *cookies: Cookie) -> Response[str]:
    headers = PRIVATE | {"Location": path}
    return Response(303, body="", headers=headers, cookies=list(cookies))


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


def resolver(service: str) -> APIGatewayHttpResolver:
    """What every door over HTTP is made of: unknown paths and faults get a sentence, too."""
    app = APIGatewayHttpResolver()

    def last_resort(error: Exception) -> Response[str]:
        return _failed(app.current_event, error, service)

    def no_such_path(_: NotFoundError) -> Response[str]:
        return _sentence(app.current_event, 404, "There is nothing at this address.")

    app.exception_handler(NotFoundError)(no_such_path)
    app.exception_handler(Exception)(last_resort)
    return app


def _sentence(event: APIGatewayProxyEventV2, status: int, sentence: str) -> Response[str]:
    """A sentence without a template: for what must not fail."""
    if wants_json(event):
        return json_answer(status, {"errors": {"": sentence}})
    policy = "default-src 'none'"
    head = f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">'
    head += '<meta name="viewport" content="width=device-width"><title>Sorry</title>'
    return html_answer(status, f'{head}<p>{escape(sentence)}<p><a href="/">To the start</a>')


def _failed(event: APIGatewayProxyEventV2, error: Exception, service: str) -> Response[str]:
    """The last resort: one sentence and a number to find it by; where it was stands in the log."""
    request = event.request_context.request_id
    failed(service, "a request failed", error, request=request)
    sentence = "Something broke on our side. Try again; if it happens again, call us"
    return _sentence(event, 500, f"{sentence} (request {request}).")
