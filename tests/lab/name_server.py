"""A resolver of the lab, over UDP and TCP; each of its addresses can be told to fail."""

import asyncio
import functools
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.lab.zones import Zone, cymru, zone

Trouble = Literal["servfail", "silent", "nxdomain", "refused"]
_LONGEST_CHAIN = 16
_UDP_SIZE = 512  # of a question without EDNS (RFC 1035 section 4.2.1)


@dataclass(frozen=True)
class Question:
    resolver: str
    name: str
    kind: str


@dataclass
class NameServer:
    records: Zone = field(default_factory=zone)
    asked: list[Question] = field(default_factory=list)
    _troubles: list[tuple[Trouble, str | None, str | None]] = field(default_factory=list)

    @contextmanager
    def failing(
        self, trouble: Trouble, name: str | None = None, resolver: str | None = None
    ) -> Iterator[None]:
        """For a name and all below it, or all names; at the resolver with this address, or all."""
        entry = trouble, name, resolver
        self._troubles.append(entry)
        try:
            yield
        finally:
            self._troubles.remove(entry)

    async def serve(self, resolver: str, udp: socket.socket, tcp: socket.socket) -> list[Any]:
        """What is to be closed in the end."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Udp(self, resolver), sock=udp)
        talk = functools.partial(self._over_tcp, resolver)
        return [transport, await asyncio.start_server(talk, sock=tcp)]

    def answer(self, packet: bytes, resolver: str, size: int = 65_535) -> bytes | None:
        """None: nothing is said."""
        try:
            query = dns.message.from_wire(packet)
        except dns.exception.DNSException:
            return None
        asked = query.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        self.asked.append(Question(resolver, name, dns.rdatatype.to_text(asked.rdtype)))
        trouble = self._trouble(name, resolver)
        if trouble == "silent":
            return None
        reply = dns.message.make_response(query, recursion_available=True)
        if trouble:
            reply.set_rcode(dns.rcode.from_text(trouble))
        else:
            self._fill(reply, asked.name.canonicalize(), asked.rdtype)
        return _wire(reply, max(size, query.payload) if size == _UDP_SIZE else size)

    def _trouble(self, name: str, resolver: str) -> Trouble | None:
        for trouble, of_name, of_resolver in reversed(self._troubles):
            below = of_name is None or f".{name}".endswith(f".{of_name}")
            if below and of_resolver in (None, resolver):
                return trouble
        return None

    def _fill(self, reply: dns.message.Message, name: dns.name.Name, kind: int) -> None:
        for _ in range(_LONGEST_CHAIN):
            if found := self._find(name, kind):
                reply.answer.append(dns.rrset.from_rdata_list(name, 60, found))
                return
            alias = self.records.get((name, dns.rdatatype.CNAME))
            if alias is None:
                break
            reply.answer.append(dns.rrset.from_rdata_list(name, 60, alias))
            name = alias[0].target
        if not any(known == name for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _find(self, name: dns.name.Name, kind: int) -> list[dns.rdata.Rdata] | None:
        if kind == dns.rdatatype.TXT and (said := cymru(name)):
            return [said]
        return self.records.get((name, kind))

    async def _over_tcp(
        self, resolver: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Questions one after another, each behind its length (RFC 1035 section 4.2.2)."""
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                said = self.answer(await reader.readexactly(length), resolver)
                if said is not None:
                    writer.write(len(said).to_bytes(2, "big") + said)
                    await writer.drain()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer, resolver: str) -> None:
        self._server, self._resolver = server, resolver

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, packet: bytes, address: tuple[str, int]) -> None:
        said = self._server.answer(packet, self._resolver, _UDP_SIZE)
        if said is not None:
            self._transport.sendto(said, address)


def _wire(reply: dns.message.Message, size: int) -> bytes:
    """Cut where it doesn't fit, so that it is asked for over TCP."""
    try:
        return reply.to_wire(max_size=size)
    except dns.exception.TooBig:
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire(max_size=size)
