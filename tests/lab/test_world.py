"""The lab's internet is as its map says, and leaves nothing behind."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.lab import world_map
from tests.lab.looking import ENDS, STAR, connect, echoes, fetch, fits, trace, traces
from tests.lab.world import WorldFault, world
from tests.lab.world_map import address


@pytest.fixture(scope="module")
def net():
    with world() as made:
        yield made


@pytest.mark.parametrize("where, version", ENDS)
def test_the_whole_way(net, where, version):
    assert fits(trace(net, where, version), net.path(where, version))
    assert fits(trace(net, where, version, "-I"), net.path(where, version))


def test_where_the_ways_lead():
    nodes = {one: node for node in world_map.NODES for one in (address(node), address(node, 6))}
    owners = [world_map.owner(one)[0] for one in nodes]
    for (one, node), prefix in zip(nodes.items(), owners, strict=True):
        operator = world_map.OPERATORS[world_map.NODES[node][0]]
        assert prefix in (operator.v4, operator.v6), one
    assert world_map.owner("198.18.28.1")[1] != world_map.owner("198.18.27.255")[1]
    assert world_map.owner("198.19.0.1") is None


def test_ports_choose_the_branch_and_icmp_keeps_to_one(net):
    branches = {address("x2a"), address("x2b")}
    seen = [trace(net, "inside", 4, "-f4", "-m4", tries=10) for _ in range(4)]
    assert set(re.findall(r"[\d.]{7,}", str(seen))) == branches
    seen = [trace(net, "inside", 4, "-f4", "-m4", "-I", tries=10) for _ in range(4)]
    assert len(set(re.findall(r"[\d.]{7,}", str(seen)))) == 1


@pytest.mark.parametrize("where, version", ENDS)
def test_the_controls_answer(net, where, version):
    for control in ("ctrl1", "ctrl2"):
        assert net.within(where, echoes, address(control, version)) == 1


@pytest.mark.parametrize("where, version", ENDS)
def test_the_site_answers(net, where, version):
    target = address("target", version)
    assert fetch(net, where, target) == 200
    assert net.within(where, connect, target, 80) == "open"
    assert net.within(where, connect, target, 81) == "refused"
    assert net.web.requests[-1].line == "GET / HTTP/1.1"


@pytest.mark.parametrize("status", [301, 503])
def test_the_site_has_a_status(net, status):
    with net.web.serving(status=status):
        assert fetch(net, "inside", address("target")) == status
    assert fetch(net, "inside", address("target")) == 200


def test_the_site_hangs_up(net):
    with net.web.serving(status=None):
        assert fetch(net, "inside", address("target")) == "hung up"


@pytest.mark.parametrize(
    "certificate, complaint",
    [
        ("expired", "certificate has expired"),
        ("wrong-name", "Hostname mismatch"),
        ("self-signed", "self-signed certificate"),
    ],
)
def test_bad_certificates(net, certificate, complaint):
    with net.web.serving(certificate=certificate):
        assert complaint in fetch(net, "inside", address("target"))
    assert fetch(net, "inside", address("target")) == 200


@pytest.mark.parametrize("version", [4, 6])
def test_the_outside_over_the_same_transit(version):
    with world(shared_transit=True) as net:
        assert fits(trace(net, "outside", version), net.path("outside", version))
        assert len(net.path("outside", version)) == 7
        assert net.within("outside", echoes, address("ctrl2", version)) == 1


def test_a_border_that_answers_from_its_neighbours_addresses():
    with world(foreign_border=True) as net:
        for end, found in traces(net).items():
            assert fits(found, net.path(*end))
        seen = [
            world_map.owner(net.path(where)[at][0])[1]
            for where, at in [("inside", 5), ("outside", 2)]
        ]
        assert seen == [world_map.OPERATORS[name].asn for name in ("TRANSIT", "OTHER")]


@pytest.mark.usefixtures("slow_cables")
def test_cables_that_take_their_time():
    with world(delay=0.005, fault=WorldFault("silent", "d2")) as net:
        for end, found in traces(net).items():
            *path, _, target = net.path(*end)
            assert fits(found, [*path, STAR, target])
        assert fetch(net, "inside", address("target", 6)) == 200
        listing = net.run("inside", "traceroute", "-n", "-q1", "-f8", address("target")).stdout
        assert float(re.search(r"([\d.]+) ms", listing)[1]) >= 80


def listed():
    found = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_it_leaves_nothing_behind():
    with world() as net:
        spaces = set(net.spaces.values())
        assert spaces <= listed()
    assert not spaces & listed()
    assert not [space for space in spaces if Path("/etc/netns", space).exists()]
