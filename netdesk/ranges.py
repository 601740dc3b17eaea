"""Which addresses may be traced: the list of those that lead nowhere, or where no one may go."""

import ipaddress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netdesk.refused import Refused

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_DO = "Enter the public name or address of the site."

_PRIVATE = "is a private address: it can only be reached from inside its own network"
_ITSELF = "is the address by which a machine calls itself: it leads nowhere else"
_LINK = "is a link-local address: only machines on the same cable can reach it"
_GROUP = "is a multicast address: it stands for a group of machines, not for one"
_SAMPLE = "is reserved for examples in manuals: no machine has it"
_RESERVED = "is reserved: it is not an address of a machine on the public Internet"
_SERVICE = "belongs to a technical service that stands in many places at once: it is not a site"
_LAB = "is reserved for tests in laboratories: no site has it"
_SHARED = "is an address inside one provider's network: it can't be reached from anywhere else"
_TUNNEL = "is a tunnel address of a retired kind: packets to it end nowhere, or at another machine"
_DESK = "belongs to the machines that this desk runs on, which are not traced"

# IANA's special-purpose registries (RFC 6890); the order decides only which reason is given.
SPECIAL_V4 = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", _RESERVED),
        ("10.0.0.0/8", _PRIVATE),
        ("100.64.0.0/10", _SHARED),
        ("127.0.0.0/8", _ITSELF),
        ("169.254.0.0/16", _LINK),
        ("172.16.0.0/12", _PRIVATE),
        ("192.0.0.0/24", _RESERVED),
        ("192.0.2.0/24", _SAMPLE),
        ("192.31.196.0/24", _SERVICE),
        ("192.52.193.0/24", _SERVICE),
        ("192.88.99.0/24", _TUNNEL),
        ("192.168.0.0/16", _PRIVATE),
        ("192.175.48.0/24", _SERVICE),
        ("198.18.0.0/15", _LAB),
        ("198.51.100.0/24", _SAMPLE),
        ("203.0.113.0/24", _SAMPLE),
        ("224.0.0.0/4", _GROUP),
        ("240.0.0.0/4", _RESERVED),
    )
)
GLOBAL_V6 = IPv6Network("2000::/3")  # all that IANA has given out for use in public
SPECIAL_V6 = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("2001::/23", _RESERVED),
        ("2001:db8::/32", _SAMPLE),
        ("2002::/16", _TUNNEL),
        ("3fff::/20", _SAMPLE),
        ("2620:4f:8000::/48", _SERVICE),
        ("::1/128", _ITSELF),
        ("fc00::/7", _PRIVATE),
        ("fe80::/10", _LINK),
        ("ff00::/8", _GROUP),
    )
)
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052


@dataclass(frozen=True)
class Rules:
    """What an operator adds to the list: ranges that may be traced all the same, and never."""

    allow: tuple[Network, ...] = ()
    refuse: tuple[Network, ...] = ()


NO_EXCEPTIONS = Rules()


def refusal(address: object, rules: Rules = NO_EXCEPTIONS) -> str | None:
    """Why an address must not be traced, None if it may.

    The address is an `Address`, one of the standard library's, or text.
    """
    text = str(address)
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return f"That is not an address. {_DO}"
    if "%" in text:
        return f"An address with a zone (%) means one cable of one machine. {_DO}"
    if any(ip in network for network in rules.refuse):
        return f"{ip} {_DESK}. {_DO}"
    inner = _carried(ip)
    if inner is not None:
        return refusal(inner, rules)
    if any(ip in network for network in rules.allow):
        return None
    why = _why_not(ip)
    return f"{ip} {why}. {_DO}" if why else None


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list, as an operator writes his exceptions."""
    parts = [part.strip() for part in text.split(",")]
    try:
        return tuple(ipaddress.ip_network(part) for part in parts if part)
    except ValueError as error:
        raise Refused(
            f"A list of networks such as 198.18.0.0/15,2001:db8::/32 is needed: {error}."
        ) from None


def _carried(ip: IP) -> IPv4Address | None:
    """The IPv4 address that packets to a mapped or NAT64 address arrive at."""
    if isinstance(ip, IPv4Address):
        return None
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip.ipv4_mapped


def _why_not(ip: IP) -> str | None:
    if isinstance(ip, IPv4Address):
        return next((why for network, why in SPECIAL_V4 if ip in network), None)
    # A 6to4 address is refused in any case; what it hides may be the better reason.
    hidden = _why_not(ip.sixtofour) if ip.sixtofour else None
    why = hidden or next((why for network, why in SPECIAL_V6 if ip in network), None)
    return why or (None if ip in GLOBAL_V6 else _RESERVED)
