"""The probe and traceroute run inside the lab, and what they print in one form."""

import json
import os
import re
import sys
from pathlib import Path

from tests.lab.lab import ALLOW, TARGET, address

PROBE = (sys.executable, "-m", "netdesk.probe.main", "trace")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
ALLOWED = ENVIRONMENT | {"NETDESK_PROBE_ALLOW": ALLOW}
HOPS = 6


def probe(net, target, *options, env=ALLOWED):
    return net.run(*PROBE, "--json", *options, "--", target, env=env)


def within(net, code, *arguments):
    """What a coroutine function `main` of this code returns, run by the host in one process."""
    ending = "\nimport asyncio, json, sys\nprint(json.dumps(asyncio.run(main(*sys.argv[1:]))))"
    done = net.run(sys.executable, "-c", code + ending, *map(str, arguments), env=ALLOWED)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def trace(net, target=TARGET, *options):
    """The last word on each hop, and the last line."""
    done = probe(net, target, *options)
    assert (done.returncode, done.stderr) == (0, "")
    *hops, end = [json.loads(line) for line in done.stdout.splitlines()]
    assert end["event"] == "done"
    assert all(hop["event"] == "hop" for hop in hops)
    return {hop["ttl"]: hop for hop in hops}, end


def seen(hops):
    return {ttl: (*hop["addresses"], hop.get("mark", "")) for ttl, hop in hops.items()}


def oracle(net, target, method):
    # -U would keep to port 53, -T to port 80.
    options = {"udp": ["--port=33434"], "icmp": ["-I"], "tcp": ["-T", "--port=443"]}[method]
    listing = net.run("traceroute", "-n", "-q1", "-N32", "-w1,2,3", *options, target).stdout
    found = {}
    for ttl, rest in re.findall(r"^ *(\d+) +(.*)$", listing, re.MULTILINE):
        mark = re.search(r"![A-Z]", rest)
        found[int(ttl)] = ("",) if "*" in rest else (rest.split()[0], mark[0] if mark else "")
    return found


def routers(version, *silent, first=1, last=HOPS - 1):
    return {
        hop: ("",) if hop in silent else (address(hop, version), "")
        for hop in range(first, last + 1)
    }
