"""The agent as a process: told to stop, killed, and with no more than its own key."""

import json
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.stack import Stack, eventually

PROBE = Path(sys.executable).with_name("netdesk-probe")
NAME = "inside"  # the stack runs none
INVISIBLE = 3  # seconds; as the template has it, this would take 45
# Where nobody answers a name server's questions: at once by ICMP, or never.
NOBODY, MUTE = "127.9.9.8", "127.9.9.9"


@dataclass(frozen=True)
class Desk:
    """What an agent works with, and its key; the clients are the account's own."""

    stack: Stack
    session: boto3.Session
    url: str
    outputs: dict[str, str]
    queue: str
    key: dict[str, str]

    def client(self, service: Any) -> Any:
        return self.session.client(service, endpoint_url=self.url)

    @property
    def policy(self) -> str:
        """The document of the template's."""
        iam, arn = self.client("iam"), self.outputs["InsideProbePolicy"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        return json.dumps(found["Document"])

    def arn(self, queue: str) -> str:
        sqs, names = self.client("sqs"), ["QueueArn"]
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)
        return str(found["Attributes"]["QueueArn"])

    def order(self, number: int) -> str:
        job = f"{number:032x}"
        wish = {"method": None, "version": None, "flows": 1}
        body = {"id": job, "target": "www.example.com", "days": 1, "wish": wish}
        body |= {"resolvers": [], "controls": []}
        self.client("sqs").send_message(QueueUrl=self.queue, MessageBody=json.dumps(body))
        return job

    def row(self, key: str, sort: str) -> dict[str, Any]:
        """Each value without its type."""
        found = self.client("dynamodb").get_item(
            TableName=self.outputs["TracesTable"],
            Key={"pk": {"S": f"probe#{NAME}#{key}"}, "sk": {"S": sort}},
            ConsistentRead=True,
        )
        return {name: next(iter(v.values())) for name, v in found.get("Item", {}).items()}

    def run(self, job: str) -> dict[str, Any]:
        return self.row(f"job#{job}", "run")

    def done(self, job: str) -> bool:
        return bool(self.run(job).get("state") == "done")

    def alive_since(self, moment: datetime) -> bool:
        row = self.row("alive", "alive")
        return bool(row) and datetime.fromisoformat(row["at"]) >= moment

    def left(self) -> tuple[int, int]:
        """Messages that wait, and that somebody has."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = self.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)
        return int(asked["Attributes"][names[0]]), int(asked["Attributes"][names[1]])

    @contextmanager
    def agent(self, resolver: str, **changed: str) -> Iterator["subprocess.Popen[str]"]:
        environment = self.stack.environment | self.key | {
            "AWS_DEFAULT_REGION": self.session.region_name,
            "AWS_ENDPOINT_URL": self.url,
            "PROBE_NAME": NAME,
            "PROBE_QUEUE": self.queue,
            "TRACES_TABLE": self.outputs["TracesTable"],
            "NETDESK_PROBE_RESOLVER": resolver,
        }  # fmt: skip
        process = subprocess.Popen(
            [PROBE, "agent"], env=environment | changed, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def desk(stack: Stack) -> Iterator[Desk]:
    """A user as docs/probe.md makes one, and a queue of his own, which gives out again soon.

    The emulator serves a question to a queue to its end, even when nobody waits for the answer:
    so no two tests share a queue.
    """
    told = json.loads((stack.state / "stack.json").read_text())
    session = boto3.Session("test", "test", region_name=told["region"])
    cloudformation = session.client("cloudformation", endpoint_url=told["emulator"])
    [deployed] = cloudformation.describe_stacks(StackName="netdesk")["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in deployed["Outputs"]}
    name = f"agent-{secrets.token_hex(4)}"
    soon = {"VisibilityTimeout": str(INVISIBLE)}
    queue = session.client("sqs", endpoint_url=told["emulator"]).create_queue(
        QueueName=name, Attributes=soon
    )["QueueUrl"]
    made = Desk(stack, session, told["emulator"], outputs, queue, {})
    iam = made.client("iam")
    iam.create_user(UserName=name)
    document = made.policy.replace(made.arn(outputs["InsideProbeQueue"]), made.arn(queue))
    assert document.count(name) == 1
    iam.put_user_policy(UserName=name, PolicyName="probe", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    made.key["AWS_ACCESS_KEY_ID"] = key["AccessKeyId"]
    made.key["AWS_SECRET_ACCESS_KEY"] = key["SecretAccessKey"]
    yield made
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=name, PolicyName="probe")
    iam.delete_user(UserName=name)
    made.client("sqs").delete_queue(QueueUrl=queue)


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A name server that hears and says nothing: each trace is held up for two seconds."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as made:
        try:
            made.bind((MUTE, 53))
        except OSError as error:
            pytest.skip(f"no name server can be set up here: {error}")
        yield made


def asked(mute: socket.socket, seconds: float = 30) -> bool:
    return bool(select.select([mute], [], [], seconds)[0])


def test_a_job_is_done_and_the_agent_says_that_it_is_there(desk: Desk) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    job = desk.order(1)
    with desk.agent(NOBODY):
        assert eventually(lambda: desk.done(job))
        [fact] = json.loads(desk.row(f"job#{job}", "facts#00001")["facts"])
        assert (fact["kind"], fact["outcome"]) == ("lookup", "failed")
        assert eventually(lambda: desk.alive_since(before))
        assert eventually(lambda: desk.left() == (0, 0))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_gives_back_what_he_is_at(
    desk: Desk, mute: socket.socket, number: signal.Signals
) -> None:
    job = desk.order(16 + number)
    with desk.agent(MUTE) as first:
        assert asked(mute)
        first.send_signal(number)
        said = first.communicate(timeout=10)  # far less than its question to the queue lasts
        assert (first.returncode, said[1]) == (0, "")
    assert desk.left() == (1, 0)  # for whoever comes next, and not only after a while
    with desk.agent(NOBODY):
        assert eventually(lambda: desk.done(job))
    assert desk.run(job)["attempt"] == "2"


def test_what_a_killed_one_was_at_is_given_out_again(desk: Desk, mute: socket.socket) -> None:
    job = desk.order(3)
    with desk.agent(MUTE) as first:
        assert asked(mute)
        first.kill()
    assert desk.run(job)["state"] == "running"
    with desk.agent(NOBODY):
        assert eventually(lambda: desk.done(job), 60)
    assert desk.run(job)["attempt"] == "2"


def test_an_idle_one_ends_at_once(desk: Desk) -> None:
    before = datetime.now(UTC)
    with desk.agent(NOBODY) as idle:
        assert eventually(lambda: desk.alive_since(before))
        idle.terminate()
        assert idle.communicate(timeout=10)[1] == ""
        assert idle.returncode == 0


def test_the_probes_key_opens_nothing_else(desk: Desk) -> None:
    """Whose rows it may write only AWS itself can tell: the emulator does not read LeadingKeys."""
    pair = desk.key["AWS_ACCESS_KEY_ID"], desk.key["AWS_SECRET_ACCESS_KEY"]
    session = boto3.Session(*pair, region_name=desk.session.region_name)
    dynamodb, sqs, s3 = (
        session.client(service, endpoint_url=desk.url) for service in ("dynamodb", "sqs", "s3")
    )
    table, key = desk.outputs["TracesTable"], {"pk": {"S": "job#1"}, "sk": {"S": "job"}}
    for call in (
        lambda: dynamodb.get_item(TableName=table, Key=key),
        lambda: dynamodb.scan(TableName=table),
        lambda: dynamodb.delete_item(TableName=table, Key=key),
        lambda: sqs.send_message(QueueUrl=desk.queue, MessageBody="{}"),
        lambda: sqs.receive_message(QueueUrl=desk.outputs["InsideProbeQueue"]),
        lambda: s3.list_buckets(),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"PROBE_NAME": ""}, "set PROBE_NAME in the environment of "),
        ({"NETDESK_PROBE_RESOLVER": "dns"}, "NETDESK_PROBE_RESOLVER: a list of addresses"),
        ({"NETDESK_PROBE_REFUSE": "10.0.0.1/8"}, "NETDESK_PROBE_REFUSE: A list of networks"),
        ({"AWS_DEFAULT_REGION": ""}, "set AWS_DEFAULT_REGION in the environment of "),
    ],
)
def test_what_an_operator_set_wrongly_is_one_sentence(
    desk: Desk, changed: dict[str, str], sentence: str
) -> None:
    with desk.agent(NOBODY, **changed) as process:
        said = process.communicate(timeout=30)[1]
        assert process.returncode == 1
    assert said.startswith(sentence) and said.count("\n") == 1
