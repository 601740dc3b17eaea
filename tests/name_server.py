"""A name server on loopback: answers from a table, as a resolver would, or as it is told to."""

import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Table = dict[str, dict[str, list[str]]]
SILENT = "SILENT"


class NameServer:
    """`with NameServer({"www.example.com": {"A": ["192.0.2.1"]}}) as server:`

    `faults` has response codes, or SILENT, by name or by (name, type); `lose` is how many queries
    by UDP get lost; `cut` names are answered by TCP alone. `raw` takes the place of all that: it
    gets the query's bytes and says what is sent, one packet each.
    """

    def __init__(self, table: Table | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.table: Table = table or {}
        self.faults: dict[str | tuple[str, str], str] = {}
        self.lose = 0
        self.cut: set[str] = set()
        self.raw: Callable[[bytes], Iterable[bytes]] | None = None
        self.asked: list[tuple[str, str, str]] = []  # name, type, "udp" or "tcp"
        self._over = False
        self._threads = [
            threading.Thread(target=serve) for serve in (self._serve_udp, self._serve_tcp)
        ]
        self._udp, self._tcp = _one_port(host, port)
        self.port: int = self._udp.getsockname()[1]

    def __enter__(self) -> "NameServer":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tcp.shutdown(socket.SHUT_RDWR)
        self._over = True
        with socket.socket(self._udp.family, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._udp.getsockname())
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def reply(self, wire: bytes, by: str) -> Iterable[bytes]:
        if self.raw:
            return self.raw(wire)
        query = dns.message.from_wire(wire)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        self.asked.append((name, kind, by))
        fault = self.faults.get((name, kind)) or self.faults.get(name)
        if by == "udp" and self.lose:
            self.lose -= 1
            return []
        if fault == SILENT:
            return []
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if fault:
            answer.set_rcode(dns.rcode.from_text(fault))
        elif by == "udp" and name in self.cut:
            answer.flags |= dns.flags.TC
        else:
            self._look_up(answer, name, kind)
        return [answer.to_wire(max_size=65_535)]

    def _look_up(self, answer: dns.message.Message, name: str, kind: str) -> None:
        for _ in range(40):  # there are loops
            found = self.table.get(name)
            if found is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
                return
            alias = found.get("CNAME")
            if texts := alias or found.get(kind):
                owner = dns.name.from_text(name)
                rrset = dns.rrset.from_text_list(
                    owner,
                    60,
                    "IN",
                    "CNAME" if alias else kind,
                    texts,
                    origin=dns.name.root,
                    relativize=False,
                )
                answer.answer.append(rrset)  # goes out in any order, as resolvers mix it
            if not alias:
                return
            name = alias[0]

    def _serve_udp(self) -> None:
        while True:
            wire, sender = self._udp.recvfrom(65_535)
            if self._over:
                return
            for packet in self.reply(wire, "udp"):
                self._udp.sendto(packet, sender)

    def _serve_tcp(self) -> None:
        with suppress(OSError):  # when it is shut
            while True:
                line, _ = self._tcp.accept()
                threading.Thread(target=self._converse, args=(line,), daemon=True).start()

    def _converse(self, line: socket.socket) -> None:
        """`raw` bytes go out as they are: their length is part of the lie."""
        with suppress(OSError, struct.error), line:
            line.settimeout(5)
            (length,) = struct.unpack("!H", line.recv(2, socket.MSG_WAITALL))
            for packet in self.reply(line.recv(length, socket.MSG_WAITALL), "tcp"):
                line.sendall(packet if self.raw else struct.pack("!H", len(packet)) + packet)


def _one_port(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """The same number for UDP and for TCP."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(50):
        tcp = socket.create_server((host, port), family=family)
        udp = socket.socket(family, socket.SOCK_DGRAM)
        try:
            udp.bind((host, tcp.getsockname()[1]))
        except OSError:  # taken by somebody else
            udp.close()
            tcp.close()
        else:
            return udp, tcp
    raise OSError("no port is free for both")
