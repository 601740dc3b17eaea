"""What name servers say of a name, one resolver at a time, and each answer held for hostile."""

import asyncio
import errno
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from socket import SOCK_DGRAM
from typing import Any

import dns.asyncbackend
import dns.asyncquery
import dns.inet
import dns.message
import dns.name
import dns.rcode
import dns.resolver
from dns.message import Message, QueryMessage

from netdesk.facts import Outcome
from netdesk.probe.checks.attempts import first

SECONDS = 2.0
MOST_ALIASES = 8
MOST_ADDRESSES = 8
_ROOM_FOR_V6 = 4  # of them, however many IPv4 addresses there are
_MOST_SERVERS = 3  # MAXNS of resolv.conf(5)
# Too many sockets: our own fault, and nothing that may be said of a name server.
OUR_FAULTS = (errno.EMFILE, errno.ENFILE)


@dataclass(frozen=True)
class Answer:
    """`addresses` are what the resolver says, and may be any: IPv4 first."""

    outcome: Outcome
    addresses: tuple[str, ...] = ()


async def ask(
    name: str, servers: Sequence[str], seconds: float = SECONDS, port: int = 53
) -> Answer:
    """What one resolver says: its servers are asked in turn; none stands for the host's own."""
    kinds = ("A", "AAAA")
    v4, v6 = await asyncio.gather(*(reply(name, kind, servers, seconds, port) for kind in kinds))
    return _both(_read(v4), _read(v6))


def host_servers(path: str = "/etc/resolv.conf") -> tuple[str, ...]:
    """The name servers that this host's own programs ask."""
    try:
        found = dns.resolver.Resolver(path).nameservers
    except (dns.resolver.NoResolverConfiguration, OSError, ValueError):
        found = []
    # Without any, a name server on the same machine is meant: resolv.conf(5).
    return tuple(str(server) for server in found[:_MOST_SERVERS]) or ("127.0.0.1",)


async def reply(
    name: str, kind: str, servers: Sequence[str], seconds: float, port: int = 53
) -> QueryMessage | None:
    """The first reply that says what the name has, or that it is not; None if there is none.

    A single server is asked twice. OSError if this host has no socket left.
    """
    servers = servers or host_servers()
    turns = servers if len(servers) > 1 else [*servers, *servers]
    attempts = [partial(_exchange, name, kind, server, port) for server in turns]
    try:
        async with asyncio.timeout(seconds):
            return await first(attempts, seconds / 3)
    except TimeoutError:
        return None


def records(message: QueryMessage) -> list[Any]:
    """What is asked for, at the end of the aliases; ValueError if there is no sound answer."""
    try:
        chain = message.resolve_chaining()
    except dns.exception.DNSException as error:
        raise ValueError(f"not an answer: {error!r}") from None
    if len(chain.cnames) > MOST_ALIASES:
        raise ValueError("too many aliases")
    return list(chain.answer or ())


async def _exchange(name: str, kind: str, server: str, port: int) -> QueryMessage | None:
    try:
        # A name without a dot at its end is absolute here, too: no search list is ever tried.
        query = dns.message.make_query(dns.name.from_text(name), kind)
        message = await _sent(query, server, port)
    except OSError as error:
        if error.errno in OUR_FAULTS:
            raise
        return None
    except Exception:  # a stranger's bytes, and a parser with many ways to refuse them
        return None
    says = message.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
    return message if says and isinstance(message, QueryMessage) else None


async def _sent(query: Message, server: str, port: int) -> Message:
    """Over UDP, and TCP if that was cut; whoever cancels this sets the time."""
    backend: Any = dns.asyncbackend.get_backend("asyncio")
    family = dns.inet.af_for_address(server)
    # Connected: the kernel drops what others send, and tells when nobody listens there.
    socket = await backend.make_socket(family, SOCK_DGRAM, destination=(server, port))
    async with socket:
        # What is no reply to this query is passed over: it may be a forger's.
        message, _ = await dns.asyncquery.udp_with_fallback(
            query, server, port=port, udp_sock=socket, backend=backend, ignore_errors=True
        )
    return message


def _read(message: QueryMessage | None) -> Answer:
    if message is None:
        return Answer("failed")
    try:
        found = records(message)
        addresses = tuple(str(ip_address(record.address)) for record in found)
    except ValueError:
        return Answer("failed")
    if addresses:
        return Answer("found", addresses)
    # An alias of nothing is there itself, whatever the code says of its end: RFC 6604 section 3.
    missing = message.rcode() == dns.rcode.NXDOMAIN and not message.answer
    return Answer("no-such-name" if missing else "no-address")


def _both(v4: Answer, v6: Answer) -> Answer:
    outcomes = v4.outcome, v6.outcome
    if "found" in outcomes:
        most = MOST_ADDRESSES - min(_ROOM_FOR_V6, len(v6.addresses))
        return Answer("found", (v4.addresses[:most] + v6.addresses)[:MOST_ADDRESSES])
    if v4.outcome == "no-such-name" and v6.outcome != "no-address":
        return v4  # of no type then: RFC 8020
    # Some servers deny the whole name when asked for AAAA (RFC 4074 section 4.2): not believed.
    return Answer("failed" if "failed" in outcomes else "no-address")
