"""Clocks: what is done by itself each minute, and by hand in a night when they stand still."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good

KIND, GONE = "AWS::Scheduler::Schedule", "ResourceNotFoundException"


def look(desk: Desk) -> Iterator[Finding]:
    resources = desk.deployed.resources.items()
    clocks = {name: found.name for name, found in resources if found.kind == KIND}
    states = {name: _state(desk, schedule) for name, schedule in clocks.items()}
    standing = [name for name, state in states.items() if state != "ENABLED"]
    for name in standing:
        yield bad(
            f"The clock {name} is {states[name].lower()}: what it does by itself is not done.",
            f"In the console of EventBridge Scheduler, look at {clocks[name]}: it must be enabled."
            " If it was deleted, make it again like the others; a deployment does not.",
        )
    if not standing:
        yield good(f"All {len(clocks)} clocks are on.")


def _state(desk: Desk, schedule: str) -> str:
    """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html"""
    try:
        return str(desk.client("scheduler").get_schedule(Name=schedule)["State"])
    except ClientError as error:
        if error.response["Error"]["Code"] != GONE:
            raise
        return "DELETED"
