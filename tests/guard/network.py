"""Refuses every connection but to loopback and to the lab's own networks."""

import ipaddress
import sys
from typing import Any

LAB = tuple(ipaddress.ip_network(net) for net in ("198.18.0.0/15", "2001:db8::/32"))
EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg")


class Outside(RuntimeError):
    """A test tried to reach a network that is not its own."""


def install() -> None:
    """From now on in this process, for good: https://docs.python.org/3/library/sys.html#sys.addaudithook"""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in EVENTS:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_ours(str(address[0])):
            raise Outside(f"{event} to {address}")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        if host is not None and not _is_ours(_text(host)):
            raise Outside(f"look-up of {host}")


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)


def _is_ours(host: str) -> bool:
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    ours = any(address in net for net in LAB if net.version == address.version)
    return ours or address.is_loopback or address.is_unspecified
