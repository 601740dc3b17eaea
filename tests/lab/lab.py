"""A chain of routers in network namespaces of this machine, whole or with faults.

Hop k of a chain of H answers from 198.18.k.2 and 2001:db8:k::2; hop H is the target and owns
198.19.0.1 and 2001:db8:ffff::1 as well.
"""

import functools
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.lab import relay
from tests.lab.faults import ALLOW, TARGET, TARGET6, V4, V6, Fault, script
from tests.lab.relay import Bend

__all__ = [
    "ALLOW",
    "TARGET",
    "TARGET6",
    "V4",
    "V6",
    "Fault",
    "Lab",
    "address",
    "chain",
    "unavailable",
]

_serial = itertools.count(1)


@dataclass(frozen=True)
class Lab:
    hops: int
    nodes: tuple[str, ...]  # hop k is nodes[k - 1]
    host: str | None  # its namespace; None: the root namespace
    device: str  # of the host, towards hop 1

    def command(self, *program: str) -> list[str]:
        return [*_inside(self.host), *program]

    def run(self, *program: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*program), capture_output=True, text=True, **options)

    def apply(self, *faults: Fault) -> None:
        for fault in faults:
            hop, commands = script(fault, self.hops)
            _shell(self.nodes[hop - 1], commands)

    def admit_icmp(self) -> None:
        """Let everybody on the host open ping sockets, as Debian's and Fedora's systemd does."""
        _shell(self.host, "sysctl -qw net.ipv4.ping_group_range='0 2147483647'")

    def count_probes(self) -> int:
        """UDP packets and echo requests that have left the host so far."""
        listing = json.loads(_shell(self.host, "nft -j list table inet lab_count"))
        rules = [item["rule"] for item in listing["nftables"] if "rule" in item]
        parts = [part for rule in rules for part in rule["expr"]]
        return sum(part["counter"]["packets"] for part in parts if "counter" in part)


def address(hop: int, version: int = 4) -> str:
    return f"198.18.{hop}.2" if version == 4 else f"2001:db8:{hop:x}::2"


@functools.cache
def unavailable() -> str | None:
    """Why the lab can't run here, in one line."""
    if os.geteuid() != 0:
        return "the network lab needs root"
    for program in ("ip", "nft"):
        if shutil.which(program) is None:
            return f"the network lab needs the program {program}"
    name = f"nd{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return "network namespaces can't be made here"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return None


@contextmanager
def chain(
    hops: int,
    *faults: Fault,
    root: bool = False,
    delay: float = 0.0,
    bend: Bend | None = None,
) -> Iterator[Lab]:
    """Host and routers, joined; `root` makes this machine itself the host, one lab at a time.

    Each cable takes `delay` seconds each way; `bend` sees what comes back to the host.
    """
    mark = f"nd{os.getpid()}x{next(_serial)}"
    nodes = tuple(f"{mark}-{hop}" for hop in range(1, hops + 1))
    host = None if root else f"{mark}-0"
    lab = Lab(hops, nodes, host, f"{mark}n0" if root else "outward")
    with ExitStack() as stack:
        for name in filter(None, (host, *nodes)):
            _ip(f"netns add {name}")
            stack.callback(_ip, f"netns del {name}")
            _shell(name, _SYSCTLS)
        if delay or bend:
            stack.callback(_delayed_cables(lab, mark, delay, bend).stop)
        else:
            _cables(lab)
        if root:  # goes with the other end; but at once, and before the next lab
            stack.callback(subprocess.run, ["ip", "link", "del", lab.device], capture_output=True)
        _address_all(lab)
        lab.apply(*faults)
        yield lab


# Answers are not to be rationed here, and addresses usable at once.
_SYSCTLS = """sysctl -eqw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 \
net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=10000 net.ipv6.icmp.ratelimit=0 \
net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.forwarding=1 \
net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0
ip link set lo up
"""

_COUNTER = """nft -f - <<'.'
table inet lab_count {
    chain out {
        type filter hook output priority 0
        oifname != "lo" meta l4proto { udp, icmp, icmpv6 } jump probes
    }
    chain probes {
        meta l4proto udp counter return
        icmp type echo-request counter
        icmpv6 type echo-request counter
    }
}
.
"""


def _cables(lab: Lab) -> None:
    places = [lab.host, *lab.nodes]
    for near, far in itertools.pairwise(places):
        where = f"name outward netns {near}" if near else f"name {lab.device}"
        _ip(f"link add {where} type veth peer name inward netns {far}")


def _delayed_cables(lab: Lab, mark: str, delay: float, bend: Bend | None) -> relay.Relay:
    places = [lab.host, *lab.nodes]
    pairs = []
    for number, (near, far) in enumerate(itertools.pairwise(places)):
        names = f"{mark}n{number}", f"{mark}f{number}"
        pairs.append((relay.tun(names[0]), relay.tun(names[1])))
        if near:  # else it stays here, and its name is lab.device
            _ip(f"link set {names[0]} netns {near} name outward")
        _ip(f"link set {names[1]} netns {far} name inward")
    thread = relay.Relay(pairs, delay, bend)
    thread.start()
    return thread


def _address_all(lab: Lab) -> None:
    """Each node: the network of its cables, the rest downwards, the host's own cable upwards."""
    out = lab.device
    _shell(
        lab.host,
        f"ip link set {out} up\nip addr add 198.18.1.1/30 dev {out}\n"
        f"ip route add {V4} via 198.18.1.2\n",
    )
    if lab.host:
        _shell(
            lab.host,
            f"ip addr add 2001:db8:1::1/64 dev {out} nodad\n"
            f"ip route add {V6} via 2001:db8:1::2\n{_COUNTER}",
        )
    for hop, node in enumerate(lab.nodes, 1):
        _shell(node, _node_script(hop, last=hop == lab.hops))


def _node_script(hop: int, last: bool) -> str:
    lines = [
        "ip link set inward up",
        f"ip addr add {address(hop)}/30 dev inward",
        f"ip addr add {address(hop, 6)}/64 dev inward nodad",
    ]
    if hop > 1:
        lines += [
            f"ip route add 198.18.1.0/30 via 198.18.{hop}.1",
            f"ip route add 2001:db8:1::/64 via 2001:db8:{hop:x}::1",
        ]
    if last:
        lines += [f"ip addr add {TARGET}/32 dev lo", f"ip addr add {TARGET6}/128 dev lo nodad"]
    else:
        lines += [
            "ip link set outward up",
            f"ip addr add 198.18.{hop + 1}.1/30 dev outward",
            f"ip addr add 2001:db8:{hop + 1:x}::1/64 dev outward nodad",
            f"ip route add {V4} via {address(hop + 1)}",
            f"ip route add {V6} via {address(hop + 1, 6)}",
        ]
    return "\n".join(lines)


def _inside(namespace: str | None) -> list[str]:
    return ["ip", "netns", "exec", namespace] if namespace else []


def _ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True, capture_output=True, text=True)


def _shell(namespace: str | None, script: str) -> str:
    command = [*_inside(namespace), "sh", "-e", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{namespace or 'root'}: {done.stderr.strip()}")
    return done.stdout
