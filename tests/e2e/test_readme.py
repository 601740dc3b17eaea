"""The walk-throughs, typed in order into a fresh desk: what they promise is what is seen."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.stack import ROOT, Stack, eventually, new_stack

DOCUMENTS = ("README.md", "docs/deploying.md")
SAMPLES = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}|\d{8}-[0-9a-z]{3}\b")
MOMENTS = re.compile(r"\d{4}-\d\d-\d\dT[\d:+-]+|\w+day \d+ \w+, \d\d:\d\d")


@dataclass(frozen=True)
class Step:
    command: str
    expected: tuple[str, ...]


def steps(document: str) -> Iterator[Step]:
    """Every command of the console blocks, with the lines that are seen below it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.splitlines()
            yield Step(command, tuple(line for line in lines if line.strip(" .")))


def pattern(line: str, known: dict[str, str]) -> str:
    """A line as a regular expression: `...` is anything, a moment any moment, a sample's first
    appearance any number or id."""
    parts = re.split(f"({SAMPLES.pattern}|{MOMENTS.pattern}|\\.\\.\\.)", line)
    return "".join(_part(part, known) for part in parts)


def _part(part: str, known: dict[str, str]) -> str:
    if part == "...":
        return ".*"
    if MOMENTS.fullmatch(part):
        return MOMENTS.pattern
    if SAMPLES.fullmatch(part):
        seen = known.get(part)
        return re.escape(seen) if seen else f"(?P<{_group(part)}>{SAMPLES.pattern})"
    return r"\s+".join(re.escape(word) for word in part.split(" "))


def _group(sample: str) -> str:
    return "s_" + sample.replace("-", "_")


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl: the walk-through uses it")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_walk_through_is_what_one_sees(tmp_path: Path, document: str) -> None:
    known: dict[str, str] = {}
    with new_stack(tmp_path).running() as stack:
        for step in steps(document):
            program = step.command.split()[0]
            if program != "export" and not shutil.which(program, path=_path()):
                continue  # a text browser that this machine lacks
            assert eventually(lambda step=step: _seen(stack, step, known), 15), _told(stack, step)


def _seen(stack: Stack, step: Step, known: dict[str, str]) -> bool:
    """Run it; whether each expected line is there, in order. Learns what samples stand for."""
    output, learnt = _output(stack, step, known), dict(known)
    for line in step.expected:
        found = re.search(pattern(line, learnt), output)
        if not found:
            return False
        output = output[found.end() :]
        for name, value in found.groupdict().items():
            learnt[name.removeprefix("s_").replace("_", "-")] = value
    known |= learnt
    return True


def _output(stack: Stack, step: Step, known: dict[str, str]) -> str:
    command = step.command
    for sample, real in known.items():
        command = command.replace(sample, real)
    done = subprocess.run(
        ["bash", "-c", _here(stack, command)],
        env=stack.environment | {"PATH": _path()},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return _readme(stack, done.stdout + done.stderr)


def _here(stack: Stack, text: str) -> str:
    return text.replace(":8000", f":{stack.port}").replace(":2525", f":{stack.smtp_port}")


def _readme(stack: Stack, text: str) -> str:
    return text.replace(f":{stack.port}", ":8000")


def _told(stack: Stack, step: Step) -> str:
    return f"$ {step.command}\nshould show {step.expected}\nand shows\n{_output(stack, step, {})}"


def _path() -> str:
    from tests.e2e.stack import NETDESK

    return f"{NETDESK.parent}{os.pathsep}{os.environ['PATH']}"
