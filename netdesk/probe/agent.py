"""The probe's agent: takes jobs from its queue, traces, and writes hops as they come."""

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from netdesk import __version__, aws, settings
from netdesk.probe.engine import Done, trace
from netdesk.ranges import Network
from netdesk.refused import Refused
from netdesk.target import Address, check
from netdesk.trace import Hop
from netdesk.trace_store import Traces

AT_ONCE = 20
JOB_SECONDS = 30
HEARTBEAT_SECONDS = 10
POLL_SECONDS = 20  # the longest that SQS lets a poll wait
UNTIL_TOLD = timedelta()  # each order tells how long what it brings is kept


@dataclass(frozen=True)
class ProbeSettings:
    probe_name: str
    probe_queue: str
    traces_table: str


@dataclass(frozen=True)
class Agent:
    name: str
    queue: Any  # an SQS client
    queue_url: str
    traces: Traces
    allow: Sequence[Network]


def build(environ: Any, allow: Sequence[Network]) -> Agent:
    """The agent of this environment; raises settings.Missing with a sentence."""
    config = settings.read(ProbeSettings, environ)
    traces = Traces(aws.client("dynamodb"), config.traces_table, UNTIL_TOLD)
    return Agent(config.probe_name, aws.client("sqs"), config.probe_queue, traces, allow)


async def serve(agent: Agent) -> None:
    """Work until the process ends; a job that was not finished goes back to the queue by itself."""
    room = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        group.create_task(_for_ever(lambda: _beat(agent)))
        group.create_task(_for_ever(lambda: _poll(agent, group, room)))


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Again and again; what AWS refuses now it may grant in a second."""
    while True:
        try:
            await work()
        except Exception as error:  # whatever it was, a probe that ends helps nobody
            _complain(error)
            await asyncio.sleep(1)


async def _beat(agent: Agent) -> None:
    await asyncio.to_thread(agent.traces.alive, agent.name, __version__, datetime.now(UTC))
    await asyncio.sleep(HEARTBEAT_SECONDS)


async def _poll(agent: Agent, group: asyncio.TaskGroup, room: asyncio.Semaphore) -> None:
    async with room:
        answer = await asyncio.to_thread(
            agent.queue.receive_message,
            QueueUrl=agent.queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=POLL_SECONDS,
        )
    for message in answer.get("Messages", []):
        await room.acquire()
        task = group.create_task(_finish(agent, message))
        task.add_done_callback(lambda _: room.release())


async def _finish(agent: Agent, message: dict[str, str]) -> None:
    """Do the job and take it off the queue; after a fault the queue gives it out again."""
    try:
        order = json.loads(message["Body"])
        kept = timedelta(days=int(order["days"]))
        told = replace(agent, traces=agent.traces.keeping(kept))
        await _trace(told, str(order["id"]), str(order["target"]))
        await asyncio.to_thread(
            agent.queue.delete_message,
            QueueUrl=agent.queue_url,
            ReceiptHandle=message["ReceiptHandle"],
        )
    except Exception as error:  # one bad job must not end the others
        _complain(error)


async def _trace(agent: Agent, job_id: str, target: str) -> None:
    before = await asyncio.to_thread(agent.traces.begin, agent.name, job_id, datetime.now(UTC))
    if before is None:
        return  # done by an earlier delivery
    address, reason = await _address(target, agent.allow)
    reached = False
    if not reason:
        async with asyncio.timeout(JOB_SECONDS):
            reached = await _hops(agent, job_id, address, before)
    await asyncio.to_thread(
        agent.traces.end, agent.name, job_id, address=address, reached=reached, reason=reason
    )


async def _hops(agent: Agent, job_id: str, address: str, number: int) -> bool:
    """Write each hop when it is heard; whether the end was reached."""
    async with aclosing(trace(address)) as events:
        async for event in events:
            if isinstance(event, Done):
                return event.reached
            number += 1
            hop = Hop(number, event.ttl, event.addresses, event.rtt_ms, event.mark)
            await asyncio.to_thread(agent.traces.heard, agent.name, job_id, hop, datetime.now(UTC))
    return False


async def _address(target: str, allow: Sequence[Network]) -> tuple[str, str]:
    """The one address to trace, and why there is none; the queue is not trusted either."""
    try:
        checked = check(target, allow)
        if isinstance(checked, Address):
            return str(checked), ""
        found = await _resolve(str(checked))
        for address in found:
            check(address, allow)  # one refused address spoils them all: else a stranger picks
    except Refused:
        return "", "refused-address"
    except socket.gaierror as error:
        silent = error.errno == socket.EAI_AGAIN
        return "", "no-answer-dns" if silent else "no-such-name"
    return found[0], ""


async def _resolve(name: str) -> list[str]:
    """All addresses of a name, IPv4 first: the way that most customers go."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    ordered = sorted(answers, key=lambda answer: answer[0] != socket.AF_INET)
    return [str(answer[4][0]) for answer in ordered]


def _complain(error: Exception) -> None:
    print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the journal reads it
