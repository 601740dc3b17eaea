"""What the lab's name servers know: sites, whose an address is, what machines are called."""

import itertools
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.reversename
from dns.rdataclass import IN
from dns.rdtypes.ANY.PTR import PTR
from dns.rdtypes.ANY.TXT import TXT

from tests.lab import world_map

Zone = dict[tuple[dns.name.Name, int], list[dns.rdata.Rdata]]

PRIVATE = "10.0.0.1"
# Whoever holds an address may call it anything: this one wants to be run, or to paint.
HOSTILE = dns.name.Name([b"<script>alert(1)</script>", b"\x1b[2J\x07\r\n", b"example", b""])
HOSTILE_NODE = "x3"


def zone() -> Zone:
    v4, v6 = world_map.address("target"), world_map.address("target", 6)
    records: Zone = {}
    for name, kind, text in (
        ("www.example.com", "A", v4),
        ("www.example.com", "AAAA", v6),
        ("v4only.example.com", "A", v4),
        ("v6only.example.com", "AAAA", v6),
        ("private.example.com", "A", PRIVATE),
        ("mixed.example.com", "A", v4),
        ("mixed.example.com", "A", PRIVATE),
        ("no-address.example.com", "TXT", "nothing here"),
        *_aliases(3),
        *_aliases(12),
    ):
        key = dns.name.from_text(name), dns.rdatatype.from_text(kind)
        records.setdefault(key, []).append(dns.rdata.from_text(IN, key[1], text))
    return records | _names_of_machines()


def _aliases(length: int) -> list[tuple[str, str, str]]:
    """chainN.example.com: so many CNAME records until www.example.com."""
    first = f"chain{length}.example.com"
    names = [first, *(f"a{step}.{first}" for step in range(1, length)), "www.example.com"]
    return [(name, "CNAME", f"{after}.") for name, after in itertools.pairwise(names)]


def _names_of_machines() -> Zone:
    records: Zone = {}
    for node, (operator, _) in world_map.NODES.items():
        name = dns.name.from_text(f"{node}.{operator.lower()}.example")
        said = HOSTILE if node == HOSTILE_NODE else name
        for version in (4, 6):
            reverse = dns.reversename.from_address(world_map.address(node, version))
            records[reverse, dns.rdatatype.PTR] = [PTR(IN, dns.rdatatype.PTR, said)]
    return records


ORIGIN, ORIGIN6, ASN = map(
    dns.name.from_text,
    ("origin.asn.cymru.com", "origin6.asn.cymru.com", "asn.cymru.com"),
)


def cymru(name: dns.name.Name) -> TXT | None:
    """As Team Cymru's IP to ASN service answers: https://www.team-cymru.com/ip-asn-mapping"""
    for zone, read in ((ORIGIN, _octets), (ORIGIN6, _nibbles)):
        if name.is_subdomain(zone):
            return _origin(read, _labels(name, zone))
    if name.is_subdomain(ASN) and name != ASN:
        return _description(_labels(name, ASN)[0])
    return None


def _origin(read: Callable[[list[str]], str], labels: list[str]) -> TXT | None:
    try:
        found = world_map.owner(read(labels))
    except ValueError:  # no address
        return None
    return _txt(f"{found[1]} | {found[0]} | {_registered(found[2])}") if found else None


def _description(label: str) -> TXT | None:
    for operator in world_map.OPERATORS.values():
        if label == f"as{operator.asn}":
            registered = _registered(operator.title)
            return _txt(f"{operator.asn} | {registered} | {operator.title}")
    return None


def _registered(title: str) -> str:
    """Country, registry and day."""
    country = title[-2:]
    return f"{country} | {'arin' if country == 'US' else 'ripencc'} | 1998-09-25"


def _labels(name: dns.name.Name, zone: dns.name.Name) -> list[str]:
    return name.relativize(zone).to_text().lower().split(".")


def _octets(labels: list[str]) -> str:
    return ".".join([*reversed(labels), "0", "0", "0"][:4])


def _nibbles(labels: list[str]) -> str:
    return str(ip_address(int("".join(reversed(labels)).ljust(32, "0"), 16)))


def _txt(text: str) -> Any:
    return TXT(IN, dns.rdatatype.TXT, [text.encode()])
