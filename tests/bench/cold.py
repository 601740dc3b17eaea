"""What a cold start of a door costs: its own part beside boto3 and one client, and the whole of it
under Lambda's own client, from the start of the process to the first answer. All in CPU time.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from moto import mock_aws

from tests.aws_over_http import served
from tests.bench.table import Row, show
from tests.desk import REGION, Cloud, common, doors, template
from tests.execution_environment import CREDENTIALS, FUNCTIONS, Lambda, compiled, python
from tests.first_events import story

RUNS, FRESH, READY = 5, 3, 2
MUST = 1.4
# A function's process is never shut down: what that would cost is left out of both.
END = "import os; os._exit(0)"
FLOOR = "import boto3; boto3.Session().client('dynamodb')"
# As the first event does, but for the secret, which is a call.
DOOR = """
from netdesk import aws
aws.secret = lambda name: b"secret"
import {module} as door
{room}
"""
ROOMS = {
    "WebFunction": "door.web(door.config())",
    "MailFunction": "door.room()",
    "OutboxFunction": "door.mailer()",
}
HELD = {"WebFunction", "MailFunction"}  # to what it must be: somebody waits for these


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        show(rows(*measured(folder)))
        show(answers(Path(folder)))


def rows(floors: list[float], starts: dict[str, list[float]]) -> Iterator[Row]:
    floor = median(floors)
    yield Row("boto3 and one DynamoDB client, in a fresh process", "", told(floors))
    for name, times in starts.items():
        must = f"{MUST:.1f} x" if name in HELD else ""
        ours = f"{median(times) / floor:.2f} x, {told(times)}"
        yield Row(f"cold start of the {name}", must, ours)


def told(times: list[float]) -> str:
    return f"median {median(times):.0f}, best {min(times):.0f} ms CPU"


def measured(folder: str) -> tuple[list[float], dict[str, list[float]]]:
    """In turns, so that what else this machine does falls on all alike."""
    floors: list[float] = []
    starts: dict[str, list[float]] = {name: [] for name in ROOMS}
    for _ in range(RUNS + 1):
        floors.append(cpu(FLOOR, folder, {}))
        for name, times in starts.items():
            code = DOOR.format(module=doors()[name], room=ROOMS[name])
            times.append(cpu(code, folder, settings(name)))
    return floors[1:], {name: times[1:] for name, times in starts.items()}  # the first compiled


def cpu(code: str, folder: str, environment: dict[str, str]) -> float:
    """Milliseconds, of the interpreter's own start too."""
    ours = {"AWS_DEFAULT_REGION": REGION, "PYTHONPATH": ".:functions", "PATH": os.defpath}
    given = ours | {"PYTHONPYCACHEPREFIX": f"{folder}/compiled"} | environment
    child = subprocess.Popen([sys.executable, "-c", f"{code}\n{END}"], env=given)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, code)
    return (used.ru_utime + used.ru_stime) * 1000


def settings(function: str) -> dict[str, str]:
    """All that it reads from its environment."""
    own = template()["Resources"][function]["Properties"]
    names = [name for part in (common(), own) for name in part["Environment"]["Variables"]]
    return dict.fromkeys(names, "some")


# --- under Lambda's client ------------------------------------------------------------------------


def answers(folder: Path) -> Iterator[Row]:
    """As on Lambda, where nobody may write into the code's folder, a start compiles our code."""
    os.environ |= {"AWS_DEFAULT_REGION": REGION, **dict.fromkeys(CREDENTIALS, "testing")}
    with mock_aws(), served() as aws:
        home = Lambda(Cloud(), aws.endpoint, python(folder), folder)
        fresh = in_turns(FRESH, lambda name: answered(home, name))
        for name in FUNCTIONS:
            compiled(home.python, home.unpacked(name))
        ready = in_turns(READY, lambda name: answered(home, name))
    for name, times in fresh.items():
        saved = f"; compiled before {median(ready[name]):.0f}"
        yield Row(f"{name} under awslambdaric, to its first answer", "", told(times) + saved)


def in_turns(runs: int, measure: Callable[[str], float]) -> dict[str, list[float]]:
    rounds = [{name: measure(name) for name in FUNCTIONS} for _ in range(runs)]
    return {name: [times[name] for times in rounds] for name in FUNCTIONS}


def answered(home: Lambda, name: str) -> float:
    """Milliseconds from the process's start; what guards our tests' network is left out."""
    unguarded = f"{home.unpacked(name)}:{home.python.lent}"
    with home.start(name, PYTHONPATH=unguarded) as process:
        outcome = process.invoke(next(story(home.cloud, name)))
        assert outcome.way == "response", outcome
        return process.cpu * 1000


if __name__ == "__main__":
    main()
