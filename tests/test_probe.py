"""The probe's command line, and the engine on loopback: the one path that every machine has."""

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from socket import AF_INET, AF_INET6

import pytest

from netdesk.probe.main import main
from netdesk.probe.path import icmp
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.engine import trace
from netdesk.probe.path.wire import Wire

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the probe needs Linux")


@pytest.fixture
def loopback(monkeypatch):
    monkeypatch.setenv("NETDESK_PROBE_ALLOW", "127.0.0.0/8,::1/128")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1"])
def test_json_is_an_event_a_line(loopback, capsys, address):
    assert main(["trace", address, "--json", "--udp"]) == 0
    hop, done = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(hop) == ["event", "ttl", "addresses", "rtt_ms", "t_ms", "tries"]
    assert (hop["event"], hop["ttl"]) == ("hop", 1)
    assert hop["addresses"] == [address.removeprefix("::ffff:")]
    assert 0 <= hop["rtt_ms"] <= hop["t_ms"] <= done["t_ms"]
    assert done == {"event": "done", "reached": True, "hops": 1, "t_ms": done["t_ms"]}


def test_without_json_it_is_a_table(loopback, capsys):
    assert main(["trace", "127.0.0.1"]) == 0
    hop, last = capsys.readouterr().out.splitlines()
    assert hop.split()[:2] == ["1", "127.0.0.1"]
    assert last.startswith("reached hop 1 (")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["trace", "10.1.2.3"], "10.1.2.3 is a private address"),
        (["trace", "127.0.0.1"], "127.0.0.1 is the address by which a machine calls itself"),
        (["trace", "::1", "--json"], "::1 is the address by which a machine calls itself"),
        (["trace", "www.example.com"], "www.example.com is a name: look its address up first"),
        (["trace", "127.1"], "That ends in a number"),
        (["trace", "--", "-w60"], "A name does not begin with a hyphen"),
        (["trace", ""], "Enter the name or address"),
    ],
    ids=str,
)
def test_a_refused_target_is_one_sentence(monkeypatch, capsys, arguments, says):
    monkeypatch.delenv("NETDESK_PROBE_ALLOW", raising=False)
    assert main(arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(says)
    assert printed.err.endswith(".\n") and printed.err.count("\n") == 1


@pytest.mark.parametrize("value", ["lab", "198.18.0.1/15", "198.18.0.0/15;::/0", "0.0.0.0/99"])
def test_a_malformed_exception_is_named(monkeypatch, capsys, value):
    monkeypatch.setenv("NETDESK_PROBE_ALLOW", value)
    assert main(["trace", "127.0.0.1"]) == 1
    assert capsys.readouterr().err.startswith("NETDESK_PROBE_ALLOW: A list of networks")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["trac"],
        ["trace"],
        ["trace", "a", "b"],
        ["trace", "-x", "a"],
        ["trace", "127.0.0.1", "--udp", "--icmp"],
        ["trace", "127.0.0.1", "--udp", "--tcp"],
        ["trace", "127.0.0.1", "--flows", "0"],
        ["trace", "127.0.0.1", "--flows", "9"],
        ["trace", "127.0.0.1", "--flows", "two"],
    ],
    ids=str,
)
def test_wrong_usage_is_one_sentence(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("netdesk-probe") and printed.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["trace", "--help"], ["--version"]], ids=str)
def test_help_is_no_error(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    assert capsys.readouterr().out


def test_elsewhere_than_on_linux_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["trace", "8.8.8.8"]) == 1
    assert capsys.readouterr().err.startswith("The probe needs Linux")


def test_a_reader_that_goes_away_is_no_traceback():
    here, gone = os.pipe()
    os.close(here)
    command = [sys.executable, "-m", "netdesk.probe.main", "trace", "127.0.0.1"]
    environment = {**os.environ, "NETDESK_PROBE_ALLOW": "127.0.0.0/8"}
    root = Path(__file__).parents[1]
    done = subprocess.run(
        command, stdout=gone, stderr=subprocess.PIPE, env=environment, cwd=root, check=False
    )
    os.close(gone)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_trace_by_tcp_connects_once(address):
    family = AF_INET6 if ":" in address else AF_INET
    with socket.create_server((address, 0), family=family) as server:
        *hops, done = asyncio.run(traced(address, method="tcp", port=server.getsockname()[1]))
        server.accept()[0].close()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert [(hop.ttl, hop.addresses) for hop in hops] == [(1, (address,))]
    assert (done.reached, done.hops) == (True, 1)


async def traced(address, **way):
    return [event async for event in trace(address, **way)]


def test_a_closed_port_is_reached_too():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert asyncio.run(traced("127.0.0.1", method="tcp", port=port))[-1].reached


def test_a_job_sends_no_more_than_its_budget():
    budget = Budget(3)
    assert asyncio.run(traced("127.0.0.1", method="udp", budget=budget))[-1].packets == 3
    *hops, done = asyncio.run(traced("127.0.0.1", method="udp", budget=budget))
    assert (hops, done.packets, done.reached, budget.left) == ([], 0, False, 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1"])
def test_a_target_has_its_port_each_time(address):
    with closing(Wire(address, "udp")) as wire:
        first = source_port(wire)
        with closing(Wire(address, "udp")) as at_the_same_time:
            assert source_port(at_the_same_time) != first
    flows = [Wire(address, "udp", flow) for flow in range(8)]
    assert source_port(flows[0]) == first
    assert len({source_port(flow) for flow in flows}) == 8
    for flow in flows:
        flow.close()


def source_port(wire):
    with socket.socket(fileno=os.dup(wire.fileno())) as same:
        return same.getsockname()[1]


TARGET, ROUTER = "198.19.0.1", "198.18.3.2"
TARGET6, ROUTER6 = "2001:db8:ffff::1", "2001:db8:3::2"


@pytest.mark.parametrize(
    ("kind", "code", "sender", "meaning"),
    [
        (11, 0, ROUTER, icmp.Meaning()),
        (11, 0, TARGET, icmp.Meaning()),
        (11, 1, ROUTER, None),  # a fragment took too long: no hop
        (3, 3, TARGET, icmp.Meaning("", True, True)),
        (3, 3, ROUTER, icmp.Meaning("!P", True)),
        (3, 2, TARGET, icmp.Meaning("!P", True, True)),
        (3, 0, ROUTER, icmp.Meaning("!N", True)),
        (3, 1, ROUTER, icmp.Meaning("!H", True)),
        (3, 1, TARGET, icmp.Meaning("!H", True)),  # it stands for a machine behind it
        (3, 13, ROUTER, icmp.Meaning("!X", True)),
        (3, 10, TARGET, icmp.Meaning("!X", True, True)),
        (3, 4, ROUTER, None),  # too big: ours never are
        (3, 99, ROUTER, None),
        (12, 0, ROUTER, None),
        (3, 0, ROUTER6, icmp.Meaning()),
        (1, 4, TARGET6, icmp.Meaning("", True, True)),
        (1, 4, ROUTER6, icmp.Meaning("!P", True)),
        (1, 0, ROUTER6, icmp.Meaning("!N", True)),
        (1, 3, ROUTER6, icmp.Meaning("!H", True)),
        (1, 1, ROUTER6, icmp.Meaning("!X", True)),
        (1, 1, TARGET6, icmp.Meaning("!X", True, True)),
        (2, 0, ROUTER6, None),
    ],
    ids=str,
)
def test_what_an_icmp_error_means(kind, code, sender, meaning):
    family, target = (AF_INET6, TARGET6) if ":" in sender else (AF_INET, TARGET)
    assert icmp.meaning(icmp.Error(family, kind, code, sender), target) == meaning


def control(origin, sender, size=4):
    """A control message as the kernel lays it out: sock_extended_err, then a sockaddr_in."""
    extended = struct.pack("=IBBBBII", 113, origin, 11, 0, 0, 0, 0)
    return extended + struct.pack("=HH", AF_INET, 0) + bytes(map(int, sender.split(".")))[:size]


def test_the_control_message_names_the_router():
    assert icmp.error(AF_INET, control(2, ROUTER)) == icmp.Error(AF_INET, 11, 0, ROUTER)


@pytest.mark.parametrize("content", [control(1, ROUTER), control(2, ROUTER, size=2)])
def test_an_error_that_came_by_no_packet_is_none(content):
    assert icmp.error(AF_INET, content) is None
