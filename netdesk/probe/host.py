"""What the operator of a measuring host decides, in its environment and never in a job."""

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING

from netdesk.ranges import NAT64, Network, Rules, networks, refusal
from netdesk.refused import Refused

if TYPE_CHECKING:
    from netdesk.probe.checks.networks import Networks

ALLOW, REFUSE = "NETDESK_PROBE_ALLOW", "NETDESK_PROBE_REFUSE"
RESOLVER = "NETDESK_PROBE_RESOLVER"


class OffLimits(Refused):
    """Refused by this host's operator, or because it is this host: no fault of the name's owner."""


@dataclass(frozen=True)
class Host:
    rules: Rules
    resolver: tuple[str, ...]  # the addresses of its own one; empty: as the system says
    networks: "Networks"

    def permitted(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Those that this host may send to."""
        return tuple(address for address in addresses if not self.refusal(address))

    def refusal(self, address: str) -> str | None:
        return refusal(address, self.rules) or _itself(address)

    def judge(self, address: str) -> None:
        """Raises Refused, or OffLimits, for what must not be traced."""
        if sentence := refusal(address, Rules(self.rules.allow)):
            raise Refused(sentence)
        if sentence := self.refusal(address):
            raise OffLimits(sentence)


def from_environment(environ: Mapping[str, str]) -> Host:
    """Raises Refused with a sentence."""
    from netdesk.probe.checks.networks import Networks  # here: a single trace asks no name server

    resolver = tuple(part.strip() for part in environ.get(RESOLVER, "").split(",") if part.strip())
    for address in resolver:
        _address(address)
    own = rules(environ)
    return Host(own, resolver, Networks(resolver, own.allow))


def rules(environ: Mapping[str, str]) -> Rules:
    return Rules(_listed(environ, ALLOW), _listed(environ, REFUSE))


def _listed(environ: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return networks(environ.get(name, ""))
    except Refused as refused:
        raise Refused(f"{name}: {refused}") from None


def _address(text: str) -> None:
    try:
        ip_address(text)
    except ValueError:
        raise Refused(f"{RESOLVER}: a list of addresses such as 192.0.2.53 is needed.") from None


def _itself(address: str) -> str | None:
    """This host's own addresses, read live: to those alone a socket can be bound."""
    ip = ip_address(address)
    ip = IPv4Address(ip.packed[-4:]) if ip in NAT64 else ip  # what a gateway makes of it
    family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as own:
            own.bind((str(ip), 0))
    except OSError:
        return None
    return f"{address} is the measuring host itself."
