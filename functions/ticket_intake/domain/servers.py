"""Name servers, one to a line: the host, and its addresses if it lies inside the domain."""

import ipaddress
import re
from dataclasses import dataclass

from netdesk.ranges import IP, refusal
from netdesk.refused import Refused
from ticket_intake.domain import names

_FEWEST, _MOST = 2, 13  # 13 fit into an answer of 512 bytes: RFC 1035 section 2.3.4
_MOST_ADDRESSES = 8
_WRITE = "Write ns1.example.net, or ns1.example.net 192.0.2.1 if it lies inside the domain."
_GAP = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Server:
    host: names.Name
    addresses: tuple[IP, ...]


def parse(text: str, domain: names.Name | None) -> tuple[Server, ...]:
    """The servers of a list, none for an empty one; raises Refused with the line's number."""
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > _MOST:
        raise Refused(f"These are {len(lines)} name servers: at most {_MOST} are possible.")
    found: list[Server] = []
    for at, line in lines:
        found.append(_on_line(at, line, domain, found))
    if found and len(found) < _FEWEST:
        raise Refused("One name server is too few: enter two or more, or none to use ours.")
    return tuple(found)


def _on_line(at: int, line: str, domain: names.Name | None, before: list[Server]) -> Server:
    try:
        server = _server(line)
        _check_glue(server, domain)
        if server.host.ascii in [other.host.ascii for other in before]:
            raise Refused("This server is in the list already: remove one of the two lines.")
    except Refused as refusal_of_line:
        raise Refused(f"Line {at}: {refusal_of_line}") from None
    return server


def _server(line: str) -> Server:
    host, *addresses = (part for part in _GAP.split(line.strip()) if part)
    if len(addresses) > _MOST_ADDRESSES:
        raise Refused(f"A server has at most {_MOST_ADDRESSES} addresses here.")
    return Server(names.host(host), tuple(dict.fromkeys(map(_address, addresses))))


def _address(text: str) -> IP:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        raise Refused(
            f"After the name come addresses alone, one server to a line. {_WRITE}"
        ) from None
    if why := refusal(ip):
        raise Refused(f"{why.partition('. ')[0]}. Enter the server's public address.")
    return getattr(ip, "ipv4_mapped", None) or ip  # one machine, one spelling


def _check_glue(server: Server, domain: names.Name | None) -> None:
    """Inside its own domain a server is found by glue alone; elsewhere registries refuse it:
    RFC 5732 section 1, RFC 9471.
    """
    if domain is None:
        return
    inside = f".{server.host.ascii}".endswith(f".{domain.ascii}")
    if inside and not server.addresses:
        raise Refused(f"{server.host.unicode} lies inside {domain.unicode}: add its address.")
    if server.addresses and not inside:
        raise Refused(
            f"{server.host.unicode} does not lie inside {domain.unicode}: leave its address out."
        )
