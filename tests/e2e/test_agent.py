"""The agent as a process: told to stop, killed, and with no more than its own key."""

import json
import os
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

import pytest
from botocore.exceptions import ClientError

from infra.local import emulator
from infra.local.aws import Account, Key
from infra.local.deploy import user_with
from infra.template import TEMPLATE, parse
from netdesk.dynamo import pack, unpack
from netdesk.trace import Job, Run
from netdesk.trace_store import AWAY, Traces
from tests.desk import TABLE_KEYS
from tests.e2e.stack import ROOT, eventually

NAME, TABLE = "outside", "traces"
INVISIBLE = 3  # seconds; 45 in the template
# Where nobody answers a name server's questions: at once by ICMP, or never.
NOBODY, MUTE = "127.9.9.8", "127.9.9.9"
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """What an agent works with, and its key."""

    account: Account
    queue: str
    key: Key

    @property
    def sqs(self) -> Any:
        return self.account.client("sqs")

    @property
    def dynamodb(self) -> Any:
        return self.account.client("dynamodb")

    def order(self, number: int) -> Job:
        job = Job(f"{number:032x}", "www.example.com", (NAME,), datetime.now(UTC))
        wish = {"method": None, "version": None, "flows": 1}
        body = {"id": job.id, "target": job.target, "days": 1, "wish": wish}
        body |= {"resolvers": [], "controls": []}
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps(body))
        return job

    def run(self, job: Job) -> Run:
        [run] = Traces(self.dynamodb, TABLE, KEPT).runs(job, job.queued_at)
        return run

    def attempts(self, job: Job) -> int:
        key = pack({"pk": f"probe#{NAME}#job#{job.id}", "sk": "run"})
        found = self.dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True)
        return int(unpack(found["Item"])["attempt"]) if "Item" in found else 0

    @contextmanager
    def agent(self, resolver: str) -> Iterator["subprocess.Popen[str]"]:
        environment = emulator.own_environment() | {
            "AWS_ACCESS_KEY_ID": self.key.id,
            "AWS_SECRET_ACCESS_KEY": self.key.secret,
            "AWS_DEFAULT_REGION": emulator.REGION,
            "AWS_ENDPOINT_URL": self.account.url,
            "PROBE_NAME": NAME,
            "PROBE_QUEUE": self.queue,
            "TRACES_TABLE": TABLE,
            "NETDESK_PROBE_RESOLVER": resolver,
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "tests" / "guard", ROOT))),
        }
        command = [sys.executable, "-m", "netdesk.probe.main", "agent"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """AWS with one queue, one table, and the user that the template's policy makes."""
    running = started(tmp_path_factory.mktemp("agent"))
    try:
        account = Account(running.url)
        sqs, resources = account.client("sqs"), parse(TEMPLATE.read_text())["Resources"]
        given = resources["TracesTable"]["Properties"]
        shape = {name: given[name] for name in TABLE_KEYS if name in given}
        table = account.client("dynamodb").create_table(TableName=TABLE, **shape)
        queue = sqs.create_queue(
            QueueName="jobs", Attributes={"VisibilityTimeout": str(INVISIBLE)}
        )["QueueUrl"]
        sqs.create_queue(QueueName="others")
        asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        arns = {
            "ProbeQueue.Arn": asked["Attributes"]["QueueArn"],
            "TracesTable.Arn": table["TableDescription"]["TableArn"],
        }
        document = _with(resources["ProbePolicy"]["Properties"]["PolicyDocument"], arns)
        policy = account.client("iam").create_policy(
            PolicyName="probe", PolicyDocument=json.dumps(document)
        )
        yield Desk(account, queue, user_with(account, "probe", policy["Policy"]["Arn"]))
    finally:
        running.stop()


def started(folder: Path) -> emulator.Emulator:
    port = emulator.free_port()
    (folder / "tmp").mkdir()
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=emulator.own_environment() | emulator.settings(folder, port, 9),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = emulator.Emulator(process, f"http://127.0.0.1:{port}")
    assert eventually(lambda: not emulator.is_free(port), emulator.START_SECONDS)
    return running


def _with(part: Any, arns: dict[str, str]) -> Any:
    match part:
        case {"Fn::GetAtt": [name, attribute]}:
            return arns[f"{name}.{attribute}"]
        case dict():
            return {key: _with(value, arns) for key, value in part.items()}
        case list():
            return [_with(value, arns) for value in part]
    return part


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


def done(desk: Desk, job: Job) -> bool:
    return desk.run(job).state == "done"


def test_a_job_is_done_and_the_agent_says_that_it_is_there(desk: Desk) -> None:
    job = desk.order(1)
    with desk.agent(NOBODY):
        assert eventually(lambda: done(desk, job))
        assert [fact.outcome for fact in desk.run(job).facts] == ["failed"]
        seen = Traces(desk.dynamodb, TABLE, KEPT).last_seen(NAME)
        assert seen is not None and datetime.now(UTC) - seen < AWAY
        assert eventually(lambda: left(desk) == (0, 0))


def left(desk: Desk) -> tuple[int, int]:
    """Messages that wait, and that somebody has."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = desk.sqs.get_queue_attributes(QueueUrl=desk.queue, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_gives_back_what_he_is_at(
    desk: Desk, mute: socket.socket, number: signal.Signals
) -> None:
    job = desk.order(2 + number)
    with desk.agent(MUTE) as first:
        assert asked(mute)
        first.send_signal(number)
        said = first.communicate(timeout=10)
        assert (first.returncode, said[1]) == (0, "")
    assert left(desk) == (1, 0)  # for whoever comes next, and not only after a while
    with desk.agent(NOBODY):
        assert eventually(lambda: done(desk, job))
    assert desk.attempts(job) == 2


def test_what_a_killed_one_was_at_is_given_out_again(desk: Desk, mute: socket.socket) -> None:
    job = desk.order(3)
    with desk.agent(MUTE) as first:
        assert asked(mute)
        first.kill()
    assert desk.run(job).state == "running"
    with desk.agent(NOBODY):
        assert eventually(lambda: done(desk, job), 60)
    assert desk.attempts(job) == 2


def test_an_idle_one_ends_at_once(desk: Desk) -> None:
    with desk.agent(NOBODY) as idle:
        before = datetime.now(UTC)
        assert eventually(lambda: seen_after(desk, before))
        idle.terminate()
        # Far less than its question to the queue lasts; a machine may be slow.
        assert idle.communicate(timeout=10)[1] == ""
        assert idle.returncode == 0


def seen_after(desk: Desk, moment: datetime) -> bool:
    seen = Traces(desk.dynamodb, TABLE, KEPT).last_seen(NAME)
    return seen is not None and seen >= moment


def test_the_probes_key_opens_nothing_else(desk: Desk) -> None:
    """Whose rows it may write only AWS itself can tell: the emulator does not read LeadingKeys."""
    own = Account(desk.account.url, desk.key)
    dynamodb, sqs = own.client("dynamodb"), own.client("sqs")
    others = desk.sqs.get_queue_url(QueueName="others")["QueueUrl"]
    key = pack({"pk": "job#1", "sk": "job"})
    for call in (
        lambda: dynamodb.get_item(TableName=TABLE, Key=key),
        lambda: dynamodb.scan(TableName=TABLE),
        lambda: dynamodb.delete_item(TableName=TABLE, Key=key),
        lambda: sqs.send_message(QueueUrl=desk.queue, MessageBody="{}"),
        lambda: sqs.receive_message(QueueUrl=others),
        lambda: own.client("s3").list_buckets(),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"PROBE_NAME": ""}, "set PROBE_NAME in the environment of netdesk.probe.agent\n"),
        ({"NETDESK_PROBE_RESOLVER": "dns"}, "NETDESK_PROBE_RESOLVER: a list of addresses"),
        ({"NETDESK_PROBE_REFUSE": "10.0.0.1/8"}, "NETDESK_PROBE_REFUSE: A list of networks"),
        ({"AWS_DEFAULT_REGION": ""}, "set AWS_DEFAULT_REGION in the environment"),
    ],
)
def test_what_an_operator_set_wrongly_is_one_sentence(
    tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    given = {"PROBE_NAME": "outside", "PROBE_QUEUE": "q", "TRACES_TABLE": "t"}
    given |= {"AWS_DEFAULT_REGION": emulator.REGION, "AWS_CONFIG_FILE": str(tmp_path / "none")}
    command = [sys.executable, "-m", "netdesk.probe.main", "agent"]
    environment = emulator.own_environment() | given | changed | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(sentence) and ended.stderr.count("\n") == 1
