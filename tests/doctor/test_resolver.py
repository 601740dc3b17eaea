"""The resolver, asked over a socket; waiting; and what could not be checked."""

from collections.abc import Iterator
from itertools import pairwise
from socket import gaierror
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from netdesk.doctor import records
from netdesk.doctor.finding import Finding, bad, good
from netdesk.doctor.records import Resolver, Unanswered
from netdesk.doctor.trying import attempt, trying
from netdesk.doctor.waiting import until
from tests.doctor import ward
from tests.doctor.ward import desk
from tests.name_server import SILENT, NameServer

TABLE = {
    "isp.example": {
        "MX": ["20 second.example.", "10 First.example."],
        "NS": ["ns1.isp.example.", "ns2.isp.example."],
        "TXT": ['"v=spf1 " "-all"', r'"\255\001 odd"'],
    },
    "null.example": {"MX": ["0 ."]},
    "www.isp.example": {"CNAME": ["edge.example"]},
    "edge.example": {"A": ["203.0.113.1"], "AAAA": ["2001:db8::1"]},
    "loop.example": {"CNAME": ["loop.example"]},
}


@pytest.fixture
def server() -> Iterator[NameServer]:
    with NameServer(TABLE) as running:
        yield running


@pytest.fixture
def ask(server: NameServer) -> Resolver:
    return records.at("127.0.0.1", server.port)


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("isp.example", "MX", ("first.example", "second.example")),
        ("isp.example", "NS", ("ns1.isp.example", "ns2.isp.example")),
        ("isp.example", "TXT", ("v=spf1 -all", "�\x01 odd")),
        ("null.example", "MX", ("",)),
        ("www.isp.example", "A", ("203.0.113.1",)),
        ("www.isp.example", "AAAA", ("2001:db8::1",)),
        ("www.isp.example", "CNAME", ("edge.example",)),
        ("isp.example", "A", ()),
        ("nothing.example", "A", ()),
    ],
)
def test_records_are_read(ask: Resolver, name: str, kind: str, found: tuple[str, ...]) -> None:
    told = ask(name, kind)
    assert {*told} == {*found}
    assert kind != "MX" or told == found  # the best first


@pytest.mark.parametrize("fault", ["SERVFAIL", "REFUSED"])
def test_a_server_that_fails_is_no_answer(ask: Resolver, server: NameServer, fault: str) -> None:
    server.faults["isp.example"] = fault
    with pytest.raises(Unanswered, match=r"say nothing of isp\.example \(MX\)"):
        ask("isp.example", "MX")


def test_a_server_that_is_silent_is_no_answer(
    ask: Resolver, server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "SECONDS", 0.5)
    server.faults["isp.example"] = SILENT
    with pytest.raises(Unanswered):
        ask("isp.example", "MX")


@pytest.mark.parametrize("name", ["loop.example", "a..b", "x" * 64 + ".example"])
def test_what_is_no_name_is_no_answer(ask: Resolver, name: str) -> None:
    with pytest.raises(Unanswered):
        ask(name, "A")


def test_a_flood_of_records_is_cut(server: NameServer, ask: Resolver) -> None:
    server.table["many.example"] = {"A": [f"203.0.113.{n}" for n in range(200)]}
    assert len(ask("many.example", "A")) == records.MOST


def test_waiting_looks_often_at_first_and_ends_in_time() -> None:
    time, looks, told = ward.Time(), [], []
    given = desk(clock=time.clock, waiting=told.append)
    assert until(given, "it", lambda: looks.append(time.slept), 60) is None
    assert looks[:3] == [0, 0.4, 1.0]
    assert looks[-1] == pytest.approx(60)
    assert max(b - a for a, b in pairwise(looks)) == 5
    assert {*told} == {"it"}


def test_waiting_ends_with_what_was_waited_for() -> None:
    time = ward.Time()
    given = desk(clock=time.clock)
    assert until(given, "it", lambda: time.slept > 3 and "there", 60) == "there"
    assert time.slept < 6


def test_a_desk_on_this_machine_is_waited_for_less_long() -> None:
    time = ward.Time()
    until(desk(clock=time.clock, seconds=10), "it", lambda: False, 60)
    assert time.slept == pytest.approx(10)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "User: \x1b[31mhim\n is not"}}, "GetIt")


@pytest.mark.parametrize(
    ("error", "said", "advice"),
    [
        (refused("AccessDenied"), "GetIt: User: �[31mhim is not", "as who deployed the stack"),
        (refused("ExpiredToken"), "GetIt: User", "Sign in to AWS again"),
        (refused("Throttling"), "GetIt: User", "run the doctor again; the log of"),
        (NoCredentialsError(), "Unable to locate credentials", "AWS profile"),
        (EndpointConnectionError(endpoint_url="x"), "Could not connect", "machine online"),
        (Unanswered("silence"), "silence", "--resolver 9.9.9.9"),
        (TimeoutError("timed out"), "timed out", "the desk does not answer"),
        (gaierror(-2, "Name or service not known"), "Name or service not known", "leads elsewhere"),
        (KeyError("number"), "'number'", "run the doctor again; the log of"),
        (ValueError(), "ValueError", "run the doctor again; the log of"),
    ],
)
def test_what_could_not_be_checked_is_told_with_what_to_do(
    error: Exception, said: str, advice: str
) -> None:
    def look() -> Iterator[Finding]:
        yield good("One.")
        raise error

    first, second = trying(desk(), look())
    assert first == good("One.")
    assert second.state == "bad" and second.said.startswith(f"It could not be checked: {said}")
    assert advice in second.advice


def test_one_finding_that_can_be_made_is_kept() -> None:
    told = bad("Two.", "Do it.", "now")
    assert attempt(desk(), lambda _: told) == told


def test_where_the_log_is_can_be_copied() -> None:
    def look(_: Any) -> Finding:
        raise ValueError("odd")

    assert attempt(desk(log_command="less log"), look).copied == ("less log",)
