"""Writes docs/commands.md from the commands' own help."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from netdesk.cli.main import parser

PATH = Path(__file__).parent.parent / "docs" / "commands.md"
HEAD = """# Commands

Made from the commands' own help by `python -m tests.reference`; a test fails when the two differ.
Errors are one sentence on stderr; the exit code is 1 for what you can mend, 2 for a command that
is not understood.
"""


def reference() -> str:
    os.environ["COLUMNS"] = "100"  # argparse wraps at the terminal's width
    sections = [
        f"\n## {made.prog}\n\n```text\n{made.format_help()}```\n" for made in _all(parser())
    ]
    return HEAD + "".join(sections)


def _all(made: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield made
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _all(command)


if __name__ == "__main__":
    PATH.write_text(reference(), encoding="utf-8")
