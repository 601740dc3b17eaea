"""Builds what the web door works at, from its settings."""

from functools import cache

from netdesk import aws
from netdesk.limits import Limits
from ticket_intake.settings import WebSettings
from ticket_intake.web.answers import Web
from ticket_intake.wiring import codes, desk


@cache
def web(settings: WebSettings) -> Web:
    limits = Limits(aws.client("dynamodb"), settings.tickets_table)
    return Web(desk(settings), limits, lambda: codes(settings.codes_folder))
