"""Staff tell customers what is broken: the installed command, and the pages that it makes."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stack import NETDESK, Stack, eventually

STEERING = "\x1b]0;evil\x07\x1b[31m\x9b31m \u202egnp.exe\u2066 \r"
SCRIPT = "<script>alert(1)</script>"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LENGTH = re.compile(r"\d+ (min|h)\b")
PIPE = 1 << 16  # bytes that a pipe holds while nobody reads them
Opened = Callable[..., str]


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def run(stack: Stack, *arguments: str, typed: str = "") -> Done:
    done = subprocess.run(
        [NETDESK, *arguments], env=stack.environment, input=typed.encode(), capture_output=True,
        timeout=60,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def notice(title: str, *more: str) -> tuple[str, ...]:
    said = ("--title", title, "--impact", "minor", "--component", "web", "--message", "We look.")
    return ("notice", "open", *said, *more)


@pytest.fixture
def opened(stack: Stack) -> Iterator[Opened]:
    """Publishes a notice and gives its id; what was published is taken back in the end."""
    before = {one["id"] for one in stack.netdesk_json("notice", "list")}
    yield lambda *command: str(stack.netdesk_json(*command)["id"])
    for one in stack.netdesk_json("notice", "list"):
        if one["id"] not in before and one["state"] != "retracted":
            stack.netdesk("notice", "retract", one["id"], "--message", "This was a test.")


def page(stack: Stack, path: str = "") -> str:
    return stack.client.get(f"/status/{path}").text


def told(stack: Stack) -> tuple[Any, list[str]]:
    """All that customers and staff read, but for when it was built and how long it lasts."""
    lines = LENGTH.sub("", page(stack, "status.txt")).splitlines()
    kept = [line for line in lines if not line.startswith(("As of ", "Built "))]
    return stack.netdesk_json("notice", "list"), kept


# --- before it is told ---------------------------------------------------------------------------


def test_a_dry_run_says_all_and_changes_nothing(stack: Stack, opened: Opened) -> None:
    one = opened(*notice("Slow pages", "--since", ago()))
    said = ("--message", "A word that nobody reads.")
    before = told(stack)
    for command in (
        notice("Never opened", *said),
        ("notice", "update", one, "--state", "identified", *said),
        ("notice", "resolve", one, *said),
        ("notice", "retract", one, *said),
        ("notice", "edit", one, *said),
    ):
        text = stack.netdesk(*command, "--dry-run")
        assert text.startswith("This is a dry run: nothing is kept")
        assert re.search(r"(?m)^Would write \d+ pages:$", text)
        assert "status/index.html" in text
        assert text.count("A word that nobody reads.") >= 1
        assert "SERVICES" in text
        assert stack.netdesk_json(*command, "--dry-run")["dry_run"] is True
    assert told(stack) == before


def test_a_preview_is_the_page_that_comes(stack: Stack, opened: Opened, tmp_path: Path) -> None:
    one = opened(*notice("Slow pages", "--since", ago()))
    command = ("notice", "update", one, "--state", "identified", "--message", "A **disk**.",
               "--next-update", "90m")  # fmt: skip
    path = tmp_path / "page.html"
    said = stack.netdesk(*command, "--preview", str(path))
    assert said.endswith(f"Open {path} in a browser: it is the status page.\n")
    preview = path.read_text(encoding="utf-8")
    assert timeless(stack.netdesk(*command, "--preview", "-")) == timeless(preview)
    assert timeless(preview) != timeless(page(stack))
    stack.netdesk(*command)
    assert timeless(preview) == timeless(page(stack))


def timeless(html: str) -> str:
    """Without the times and lengths, which the minute between the two changes."""
    passing = r"<time.*?</time>|<svg.*?</svg>|<!-- \d.*?-->|data-after=\S+"
    return LENGTH.sub("", re.sub(passing, "", html)).strip()


def ago() -> str:
    """Long enough that a minute more adds no day with trouble."""
    return (datetime.now(UTC) - timedelta(hours=2)).isoformat()


# --- what it tells -------------------------------------------------------------------------------


def test_a_template_is_filled_and_a_missing_gap_is_named(stack: Stack, opened: Opened) -> None:
    listed = stack.netdesk_json("notice", "templates")
    assert "dialup-down" in [one["name"] for one in listed]
    command = ("notice", "open", "--template", "dialup-down", "--set", "place=Burbank")
    left = run(stack, *command)
    assert (left.code, left.out) == (1, "")
    assert left.err == "Template dialup-down has a gap: add --set other_number=...\n"
    opened(*command, "--set", "other_number=818/555-0100")
    text = page(stack, "status.txt")
    assert "No dial-up in Burbank" in text
    assert "Meanwhile: Dial 818/555-0100 instead." in text
    assert not re.search(r"\{\w+\}", text)


def test_the_next_update_is_promised_and_told_when_it_is_late(stack: Stack, opened: Opened) -> None:
    one = opened(*notice("Slow pages", "--next-update", "90m"))
    due = shown(stack, one)["next_update"]
    promise = re.search(r'<strong>Next update</strong> by <time datetime="([^"]+)"', page(stack))
    assert promise
    assert abs(moment(promise[1]) - moment(due)) < timedelta(minutes=1)
    assert abs(moment(due) - datetime.now(UTC) - timedelta(minutes=90)) < timedelta(minutes=2)
    soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    stack.netdesk("notice", "edit", one, "--next-update", soon)
    late = eventually(lambda: run(stack, "notice", "list").err)
    assert late == f"Late: customers wait for the promised update of {one}.\n"
    assert re.search(rf"(?m)^{one} .* LATE  Slow pages$", stack.netdesk("notice", "list"))
    assert "which is LATE" in stack.netdesk("notice", "show", one)
    assert eventually(lambda: "and is late." in published(stack))  # pages know whole seconds
    stack.netdesk("notice", "update", one, "--state", "monitoring", "--message", "We watch it.")
    assert run(stack, "notice", "list").err == ""
    assert "and is late." not in page(stack, "status.txt")


def published(stack: Stack) -> str:
    stack.netdesk("site", "publish", "--all")
    return page(stack, "status.txt")


def shown(stack: Stack, one: str) -> Any:
    return stack.netdesk_json("notice", "show", one)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_maintenance_is_moved_to_other_times(stack: Stack, opened: Opened) -> None:
    one = opened(
        "notice", "schedule", "--title", "New disks", "--from", "2098-03-01 02:00",
        "--to", "2098-03-01 03:00", "--component", "web", "--message", "Short breaks.",
    )  # fmt: skip
    assert re.search(r"From Saturday 1 March.*, 02:00 Pacific to", page(stack, "status.txt"))
    said = ("--from", "2098-03-02 04:00", "--to", "2098-03-02 05:30")
    stack.netdesk("notice", "edit", one, *said)
    text = page(stack, "status.txt")
    assert re.search(r"From Sunday 2 March.*, 04:00 Pacific to .*, 05:30 Pacific", text)
    assert "Saturday 1 March" not in text


def test_it_is_told_for_other_media(stack: Stack, opened: Opened) -> None:
    one = opened(*notice("Slow pages"))
    for medium in ("sms", "phone", "social"):
        assert "Slow pages" in stack.netdesk("notice", "show", one, "--as", medium)


def test_publishing_all_anew_says_what_follows(stack: Stack, opened: Opened) -> None:
    opened(*notice("Slow pages"))
    said = stack.netdesk("site", "publish", "--all").splitlines()
    assert re.fullmatch(r"\d+ pages written, revision \d+\.", said[0])
    assert re.fullmatch(r"The pages of \d+ months? follow, one month a minute\.", said[1])


# --- what can't be told --------------------------------------------------------------------------

BAD: list[tuple[tuple[str, ...], str]] = [
    (notice("x", "--component", "moon"), "Component moon is unknown: use "),
    (notice("x", "--component", STEERING), "Component "),
    (notice("x", "--impact", STEERING), "Impact "),
    (notice(" \u200b\u00ad "), "The title is empty"),
    (notice("x", "--message", " \n"), "The message is empty"),
    (notice("x", "--message", "-"), "The message is too long: use at most "),
    (notice("x", "--template", SCRIPT), f"There is no template {SCRIPT}: use "),
    (notice("x", "--since", "2000-09-02 08:00"), "It can't have begun then"),
    (notice("x", "--next-update", "90d"), "The next update can't be promised for then"),
    (notice("x", "--next-update", STEERING), ""),
    (("notice", "show", STEERING), ""),
    (("notice", "edit", "20261124-zzz", "--title", "x"), "There is no notice 20261124-zzz"),
    (
        (
            "notice", "schedule", "--title", "x", "--from", "2098-03-01 02:00",
            "--to", "2098-03-01 01:00", "--component", "web", "--message", "x",
        ),
        "The maintenance would end before it begins",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("command", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_what_can_not_be_is_one_sentence_and_nothing_is_published(
    stack: Stack, command: tuple[str, ...], sentence: str
) -> None:
    before = told(stack)
    done = run(stack, *command, typed="long " * 200_000)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(sentence)
    assert done.err.count("\n") == 1
    assert not RAW.search(done.err)
    assert told(stack) == before


def test_what_is_over_is_not_gone_on_with(stack: Stack, opened: Opened) -> None:
    one = opened(*notice("Slow pages"))
    stack.netdesk("notice", "resolve", one, "--message", "Quick again.")
    before = told(stack)
    done = run(stack, "notice", "update", one, "--state", "identified", "--message", "x")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"Notice {one} is resolved: open a new one.\n"
    assert told(stack) == before


def test_nothing_that_was_typed_steers_a_terminal_or_a_page(stack: Stack, opened: Opened) -> None:
    hostile = f"Odd {STEERING} {SCRIPT}"
    one = opened(*notice(hostile, "--message", hostile, "--meanwhile", hostile, "--at", hostile))
    for command in (("list",), ("show", one), ("show", one, "--as", "sms"),
                    ("edit", one, "--meanwhile", hostile, "--dry-run"),
                    ("edit", one, "--meanwhile", hostile, "--preview", "-")):  # fmt: skip
        assert not RAW.search(stack.netdesk("notice", *command)), command
    for path in ("", f"notices/{one}/"):
        html = page(stack, path)
        assert "Odd" in html
        assert "&lt;script&gt;alert(1)" in html
        assert SCRIPT not in html
        assert not RAW.search(html)
    for path in ("status.txt", "line.txt", "feed.atom", "feed.json"):
        assert not RAW.search(page(stack, path)), path


# --- two at once ---------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told(stack: Stack, opened: Opened) -> None:
    """The first still types: more than a pipe holds is taken only by somebody who reads."""
    one = opened(*notice("Slow pages"))
    first = subprocess.Popen(
        [NETDESK, "notice", "edit", one, "--message", "-"], env=stack.environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
    )  # fmt: skip
    assert first.stdin
    sent = 0
    while sent <= PIPE:
        sent += first.stdin.write(b" " * (PIPE // 4)) or 0
    stack.netdesk("notice", "edit", one, "--title", "Slow and odd pages")
    out, err = first.communicate(b"Mine.")
    assert (first.returncode, out) == (1, b"")
    assert err.decode() == f"Somebody changed notice {one} meanwhile: look at it again first.\n"
    kept = json.loads(stack.netdesk("notice", "show", one, "--json"))
    assert (kept["title"], kept["updates"][0]["message"]) == ("Slow and odd pages", "We look.")
