"""What a cold start of a door costs, against boto3 and one client: each in fresh processes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median

from tests.bench.table import Row, show
from tests.desk import doors, template

RUNS = 15
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
    with tempfile.TemporaryDirectory() as compiled:
        floors, starts = measured(compiled)
    show(rows(floors, starts))


def rows(floors: list[float], starts: dict[str, list[float]]) -> Iterator[Row]:
    floor = median(floors)
    yield Row("boto3 and one DynamoDB client, in a fresh process", "", told(floors))
    for name, times in starts.items():
        must = f"{MUST:.1f} x" if name in HELD else ""
        ours = f"{median(times) / floor:.2f} x, {told(times)}"
        yield Row(f"cold start of the {name}", must, ours)


def told(times: list[float]) -> str:
    return f"median {median(times):.0f}, best {min(times):.0f} ms CPU"


def measured(compiled: str) -> tuple[list[float], dict[str, list[float]]]:
    """In turns, so that what else this machine does falls on all alike."""
    floors: list[float] = []
    starts: dict[str, list[float]] = {name: [] for name in ROOMS}
    for _ in range(RUNS + 1):
        floors.append(cpu(FLOOR, compiled, {}))
        for name, times in starts.items():
            code = DOOR.format(module=doors()[name], room=ROOMS[name])
            times.append(cpu(code, compiled, settings(name)))
    return floors[1:], {name: times[1:] for name, times in starts.items()}  # the first compiled


def cpu(code: str, compiled: str, environment: dict[str, str]) -> float:
    """Milliseconds, of the interpreter's own start too."""
    ours = {"AWS_DEFAULT_REGION": "us-west-2", "PYTHONPATH": ".:functions", "PATH": os.defpath}
    given = ours | {"PYTHONPYCACHEPREFIX": compiled} | environment
    child = subprocess.Popen([sys.executable, "-c", f"{code}\n{END}"], env=given)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, code)
    return (used.ru_utime + used.ru_stime) * 1000


def settings(function: str) -> dict[str, str]:
    """All that it reads from its environment."""
    variables = template()["Resources"][function]["Properties"]["Environment"]["Variables"]
    return dict.fromkeys(variables, "some")


if __name__ == "__main__":
    main()
