"""How long people wait on the local stack, warm; printed as a table, never asserted."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.stack import NETDESK, Stack, new_stack

ROUNDS = 40
NOTICE = ("--title", "Bench", "--impact", "none", "--component", "dialup", "--message", "Bench.")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, new_stack(Path(folder)).running() as stack:
        rows = [
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


def notice(stack: Stack, number: int) -> None:
    opened = run("notice", "open", *NOTICE, "--json", env=stack.environment)
    identity = opened.split('"id": "')[1].split('"')[0]
    assert identity in stack.client.get("/status/").text


def run(*arguments: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([NETDESK, *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


if __name__ == "__main__":
    main()
