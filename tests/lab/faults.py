"""What can be wrong in the lab, and the commands that make it so."""

from dataclasses import dataclass
from typing import Literal

TARGET, TARGET6 = "198.19.0.1", "2001:db8:ffff::1"
V4, V6 = "198.18.0.0/15", "2001:db8::/32"
ALLOW = f"{V4},{V6}"

Kind = Literal["silent", "dead", "no-route", "host-down", "prohibited", "rejected", "loop"]


@dataclass(frozen=True)
class Fault:
    """silent, no-route (!N), host-down (!H), prohibited (!X), rejected (!P): what hop `at` does;
    dead: nothing passes beyond `at`; loop: the hop after `at` sends all back to it."""

    kind: Kind
    at: int


def script(fault: Fault, hops: int) -> tuple[int, str]:
    """In which hop's namespace a fault is made, and how."""
    at = fault.at
    if fault.kind == "dead":
        return at + 1, _chain(
            "prerouting", "ip saddr 198.18.1.1 drop; ip6 saddr 2001:db8:1::1 drop"
        )
    if fault.kind == "loop":
        back = f"ip route replace {V4} via 198.18.{at + 1}.1"
        return at + 1, f"{back}\nip route replace {V6} via 2001:db8:{at + 1:x}::1"
    if fault.kind == "silent":
        errors = "{ time-exceeded, destination-unreachable, echo-reply }"
        return at, _chain("output", f"icmp type {errors} drop; icmpv6 type {errors} drop")
    v4, v6 = _REJECTS[fault.kind]
    return at, _chain(
        "input" if at == hops else "prerouting",  # the target's own firewall, or a router's
        f"ip daddr {TARGET} reject with icmp type {v4}; "
        f"ip6 daddr {TARGET6} reject with icmpv6 type {v6}",
    )


# By nft, not by routes: the kernel rations what its routes answer, six and then one a second.
_REJECTS = {
    "no-route": ("net-unreachable", "no-route"),
    "host-down": ("host-unreachable", "addr-unreachable"),
    "prohibited": ("admin-prohibited", "admin-prohibited"),
    "rejected": ("port-unreachable", "port-unreachable"),
}


def _chain(hook: str, rules: str) -> str:
    return f"""nft -f - <<'.'
table inet lab_fault_{hook} {{
    chain {hook} {{ type filter hook {hook} priority 0; {rules}; }}
}}
."""
