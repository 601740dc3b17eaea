"""How tests look at the lab's internet, by other means than ours: traceroute, echoes, TLS, DNS."""

import http.client
import re
import socket
import ssl
import struct
from concurrent.futures import ThreadPoolExecutor

import dns.message
import dns.query

from tests.lab import world_map
from tests.lab.world_map import address

ENDS = [(where, version) for where in ("inside", "outside") for version in (4, 6)]
FARTHEST = 12
STAR = ("*",)
SILENCE = 0.4  # seconds; kernels answer in less than a millisecond
PATIENCE = 10.0  # with a server


def trace(net, where, version, *options, tries=1):
    """What Debian's traceroute prints at each distance, without times."""
    listing = net.run(
        *(where, "traceroute", "-n", "-N32", f"-q{tries}", f"-m{FARTHEST}", f"-w{SILENCE}"),
        *(*options, address("target", version)),
    ).stdout
    lines = re.findall(r"^ *\d+ +(.*)$", listing, re.MULTILINE)
    return [" ".join(re.sub(r"[\d.]+ ms", "", line).split()) for line in lines]


def traces(net):
    """From both hosts in both versions, at once."""
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda end: trace(net, *end), ENDS)
        return dict(zip(ENDS, found, strict=True))


def fits(found, expected):
    return len(found) == len(expected) and all(map(lambda hop, may: hop in may, found, expected))


def echoes(target, times=1):
    """How many echo requests are answered."""
    six = ":" in target
    family = socket.AF_INET6 if six else socket.AF_INET
    protocol = socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP
    heard = 0
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as sock:
        sock.settimeout(SILENCE)
        sock.connect((target, 0))
        for number in range(times):
            sock.send(struct.pack("!BBHHH", 128 if six else 8, 0, 0, 0, number))
        try:
            while heard < times:
                sock.recv(100)
                heard += 1
        except OSError:  # silence, or an ICMP error
            pass
    return heard


def connect(target, port):
    try:
        socket.create_connection((target, port), timeout=SILENCE).close()
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silent"
    return "open"


def fetch(net, where, target, name="www.example.com"):
    """The status of GET / over TLS, or why there is none."""
    try:
        return net.within(where, _fetch, target, name, net.ca)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except http.client.RemoteDisconnected:
        return "hung up"


def _fetch(target, name, ca):
    context = ssl.create_default_context(cafile=ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    with (
        socket.create_connection((target, 443), timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        response = http.client.HTTPResponse(secure)
        response.begin()
        return response.status


def ask(net, where, name, kind, *, resolver=None, way=dns.query.udp, patience=PATIENCE):
    query = dns.message.make_query(name, kind)
    resolver = resolver or world_map.OWN_RESOLVER[where]
    return net.within(where, lambda: way(query, resolver, timeout=patience))


def said(reply):
    return sorted(rdata.to_text() for rrset in reply.answer for rdata in rrset)
