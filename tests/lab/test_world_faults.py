"""What breaks in the lab's internet breaks as its name says, and is whole again afterwards."""

from functools import partial

import pytest

from tests.lab.looking import (
    FARTHEST,
    STAR,
    ask,
    connect,
    echoes,
    fits,
    said,
    trace,
    traces,
)
from tests.lab.world import WorldFault, world
from tests.lab.world_map import address

V4, V6 = address("target"), address("target", 6)


@pytest.fixture(scope="module")
def net():
    with world() as made:
        yield made


def dark(path):
    return [*path, *[STAR] * (FARTHEST - len(path))]


def cut(at, version_of_fault=None):
    """Nothing beyond `at`, on the ways that lead over it."""

    def expected(net, where, version):
        path = net.path(where, version)
        places = [i for i, hop in enumerate(path) if address(at, version) in hop]
        broken = places and version_of_fault in (None, version)
        return dark(path[: places[0]]) if broken else path

    return expected


def marked(at, mark, late):
    def expected(net, where, version):
        path = net.path(where, version)
        places = [i for i, hop in enumerate(path) if address(at, version) in hop]
        if not places:
            return path
        return [*path[: places[0] + late], (f"{address(at, version)} {mark}",)]

    return expected


def starred(at):
    def expected(net, where, version):
        path = net.path(where, version)
        return [STAR if address(at, version) in hop else hop for hop in path]

    return expected


def going_round(net, where, version):
    path = net.path(where, version)
    if where == "outside":
        return path
    pair = [(address("x3", version),), (address("x2a", version),)]
    return [*path[:4], *(pair * FARTHEST)[: FARTHEST - 4]]


BROKEN = {
    "silent": (WorldFault("silent", "x3"), starred("x3")),
    "dead": (WorldFault("dead", "x3"), cut("x3")),
    "our border is dead": (WorldFault("dead", "r2"), cut("r2")),
    "dead for IPv6": (WorldFault("dead", "d2", version=6), cut("d2", 6)),
    "dead for IPv4": (WorldFault("dead", "d2", version=4), cut("d2", 4)),
    "no route": (WorldFault("no-route", "x1"), marked("x1", "!N", 0)),
    "unreachable": (WorldFault("unreachable", "d2"), marked("d2", "!H", 1)),
    "prohibited": (WorldFault("prohibited", "d1"), marked("d1", "!X", 1)),
    "loop": (WorldFault("loop", "x3"), going_round),
    "machine off": (WorldFault("dead", "target"), cut("target")),
    "inside cut off": (WorldFault("cut-off", "inside"), cut("r1")),
    "outside cut off": (WorldFault("cut-off", "outside"), cut("c1")),
    "quiet host": (WorldFault("quiet-host"), cut("target")),
}


@pytest.mark.parametrize("fault, expected", BROKEN.values(), ids=BROKEN)
def test_faults_and_their_end(net, fault, expected):
    with net.fault(fault):
        for end, found in traces(net).items():
            assert fits(found, expected(net, *end)), (end, found)
    for end, found in traces(net).items():
        assert fits(found, net.path(*end)), (end, found)


def test_a_dead_border_cuts_the_inside_off_from_the_controls(net):
    with net.fault(WorldFault("dead", "r2")):
        for control in ("ctrl1", "ctrl2"):
            assert net.within("inside", echoes, address(control)) == 0
            assert net.within("outside", echoes, address(control)) == 1
        assert said(ask(net, "inside", "www.example.com", "A")) == [V4]


@pytest.mark.parametrize(
    "fault, answers, web",
    [
        (WorldFault("quiet-host"), 0, "open"),
        (WorldFault("firewall-host"), 1, "silent"),
        (WorldFault("service-off"), 1, "refused"),
    ],
)
@pytest.mark.parametrize("target", [V4, V6])
def test_faults_of_the_host(net, fault, answers, web, target):
    with net.fault(fault):
        assert net.within("inside", echoes, target) == answers
        for port in (80, 443):
            assert net.within("inside", connect, target, port) == web
    assert net.within("inside", echoes, target) == 1
    assert net.within("inside", connect, target, 443) == "open"


def test_one_service_of_one_version(net):
    with net.fault(WorldFault("service-off", port=443, version=6)):
        assert net.within("inside", connect, V6, 443) == "refused"
        assert net.within("inside", connect, V6, 80) == "open"
        assert net.within("inside", connect, V4, 443) == "open"


@pytest.mark.parametrize("version", [4, 6])
def test_loss_from_a_router_on(net, version):
    count = partial(net.within, "inside", echoes)
    with net.fault(WorldFault("loss", "x3", percent=20)):
        assert count(address("x1", version), 100) == 100
        for node in ("x3", "target"):  # 64 of 100 come through, each way loses a fifth
            assert 40 < count(address(node, version), 100) < 85
        assert net.within("outside", echoes, address("target", version), 100) == 100
    assert count(address("target", version), 100) == 100


@pytest.mark.parametrize("version", [4, 6])
def test_a_router_that_answers_rarely(net, version):
    with net.fault(WorldFault("rate-limited", "x3")):
        hops = trace(net, "inside", version, tries=6)
        assert hops[4].count("*") >= 3
        assert not any("*" in hop for hop in [*hops[:4], *hops[5:]])
        assert net.within("inside", echoes, address("target", version), 100) == 100


def test_two_faults_at_once(net):
    with net.fault(WorldFault("silent", "r1"), WorldFault("dead", "x3")):
        path = net.path("inside")
        assert fits(trace(net, "inside", 4), dark([STAR, *path[1:4]]))
