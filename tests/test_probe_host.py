"""What makes a measuring host: its unit, its environment, and the wall around it."""

import itertools
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.probe import wall
from infra.probe.wall import Host
from netdesk import ranges
from netdesk.probe import host
from netdesk.probe.agent import ProbeSettings
from netdesk.ranges import NO_EXCEPTIONS, Rules
from tests.sandbox import INSIDE

ROOT = Path(__file__).parent.parent
PROBE = ROOT / "infra" / "probe"
UNIT = PROBE / "netdesk-probe.service"
WORST = 11  # tenths, as systemd-analyze counts: 0 is a locked box, 96 a service without a switch

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


def in_wall(address, rules=NO_EXCEPTIONS):
    number, version = int(ip_address(address)), ip_address(address).version
    return any(first <= number <= last for first, last in wall.refused(version, rules))


# --- the unit


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@needs_systemd
def test_systemd_understands_every_line(tmp_path):
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"/opt/netdesk/venv/bin/\S+", "/bin/true", UNIT.read_text()))
    assert analyze("verify", "--man=no", str(unit)) == (0, "")


@needs_systemd
def test_the_sandbox_is_as_tight_as_it_was(tmp_path):
    code, table = analyze(
        "security", "--offline=true", "--no-pager", f"--threshold={WORST}", str(UNIT)
    )
    assert code == 0, table


@needs_systemd
@pytest.mark.parametrize("line", ["SystemCallFilter=", "CapabilityBoundingSet="])
def test_a_switch_that_is_lost_is_noticed(tmp_path, line):
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(rf"(?m)^{line}.*\n", "", UNIT.read_text()))
    assert analyze("security", "--offline=true", f"--threshold={WORST}", str(unit))[0] == 1


def test_the_unit_starts_what_the_project_installs():
    python = "/opt/netdesk/venv/bin/python"
    assert f"ExecStart={python} -I -m netdesk.probe.main agent\n" in UNIT.read_text()
    assert f"User={wall.USER}\n" in UNIT.read_text()
    assert f"\nu {wall.USER} - " in (PROBE / "netdesk-probe.sysusers").read_text()
    assert f"LoadCredential=aws-key:{wall.KEY}\n" in UNIT.read_text()


@needs_systemd
@pytest.mark.skipif(sys.platform != "linux", reason="system calls of Linux")
def test_the_agent_bears_the_switches():
    """Traces, clients of AWS, threads, TLS and look-ups under the unit's own system call filter."""
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, str(UNIT)], capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "all of it"


# --- the environment


def variables(text):
    return re.findall(r"(?m)^#?([A-Z_]+)=", text)


def test_the_example_holds_what_the_agent_reads():
    asked = {field.name.upper() for field in fields(ProbeSettings)}
    own = {host.ALLOW, host.REFUSE, host.RESOLVER, "NETDESK_PROBE_ENDPOINTS"}
    named = variables((PROBE / "probe.env.example").read_text())
    assert sorted(named) == sorted({"AWS_DEFAULT_REGION", *asked, *own})


def test_the_manual_explains_each_variable_and_names_each_file():
    manual = (ROOT / "docs" / "probe.md").read_text()
    for name in variables((PROBE / "probe.env.example").read_text()):
        assert f"`{name}`" in manual
    for path in PROBE.iterdir():
        if path.is_file() and path.name != "__init__.py":
            assert path.name in manual + (PROBE / "install.sh").read_text()


# --- the wall and the target rules


EDGES = [
    address
    for network, _ in (*ranges.SPECIAL_V4, *ranges.SPECIAL_V6)
    for number in (int(network.network_address), int(network.broadcast_address))
    for address in (
        type(network.network_address)(number + step)
        for step in (-1, 0, 1)
        if step >= -number and number + step < 1 << network.max_prefixlen
    )
]


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "169.254.169.254", "10.1.2.3", "2606:4700::1", "fd00:ec2::254", "::1", "::",
     "::ffff:8.8.8.8", "::ffff:10.0.0.1", "64:ff9b::808:808", "64:ff9b::a9fe:a9fe",
     "64:ff9b:1::1", "2002:7f00:1::1", "2002:808:808::1", "::127.0.0.1", "fec0::1", "4000::1",
     "ff02::1", "2001::1", "2001:200::1", "3fff::1", "5f00::1", "100:0:0:1::1"],
)  # fmt: skip
def test_the_wall_refuses_what_the_rules_refuse(address):
    assert in_wall(address) == (ranges.refusal(address) is not None)


def test_at_every_edge():
    assert [a for a in EDGES if in_wall(a) != (ranges.refusal(a) is not None)] == []


def anywhere(version):
    """Random addresses are nearly all in one range, so most are taken from near an edge."""
    if version == 4:
        kind, carried = IPv4Address, st.nothing()
        near = [e for e in EDGES if e.version == 4]
    else:
        kind = IPv6Address
        carried = st.builds(
            lambda base, inner: IPv6Address(int(ip_address(base)) + int(inner)),
            st.sampled_from(["64:ff9b::", "::ffff:0:0", "::", "64:ff9b:1::"]),
            anywhere(4),
        )
        sixtofour = st.builds(lambda v4: IPv6Address(0x2002 << 112 | int(v4) << 80), anywhere(4))
        carried = st.one_of(carried, sixtofour)
        near = [e for e in EDGES if e.version == 6]
    whole = st.integers(0, 2 ** (32 if version == 4 else 128) - 1).map(kind)
    return st.one_of(whole, st.sampled_from(near), carried)


addresses = st.one_of(anywhere(4), anywhere(6))


@given(addresses)
def test_wall_and_rules_agree(address):
    assert in_wall(address) == (ranges.refusal(address) is not None)


def networks(address, lengths):
    length = lengths % (address.max_prefixlen + 1)
    return ip_network(f"{address}/{length}", strict=False)


lists = st.lists(st.builds(networks, addresses, st.integers(0, 128)), max_size=3).map(tuple)


@given(addresses, st.builds(Rules, lists, lists), st.data())
def test_wall_and_rules_agree_on_what_an_operator_adds(address, rules, data):
    named = [n.network_address for n in (*rules.allow, *rules.refuse)]
    address = data.draw(st.sampled_from([address, *named]))
    assert in_wall(address, rules) == (ranges.refusal(address, rules) is not None)


@given(lists)
def test_ranges_do_not_touch(allow):
    """nft refuses a set whose elements overlap."""
    for version in (4, 6):
        spans = wall.refused(version, Rules(allow=allow))
        assert all(low <= high for low, high in spans)
        assert all(a[1] + 1 < b[0] for a, b in itertools.pairwise(spans))


# --- the gates


def test_resolvers_are_read_as_the_system_reads_them():
    text = "# nameserver 192.0.2.1\nsearch example\nnameserver\n"
    text += "nameserver 127.0.0.53\n nameserver fe80::1%eth0 \n"
    assert wall.resolvers(text) == [ip_address("127.0.0.53"), ip_address("fe80::1")]


@pytest.mark.parametrize("on_aws", [True, False])
def test_only_a_host_that_lives_by_its_role_reaches_the_metadata_service(on_aws):
    text = wall.ruleset(Host(990, on_aws=on_aws))
    assert ("169.254.169.254" in text) == ("169.254.169.253" in text) == on_aws


@pytest.mark.parametrize(
    ("environ", "key_file", "on_aws"),
    [({}, False, True), ({"AWS_ACCESS_KEY_ID": "x"}, False, False), ({}, True, False)],
)
def test_a_key_closes_the_metadata_service(monkeypatch, tmp_path, environ, key_file, on_aws):
    monkeypatch.setattr(wall, "USER", "root")
    monkeypatch.setattr(wall, "KEY", tmp_path / "aws-key")
    if key_file:
        wall.KEY.write_text("")
    built, _ = wall.this_host(environ)
    assert built.on_aws is on_aws


def test_the_operators_lists_reach_the_wall(monkeypatch):
    monkeypatch.setattr(wall, "USER", "root")
    environ = {
        host.ALLOW: "198.18.0.0/15",
        host.REFUSE: "8.8.8.0/24",
        host.RESOLVER: "10.0.0.2, 10.0.0.3",
        "NETDESK_PROBE_ENDPOINTS": "10.7.0.0/24",
    }
    built, rules = wall.this_host(environ)
    assert [ip_address("10.0.0.2"), ip_address("10.0.0.3")] == list(built.resolvers)[-2:]
    assert rules == host.rules(environ)
    assert built.endpoints == ranges.networks("10.7.0.0/24")


@pytest.mark.parametrize(
    ("user", "environ"),
    [("no-such-user", {}), ("root", {host.REFUSE: "all"}), ("root", {host.RESOLVER: "dns"})],
)
def test_without_a_wall_nothing_is_loaded_and_the_unit_stops(monkeypatch, capsys, user, environ):
    monkeypatch.setattr(wall, "USER", user)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert wall.main(["--load"]) == 1
    assert capsys.readouterr().err.startswith("There is no wall: ")
