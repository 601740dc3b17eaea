"""From what was asked for to one address of each version of IP: looked up once, judged, kept."""

import asyncio
from collections.abc import Callable, Coroutine
from ipaddress import ip_address
from typing import Any

from netdesk.facts import OWN, Lookup, Version
from netdesk.probe.checks import names
from netdesk.probe.host import Host
from netdesk.probe.order import Order
from netdesk.probe.record import Record
from netdesk.target import Address
from netdesk.target import Host as Name

SECONDS_OF_OTHERS = 0.9  # a path without an answer is judged in a second
Later = Callable[[Coroutine[Any, Any, None]], None]


async def pinned(
    order: Order, target: Name | Address, host: Host, record: Record, later: Later
) -> dict[Version, str]:
    """Empty when the name leads nowhere; Refused when any of its addresses must not be traced.

    `later` does what nobody need wait for.
    """
    literal = isinstance(target, Address)
    found = (str(target),) if literal else await _looked_up(str(target), order, host, record, later)
    for address in found:  # one refused address spoils them all: else a stranger picks
        host.judge(address)
    first: dict[Version, str] = {}
    for address in found:
        first.setdefault(4 if ip_address(address).version == 4 else 6, address)
    return {version: at for version, at in first.items() if order.wish.version in (None, version)}


async def _looked_up(
    name: str, order: Order, host: Host, record: Record, later: Later
) -> tuple[str, ...]:
    """By our own resolver, else by the first of the others that knows the name."""
    others = [_Question(name, one) for one in host.permitted(order.resolvers)]
    for other in others:
        later(other.ask(record, SECONDS_OF_OTHERS))
    own = _Question(name, OWN, host.resolver)
    await own.ask(record, names.SECONDS)
    if not own.addresses:
        await asyncio.gather(*(other.asked.wait() for other in others))
    return next((one.addresses for one in (own, *others) if one.addresses), ())


class _Question:
    def __init__(self, name: str, resolver: str, servers: tuple[str, ...] | None = None) -> None:
        self.name, self.resolver = name, resolver
        self.servers = (resolver,) if servers is None else servers
        self.addresses: tuple[str, ...] = ()
        self.asked = asyncio.Event()

    async def ask(self, record: Record, seconds: float) -> None:
        answer = await names.ask(self.name, self.servers, seconds)
        record.add(
            Lookup, resolver=self.resolver, outcome=answer.outcome, addresses=answer.addresses
        )
        self.addresses = answer.addresses
        self.asked.set()
