"""Where the domain form meets the form: its order is an ordinary ticket with details."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ticket_intake.report import Report, Unusable
from ticket_intake.uploads import TEXT, Upload

if TYPE_CHECKING:
    from netdesk.provider import Provider
    from ticket_intake.domain import Order
    from ticket_intake.submission import Submission

FORM = "domain"


@dataclass(frozen=True)
class Filled:
    """A form as the plain one would have sent it, and the order that a domain form holds."""

    fields: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    order: Order | None = None

    def on(self, report: Report) -> Report:
        return replace(report, details=self.order.details) if self.order else report

    @property
    def code(self) -> str:
        return self.order.transfer_code if self.order else ""


def filled(fields: Mapping[str, str], provider: Provider) -> Filled:
    if fields.get("form") != FORM:
        return Filled(fields)
    from ticket_intake.domain import order  # with its tables it costs a cold start

    try:
        found = order(fields, provider)
    except Unusable as error:
        return Filled({**fields, "message": "-"}, error.errors)
    return Filled({**fields, "subject": found.subject, "message": found.message}, order=found)


def with_zone(posted: Submission, filled: Filled) -> Submission:
    """The records to copy go along as a file."""
    if not (filled.order and filled.order.zone):
        return posted
    zone = Upload("zone.txt", TEXT, filled.order.zone.encode())
    return replace(posted, uploads=(*posted.uploads, zone))


def imported(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of an old template that was pasted into the form."""
    if fields.get("form") != FORM or not fields.get("template", "").strip():
        return {}
    from ticket_intake.domain.old_template import fields as read

    found = read(fields["template"])
    return found | {"template": ""} if found else {}


def template(fields: Mapping[str, str]) -> str:
    return "domain.html" if fields.get("form") == FORM else "problem.html"
