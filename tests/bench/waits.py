"""How long one post of the form takes, warm, and how much of that is our own part."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from netdesk import aws
from tests.bench.cold import settings
from tests.bench.intake import StandIn
from tests.bench.posts import ACCEPTS, emulator, owned, post, request, settled, source
from tests.bench.storm import written
from tests.bench.table import Row
from tests.desk import TABLE_KEYS, http_event, template
from tests.e2e.stack import Stack
from tests.small_cloud import Item
from ticket_intake import web_door

ROUNDS, WARM = 300, 20
MUST = "p99 300 ms"
FUNCTION, TABLE = "WebFunction", "FloorOfThePosts"


@dataclass
class Heard(StandIn):
    """It keeps the last transaction that was asked for."""

    steps: list[Item] = field(default_factory=list)

    def _timed(self, method: str, given: Any) -> Any:
        if method == "transact_write_items":
            self.steps = given["TransactItems"]
        return super()._timed(method, given)


def waits(stack: Stack) -> Iterator[Row]:
    times, cpu = posted(stack)
    yield row("post to answer, warm, one after another", times, MUST, "mails leave meanwhile")
    yield row("  CPU of the function's process", cpu, MUST, "our own part, the SDK's too")
    alone, steps = handled()
    yield row("  CPU of the handler", alone, "", "our own part without AWS")
    yield from floors(stack, steps)


def row(figure: str, times: Sequence[float], must: str = "", what: str = "") -> Row:
    """Of seconds, sorted."""
    p50, p95, p99 = (sorted(times)[int(len(times) * part)] * 1000 for part in (0.5, 0.95, 0.99))
    return Row(figure, must, f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms", what)


def posted(stack: Stack) -> tuple[list[float], list[float]]:
    """Seconds to each answer, and CPU-seconds of the function's processes for it."""
    for place in range(WARM):
        post(stack, place, written(place).body)
    pids, times, cpu = workers(stack), [], []
    for place in range(WARM, WARM + ROUNDS):
        before = used(pids)
        told = post(stack, place, written(place).body)
        assert told.status == 201, told
        times.append(told.seconds)
        cpu.append(used(pids) - before)
    assert workers(stack) == pids, "another process answered, too"
    return times, cpu


def workers(stack: Stack) -> list[int]:
    """The function's processes, which tell by their environment whose they are."""
    url = f"AWS_ENDPOINT_URL={emulator(stack)}\0"
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it is over, or not ours
            given = path.read_text(errors="replace")
            if url in given and re.search(rf"AWS_LAMBDA_FUNCTION_NAME=[^\0]*{FUNCTION}", given):
                found.append(int(path.parent.name))
    return sorted(found)


def used(pids: Sequence[int]) -> float:
    """CPU-seconds so far, by the clock that Linux keeps of each process: clock_getcpuclockid(3)."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def handled() -> tuple[list[float], list[Item]]:
    """CPU-seconds of the handler alone, post by post, and the transaction that it asks for."""
    client: Any = Heard()
    times = []
    with pytest.MonkeyPatch.context() as here:
        here.setattr(aws, "client", lambda _: client)
        here.setattr(aws, "secret", lambda name: name.encode())
        for name, value in settings(FUNCTION).items():
            here.setenv(name, value)
        for place in range(WARM + ROUNDS):
            given = http_event("POST", "/api/tickets", body=written(place).body, **browser(place))
            client.cpu, before = 0.0, time.process_time()
            answer = web_door.lambda_handler(given, None)
            times.append(time.process_time() - before - client.cpu)
            assert answer["statusCode"] == 201, answer
    return times[WARM:], client.steps


def browser(place: int) -> dict[str, Any]:
    return {"source": source(place), "headers": {"accept": ACCEPTS[place % 2]}}


# --- what nothing of ours can be quicker than ----------------------------------------------------


def floors(stack: Stack, steps: Sequence[Item]) -> Iterator[Row]:
    client = owned(stack, "dynamodb")
    settled(client)
    shape = template()["Resources"]["TicketsTable"]["Properties"]
    given = {key: shape[key] for key in TABLE_KEYS}
    client.create_table(TableName=TABLE, **given)
    transaction = timed(lambda turn: client.transact_write_items(TransactItems=again(steps, turn)))
    yield row("  floor: its transaction alone", transaction, "", f"{len(steps)} steps by boto3")
    least = timed(lambda turn: request(stack, "GET", "/api/form", None, {}, source(turn)))
    yield row("  floor: the same function's least call", least, "", "GET /api/form")


def timed(work: Callable[[int], object]) -> list[float]:
    times = []
    for turn in range(WARM + ROUNDS):
        before = time.perf_counter()
        work(turn)
        times.append(time.perf_counter() - before)
    return times[WARM:]


def again(steps: Sequence[Item], turn: int) -> list[Item]:
    """The same steps for other keys, in a table that nothing listens to."""
    return [
        {kind: given | {"TableName": TABLE, key: moved(given[key], turn)}}
        for step in steps
        for kind, given in step.items()
        for key in ("Item", "Key")
        if key in given
    ]


def moved(item: Item, turn: int) -> Item:
    return item | {"pk": {"S": f"{item['pk']['S']}-{turn}"}}
