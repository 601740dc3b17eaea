"""The wall in the kernel: what leaves a measuring host, counted behind it."""

import json
import sys
from ipaddress import ip_address

import pytest

from infra.probe.wall import TABLE, Host, ruleset
from netdesk.ranges import Rules, networks
from tests.lab.lab import TARGET, TARGET6, chain

UID = 65534
RESOLVERS = [ip_address(text) for text in ("10.9.9.9", "127.0.0.53", "fd00:9::53")]
ENDPOINTS = networks("10.7.0.0/24")
# The lab's target stands for the whole Internet, and the host's own cable for its own network.
RULES = Rules(
    allow=networks("198.18.1.0/30,198.19.0.0/24,2001:db8:ffff::/64"),
    refuse=networks("198.19.0.66"),
)

# As that user: one packet of each kind, and what the system said to it. Modules are loaded before
# the user changes, who may not read them.
SEND = """
import errno, json, os, select, socket, sys
def one(kind, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    if kind == "tcp":
        with socket.socket(family) as s:
            s.setblocking(False)
            s.connect_ex(there(address, port))
            select.select([], [s], [], WAIT)
            return errno.errorcode.get(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "")
    proto = 0 if kind == "udp" else 58 if family == socket.AF_INET6 else 1
    data = b"wall" if kind == "udp" else bytes([128 if proto == 58 else 8]) + bytes(7)
    with socket.socket(family, socket.SOCK_DGRAM, proto) as s:
        s.sendto(data, there(address, port if kind == "udp" else 0))
    return ""
def there(address, port):
    bare, _, cable = address.partition("%")
    if ":" not in bare:
        return bare, port
    return bare, port, 0, socket.if_nametoindex(cable) if cable else 0
uid, WAIT, wanted = int(sys.argv[1]), float(sys.argv[2]), json.load(sys.stdin)
if uid:
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
said = []
for kind, address, port in wanted:
    try:
        said.append(one(kind, address, port))
    except OSError as error:
        said.append(errno.errorcode[error.errno])
json.dump(said, sys.stdout)
"""

# Behind the wall, at the last hook that a packet passes on its way out, loopback too.
BEHIND = """table inet behind {
    set left_v4 { type ipv4_addr . inet_proto; flags dynamic; }
    set left_v6 { type ipv6_addr . inet_proto; flags dynamic; }
    chain out {
        type filter hook postrouting priority 300
        icmpv6 type != echo-request accept
        icmp type != echo-request accept
        meta nfproto ipv4 add @left_v4 { ip daddr . meta l4proto }
        meta nfproto ipv6 add @left_v6 { ip6 daddr . meta l4proto }
    }
}
"""

GROUPS = ("224.0.0.5", "239.1.2.3", "ff02::5%outward")
REFUSED = (
    "10.1.2.3", "100.100.100.200", "127.0.0.1", "127.9.9.9", "169.254.1.1", "172.16.0.1",
    "192.0.0.8", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.1.1",
    "192.175.48.1", "198.18.77.7", "198.51.100.1", "203.0.113.1", "240.0.0.1", "198.19.0.66",
    "::ffff:10.1.2.3", "::ffff:169.254.1.1", "64:ff9b::a01:203", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2001::1", "2001:db8:77::1", "2002:a01:203::1", "2620:4f:8000::1", "3fff::1",
    "4000::1", "5f00::1", "fc00::1", "fd00:1::1", "fec0::1", "fe80::77%outward", "::1", *GROUPS,
)  # fmt: skip


@pytest.fixture(scope="module")
def cabled():
    with chain(1) as net:
        net.admit_icmp()
        net.run("ip", "route", "add", "default", "via", "198.18.1.2", check=True)
        net.run("ip", "route", "add", "default", "via", "2001:db8:1::2", check=True)
        yield net


@pytest.fixture
def host(cabled):
    """A measuring host behind one router, which has a way to everywhere, and no wall yet."""
    nft(cabled, f"flush ruleset\n{BEHIND}")
    return cabled


def nft(net, text):
    done = net.run("nft", "-f", "-", input=text)
    assert (done.returncode, done.stderr) == (0, "")


def build(net, rules=RULES, **gates):
    nft(net, ruleset(Host(UID, **gates), rules))


def send(net, wanted, uid=UID, wait=0.1):
    done = net.run(sys.executable, "-c", SEND, str(uid), str(wait), input=json.dumps(wanted))
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def left(net):
    """Where packets have gone, and of which protocol."""
    listing = json.loads(net.run("nft", "-j", "list", "table", "inet", "behind").stdout)
    sets = [item["set"] for item in listing["nftables"] if "set" in item]
    found = [element for one in sets for element in one.get("elem", [])]
    return {(address, proto) for address, proto in (element["concat"] for element in found)}


def counted(net):
    listing = json.loads(net.run("nft", "-j", "list", "counters", "table", "inet", TABLE).stdout)
    rows = [item["counter"] for item in listing["nftables"] if "counter" in item]
    return {row["name"]: row["packets"] for row in rows if row["packets"]}


def every_way(address):
    """The kernel makes a plain IPv4 packet of a mapped address, but has no ping socket for it."""
    kinds = ["udp"]
    if not address.startswith("::ffff:"):
        kinds.append("icmp")
    if address not in GROUPS:  # TCP knows no groups
        kinds.append("tcp")
    return [(kind, address, 443 if kind == "tcp" else 33434) for kind in kinds]


def on_the_wire(way):
    kind, address, _ = way
    bare = address.partition("%")[0].removeprefix("::ffff:")
    return bare, "ipv6-icmp" if kind == "icmp" and ":" in bare else kind


ALL_REFUSED = [way for address in REFUSED for way in every_way(address)]


def test_nothing_leaves_to_a_refused_address(host):
    build(host, on_aws=True, resolvers=RESOLVERS, endpoints=ENDPOINTS)
    said = send(host, ALL_REFUSED)
    assert left(host) == set()
    # Nobody waits for what is refused: datagrams fail, connections are told. Linux tells ICMPv6
    # nothing, and a link-local source has no way to be told by.
    told = {"EPERM", "EHOSTUNREACH", "EACCES"}
    deaf = {way for way, word in zip(ALL_REFUSED, said, strict=True) if word not in told}
    assert all(":" in address and (kind == "icmp" or "%" in address) for kind, address, _ in deaf)
    counts = counted(host)
    assert counts.keys() == {"own", "refused"}
    assert sum(counts.values()) >= len(ALL_REFUSED)


def test_without_the_wall_all_of_it_leaves(host):
    """So what is sent above would have been seen."""
    send(host, ALL_REFUSED, wait=0.0)
    assert left(host) >= {on_the_wire(way) for way in ALL_REFUSED}


def test_the_wall_is_for_the_probe_alone(host):
    build(host)
    send(host, ALL_REFUSED, uid=0, wait=0.0)
    assert left(host) >= {on_the_wire(way) for way in ALL_REFUSED}
    assert counted(host) == {}


PORTS = [("tcp", TARGET, port) for port in (53, 80, 443)]


@pytest.mark.parametrize(
    ("gate", "way"),
    [
        *[("passed", way) for address in (TARGET, TARGET6) for way in every_way(address)],
        *[("passed", way) for way in PORTS],
        ("passed", ("udp", TARGET, 53)),
        ("dns", ("udp", "10.9.9.9", 53)),
        ("dns", ("tcp", "10.9.9.9", 53)),
        ("dns", ("udp", "127.0.0.53", 53)),
        ("dns", ("udp", "fd00:9::53", 53)),
        ("dns", ("udp", "169.254.169.253", 53)),
        ("metadata", ("tcp", "169.254.169.254", 80)),
        ("metadata", ("tcp", "fd00:ec2::254", 80)),
        ("endpoints", ("tcp", "10.7.0.8", 443)),
    ],
    ids=str,
)
def test_what_it_needs_passes(host, gate, way):
    build(host, on_aws=True, resolvers=RESOLVERS, endpoints=ENDPOINTS)
    send(host, [way], wait=0.0)
    assert on_the_wire(way) in left(host)
    assert counted(host).keys() == {gate}


SHUT = [
    ("refused", ("udp", "10.9.9.9", 33434)),
    ("refused", ("icmp", "10.9.9.9", 0)),
    ("refused", ("tcp", "10.9.9.9", 443)),
    ("refused", ("tcp", "169.254.169.254", 443)),
    ("refused", ("udp", "169.254.169.254", 80)),
    ("refused", ("icmp", "169.254.169.254", 0)),
    ("refused", ("udp", "169.254.169.253", 123)),
    ("refused", ("tcp", "10.7.0.8", 80)),
    ("own", ("udp", "127.0.0.53", 33434)),
    ("own", ("udp", "198.18.1.1", 33434)),  # the host itself, in a range that may be traced
    ("own", ("tcp", "2001:db8:1::1", 443)),
    *[("ports", ("tcp", TARGET, port)) for port in (22, 25, 587, 8080)],
    ("ports", ("tcp", TARGET6, 25)),
]


@pytest.mark.parametrize(("gate", "way"), SHUT, ids=str)
def test_a_gate_is_for_one_thing(host, gate, way):
    build(host, on_aws=True, resolvers=RESOLVERS, endpoints=ENDPOINTS)
    send(host, [way])
    assert (left(host), counted(host).keys()) == (set(), {gate})


@pytest.mark.parametrize(
    "way",
    [
        ("tcp", "169.254.169.254", 80),
        ("tcp", "fd00:ec2::254", 80),
        ("udp", "169.254.169.253", 53),
        ("udp", "10.9.9.9", 53),
        ("tcp", "10.7.0.8", 443),
    ],
    ids=str,
)
def test_a_gate_that_is_not_needed_is_shut(host, way):
    build(host)
    send(host, [way])
    assert (left(host), counted(host).keys()) == (set(), {"refused"})


def test_a_new_wall_takes_the_place_of_the_old(host):
    way = ("udp", "10.9.9.9", 53)
    build(host, resolvers=RESOLVERS)
    build(host)
    send(host, [way])
    assert left(host) == set()
    build(host, resolvers=RESOLVERS)
    send(host, [way])
    assert left(host) == {("10.9.9.9", "udp")}
