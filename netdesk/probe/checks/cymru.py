"""Reads what Team Cymru's name servers say of a network: https://www.team-cymru.com/ip-asn-mapping"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from netdesk.facts import LONGEST_OPERATOR
from netdesk.ranges import IP, Network
from netdesk.text import one_line

_WIDEST = 8  # whoever announces more than that does not own it
_NOBODYS = (0, 23456)  # RFC 7607, RFC 6793

_COUNTRY = re.compile(r",\s*[A-Z]{2}$")
_HANDLE = re.compile(r"(?:\S+ - |[A-Z0-9][A-Z0-9_-]* (?:- )?)(?=\S)")


@dataclass(frozen=True)
class Origin:
    """Who alone announces a network."""

    network: Network
    asn: int


def origin_name(ip: IP) -> str:
    """The name that is asked for the origin of an address."""
    backwards = ip.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    return f"{backwards}.{'origin' if ip.version == 4 else 'origin6'}.asn.cymru.com"


def origin(texts: Sequence[str], ip: IP) -> Origin | None:
    """By the most specific network around an address: "64500 | 198.18.16.0/20 | US | ..."."""
    around = [found for text in texts if (found := _announced(text)) and ip in found[0]]
    if not around:
        return None
    network = max((network for network, _ in around), key=lambda network: network.prefixlen)
    words = {word for other, said in around if other == network for word in said or [""]}
    asn = _asn(words.pop()) if len(words) == 1 else None
    return Origin(network, asn) if asn else None


def operator(texts: Sequence[str], asn: int) -> str:
    """Who runs a network: "64500 | US | arin | 1998-09-25 | HANDLE Full Name, US"."""
    if len(set(texts)) != 1:
        return ""
    fields = [field.strip() for field in texts[0].split("|", 4)]
    if len(fields) < 5 or _asn(fields[0]) != asn or fields[4].startswith("-"):
        return ""  # "-Reserved AS-" is how nobody is written
    line = _COUNTRY.sub("", one_line(fields[4], len(fields[4])))
    handle = _HANDLE.match(line)
    name = line[handle.end() :] if handle else line
    return one_line(name, LONGEST_OPERATOR) if re.search(r"\w", name) else ""


def _announced(text: str) -> tuple[Network, list[str]] | None:
    fields = text.split("|")
    try:
        network = ip_network(fields[1].strip())
    except (IndexError, ValueError):
        return None
    return (network, fields[0].split()) if network.prefixlen >= _WIDEST else None


def _asn(word: str) -> int | None:
    number = int(word) if re.fullmatch("[0-9]{1,10}", word) else 0
    return number if number < 2**32 and number not in _NOBODYS else None
