"""What the staff doors share: who calls, what was sent, one map from errors to HTTP codes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.answers import body, json_answer, resolver


def actor(event: APIGatewayProxyEventV2) -> str:
    """The caller's ARN as AWS_IAM checked it, never a field that the caller writes."""
    authorizer = event.request_context.authorizer
    return str(authorizer.iam.user_arn) if authorizer and authorizer.iam else ""


def actor_name(arn: str) -> str:
    """The name that staff know: arn:aws:iam::1:user/anna is anna; of a role, the session."""
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def fields(event: APIGatewayProxyEventV2) -> dict[str, Any]:
    try:
        value = json.loads(body(event) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def once(event: APIGatewayProxyEventV2) -> str:
    return event.headers.get("idempotency-key", "")


@dataclass(frozen=True)
class Asked:
    """What somebody of the staff asks for, and when."""

    arn: str
    fields: Mapping[str, Any]
    now: datetime
    key: str  # of the request: sent again, it is the same

    @property
    def who(self) -> str:
        return actor_name(self.arn)

    @property
    def once(self) -> str:
        """Only of the same person: nobody else's request is taken for theirs."""
        return hashlib.sha256(f"{self.arn} {self.key}".encode()).hexdigest()[:24]

    @property
    def dry_run(self) -> bool:
        return self.fields.get("dry_run") is True


def asked(event: APIGatewayProxyEventV2, now: datetime) -> Asked:
    """A caller who names no key asks for something new each time."""
    return Asked(actor(event), fields(event), now, once(event) or uuid4().hex)


def staff_door(service: str, *refusals: type[Exception]) -> APIGatewayHttpResolver:
    """A resolver whose refusals are one sentence with 422."""
    app = resolver(service)

    def refused(error: Exception) -> Response[str]:
        return json_answer(422, {"errors": {"": str(error)}})

    app.exception_handler(list(refusals))(refused)
    return app
