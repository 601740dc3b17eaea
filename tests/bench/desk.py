"""How long people wait on the local stack, warm; printed as a table, never asserted."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import boto3

from tests.e2e.stack import NETDESK, Stack, new_stack

ROUNDS = 40
NOTICE = ("--title", "Bench", "--impact", "none", "--component", "dialup", "--message", "Bench.")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, new_stack(Path(folder)).running() as stack:
        rows = [
            ("form post to answer", 300, timed(lambda n: post(stack, n), 25)),
            ("  floor: one DynamoDB transaction", None, timed(floor(stack))),
            ("command to notice seen by HTTP", 2000, timed(lambda n: notice(stack, n), 10)),
            ("  floor: netdesk --version", None, timed(lambda _: run("--version"), 10)),
        ]
    print(f"{'milliseconds, warm':36} {'median':>8} {'p95':>8} {'worst':>8}   must")
    for name, must, times in rows:
        line = f"{name:36} {times[len(times) // 2]:8.0f} {times[int(len(times) * 0.95)]:8.0f}"
        print(f"{line} {times[-1]:8.0f}   {f'under {must}' if must else ''}")


def timed(work: Callable[[int], None], rounds: int = ROUNDS) -> list[float]:
    work(-1)  # warm
    times = []
    for number in range(rounds):
        before = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - before) * 1000)
    return sorted(times)


def post(stack: Stack, number: int) -> None:
    answer = stack.client.post_json(
        "/api/tickets", email=f"bench{number}@example.net", message=f"Bench {number}."
    )
    assert answer.status == 201, answer.text


def notice(stack: Stack, number: int) -> None:
    opened = run("notice", "open", *NOTICE, "--json", env=stack.environment)
    identity = opened.split('"id": "')[1].split('"')[0]
    assert identity in stack.client.get("/status/").text


def run(*arguments: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([NETDESK, *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def floor(stack: Stack) -> Callable[[int], None]:
    """Four new items in one transaction, as a ticket is: nothing of ours around it."""
    import json

    found = json.loads((stack.state / "stack.json").read_text())
    client = boto3.Session("test", "test", region_name=found["region"]).client(
        "dynamodb", endpoint_url=found["emulator"]
    )
    table = next(t for t in client.list_tables()["TableNames"] if "TracesTable" in t)

    def write(number: int) -> None:
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table,
                         "Item": {"pk": {"S": f"bench{number}"}, "sk": {"S": str(n)}},
                         "ConditionExpression": "attribute_not_exists(pk)"}}
                for n in range(4)
            ]
        )  # fmt: skip

    return write


if __name__ == "__main__":
    main()
