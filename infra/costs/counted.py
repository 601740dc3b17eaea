"""What the desk asks of AWS, step by step: counted by tests, which also hold it.

After a change that they refuse: `pytest tests/costs/recount.py`, and look at what it changed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).parent / "counted.json"
PROBE = "probe"  # in a function's place: the program on the measuring host


@dataclass(frozen=True)
class Work:
    """What one run of a function, or one step of the probe, asks of AWS."""

    function: str
    calls: Mapping[str, int]  # by service and operation: dynamodb:GetItem
    reads: float = 0  # DynamoDB's units
    writes: float = 0
    stored_bytes: int = 0  # more in DynamoDB than before, with its indexes
    log_bytes: int = 0
    answer_bytes: int = 0  # to whoever asked over HTTP
    cpu_ms: int = 0  # on the machine where it was counted; of the function itself, without AWS


@dataclass(frozen=True)
class Counted:
    steps: Mapping[str, Work]
    metrics: tuple[str, ...]  # of our own, each with its dimensions
    pages: Mapping[str, int]  # bytes of the site's pages, compressed


@cache
def counted() -> Counted:
    told = json.loads(PATH.read_text(encoding="utf-8"))
    steps = {name: Work(**work) for name, work in told["steps"].items()}
    return Counted(steps, tuple(told["metrics"]), told["pages"])


def write(steps: Mapping[str, Work], metrics: Iterable[str], pages: Mapping[str, int]) -> None:
    """One line for each step, so that a difference reads well."""
    lines = [f"{json.dumps(name)}: {_line(work)}" for name, work in steps.items()]
    parts = [
        '"steps": {\n' + ",\n".join(lines) + "\n}",
        f'"metrics": {json.dumps(sorted(metrics))}',
        f'"pages": {json.dumps(dict(pages))}',
    ]
    PATH.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def _line(work: Work) -> str:
    told = asdict(work)
    given = {name: value for name, value in told.items() if value or name in ("function", "calls")}
    return json.dumps(given)
