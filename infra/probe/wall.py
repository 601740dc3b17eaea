"""The last wall of a measuring host: its kernel lets out only what the target rules let pass.

Prints an nftables ruleset, made of netdesk.ranges itself; with --load, puts it into the kernel.
"""

import argparse
import os
import pwd
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range
from pathlib import Path

from netdesk import ranges
from netdesk.ranges import IP, NO_EXCEPTIONS, Network, Rules
from netdesk.refused import Refused

TABLE = "netdesk_probe"
USER = "netdesk-probe"
KEY = Path("/etc/netdesk/aws-key")

# Where AWS's own machines find their role's keys, and their resolver:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
# https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
_METADATA = (IPv4Address("169.254.169.254"), IPv6Address("fd00:ec2::254"))
_VPC_RESOLVERS = (IPv4Address("169.254.169.253"), IPv6Address("fd00:ec2::253"))

_MAPPED = ip_network("::ffff:0:0/96")  # RFC 4291 section 2.5.5.2

Span = tuple[int, int]  # the first and the last address of a range


@dataclass(frozen=True)
class Host:
    """Whom the wall surrounds, and the gates that it has besides."""

    uid: int
    resolvers: Sequence[IP] = ()
    endpoints: Sequence[Network] = ()  # where AWS's services have private addresses
    on_aws: bool = False  # the key is an instance role's


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        host, rules = this_host(os.environ)
        text = ruleset(host, rules)
    except (Refused, KeyError, ValueError, OSError) as error:
        print(f"There is no wall: {error}", file=sys.stderr)
        return 1
    if not options.load:
        print(text, end="")
        return 0
    # The unit does not start without it: nft's own exit code is ours.
    return subprocess.run(["nft", "-f", "-"], input=text, text=True).returncode  # noqa: S607 - sbin differs between systems


def this_host(environ: Mapping[str, str]) -> tuple[Host, Rules]:
    """From the probe's own environment, the system's users and its resolvers."""
    lists = {
        name: ranges.networks(environ.get(f"NETDESK_PROBE_{name}", ""))
        for name in ("ALLOW", "REFUSE", "ENDPOINTS")
    }
    asked = environ.get("NETDESK_PROBE_RESOLVER", "").split(",")
    host = Host(
        uid=pwd.getpwnam(USER).pw_uid,
        # Both: AWS's names are looked up by the system's library, targets by the probe itself.
        resolvers=[
            *resolvers(Path("/etc/resolv.conf").read_text(encoding="utf-8")),
            *(ip_address(part.strip()) for part in asked if part.strip()),
        ],
        endpoints=lists["ENDPOINTS"],
        on_aws="AWS_ACCESS_KEY_ID" not in environ and not KEY.exists(),
    )
    return host, Rules(allow=lists["ALLOW"], refuse=lists["REFUSE"])


def resolvers(resolv_conf: str) -> list[IP]:
    """The name servers of a resolv.conf(5), without the cable that a link-local one may name."""
    lines = [line.split() for line in resolv_conf.splitlines()]
    named = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return [ip_address(name.partition("%")[0]) for name in named]


def ruleset(host: Host, rules: Rules = NO_EXCEPTIONS) -> str:
    """The whole table; loading it takes the place of the one before in one step."""
    return "\n".join(
        [
            f"table inet {TABLE}",  # so that there is one to delete
            f"delete table inet {TABLE}",
            f"table inet {TABLE} {{",
            *(f"    counter {name} {{ }}" for name in _COUNTERS),
            *_sets(host, rules),
            _CHAINS.format(uid=host.uid),
            "}\n",
        ]
    )


def refused(version: int, rules: Rules = NO_EXCEPTIONS) -> list[Span]:
    """Every address that the target rules refuse, in order, as few ranges as there can be."""
    special = ranges.SPECIAL_V4 if version == 4 else ranges.SPECIAL_V6
    spans = _spans(network for network, _ in special)
    if version == 6:
        spans += _without([(0, 2**128 - 1)], _spans([ranges.GLOBAL_V6]))
    spans = _without(spans, _spans(n for n in rules.allow if n.version == version))
    if version == 6:
        # What carries an IPv4 address is judged by that alone, so it is not for `allow`.
        carriers = _spans([ranges.NAT64, _MAPPED])
        spans = _without(spans, carriers)
        for base, _ in carriers:
            spans += [(base + first, base + last) for first, last in refused(4, rules)]
    return _merged(spans + _spans(n for n in rules.refuse if n.version == version))


def _spans(networks: Iterable[Network]) -> list[Span]:
    return [(int(n.network_address), int(n.broadcast_address)) for n in networks]


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    for low, high in holes:
        parts = [
            part
            for first, last in spans
            for part in ((first, min(last, low - 1)), (max(first, high + 1), last))
        ]
        spans = _merged(part for part in parts if part[0] <= part[1])
    return list(spans)


# Dropped, a datagram fails at once. A connection would wait, so it is told; the engine knows an
# error of its own machine from a hop.
_COUNTERS = ("dns", "metadata", "endpoints", "passed", "own", "refused", "ports")
_CHAINS = """\
    chain output {{
        type filter hook output priority filter; policy accept;
        meta skuid {uid} goto probe
    }}
    chain probe {{
        ip daddr @resolvers_v4 meta l4proto {{ tcp, udp }} th dport 53 counter name dns accept
        ip6 daddr @resolvers_v6 meta l4proto {{ tcp, udp }} th dport 53 counter name dns accept
        ip daddr @metadata_v4 tcp dport 80 counter name metadata accept
        ip6 daddr @metadata_v6 tcp dport 80 counter name metadata accept
        ip daddr @endpoints_v4 tcp dport 443 counter name endpoints accept
        ip6 daddr @endpoints_v6 tcp dport 443 counter name endpoints accept
        fib daddr type != unicast counter name own goto shut
        ip daddr @refused_v4 counter name refused goto shut
        ip6 daddr @refused_v6 counter name refused goto shut
        meta l4proto {{ icmp, icmpv6, udp }} counter name passed accept
        tcp dport {{ 53, 80, 443 }} counter name passed accept
        counter name ports goto shut
    }}
    chain shut {{
        meta l4proto tcp reject with icmpx admin-prohibited
        drop
    }}"""


def _sets(host: Host, rules: Rules) -> Iterable[str]:
    resolving = [*host.resolvers, *(_VPC_RESOLVERS if host.on_aws else ())]
    gates = {
        "resolvers": [ip_network(ip) for ip in resolving],
        "metadata": [ip_network(ip) for ip in _METADATA] if host.on_aws else [],
        "endpoints": list(host.endpoints),
    }
    for version in (4, 6):
        for name, networks in gates.items():
            spans = _merged(_spans(n for n in networks if n.version == version))
            yield _set(f"{name}_v{version}", version, spans)
        yield _set(f"refused_v{version}", version, refused(version, rules))


def _set(name: str, version: int, spans: Iterable[Span]) -> str:
    written = ",\n            ".join(_written(version, span) for span in spans)
    elements = f"\n        elements = {{\n            {written}\n        }}" if written else ""
    head = f"    set {name} {{\n        type ipv{version}_addr; flags interval"
    return f"{head}{elements}\n    }}"


def _written(version: int, span: Span) -> str:
    kind = IPv4Address if version == 4 else IPv6Address
    first, last = kind(span[0]), kind(span[1])
    networks = list(summarize_address_range(first, last))
    return str(networks[0]) if len(networks) == 1 else f"{first}-{last}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wall.py", description="The measuring host's last wall.")
    words = "put it into the kernel; else it is printed"
    parser.add_argument("--load", action="store_true", help=words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
