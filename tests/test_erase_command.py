"""`netdesk ticket erase`: it asks back on a terminal, and says what it did."""

import argparse
import io
import json
from typing import Any

import pytest

from netdesk.cli import erase as command
from netdesk.cli.desk_api import Failed

DONE = {
    "number": "K7Q2-9WXA", "erased_at": "2026-11-24T18:00:00+00:00", "entries": 3, "files": 1,
    "mails": 0, "backups_until": "2026-12-29T18:00:00+00:00", "backups": "Backups last.",
}  # fmt: skip


class Desk:
    """What the staff door answers."""

    def __init__(self, **changes: Any) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._done = DONE | changes

    def post(self, *path: str) -> dict[str, Any]:
        self.asked.append(path)
        return self._done


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr(command, "connect", lambda: made)
    return made


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="netdesk ticket")
    command.add_to(parser.add_subparsers())
    options = parser.parse_args(["erase", *arguments])
    return int(options.run(options))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "done"), [("yes\n", 1), ("Yes \n", 1), ("no\n", 0), ("", 0)])
def test_on_a_terminal_it_asks_back(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    typed: str, done: int,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    if done:
        run("k7q29wxa")
    else:
        with pytest.raises(Failed, match="Nothing was erased"):
            run("k7q29wxa")
    assert len(desk.asked) == done
    assert "all that was written on K7Q2-9WXA, its files and its mails" in capsys.readouterr().err


def test_a_script_is_not_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    run("K7Q2-9WXA")
    assert len(desk.asked) == 1


def test_it_says_what_went_and_what_backups_hold(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("k7q2", "9wxa", "--yes") == 0
    assert desk.asked == [("staff", "tickets", "K7Q2-9WXA", "erase")]
    assert capsys.readouterr().out.splitlines() == [
        "Erased on K7Q2-9WXA: 3 entries, 1 file.", "Backups last.",
    ]  # fmt: skip


def test_when_nothing_was_left_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "connect", lambda: Desk(entries=0, files=0))
    run("K7Q2-9WXA", "--yes")
    assert capsys.readouterr().out.startswith("Nothing was left to erase on K7Q2-9WXA.\n")


def test_json_is_what_the_desk_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    run("K7Q2-9WXA", "--yes", "--json")
    assert json.loads(capsys.readouterr().out) == DONE


def test_a_wrong_number_is_one_sentence(desk: Desk) -> None:
    with pytest.raises(Failed, match="K7Q2-9WXB is not a ticket number"):
        run("K7Q2-9WXB", "--yes")
    assert desk.asked == []
