"""Lays the cables of the lab's internet, and gives each node its addresses and routes."""

from collections.abc import Callable, Iterator, Mapping

from tests.lab import namespaces, relay, world_map
from tests.lab.lab import V4, V6
from tests.lab.world_map import CABLES, NUMBERS, OPERATORS, address

# Answers are not rationed here, addresses usable at once, and ports choose between equal ways.
_SETTINGS: dict[str, int | str] = {
    "net.ipv4.ip_forward": 1,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv4.icmp_msgs_per_sec": 100_000,
    "net.ipv4.icmp_msgs_burst": 10_000,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.fib_multipath_hash_policy": 1,
    "net.ipv4.ping_group_range": "0 2147483647",
    "net.ipv6.icmp.ratelimit": 0,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv6.conf.default.forwarding": 1,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.addr_gen_mode": 1,  # none: the link's addresses are ours to give
    "net.ipv6.fib_multipath_hash_policy": 1,
}


def join(
    spaces: Mapping[str, str], delay: float, shared_transit: bool, foreign_border: bool
) -> Callable[[], None]:
    """Each cable's end has its neighbour's name; call the answer to end what carries packets."""
    for space in spaces.values():
        namespaces.within(space, namespaces.settings, _SETTINGS)
    end = _delayed(spaces, delay) if delay else _at_once(spaces)
    ways = world_map.WAYS | (world_map.SHARED_TRANSIT if shared_transit else {})
    for node, space in spaces.items():
        lines = [*_addresses(node), *_routes(node, ways[node], foreign_border and node == "d1")]
        namespaces.within(space, namespaces.feed, "ip", "-batch", "-", lines=lines)
    return end


def _at_once(spaces: Mapping[str, str]) -> Callable[[], None]:
    lines = [
        f"link add name {far} netns {spaces[near]} type veth peer name {near} netns {spaces[far]}"
        for near, far in CABLES
    ]
    namespaces.feed("ip", "-batch", "-", lines=lines)
    return lambda: None


def _delayed(spaces: Mapping[str, str], delay: float) -> Callable[[], None]:
    pairs = [
        (
            namespaces.within(spaces[near], relay.tun, far),
            namespaces.within(spaces[far], relay.tun, near),
        )
        for near, far in CABLES
    ]
    thread = relay.Relay(pairs, delay, None)
    thread.start()
    return thread.stop


def _neighbours(node: str) -> list[str]:
    return [far if near == node else near for near, far in CABLES if node in (near, far)]


def _addresses(node: str) -> Iterator[str]:
    """Its own on lo; on the cables only what IPv6 neighbours need to find each other."""
    yield "link set lo up"
    own = [address(node, 4), address(node, 6)]
    if node in world_map.RESOLVERS:
        own.append(world_map.RESOLVERS[node])
    if node == "d1":
        own += [world_map.foreign(to, version) for to in world_map.FOREIGN for version in (4, 6)]
    for one in own:
        yield f"addr add {one} dev lo" + (" nodad" if ":" in one else "")
    for neighbour in _neighbours(node):
        yield f"link set {neighbour} up"
        yield f"addr add fe80::{NUMBERS[node]:x}/64 dev {neighbour} nodad"


def _routes(node: str, ways: Mapping[str, tuple[str, ...]], foreign_border: bool) -> Iterator[str]:
    """`src`: whatever this node says, it says from its own address (or its neighbour's for it)."""

    def source(towards: str, version: int) -> str:
        if foreign_border and towards in world_map.FOREIGN:
            return world_map.foreign(towards, version)
        return address(node, version)

    for neighbour in _neighbours(node):
        for version in (4, 6):
            via = f"via fe80::{NUMBERS[neighbour]:x} " if version == 6 else ""
            yield (
                f"route add {address(neighbour, version)} {via}dev {neighbour} "
                f"src {source(neighbour, version)} metric 100"
            )
    for operator, towards in ways.items():
        for version in (4, 6):
            hops = [_hop(neighbour, version) for neighbour in towards]
            spread = hops[0] if len(hops) == 1 else " ".join(f"nexthop {hop}" for hop in hops)
            own = source(towards[0], version)
            yield f"route add {_prefix(operator, version)} src {own} metric 100 {spread}"


def _hop(neighbour: str, version: int) -> str:
    via = address(neighbour) if version == 4 else f"fe80::{NUMBERS[neighbour]:x}"
    return f"via {via} dev {neighbour}"


def _prefix(operator: str, version: int) -> str:
    if operator == "ALL":
        return V4 if version == 4 else V6
    return OPERATORS[operator].v4 if version == 4 else OPERATORS[operator].v6
