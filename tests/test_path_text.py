import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.text import safe
from tests.traced import BROKEN, HEALTHY, REACHED, path, paths, stop
from traceroute.path_text import COLUMNS, cut, lines
from traceroute.paths import Path, Stop


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def test_a_path_that_breaks() -> None:
    assert lines(BROKEN) == [
        "IPv4 to 203.0.113.80",
        "  1  192.0.2.1                                  0.4 ms",
        "     gw-1.rack7.example.net, Example Hosting (AS64500)",
        "  2  192.0.2.17                                 0.8 ms",
        "     Example Hosting (AS64500)",
        "  3  192.0.2.130                                1.3 ms",
        "     be-12.cr2.hillsboro.example.net, Example Hosting (AS64500)",
        "  4  198.51.100.5                               9.7 ms",
        "     ae-1.r24.sttlwa01.us.bb.transit.example, Transit One (AS64501)",
        "  5  nobody answers",
        "  6  198.51.100.61                             31.2 ms",
        "     Transit One (AS64501)",
        "--- it breaks here ---",
        "7 to 30  nobody answers",
        "No answer came from 203.0.113.80.",
    ]


def test_a_path_that_arrives_with_several_routers_at_one_hop() -> None:
    told = lines(path(HEALTHY[6:7], reached=True))
    assert told == [
        "IPv4 to 203.0.113.80",
        "  7  198.51.100.90                             48.9 ms",
        "     or 198.51.100.91",
        "     Transit One (AS64501)",
        "     Answers traces slowly; normal",
        "203.0.113.80 answers.",
    ]


def test_the_longest_address_and_a_mark_stand_in_their_columns() -> None:
    long = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"
    told = lines(path((stop(30, long, 1e300, mark="!H"),)))
    assert told[1] == " 30  2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff   99999 ms !H"
    assert told[2] == "     Says that it can't reach the machine"


def test_what_does_not_fit_on_one_line_stands_on_two() -> None:
    name = "a" * 60 + ".example"
    told = lines(path((stop(1, "192.0.2.1", 1, ("Transit One", 64501), name=name),)))
    assert told[2:4] == [f"     {name[:66]}\u2026", "     Transit One (AS64501)"]


def test_a_loop_is_told_once_round() -> None:
    walk = [stop(n, f"192.0.2.{1 + n % 2}") for n in range(1, 31)]
    assert lines(path(walk, break_after=2))[1:-1] == [
        "  1  192.0.2.2",
        "  2  192.0.2.1",
        "--- packets go round in a circle here ---",
        "3 to 30  the same routers again",
    ]


def test_loss_is_no_break() -> None:
    assert "--- packets get lost from here on ---" in lines(replace(REACHED, break_after=3))


@given(paths())
def test_no_line_is_too_long_or_steers_a_terminal(any_path: Path) -> None:
    for line in lines(any_path):
        assert columns(line) <= COLUMNS
        assert line == safe(line).replace("\n", "") == line.rstrip()
    breaks = [line for line in lines(any_path) if line.startswith("---")]
    assert len(breaks) == (any_path.break_after is not None)


@given(st.text(), st.integers(1, 80))
def test_what_is_cut_fits_and_begins_as_it_was(text: str, most: int) -> None:
    short = cut(text, most)
    assert columns(short) <= most
    whole = cut(text, 10_000)
    assert short == whole or (short[-1:] == "\u2026" and whole.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("rtt", "said"),
    [(None, ""), (0.0, "0.0 ms"), (9.96, "10.0 ms"), (99.94, "99.9 ms"), (100.4, "100 ms")],
)
def test_a_time_is_said_as_exactly_as_it_means_something(rtt: float | None, said: str) -> None:
    assert Stop(1, rtt_ms=rtt).after == said


@pytest.mark.parametrize(
    ("operator", "asn", "said"),
    [("", None, ""), ("One", None, "One"), ("", 7, "AS7"), ("One", 7, "One (AS7)")],
)
def test_a_network_is_called_by_what_is_known_of_it(
    operator: str, asn: int | None, said: str
) -> None:
    assert Stop(1, operator=operator, asn=asn).network == said
