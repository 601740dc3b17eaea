"""The agent over AWS by moto: what it takes, does, complains of, and gives back."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from netdesk.facts import Control, Lookup
from netdesk.probe import agent as agents
from netdesk.probe.agent import AT_ONCE, Agent, build, serve
from netdesk.probe.host import RESOLVER, from_environment
from netdesk.trace import REFUSED, Job, Run
from netdesk.trace_store import FACTS_PER_ATTEMPT, Traces
from tests.desk import NOW, REGION, Cloud, Meanwhile, fails, template
from traceroute.tracing import Tracing

NAME = "outside"
NOBODY = "127.9.9.8"  # no name server is there, and a question fails at once
HERE = "192.0.2.1"
QUEUE = template()["Resources"]["ProbeQueue"]["Properties"]
SOON = 30  # seconds; far more than anything takes


@dataclass(frozen=True)
class Probe:
    """An agent, and what lies around it."""

    agent: Agent
    cloud: Cloud
    traces: Traces
    dead_letters: str

    def order(self, number: int = 1, **changed: Any) -> Job:
        job = Job(f"{number:032x}", "www.example.com", (NAME,), NOW)
        wish = {"method": None, "version": None, "flows": 1}
        body = {"id": job.id, "target": job.target, "days": 30, "wish": wish}
        self.send(json.dumps(body | {"resolvers": [], "controls": []} | changed))
        return job

    def send(self, body: str) -> None:
        self.cloud.sqs.send_message(QueueUrl=self.agent.queue_url, MessageBody=body)

    def run(self, job: Job) -> Run:
        [run] = self.traces.runs(job, datetime.now(UTC))
        return run

    def attempts(self, job: Job) -> int:
        rows = self.cloud.rows("TracesTable", f"probe#{NAME}#job#{job.id}")
        return sum(int(row.get("attempt", 0)) for row in rows)

    def left(self, queue: str = "") -> tuple[int, int]:
        """Messages that wait, and that somebody has."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.cloud.sqs.get_queue_attributes(
            QueueUrl=queue or self.agent.queue_url, AttributeNames=names
        )["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def serve(self, until: Callable[[], bool], agent: Agent | None = None) -> None:
        """Work until something is so, then stop as SIGTERM does it."""
        asyncio.run(_serving(agent or self.agent, until))

    def over(self, *jobs: Job) -> Callable[[], bool]:
        return lambda: all(self.run(job).over for job in jobs) and self.left() == (0, 0)


async def _serving(agent: Agent, until: Callable[[], bool]) -> None:
    work = asyncio.create_task(serve(agent))
    try:
        async with asyncio.timeout(SOON):
            while not until():
                await asyncio.sleep(0.01)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


@pytest.fixture
def probe(cloud: Cloud, tracing: Tracing, monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Its queue is the template's, but that nobody waits for it."""
    monkeypatch.setattr(agents, "POLL_SECONDS", 0)
    monkeypatch.setattr(agents, "AGAIN_SECONDS", 0)
    dead = cloud.name("ProbeDeadLetters")
    arn = cloud.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    redrive = QUEUE["RedrivePolicy"] | {"deadLetterTargetArn": arn["Attributes"]["QueueArn"]}
    attributes = {
        "VisibilityTimeout": str(QUEUE["VisibilityTimeout"]),
        "RedrivePolicy": json.dumps(redrive),
    }
    queue = cloud.sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
    environ = {
        "AWS_DEFAULT_REGION": REGION,
        "PROBE_NAME": NAME,
        "PROBE_QUEUE": queue,
        "TRACES_TABLE": cloud.name("TracesTable"),
    }
    made = build(environ, from_environment({RESOLVER: NOBODY}))
    return Probe(made, cloud, tracing.traces, dead)


class Held:
    """Diagnoses that begin, find one thing out, and end when they are told to."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.may_end = False

    async def __call__(self, order: Any, host: Any, record: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            record.add(Control, address=HERE, reached=True)
            while not self.may_end:
                await asyncio.sleep(0.01)
        finally:
            self.now -= 1


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held()
    with monkeypatch.context() as here:
        here.setattr(agents, "diagnose", made)
        yield made


def test_an_order_is_done_and_taken_off_the_queue(probe: Probe) -> None:
    job = probe.order()
    probe.serve(probe.over(job))
    assert probe.run(job) == Run(NAME, "done", (Lookup(1, "own", "failed"),))
    assert probe.left(probe.dead_letters) == (0, 0)


def test_it_says_that_it_is_there(probe: Probe) -> None:
    probe.serve(lambda: probe.traces.last_seen(NAME) is not None)
    [row] = probe.cloud.rows("TracesTable")
    assert (row["pk"], row["sk"]) == (f"probe#{NAME}#alive", "alive")


def test_what_comes_twice_is_done_once(probe: Probe) -> None:
    job = probe.order()
    probe.serve(probe.over(job))
    rows = probe.cloud.rows("TracesTable", f"probe#{NAME}#job#")
    again = probe.order()
    assert again == job
    probe.serve(lambda: probe.left() == (0, 0))
    assert probe.cloud.rows("TracesTable", f"probe#{NAME}#job#") == rows


def test_what_must_not_be_traced_is_said_so(probe: Probe) -> None:
    jobs = [probe.order(number, target=at) for number, at in enumerate(("127.0.0.1", "x y", "-h"))]
    probe.serve(probe.over(*jobs))
    assert [probe.run(job) for job in jobs] == [Run(NAME, "failed", (), REFUSED)] * 3


BAD = [
    "no JSON",
    "[" * 100_000,
    json.dumps({"id": "\x1b[2J\r\nfaked line\u202e", "target": "x" * 200_000}),
    json.dumps({"id": "0" * 32, "target": "www.example.com", "days": 1,
                "wish": {"method": "\x1b]0;x\x07", "version": 4, "flows": 1}}),
    json.dumps({"id": "0" * 32, "target": 7, "days": True, "wish": None}),
]  # fmt: skip


def test_bad_orders_go_to_the_dead_letters_and_the_agent_goes_on(
    probe: Probe, capsys: pytest.CaptureFixture[str]
) -> None:
    for body in BAD:
        probe.send(body)
    probe.serve(lambda: probe.left(probe.dead_letters)[0] == len(BAD))
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(BAD) * QUEUE["RedrivePolicy"]["maxReceiveCount"]
    assert all(line.isprintable() and len(line) <= 300 for line in said)
    job = probe.order()
    probe.serve(probe.over(job))
    assert probe.run(job).state == "done"


def test_three_tries_fit_into_the_time_that_a_message_is_kept() -> None:
    """Else it would be gone before it is a dead letter, and nobody would be told."""
    tries = QUEUE["RedrivePolicy"]["maxReceiveCount"]
    assert tries * agents.AGAIN_SECONDS < QUEUE["MessageRetentionPeriod"] / 2


THROTTLED = "ProvisionedThroughputExceededException"


@pytest.mark.parametrize(
    ("method", "attempts", "number"),
    [("update_item", 1, 1), ("put_item", 2, FACTS_PER_ATTEMPT + 1)],
)
def test_what_fails_on_aws_is_done_again(
    probe: Probe, capsys: pytest.CaptureFixture[str], method: str, attempts: int, number: int
) -> None:
    """Once it can't be begun, once what was learnt can't be kept."""
    job = probe.order()
    once = Meanwhile(probe.cloud.dynamodb, method, of_a_job(fails(THROTTLED)), always=True)
    probe.serve(probe.over(job), over_dynamodb(probe, once))
    assert probe.run(job).state == "done"
    assert (probe.attempts(job), [f.n for f in probe.run(job).facts]) == (attempts, [number])
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith("ClientError: ") and THROTTLED in said


def of_a_job(happens: Callable[[Any], None]) -> Callable[[Any], None]:
    """It happens to the first row of a job, not to the heartbeat."""
    first = True

    def once(given: Any) -> None:
        nonlocal first
        key = given.get("Key") or given["Item"]
        if first and "#job#" in key["pk"]["S"]:
            first = False
            happens(given)

    return once


def over_dynamodb(probe: Probe, client: Any) -> Agent:
    return replace(probe.agent, traces=Traces(client, "TracesTable", agents.UNTIL_TOLD))


def test_without_its_table_an_order_becomes_a_dead_letter(probe: Probe) -> None:
    probe.order()
    down = Meanwhile(
        probe.cloud.dynamodb, "update_item", fails("InternalServerError", 500), always=True
    )
    probe.serve(lambda: probe.left(probe.dead_letters)[0] == 1, over_dynamodb(probe, down))
    assert probe.cloud.rows("TracesTable", f"probe#{NAME}#job#") == []


def test_a_queue_that_fails_is_asked_again(
    probe: Probe, capsys: pytest.CaptureFixture[str]
) -> None:
    job = probe.order()
    moody = Meanwhile(probe.cloud.sqs, "receive_message", fails("ServiceUnavailable", 503))
    probe.serve(probe.over(job), replace(probe.agent, queue=moody))
    assert probe.run(job).state == "done"
    assert capsys.readouterr().err.count("\n") == 1


def test_twenty_at_once_and_no_more_taken_than_there_is_room_for(probe: Probe, held: Held) -> None:
    jobs = [probe.order(number) for number in range(AT_ONCE + 6)]
    counts: list[tuple[int, int]] = []

    def full() -> bool:
        counts.append(probe.left())
        held.may_end = held.may_end or held.now == AT_ONCE
        return held.may_end and probe.over(*jobs)()

    wants: list[int] = []
    room = Meanwhile(
        probe.cloud.sqs,
        "receive_message",
        lambda given: wants.append(given["MaxNumberOfMessages"] + probe.left()[1]),
        always=True,
    )
    probe.serve(full, replace(probe.agent, queue=room))
    assert held.most == AT_ONCE
    assert max(taken for _, taken in counts) <= AT_ONCE
    assert max(wants) <= AT_ONCE
    assert {probe.run(job).state for job in jobs} == {"done"}


@pytest.mark.parametrize("poll_seconds", [0, 20])
def test_who_stops_gives_back_what_he_is_at(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, held: Held, poll_seconds: int
) -> None:
    """Even to his own question, which still waits at the queue: he would be the only one to ask."""
    monkeypatch.setattr(agents, "POLL_SECONDS", poll_seconds)
    monkeypatch.setattr(agents, "LAST_POLL_SECONDS", 5)  # moto looks but once a second
    jobs = [probe.order(number) for number in range(3)]
    probe.serve(lambda: held.now == len(jobs))
    assert probe.left() == (len(jobs), 0)
    assert [probe.run(job).state for job in jobs] == ["running"] * len(jobs)
    held.may_end = True
    monkeypatch.setattr(agents, "POLL_SECONDS", 0)
    probe.serve(probe.over(*jobs))
    assert [probe.attempts(job) for job in jobs] == [2] * len(jobs)


def test_what_can_not_be_given_back_comes_back_by_itself(
    probe: Probe, held: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    probe.order()
    down = Meanwhile(
        probe.cloud.sqs, "change_message_visibility", fails("ServiceUnavailable", 503), always=True
    )
    probe.serve(lambda: held.now == 1, replace(probe.agent, queue=down))
    assert probe.left() == (0, 1)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_job_ends_in_time_with_what_was_found(
    probe: Probe, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "JOB_SECONDS", 0.1)
    job = probe.order()
    probe.serve(probe.over(job))
    assert probe.run(job) == Run(NAME, "done", (Control(1, HERE, True),))
    assert held.now == 0
