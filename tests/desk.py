"""A whole desk in one process: AWS by moto, with what the template says that there is."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from infra.template import TEMPLATE, functions, parse
from netdesk import aws, settings
from netdesk.dynamo import pack, unpack
from netdesk.limits import Limits
from netdesk.pages import SITE
from netdesk.provider import Provider
from netdesk.provider_file import read
from netdesk.ticket import Entry, Person
from status_publish import wiring as publish_wiring
from status_publish.clock import Clock
from status_publish.promises import count
from status_publish.publish import Publisher
from status_publish.settings import NoticesSettings
from ticket_intake import wiring as intake_wiring
from ticket_intake.desk import Desk
from ticket_intake.mailroom import wiring as mail_wiring
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.threads import Threads
from ticket_intake.outbox.dispatch import Mailer
from ticket_intake.outbox.rows import Outbox
from ticket_intake.report import Report
from ticket_intake.settings import DeskSettings, MailSettings
from ticket_intake.store import Tickets
from traceroute import wiring as trace_wiring
from traceroute.settings import TraceSettings
from traceroute.tracing import Tracing

REGION = "us-west-2"
PUBLIC_URL = "https://support.example.net"
GIVEN = {"LocalUrl": PUBLIC_URL, "AWS::StackName": "netdesk"}  # what the template is told
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # a Tuesday, 10:00 Pacific
ARN = "arn:aws:iam::123456789012:user/anna"
SECRETS = {"DeskSecret": "the desk's secret, 64 letters", "OriginSecret": "the front's secret"}
TABLE_KEYS = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


@cache
def provider() -> Provider:
    """The one that this repository serves: tests take its keys from here, so it may be edited."""
    return read(SITE / "provider.toml")


@cache
def template() -> dict[str, Any]:
    return parse(TEMPLATE.read_text(encoding="utf-8"))


def common() -> dict[str, Any]:
    """What all functions have: SAM's Globals."""
    properties: dict[str, Any] = template()["Globals"]["Function"]
    return properties


@cache
def doors() -> dict[str, str]:
    """Which module is behind each function of the template."""
    found = functions(TEMPLATE.read_text(encoding="utf-8"))
    return {function.name: function.handler.rpartition(".")[0] for function in found}


class Context:
    """What of Lambda's context a door asks: an invocation that has just begun."""

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


class Cloud:
    """An AWS account; what the template puts there is made when its name is first asked for."""

    def __init__(self) -> None:
        self._names = dict(GIVEN)
        self.dynamodb, self.s3 = aws.client("dynamodb"), aws.client("s3")
        self.sqs, self.ses = aws.client("sqs"), aws.client("ses")

    def name(self, logical: str) -> str:
        """The name, or a queue's address, of a resource of the template."""
        if logical not in self._names:
            self._names[logical] = self._made(logical, template()["Resources"][logical])
        return self._names[logical]

    def _made(self, name: str, resource: Any) -> str:
        match resource["Type"]:
            case "AWS::DynamoDB::Table":
                given = resource["Properties"]
                shape = {key: given[key] for key in TABLE_KEYS if key in given}
                self.dynamodb.create_table(TableName=name, **shape)
            case "AWS::S3::Bucket":
                place = {"LocationConstraint": REGION}
                self.s3.create_bucket(Bucket=name.lower(), CreateBucketConfiguration=place)
                return name.lower()
            case "AWS::SQS::Queue":
                return str(self.sqs.create_queue(QueueName=name)["QueueUrl"])
            case "AWS::SecretsManager::Secret":
                secret = SECRETS[name]
                aws.client("secretsmanager").create_secret(Name=name, SecretString=secret)
            case kind:
                raise AssertionError(f"no test needs a {kind} yet")
        return name

    def environment(self, function: str) -> dict[str, str]:
        """What the template puts into a function's environment, off AWS's own edge."""
        if function in ("OutboxFunction", "ClockFunction"):
            self.ses.verify_domain_identity(Domain=provider().mail.partition("@")[2])
        own = template()["Resources"][function]["Properties"]
        variables = [part["Environment"]["Variables"] for part in (common(), own)]
        return {name: self._resolved(value) for part in variables for name, value in part.items()}

    def _resolved(self, value: Any) -> str:
        match value:
            case {"Ref": name} | {"Fn::GetAtt": [name, "Id"]}:
                return self.name(name)
            case {"Fn::If": ["OnAws" | "HasDomain", _, otherwise]}:
                return self._resolved(otherwise)
            case {"Fn::Sub": text}:
                return str(text).replace("${AWS::StackName}", "netdesk")
        return str(value)

    def rows(self, table: str, beginning: str = "") -> list[dict[str, Any]]:
        items = self.dynamodb.scan(TableName=self.name(table), ConsistentRead=True)["Items"]
        return [row for row in map(unpack, items) if row["pk"].startswith(beginning)]

    def tickets(self) -> list[dict[str, Any]]:
        return [row for row in self.rows("TicketsTable") if row["sk"] == "ticket"]

    def outbox(self) -> list[dict[str, Any]]:
        return [row for row in self.rows("TicketsTable") if row["sk"].startswith("outbox#")]

    def put(self, table: str, **row: Any) -> None:
        self.dynamodb.put_item(TableName=self.name(table), Item=pack(row))

    def objects(self, bucket: str, prefix: str = "") -> dict[str, bytes]:
        found = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        names = [item["Key"] for item in found]
        return {n: self.s3.get_object(Bucket=bucket, Key=n)["Body"].read() for n in names}

    def sent(self) -> list[str]:
        """The mails that SES took, as they were written."""
        return [mail.raw_data for mail in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages]


@pytest.fixture(scope="session")
def kept_clients() -> Iterator[None]:
    """Clients live through all tests: making them takes longer than most tests do."""
    aws.forget()
    yield
    aws.forget()
    intake_wiring.desk.cache_clear()
    mail_wiring.mail_room.cache_clear()
    publish_wiring.publisher.cache_clear()
    trace_wiring.tracing.cache_clear()


@pytest.fixture(scope="module")
def account(kept_clients: None) -> Iterator[Any]:
    """Starting moto takes as long as emptying it ten times; outside of these modules it is off."""
    with mock_aws() as account:
        yield account


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, account: Any) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    yield Cloud()
    account.reset()


@pytest.fixture
def desk(cloud: Cloud) -> Desk:
    return intake_wiring.desk(settings.read(DeskSettings, cloud.environment("StaffFunction")))


@pytest.fixture
def mailer(cloud: Cloud, desk: Desk) -> Mailer:
    client, table = cloud.dynamodb, cloud.environment("OutboxFunction")["TICKETS_TABLE"]
    return Mailer(
        desk=desk,
        outbox=Outbox(client, table),
        limits=Limits(client, table),
        threads=Threads(client, table),
        dead=DeadAddresses(client, table),
        ses=cloud.ses,
    )


@pytest.fixture
def room(cloud: Cloud) -> MailRoom:
    return mail_wiring.mail_room(settings.read(MailSettings, cloud.environment("MailFunction")))


@pytest.fixture
def publisher(cloud: Cloud) -> Publisher:
    return publish_wiring.publisher(
        settings.read(NoticesSettings, cloud.environment("ClockFunction"))
    )


@pytest.fixture
def clock(cloud: Cloud, publisher: Publisher) -> Clock:
    cloud.ses.verify_domain_identity(Domain=provider().mail.partition("@")[2])
    traffic = partial(count, cloud.dynamodb, cloud.name("TicketsTable"))
    return Clock(publisher, cloud.ses, traffic)


@pytest.fixture
def tracing(cloud: Cloud) -> Tracing:
    return trace_wiring.tracing(settings.read(TraceSettings, cloud.environment("TraceFunction")))


class Meanwhile:
    """An AWS client; before its next call of one method, something else happens."""

    def __init__(
        self, client: Any, method: str, happens: Callable[[Any], object], *, always: bool = False
    ) -> None:
        self._client, self._method, self._happens = client, method, happens
        self._left = float("inf") if always else 1

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name != self._method or not self._left:
            return real

        def call(**given: Any) -> Any:
            self._left -= 1
            self._happens(given)
            return real(**given)

        return call


def fails(code: str, status: int = 400, **more: Any) -> Callable[[Any], None]:
    """Something that happens: AWS answers with this error instead."""

    def refuse(_: Any) -> None:
        answer: Any = {"Error": {"Code": code, "Message": code}, **more}
        raise ClientError(answer | {"ResponseMetadata": {"HTTPStatusCode": status}}, "Call")

    return refuse


def disturbed(desk: Desk, client: Any) -> Desk:
    """The same desk, over another DynamoDB client."""
    return replace(desk, tickets=Tickets(client, "TicketsTable", desk.files))


def report(**changes: Any) -> Report:
    ann = Person("Ann", "ann@example.org", "818-555-0100", "ann7")
    given = Report(ann, provider().categories[0].key, "No dial tone", "It is dead.", "web")
    return replace(given, **changes)


def entry(text: str = "", who: str = "anna", **more: Any) -> Entry:
    return Entry(**{"at": NOW, "who": who, "kind": "event", "text": text, **more})


def fields(**changes: str) -> dict[str, str]:
    """What a customer types into the form."""
    return {
        "name": "Ann",
        "email": "ann@example.org",
        "category": provider().categories[0].key,
        "subject": "No dial tone",
        "message": "It is dead.",
    } | changes


# --- events as AWS documents them ---------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


Door = Callable[[dict[str, Any]], Any]


@pytest.fixture
def door(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Door]:
    """The handler of one of the template's functions, in the environment that it has there."""

    def opened(function: str, **environment: str) -> Door:
        for name, value in (cloud.environment(function) | environment).items():
            monkeypatch.setenv(name, value)
        module = import_module(doors()[function])
        for member in vars(module).values():
            if hasattr(member, "cache_clear") and member.__module__ == module.__name__:
                member.cache_clear()
        return lambda event: module.lambda_handler(event, Context())

    return opened


def ask(door: Door, method: str, path: str, *, wants: str = "json", **given: Any) -> Answer:
    """One request over the HTTP API; `wants` is json or html."""
    accepted = {"json": "application/json", "html": "text/html,application/xhtml+xml"}[wants]
    given["headers"] = {"accept": accepted} | given.get("headers", {})
    answer = door(http_event(method, path, **given))
    headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
    return Answer(answer["statusCode"], headers, answer.get("cookies") or [], answer["body"] or "")


def http_event(
    method: str, path: str, *, body: Any = None, headers: Mapping[str, str] = {},
    query: Mapping[str, str] = {}, cookies: Sequence[str] = (), arn: str = "",
    source: str = "198.51.100.7",
) -> dict[str, Any]:  # fmt: skip
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

    A body is a dict (sent as JSON), or the pair of a media type and bytes.
    """
    kind, content = ("", b"") if body is None else _encoded(body)
    binary = bool(content) and kind != "application/json"
    iam = {"accessKey": "AKIA", "accountId": "123456789012", "userArn": arn, "userId": "AIDA"}
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "headers": ({"content-type": kind} if kind else {}) | dict(headers),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": f"abc.execute-api.{REGION}.amazonaws.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source},
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1764007200000,
        },
        "isBase64Encoded": binary,
    }
    if content:
        event["body"] = base64.b64encode(content).decode() if binary else content.decode()
    if query:
        event["queryStringParameters"] = dict(query)
    if cookies:
        event["cookies"] = list(cookies)
    if arn:
        event["requestContext"]["authorizer"] = {"iam": iam}
    return event


def _encoded(body: Any) -> tuple[str, bytes]:
    return ("application/json", json.dumps(body).encode()) if isinstance(body, dict) else body


def form(fields: Mapping[str, str]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def multipart(
    fields: Mapping[str, str], *files: tuple[str, str, bytes], at: str = "attachments"
) -> tuple[str, bytes]:
    """A form with files, each its name, its media type and its bytes."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'Content-Disposition: form-data; name="{at}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        for name, kind, content in files
    ]
    whole = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts)
    return "multipart/form-data; boundary=edge", whole + b"--edge--\r\n"


def stream_event(*images: dict[str, Any]) -> dict[str, Any]:
    """New rows, as a DynamoDB stream brings them."""
    records = [
        {
            "eventID": f"event-{place}",
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": pack({"pk": image["pk"], "sk": image["sk"]}),
                "NewImage": pack(image),
                "SequenceNumber": f"sequence-{place}",
                "StreamViewType": "NEW_IMAGE",
            },
        }
        for place, image in enumerate(images)
    ]
    return {"Records": records}


def mail_event(*keys: str) -> dict[str, Any]:
    """Objects that S3 stored, as the queue brings them: one to a message."""
    told = [{"s3": {"bucket": {"name": "mailbucket"}, "object": {"key": key}}} for key in keys]
    records = [
        {
            "messageId": f"message-{place}",
            "eventSource": "aws:sqs",
            "body": json.dumps({"Records": [one | {"eventName": "ObjectCreated:Put"}]}),
        }
        for place, one in enumerate(told)
    ]
    return {"Records": records}


MINUTE: dict[str, Any] = {
    "version": "0",
    "detail-type": "Scheduled Event",
    "source": "aws.scheduler",
    "time": "2026-11-24T18:00:00Z",
    "resources": [],
    "detail": "{}",
}
