"""From what was asked for to one address of each version of IP: looked up once, judged, kept."""

import asyncio
from ipaddress import ip_address

from netdesk.facts import OWN, Lookup, Version
from netdesk.probe import names
from netdesk.probe.host import Host
from netdesk.probe.order import Order
from netdesk.probe.record import Record
from netdesk.refused import Refused
from netdesk.target import Address
from netdesk.target import Host as Name


async def pinned(
    order: Order, target: Name | Address, host: Host, record: Record
) -> dict[Version, str]:
    """Empty when the name leads nowhere; Refused when any of its addresses must not be traced."""
    literal = isinstance(target, Address)
    found = (str(target),) if literal else await _looked_up(order, host, record)
    for address in found:  # one refused address spoils them all: else a stranger picks
        if sentence := host.refusal(address):
            raise Refused(sentence)
    first: dict[Version, str] = {}
    for address in found:
        first.setdefault(4 if ip_address(address).version == 4 else 6, address)
    return {version: at for version, at in first.items() if order.wish.version in (None, version)}


async def _looked_up(order: Order, host: Host, record: Record) -> tuple[str, ...]:
    """By our own resolver, else by the first of the others that knows the name."""
    resolvers = [OWN, *host.permitted(order.resolvers)]
    told = await asyncio.gather(*(_ask(order.target, one, host, record) for one in resolvers))
    return next((addresses for addresses in told if addresses), ())


async def _ask(name: str, resolver: str, host: Host, record: Record) -> tuple[str, ...]:
    answer = await names.ask(name, host.resolver if resolver == OWN else (resolver,))
    record.add(Lookup, resolver=resolver, outcome=answer.outcome, addresses=answer.addresses)
    return answer.addresses
