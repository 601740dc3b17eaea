"""What can be wrong in the lab's internet, and the lines of nft and ip that make it so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tests.lab import world_map

Kind = Literal[
    "silent",
    "dead",
    "cut-off",
    "unreachable",
    "no-route",
    "prohibited",
    "loop",
    "loss",
    "rate-limited",
    "quiet-host",
    "firewall-host",
    "service-off",
]


@dataclass(frozen=True)
class WorldFault:
    """What node `at` does, to packets of both versions of IP or of one.

    silent: it sends no ICMP of its own. rate-limited: one ICMP message a second; what passes
    through it is left alone. dead: nothing passes in, through or out (dead r2: our border).
    cut-off: the same for a measuring host, made on the router before it.
    no-route (!N), unreachable (!H), prohibited (!X): what it says of the target; the latter two
    one hop late, for a router counts the hop first and looks for the machine then.
    loop: it sends what is for the target back, and the node before it sends that here again.
    loss: `percent` of all packets are lost, each way, on the cables before it.
    quiet-host: the target serves 80 and 443 and answers nothing else. firewall-host: it answers
    all but these. service-off: it refuses them, or the one `port`.
    """

    kind: Kind
    at: str = "target"
    version: int | None = None
    percent: int = 0
    port: int | None = None


@dataclass(frozen=True)
class Change:
    """In a node's namespace: chains of nft, by hook, and routes of ip."""

    node: str
    chains: dict[str, list[str]] = field(default_factory=dict)
    routes: list[str] = field(default_factory=list)

    def table(self, name: str) -> str:
        chains = (
            f"chain {hook} {{ type filter hook {hook} priority 0; {'; '.join(rules)}; }}"
            for hook, rules in self.chains.items()
        )
        return f"table inet {name} {{\n" + "\n".join(chains) + "\n}"


# Who is asked where the neighbour is must answer, or the router before it would say !H.
_NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"
_SENT_BY_ROUTERS = "{ time-exceeded, destination-unreachable, echo-reply }"

# By nft, not by routes: the kernel rations what its routes answer, six and then one a second.
_REFUSALS = {
    "no-route": ("prerouting", "net-unreachable", "no-route"),
    "unreachable": ("forward", "host-unreachable", "addr-unreachable"),
    "prohibited": ("forward", "admin-prohibited", "admin-prohibited"),
}
_WEB = {
    "quiet-host": ("accept", "drop"),
    "firewall-host": ("drop", ""),
    "service-off": ("reject with tcp reset", ""),
}
_FIRST_ROUTER = {"inside": "r1", "outside": "c1"}
_BACK = {
    "r2": "r1",
    "x1": "r2",
    "x2a": "x1",
    "x2b": "x1",
    "x3": "x2a",
    "z1": "c1",
    "d1": "x3",
    "d2": "d1",
}


def change(fault: WorldFault) -> Change:
    if fault.kind in _REFUSALS:
        return _refusal(fault)
    if fault.kind in _WEB:
        return _web(fault)
    return {
        "silent": _own_icmp,
        "rate-limited": _own_icmp,
        "dead": _dead,
        "cut-off": _cut_off,
        "loop": _loop,
        "loss": _loss,
    }[fault.kind](fault)


def _versions(fault: WorldFault) -> Iterator[int]:
    return (version for version in (4, 6) if fault.version in (None, version))


def _of_version(fault: WorldFault) -> str:
    return f"meta nfproto ipv{fault.version} " if fault.version else ""


def _own_icmp(fault: WorldFault) -> Change:
    limit = "limit rate over 1/second burst 1 packets " if fault.kind == "rate-limited" else ""
    names = {4: "icmp", 6: "icmpv6"}
    rules = [f"{names[v]} type {_SENT_BY_ROUTERS} {limit}drop" for v in _versions(fault)]
    return Change(fault.at, {"output": rules})


def _dead(fault: WorldFault) -> Change:
    return Change(fault.at, {"prerouting": [_NEIGHBOURS, f"{_of_version(fault)}drop"]})


def _cut_off(fault: WorldFault) -> Change:
    rule = f'iifname "{fault.at}" {_of_version(fault)}drop'
    return Change(_FIRST_ROUTER[fault.at], {"prerouting": [_NEIGHBOURS, rule]})


def _refusal(fault: WorldFault) -> Change:
    hook, v4, v6 = _REFUSALS[fault.kind]
    says = {4: f"reject with icmp type {v4}", 6: f"reject with icmpv6 type {v6}"}
    return Change(
        fault.at, {hook: [f"{_to_target(version)} {says[version]}" for version in _versions(fault)]}
    )


def _to_target(version: int) -> str:
    return f"{'ip' if version == 4 else 'ip6'} daddr {world_map.address('target', version)}"


def _web(fault: WorldFault) -> Change:
    of_web, of_others = _WEB[fault.kind]
    version, ports = _of_version(fault), fault.port or "{ 80, 443 }"
    rules = [_NEIGHBOURS, f"{version}tcp dport {ports} {of_web}"]
    if of_others:
        rules.append(f"{version}{of_others}")
    return Change(fault.at, {"input": rules})


def _loop(fault: WorldFault) -> Change:
    back, number = _BACK[fault.at], world_map.NUMBERS[_BACK[fault.at]]
    via = {4: world_map.address(back), 6: f"fe80::{number:x}"}
    return Change(
        fault.at,
        routes=[
            f"{world_map.address('target', version)} via {via[version]} dev {back} metric 50"
            for version in _versions(fault)
        ],
    )


def _loss(fault: WorldFault) -> Change:
    before = ", ".join(f'"{near}"' for near, far in world_map.CABLES if far == fault.at)
    dice = f"{_of_version(fault)}numgen random mod 100 < {fault.percent} drop"
    return Change(
        fault.at,
        {
            "prerouting": [_NEIGHBOURS, f"iifname {{ {before} }} {dice}"],
            "postrouting": [_NEIGHBOURS, f"oifname {{ {before} }} {dice}"],
        },
    )
