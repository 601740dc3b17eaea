"""A whole desk in one process behind a front of its own; the world goes on while the doctor waits.

What stands in `off` does not work: form, intake, outbox, probe, post, or a word of a staff path.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pytest
from botocore.exceptions import ClientError

from netdesk import aws
from netdesk.doctor.deployed import Deployed, Resource
from netdesk.doctor.desk import Desk
from netdesk.doctor.web import Answer
from netdesk.trace import Run
from netdesk.trace_store import Traces
from status_publish.publish import Publisher, publish
from tests import verdicts
from tests.desk import ARN, PUBLIC_URL, Cloud, Door, http_event, mail_event, provider, stream_event
from tests.doctor import ward
from tests.mail_room import BLOCK, GOOD

DOORS = {"tickets": "StaffFunction", "mails": "MailsFunction", "traces": "TraceFunction"}
REACHED = verdicts.run(
    verdicts.OUTSIDE, verdicts.way(verdicts.path(verdicts.TARGET), verdicts.WORKS, reached=True)
)
CUT_OFF = verdicts.run(verdicts.OUTSIDE, verdicts.way(verdicts.silence(1), online=False))
Json = dict[str, Any]


class Failed(RuntimeError):
    """As the staff command says it."""


@dataclass
class Whole:
    cloud: Cloud
    open: Callable[..., Door]
    publisher: Publisher
    time: ward.Time = field(default_factory=lambda: ward.Time(datetime.now(UTC)))
    off: set[str] = field(default_factory=set)
    verdicts: dict[str, str] = field(default_factory=lambda: dict(GOOD))
    traced: Run = REACHED
    asked: list[str] = field(default_factory=list)  # by staff
    _came: int = 0

    def __post_init__(self) -> None:
        self.time.world.append(self.goes_on)
        for name in ("TicketsTable", "TracesTable", "SiteBucket", "MailBucket"):
            self.cloud.name(name)
        publish(self.publisher, self.time.at - timedelta(minutes=1))
        self.goes_on()

    def desk(self, **changed: Any) -> Desk:
        outputs = {"TracesTable": "TracesTable", "SiteBucket": "sitebucket"}
        tables = {"TicketsTable": Resource("AWS::DynamoDB::Table", "TicketsTable")}
        given: Json = {
            "provider": provider(), "front": PUBLIC_URL, "staff": Staff(self), "web": self.web,
            "client": lambda service, region="": aws.client(service), "post": self.mail,
            "clock": self.time.clock, "deployed": Deployed("netdesk", outputs, tables),
        }  # fmt: skip
        return ward.desk(**given | changed)

    def mail(self, sender: str, to: str, content: bytes) -> None:
        if "post" in self.off:
            raise Failed("Email address is not verified.")
        self._came += 1
        block = BLOCK.format(**self.verdicts).encode()
        key = f"inbound/{self._came}"
        self.cloud.s3.put_object(Bucket="mailbucket", Key=key, Body=block + content)

    def web(self, url: str, headers: Mapping[str, str] = {}, body: bytes | None = None) -> Answer:
        parts = urlsplit(url)
        if parts.path.startswith("/api/tickets"):
            return self._api(parts, {name.lower(): v for name, v in headers.items()}, body)
        key = parts.path.lstrip("/")
        try:
            found = self.cloud.s3.get_object(Bucket="sitebucket", Key=key)
        except ClientError:
            return Answer(404, {}, b"")
        return Answer(200, {}, found["Body"].read())

    def _api(self, parts: SplitResult, headers: dict[str, str], body: bytes | None) -> Answer:
        if "form" in self.off:
            return Answer(502, {}, b"Internal Server Error")
        event = http_event(
            "GET" if body is None else "POST", parts.path, headers=headers,
            body=None if body is None else (headers["content-type"], body),
            query=dict(parse_qsl(parts.query)), cookies=[headers.get("cookie", "")],
        )  # fmt: skip
        answer = self.open("WebFunction")(event)
        told = {name.title(): value for name, value in answer["headers"].items()}
        if answer.get("cookies"):
            [told["Set-Cookie"]] = answer["cookies"]
        return Answer(answer["statusCode"], told, (answer["body"] or "").encode())

    def goes_on(self) -> None:
        """What AWS and the probe do by themselves within a moment."""
        keys = self.cloud.objects("mailbucket", "inbound/")
        if keys and "intake" not in self.off:
            self.open("MailFunction")(mail_event(*keys))
        rows = [row for row in self.cloud.outbox() if "unsent" in row]
        if rows and "outbox" not in self.off:
            self.open("OutboxFunction")(stream_event(*rows))
        if "probe" not in self.off:
            self._measure()

    def _measure(self) -> None:
        traces = self.traces
        traces.alive("outside", "0", self.time.at)
        for row in self.cloud.rows("TracesTable", "job#"):
            job = row["pk"].removeprefix("job#")
            if traces.begin("outside", job, self.time.at) is not None:
                traces.learnt("outside", job, self.traced.facts, self.time.at)
                traces.end("outside", job, self.traced.reason)

    @property
    def traces(self) -> Traces:
        return Traces(self.cloud.dynamodb, "TracesTable", timedelta(days=1))

    def left(self) -> list[str]:
        """All that still tells of the doctor's tickets."""
        rows = [str(row) for row in self.cloud.rows("TicketsTable")]
        kept = [f"{k} {v.decode()}" for k, v in self.cloud.objects("mailbucket").items()]
        return [one for one in rows + kept if "netdesk doctor" in one]

    def ticket_states(self) -> list[str]:
        return [row["state"] for row in self.cloud.tickets()]


@dataclass(frozen=True)
class Staff:
    """The staff's API, as their command talks to it."""

    whole: Whole

    def get(self, *path: str, **query: str) -> Json:
        return self._answer("GET", path, query, None)

    def post(self, *path: str, **fields: Any) -> Json:
        return self._answer("POST", path, {}, fields)

    def _answer(self, method: str, path: tuple[str, ...], query: Json, fields: Any) -> Json:
        self.whole.asked.append("/".join(path))
        if self.whole.off & {*path}:
            raise Failed("The desk failed (500): try again.")
        body = ("application/json", json.dumps(fields).encode()) if fields is not None else None
        headers = {"accept": "application/json"}
        event = http_event(
            method, "/" + "/".join(path), body=body, query=query, arn=ARN, headers=headers
        )
        answer = self.whole.open(DOORS.get(path[1], "NoticesFunction"))(event)
        told: Json = json.loads(answer["body"])
        if answer["statusCode"] >= 400:
            raise Failed(" ".join(told["errors"].values()))
        return told


@pytest.fixture
def whole(cloud: Cloud, door: Callable[..., Door], publisher: Publisher) -> Whole:
    return Whole(cloud, door, publisher)
