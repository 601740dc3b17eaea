"""What one measuring host saw, as the page shows it: where it is cut, and what stands beside it."""

from netdesk.trace import Run
from tests.verdicts import (
    DEST,
    INSIDE,
    NO_SERVICE,
    OURS,
    OUTSIDE,
    REFUSED,
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
from traceroute.paths import View
from traceroute.verdict import verdict
from traceroute.views import views


def seen(*runs: Run) -> tuple[View, ...]:
    return views(provider(), runs, verdict(SITE, runs, provider()))


def cuts(*runs: Run) -> list[int | None]:
    """Behind which hop each path of each host is cut."""
    return [one.break_after for view in seen(*runs) for one in view.paths]


def beside(*facts: object) -> dict[str, str]:
    [view] = seen(run(OUTSIDE, *facts))
    return dict(view.diagnostics)


WAY = (f"{OURS}1", f"{OURS}2", f"{TRANSIT}1", f"{TRANSIT}2")
ARRIVES = way(path(*WAY, f"{DEST}1", TARGET), WORKS, reached=True)
STOPS = way(path(*WAY), silence(5), NO_SERVICE)


# --- where it is cut -----------------------------------------------------------------------------


def test_the_way_that_stops_is_cut_and_not_the_one_that_arrives() -> None:
    other = way(path("198.51.100.1", f"{DEST}1", TARGET), WORKS, reached=True)
    assert cuts(run(INSIDE, STOPS), run(OUTSIDE, other)) == [4, None]


def test_a_way_that_arrives_is_not_cut() -> None:
    assert cuts(run(INSIDE, ARRIVES)) == [None]


def test_a_host_behind_the_same_routers_that_arrives_is_not_cut() -> None:
    assert cuts(run(INSIDE, STOPS), run(OUTSIDE, ARRIVES)) == [4, None]


def test_of_two_ways_that_stop_the_one_that_the_sentence_is_about_is_cut() -> None:
    other = path("198.51.100.1", "198.18.2.1", "198.18.2.2", "198.18.2.3")
    assert cuts(run(INSIDE, STOPS), run(OUTSIDE, way(other, silence(5), NO_SERVICE))) == [4, None]


def test_a_loop_is_cut_where_it_begins_anew() -> None:
    ring = (f"{TRANSIT}1", f"{TRANSIT}2") * 14
    assert cuts(run(INSIDE, way(path(*WAY[:2], *ring), NO_SERVICE))) == [4]


def test_loss_is_shown_before_the_first_that_loses() -> None:
    counts = losses({1: (20, 0), 2: (20, 0), 3: (20, 0), 4: (20, 8), 5: (20, 9), 6: (20, 8)})
    lossy = way(path(*WAY, f"{DEST}1", TARGET), WORKS, counts, reached=True)
    assert cuts(run(INSIDE, lossy)) == [3]


def test_a_guess_cuts_nothing() -> None:
    nobodys = way(path("198.51.100.1", "203.0.114.1"), silence(3), NO_SERVICE)
    assert cuts(run(OUTSIDE, nobodys)) == [None]


# --- what stands beside it -----------------------------------------------------------------------


def test_name_servers_that_agree_are_one_row() -> None:
    told = beside(names("found", "found", "found"), ARRIVES)
    assert told["Name servers"] == f"{TARGET} (all 3 say so)"


def test_name_servers_that_do_not_agree_are_told_apart() -> None:
    told = beside(names("failed", "found", "no-such-name"), ARRIVES)
    assert [(who, said) for who, said in told.items() if who.startswith("Name server")] == [
        ("Name server of this host", "no answer"),
        ("Name server 9.9.9.9", TARGET),
        ("Name server 1.1.1.1", "there is no such name"),
    ]


def test_one_name_server_agrees_with_nobody() -> None:
    assert "Name server of this host" in beside(names("found"), ARRIVES)
    assert not [who for who in beside(ARRIVES) if who.startswith("Name")]


def test_ports_say_what_answers_there() -> None:
    certificate = ", but its certificate has run out"
    for facts, said in (
        (WORKS, "answers in 12 ms, certificate in order; the web server delivers a page (200)"),
        (service(status=404), "answers in 12 ms, certificate in order; "
                              "the web server refuses us its first page (404)"),
        (service(status=503), "answers in 12 ms, certificate in order; "
                              "the web server reports a fault of its own (503)"),
        (service(status=None), "answers in 12 ms, certificate in order; "
                               "the web server says nothing"),
        (service(tls="expired", status=None), f"answers in 12 ms{certificate}"),
        (REFUSED, "refuses the connection"),
        (NO_SERVICE, "no answer"),
    ):  # fmt: skip
        assert beside(way(path(TARGET), facts, reached=True))["Secure web (port 443)"] == said
    assert beside(ARRIVES)["Plain web (port 80)"] == (
        "answers in 12 ms; the web server sends us on to another address (301)"
    )


def test_both_versions_of_ip_are_one_row_unless_they_differ() -> None:
    six = way(path(TARGET), WORKS, reached=True, version=6)
    dead = way(path("2001:db8:1::1"), silence(2), NO_SERVICE, version=6)
    same = beside(ARRIVES, six)
    assert list(same) == ["Secure web (port 443)", "Plain web (port 80)"]
    assert same["Secure web (port 443)"].startswith("answers in 12 ms, certificate")
    assert list(beside(ARRIVES, dead)) == [
        "Secure web (port 443), IPv4", "Secure web (port 443), IPv6",
        "Plain web (port 80), IPv4", "Plain web (port 80), IPv6",
    ]  # fmt: skip
    late = [(kind, given | {"rtt_ms": 1_097.4}) for kind, given in service()]
    slow = way(path(TARGET), late, reached=True, version=6)
    assert "in 12 ms (IPv6: 1097 ms)," in beside(way(path(TARGET), service(), reached=True), slow)[
        "Secure web (port 443)"
    ]  # fmt: skip


def test_a_version_that_the_host_does_not_speak_was_not_tried() -> None:
    mute = way(version=6, progress="no-way", online=False)
    assert "does not have it" in beside(ARRIVES, mute)["IPv6"]
