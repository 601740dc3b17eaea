"""The laws of cutting a reply, and our separator."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail.reply import SEPARATOR, written

WORDS = SEPARATOR.strip("= ")


@pytest.mark.parametrize(
    "separator",
    [
        SEPARATOR,
        SEPARATOR.upper(),
        f"> {SEPARATOR}",
        f"> > {SEPARATOR}",
        f"*{SEPARATOR}*",
        f"   {SEPARATOR}  ",
        SEPARATOR.replace(" ", "\xa0"),
        SEPARATOR.replace(" ", "  "),
        SEPARATOR.replace(" above", "\nabove"),
        f"> {SEPARATOR.replace(' above', chr(10) + '> above')}",
        f"={WORDS}=",
        f"On 23 Nov 2026 at 9:15, Support <p@x.example> wrote:\n\n{SEPARATOR}",
        f"From: Support\nSent: Monday\nTo: Ann\nSubject: Line\n\n{SEPARATOR}",
        f"{SEPARATOR} Dear Ann, how is the line?",
    ],
)
def test_all_below_our_separator_is_ours(separator: str) -> None:
    assert written(f"Still dead.\n\n{separator}\n\nDear Ann,\nhow is the line?") == "Still dead."


def test_what_stands_before_the_separator_in_its_line_is_the_reply() -> None:
    assert written(f"Still dead. {SEPARATOR} Dear Ann") == "Still dead."


def test_an_answer_below_the_separator_is_found_if_none_is_above() -> None:
    assert written(f"> {SEPARATOR}\n> How?\n\nDead.\n> Ann\nBye.") == "Dead.\nBye."
    assert written(f"See below.\n> {SEPARATOR}\n> How?\nDead.") == "See below.\nDead."
    assert written(f"{SEPARATOR}\n> How?\n\nDead.") == "Dead."


def test_a_forwarded_mail_alone_stays() -> None:
    text = "---------- Forwarded message ---------\nFrom: Ann <a@x.example>\nDate: Mon\n\nDead."
    assert written(text) == text


LINES = ["", "Still dead.", "> How?", "| How?", "-- ", "--", "Ann", "wrote:", "Sent from my iPhone"]
LINES += ["On 23 Nov 2026, Support", "On 23 Nov 2026 at 9:15 Ann <a@x.example> wrote:", SEPARATOR]
LINES += [
    "From: Ann <a@x.example>",
    "To: Bob",
    "Subject: Line",
    "_" * 20,
    "Ann Doe wrote:",
    "Am 23",
]
LINES += ["-----Original Message-----", "Begin forwarded message:", "2026-11-23 A <a@x.example>"]


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(any(line == other for other in rest) for line in part)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=14))
def test_the_reply_is_some_of_the_lines_and_never_nothing(lines: list[str]) -> None:
    """Cut once more it may be shorter: what stood apart can read like an attribution together."""
    text = "\n".join(lines)
    reply = written(text)
    assert is_subsequence(shown(reply), shown(text))
    assert is_subsequence(shown(written(reply)), shown(reply))
    assert bool(reply) == bool(text)


def shown(text: str) -> list[str]:
    """Its lines; one of blanks may lose them."""
    return [line.rstrip() for line in text.split("\n")]


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert bool(written(text)) == bool(text)


UNITS = [
    ">",
    "> a\n",
    "\n",
    " ",
    "\xa0",
    "=",
    "=== Please ",
    "= >",
    "-",
    "-- \n",
    "--\n",
    "_",
    "*",
    ":",
]
UNITS += [
    "From: a\n",
    "From:",
    "On 1",
    "On 2026 9:15 a\n",
    "wrote:",
    "@",
    "<a@x> ",
    "a@",
    "[(",
    "I ",
]
UNITS += [
    "Sent from ",
    "Sent from a\n",
    "a ",
    "1",
    "9:15 ",
    "# ",
    "-- a ",
    "Am 1.1.26 schrieb ",
    "a\n",
]
UNITS += ["[" * 300 + "@a:\n", "1.1.26 " + "<a@" * 90 + ":\n", "#" * 300 + "\n", "=*-"]
UNITS += ["gesendet\n", "von meinem ", "lähetetty a ", "Ann <a@x.example>\n", "a" * 60 + "\n> a\n"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.process_time()
    written(text)
    written(text + ":")
    assert time.process_time() - start < 2
