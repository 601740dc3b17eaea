"""The probe's agent: takes jobs from its queue, and writes what it finds out as it is learnt."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from netdesk import __version__, aws, settings
from netdesk.probe import order as orders
from netdesk.probe.diagnosis import diagnose
from netdesk.probe.host import Host, OffLimits
from netdesk.probe.order import Order
from netdesk.probe.record import Record
from netdesk.refused import Refused
from netdesk.text import one_line
from netdesk.trace import OFF_LIMITS, REFUSED
from netdesk.trace_store import Traces

AT_ONCE = 20
JOB_SECONDS = 30
HEARTBEAT_SECONDS = 10
POLL_SECONDS = 20  # the longest that SQS lets a poll wait
LAST_POLL_SECONDS = 1.0
# Three tries and the dead letters must fit into the time that the queue keeps a message.
AGAIN_SECONDS = 5
Message = dict[str, str]
UNTIL_TOLD = timedelta()  # each order tells how long what it brings is kept


@dataclass(frozen=True)
class ProbeSettings:
    aws_default_region: str  # boto reads it itself, but only complains in a traceback
    probe_name: str
    probe_queue: str
    traces_table: str


@dataclass(frozen=True)
class Agent:
    name: str
    queue: Any  # an SQS client
    queue_url: str
    traces: Traces
    host: Host


def build(environ: Mapping[str, str], host: Host) -> Agent:
    """The agent of this environment; raises settings.Missing with a sentence."""
    config = settings.read(ProbeSettings, environ)
    traces = Traces(aws.client("dynamodb"), config.traces_table, UNTIL_TOLD)
    return Agent(config.probe_name, aws.client("sqs"), config.probe_queue, traces, host)


async def serve(agent: Agent) -> None:
    """Work until cancelled; what is under way then goes back to the queue at once."""
    running: set[asyncio.Task[None]] = set()
    # A thread for each job, the poll and the heartbeat: else a job's facts wait for another's.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(AT_ONCE + 2))
    async with asyncio.TaskGroup() as group:
        group.create_task(_for_ever(lambda: _beat(agent)))
        group.create_task(_for_ever(lambda: _poll(agent, group, running)))


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


async def _poll(agent: Agent, group: asyncio.TaskGroup, running: set[asyncio.Task[None]]) -> None:
    """Take no more than there is room for: what is taken and waits would be lost time."""
    if len(running) >= AT_ONCE:
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    asked = asyncio.create_task(_received(agent, min(10, AT_ONCE - len(running))))
    try:
        messages = await asyncio.shield(asked)
    except asyncio.CancelledError:
        await _unasked(agent, asked)
        raise
    for message in messages:
        task = group.create_task(_finish(agent, message))
        running.add(task)
        task.add_done_callback(running.discard)


async def _received(agent: Agent, most: int) -> list[Message]:
    answer = await asyncio.to_thread(
        agent.queue.receive_message,
        QueueUrl=agent.queue_url,
        MaxNumberOfMessages=most,
        WaitTimeSeconds=POLL_SECONDS,
    )
    return list(answer.get("Messages", []))


async def _unasked(agent: Agent, asked: asyncio.Task[list[Message]]) -> None:
    """A question to the queue can't be taken back: what it brings while we stop, and that is what
    we have just given back, must not be lost with us."""
    await asyncio.wait({asked}, timeout=LAST_POLL_SECONDS)
    if asked.done() and not asked.cancelled() and not asked.exception():
        await asyncio.gather(*(_give_back(agent, message, 0) for message in asked.result()))


async def _finish(agent: Agent, message: Message) -> None:
    """Do the job and take it off the queue; after a fault the queue soon gives it out again."""
    try:
        await _work(agent, orders.read(message["Body"]))
    except asyncio.CancelledError:  # we are told to stop: another one takes it at once
        await _give_back(agent, message, 0)
        raise
    except Exception as error:  # one bad job must not end the others
        _complain(error)
        await _give_back(agent, message, AGAIN_SECONDS)
    else:
        await _tell(agent.queue.delete_message, agent, message)


async def _give_back(agent: Agent, message: Message, seconds: int) -> None:
    change = agent.queue.change_message_visibility
    await _tell(change, agent, message, VisibilityTimeout=seconds)


async def _tell(call: Callable[..., object], agent: Agent, message: Message, **more: int) -> None:
    """What the queue does not hear is no loss: it gives the message out again, only later."""
    handle = {"QueueUrl": agent.queue_url, "ReceiptHandle": message["ReceiptHandle"]}
    try:
        await asyncio.to_thread(call, **handle, **more)
    except Exception as error:
        _complain(error)


async def _work(agent: Agent, order: Order) -> None:
    traces = agent.traces.keeping(order.kept)
    before = await asyncio.to_thread(traces.begin, agent.name, order.id, datetime.now(UTC))
    if before is None:
        return  # done by an earlier delivery
    record = Record(before)
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep(traces, agent.name, order, record))
        reason = await _measured(agent, order, record)
        record.close()
    await asyncio.to_thread(traces.end, agent.name, order.id, reason)


async def _measured(agent: Agent, order: Order, record: Record) -> str:
    """Why there is nothing to see, empty if there is."""
    try:
        async with asyncio.timeout(JOB_SECONDS) as limit:
            await diagnose(order, agent.host, record)
    except OffLimits:
        return OFF_LIMITS
    except Refused:
        return REFUSED
    except TimeoutError:
        if not limit.expired():  # not ours: a fault like any other
            raise
        # What was found out until now is what there is.
        _complain(TimeoutError(f"a job was ended after {JOB_SECONDS} s"))
    return ""


async def _keep(traces: Traces, probe: str, order: Order, record: Record) -> None:
    async for facts in record.batches():
        await asyncio.to_thread(traces.learnt, probe, order.id, facts, datetime.now(UTC))


def _complain(error: Exception) -> None:
    """To the journal: what went wrong and where, never what somebody asked for."""
    while isinstance(error, ExceptionGroup):  # which itself says only how many there are
        error = error.exceptions[0]
    said = one_line(f"{type(error).__name__}: {error}", 300)
    print(said, file=sys.stderr, flush=True)  # noqa: T201 - the journal reads it
