"""The probe in the network lab: against what was built, and against Debian's traceroute."""

import json
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab import lab
from tests.lab.lab import TARGET, TARGET6, Fault, address, chain
from tests.lab.probing import (
    ALLOWED,
    ENVIRONMENT,
    HOPS,
    PROBE,
    oracle,
    probe,
    routers,
    seen,
    trace,
)

WAYS = [(TARGET, "udp"), (TARGET, "icmp"), (TARGET6, "udp"), (TARGET6, "icmp")]


def loop(target, version):
    """Hop 4 sends to hop 5, which sends back; hop 4 has an address on either side."""
    other = address(4) if version == 4 else "2001:db8:5::1"
    path = routers(version, last=4)
    for hop in range(5, 31):
        path[hop] = (address(5, version) if hop % 2 else other, "")
    return path


STARS = dict.fromkeys(range(5, 31), ("",))

# What is broken, and what a trace must show: (target, version) -> {ttl: addresses and mark}.
SCENARIOS = {
    "healthy": ([], lambda target, version: routers(version) | {HOPS: (target, "")}),
    "one silent hop": (
        [Fault("silent", 3)],
        lambda target, version: routers(version, 3) | {HOPS: (target, "")},
    ),
    "silent just below the end": (
        [Fault("silent", HOPS - 1), Fault("silent", 1)],
        lambda target, version: routers(version, 1, HOPS - 1) | {HOPS: (target, "")},
    ),
    "dead after hop 4": (
        [Fault("dead", 4)],
        lambda target, version: routers(version, last=4) | STARS,
    ),
    "dead at once": ([Fault("dead", 0)], lambda *_: dict.fromkeys(range(1, 31), ("",))),
    "the target ignores traces": (
        [Fault("silent", HOPS)],
        lambda target, version: routers(version) | dict.fromkeys(range(HOPS, 31), ("",)),
    ),
    "no route": (
        [Fault("no-route", 4)],
        lambda target, version: routers(version, last=3) | {4: (address(4, version), "!N")},
    ),
    "machine off": (
        [Fault("host-down", 4)],
        lambda target, version: routers(version, last=3) | {4: (address(4, version), "!H")},
    ),
    "prohibited": (
        [Fault("prohibited", 4)],
        lambda target, version: routers(version, last=3) | {4: (address(4, version), "!X")},
    ),
    "rejected": (
        [Fault("rejected", 4)],
        lambda target, version: routers(version, last=3) | {4: (address(4, version), "!P")},
    ),
    "the target's firewall": (
        [Fault("prohibited", HOPS)],
        lambda target, version: routers(version) | {HOPS: (target, "!X")},
    ),
    "loop": ([Fault("loop", 4)], loop),
}
REACHED = {
    "healthy",
    "one silent hop",
    "silent just below the end",
    "the target's firewall",
}


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda name: name.replace(" ", "-"))
def scenario(request):
    faults, truth = SCENARIOS[request.param]
    with chain(HOPS, *faults) as net:
        net.admit_icmp()
        yield request.param, net, truth


def in_each_way(show):
    """Over IPv4 and IPv6, by UDP and ICMP, at the same time: dead paths take a second each."""
    with ThreadPoolExecutor(len(WAYS)) as pool:
        return dict(zip(WAYS, pool.map(lambda way: show(*way), WAYS), strict=True))


def test_the_probe_shows_what_was_built(scenario):
    name, net, truth = scenario
    shown = in_each_way(lambda target, method: trace(net, target, f"--{method}"))
    for (target, method), (hops, end) in shown.items():
        path = truth(target, 6 if ":" in target else 4)
        assert seen(hops) == path, method
        assert end["reached"] == (name in REACHED)
        assert end["hops"] == max((ttl for ttl, said in path.items() if said[0]), default=0)


@pytest.mark.skipif(shutil.which("traceroute") is None, reason="traceroute is not installed")
def test_traceroute_shows_the_same(scenario):
    _, net, truth = scenario
    shown = in_each_way(lambda target, method: oracle(net, target, method))
    for (target, method), found in shown.items():
        path = truth(target, 6 if ":" in target else 4)
        # It calls a port that a router rejects an ordinary end.
        path = {ttl: tuple(word.replace("!P", "") for word in hop) for ttl, hop in path.items()}
        assert found == path, method


def test_icmp_is_taken_where_the_kernel_admits_it_and_udp_elsewhere():
    with chain(2) as net:
        refused = probe(net, TARGET, "--icmp")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("This user may not send ICMP")
        flows = "table inet flows { chain in { type filter hook prerouting priority 0; "
        rules = flows + "meta l4proto udp counter; icmp type echo-request counter; }; }"
        watch = ["ip", "netns", "exec", net.nodes[0], "nft"]
        subprocess.run([*watch, rules], check=True)
        counts = []
        for step in (lambda: None, net.admit_icmp):
            step()
            trace(net)
            listing = subprocess.run([*watch, "list", "ruleset"], capture_output=True, text=True)
            counts.append([int(count) for count in re.findall(r"packets (\d+)", listing.stdout)])
        assert counts == [[16, 0], [16, 16]]


def test_one_flow_and_few_packets():
    with chain(12) as net:
        net.admit_icmp()
        watch = ["ip", "netns", "exec", net.nodes[0], "nft"]
        sets = """table inet lab_flow {
            set ports { type inet_service . inet_service; flags dynamic; }
            set sums { typeof icmp checksum; flags dynamic; }
            chain in {
                type filter hook prerouting priority 0;
                ip protocol udp add @ports { udp sport . udp dport }
                icmp type echo-request add @sums { icmp checksum }
            }
        }"""
        subprocess.run([*watch, sets], check=True)
        trace(net, TARGET, "--udp")
        assert net.count_probes() <= 40
        trace(net, TARGET, "--icmp")
        assert net.count_probes() <= 80
        for name in ("ports", "sums"):
            listing = subprocess.run(
                [*watch, "-j", "list", "set", "inet", "lab_flow", name],
                capture_output=True,
                text=True,
            )
            assert len(json.loads(listing.stdout)["nftables"][1]["set"]["elem"]) == 1


REFUSED = [
    TARGET,
    TARGET6,
    "10.1.2.3",
    "169.254.169.254",
    "224.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "http://192.168.0.1/",
    "127.1",
    "198.18.5.2\n",
    "--help-me",
    "www.example.com",
]


def test_a_refused_target_costs_no_packet():
    with chain(1) as net:
        net.run("ip", "route", "add", "default", "via", address(1), check=True)
        net.run("ip", "-6", "route", "add", "default", "via", address(1, 6), check=True)
        for target in REFUSED:
            done = probe(net, target, env=ENVIRONMENT)
            assert (done.returncode, done.stdout) == (1, ""), target
            assert re.fullmatch(r"[^\n]+\.\n", done.stderr), target
        assert net.count_probes() == 0
        trace(net)
        assert net.count_probes() > 0


def test_no_privilege_is_needed():
    with chain(3) as net:
        net.admit_icmp()
        drop = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
        for method in ("--udp", "--icmp"):
            done = net.run(*drop, *PROBE, TARGET, "--json", method, env=ALLOWED)
            assert '"reached": true, "hops": 3' in done.stdout, done.stderr


def test_without_a_way_out_there_is_no_hop():
    with chain(1) as net:
        net.run("ip", "route", "del", lab.V4, check=True)
        hops, end = trace(net)
    assert (hops, end["reached"], end["hops"], end["t_ms"]) == ({}, False, 0, 0)


def test_an_interrupted_trace_ends_quietly():
    with chain(2, Fault("dead", 1)) as net:
        command = net.command(*PROBE, TARGET, "--json")
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ALLOWED, text=True,
            preexec_fn=interruptible,
        ) as running:  # fmt: skip
            running.stdout.readline()  # a hop: it is at work
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate()
    assert (running.returncode, errors) == (130, "")


def interruptible():
    """A shell's background job ignores SIGINT, and hands that on to all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_this_machine_itself_can_be_the_host():
    with chain(3, root=True) as net:
        way = subprocess.run(["ip", "route", "get", TARGET], capture_output=True, text=True).stdout
        assert f"dev {net.device} " in way
        hops, end = trace(net)
        assert seen(hops) == routers(4, last=2) | {3: (TARGET, "")}
        assert end["reached"]
    links = subprocess.run(["ip", "link"], capture_output=True, text=True).stdout
    namespaces = subprocess.run(["ip", "netns"], capture_output=True, text=True).stdout
    assert net.device not in links
    assert not any(node in namespaces for node in net.nodes)


def test_the_lab_is_torn_down_after_a_failure():
    with pytest.raises(ZeroDivisionError), chain(2) as net:
        raise ZeroDivisionError
    namespaces = subprocess.run(["ip", "netns"], capture_output=True, text=True).stdout
    assert not any(name in namespaces for name in (net.host, *net.nodes))


MANY = """
import asyncio
from netdesk.probe.path.engine import trace

async def path():
    return [event async for event in trace("198.19.0.1")]

async def main():
    for events in await asyncio.gather(*(path() for _ in range(20))):
        print([event.addresses[0] for event in events[:-1]], events[-1].reached)

asyncio.run(main())
"""


def test_twenty_at_once():
    with chain(HOPS) as net:
        done = net.run(sys.executable, "-c", MANY, env=ALLOWED)
    hops = [*(address(hop) for hop in range(1, HOPS)), TARGET]
    assert done.stdout.splitlines() == [f"{hops} True"] * 20, done.stderr
