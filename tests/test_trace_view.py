"""`netdesk trace` in a terminal of 80 columns: hops as they come, and what they show."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from netdesk.cli.trace_view import COLUMNS, Trace
from netdesk.facts import Fact, Hop, Network
from netdesk.trace import Job, Run
from tests.verdicts import (
    DEST,
    INSIDE,
    NO_SERVICE,
    OURS,
    OUTSIDE,
    SITE,
    TARGET,
    TRANSIT,
    WORKS,
    losses,
    names,
    path,
    provider,
    run,
    service,
    silence,
    way,
)
from traceroute.documents import document
from traceroute.verdict import verdict

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
LINK = f"https://support.example.net/api/traces/{'5f0c' * 8}"
WAY = (f"{OURS}1", f"{TRANSIT}1", f"{TRANSIT}2")


def looks(trace: Trace, *runs: Run, steps: Sequence[int] = ()) -> Iterator[list[str]]:
    """What each look adds: after so many facts of each run, and when all is over."""
    job = Job("5f0c" * 8, SITE, tuple(one.probe for one in runs), NOW)
    after = [0] * len(runs)
    for many in (*steps, None):
        so_far = [one if many is None else until(one, many) for one in runs]
        told = document(job, so_far, after, verdict(SITE, so_far, provider()))
        after = [int(n) for n in told["next"].split(",")]
        yield trace.learn(told | {"link": LINK})


def until(one: Run, many: int) -> Run:
    return replace(one, state="running", facts=one.facts[:many])


def shown(*runs: Run) -> list[str]:
    trace = Trace()
    lines = [line for look in looks(trace, *runs) for line in look]
    return [*lines, *trace.summary]


def test_a_path_that_breaks() -> None:
    broken = way(path(*WAY), silence(4), NO_SERVICE)
    assert shown(run(INSIDE, names("found", "found", "found"), broken)) == [
        "from inside over IPv4 to 203.0.113.80:",
        "  1  192.0.2.1           10.0 ms",
        "  2  198.18.1.1          20.0 ms    AS64502  Example Transit",
        "  3  198.18.1.2          30.0 ms    AS64502  Example Transit",
        "  4  *  and so to hop 30",
        "",
        "names       all 3 name servers: 203.0.113.80",
        "port 443    IPv4: silent",
        "port 80     IPv4: silent",
        "",
        "The path stops inside the network of Example Transit, or where it hands on to the next: "
        "the last to answer was 198.18.1.2 (hop 3). Which side of a hand-over fails is not proven "
        "by this. The way back may be another one, and be at fault.",
        "sure        likely",
        "breaks      after hop 3 over IPv4, 198.18.1.2, Example Transit",
        f"page        {LINK}",
    ]


def test_two_hosts_and_two_versions_of_ip_are_told_apart() -> None:
    six = way(path("2001:db8:1::1", "2001:db8:d::80"), WORKS, reached=True, version=6)
    four = way(path(f"{DEST}1", TARGET), service(), service("refused", port=80), reached=True)
    dead = way(path(f"{OURS}1"), silence(2), NO_SERVICE)
    lines = shown(run(INSIDE, names("failed", "found"), dead), run(OUTSIDE, four, six))
    assert [line for line in lines if line.startswith("from")] == [
        "from inside over IPv4 to 203.0.113.80:",
        "from outside over IPv4 to 203.0.113.80:",
        "from outside over IPv6 to 2001:db8:d::80:",
    ]
    assert "  1  2001:db8:1::1                    10.0 ms    AS64502  Example Transit" in lines
    beside = lines[lines.index("") + 1 :]
    assert beside[: beside.index("")] == [
        "names       inside, own name server: no answer",
        "names       inside, 9.9.9.9 name server: 203.0.113.80",
        "port 443    inside, IPv4: silent",
        "port 80     inside, IPv4: silent",
        "port 443    outside, IPv4 and IPv6: open, TLS ok, HTTP 200",
        "port 80     outside, IPv4: refused",
        "port 80     outside, IPv6: open, HTTP 301",
    ]


def test_loss_and_a_host_that_reaches_nothing_else_are_told_in_numbers() -> None:
    counts = losses({1: (20, 0), 2: (20, 9), 3: (20, 8)})
    lossy = way(path(*WAY[:2], TARGET), WORKS, counts, reached=True, online=False)
    lines = shown(run(INSIDE, lossy))
    assert "lost        IPv4: 9 of 20 at hop 2, 8 of 20 at hop 3" in lines
    assert "control     192.175.48.1 does not answer" in lines
    assert "loses       after hop 1 over IPv4" in lines


def test_a_hint_breaks_nothing() -> None:
    nobodys = way(path("198.51.100.1", "203.0.114.1"), silence(3), NO_SERVICE)
    lines = shown(run(OUTSIDE, nobodys))
    assert lines[-2] == "sure        a hint, no more"


def test_silence_is_one_line_and_the_gaps_between_answers_too() -> None:
    gaps = path(WAY[0], None, WAY[1], None, None, TARGET)
    lines = shown(run(INSIDE, way(gaps, WORKS, reached=True)))
    assert [line[:24].rstrip() for line in lines[1:6]] == [
        "  1  192.0.2.1", "  2  *", "  3  198.18.1.1", "  4  *  and so to hop 5",
        "  6  203.0.113.80",
    ]  # fmt: skip


def hop(n: int, ttl: int) -> Hop:
    return Hop(n, ttl, (f"{TRANSIT}{ttl}",), 1.0 * ttl)


def test_a_hop_waits_one_look_for_a_word_on_whose_it_is() -> None:
    facts: tuple[Fact, ...] = (
        hop(1, 1), hop(2, 2), Network(3, f"{TRANSIT}2", 64502, "Example Transit"),
        Network(4, f"{TRANSIT}1", 64502, "Example Transit"), hop(5, 3), hop(6, 4),
    )  # fmt: skip
    told = list(looks(Trace(), Run("inside", "done", facts), steps=(3, 5, 5)))
    assert [[line.split()[0] for line in look] for look in told] == [
        ["from", "2"], ["1"], ["3"], ["4"],
    ]  # fmt: skip
    assert told[1][0].endswith("AS64502  Example Transit")


def test_no_line_about_a_hop_is_wider_than_the_terminal() -> None:
    longest = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"
    both = ("198.18.1.1", "198.18.1.2")
    facts = (
        Hop(1, 1, (longest,), 99_999.9, "!X", version=6), Network(2, longest, 2**32 - 1, "W" * 80),
        Hop(3, 1, both, 99_999.9, "!H"), Network(4, both[0], 2**32 - 1, "W" * 80),
        Hop(5, 2, both[:1]),
    )  # fmt: skip
    lines = [line for [*look] in looks(Trace(), Run("x" * 30, "done", facts)) for line in look]
    rows = [row for line in lines for row in line.split("\n")]
    assert max(map(len, rows)) == COLUMNS
    assert "     198.18.1.2" in rows
