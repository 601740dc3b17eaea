"""Reads what site/provider.toml says of traces: who measures, from where, and against what."""

import ipaddress

from netdesk.provider import Probe, Tracing
from netdesk.ranges import Rules
from netdesk.toml_table import Table

NAMES = ("outside", "inside")
_NETWORKS, _ADDRESSES = "a list of networks (192.0.2.0/24)", "a list of addresses (192.0.2.7)"


def tracing(table: Table) -> Tracing:
    found = Tracing(
        rules=Rules(
            allow=table.all_parsed("allow", ipaddress.ip_network, _NETWORKS),
            refuse=table.all_parsed("refuse", ipaddress.ip_network, _NETWORKS),
        ),
        resolvers=table.all_parsed("resolvers", _address, _ADDRESSES),
        controls=table.all_parsed("controls", _address, _ADDRESSES),
        component=table.text("component"),
        probes=tuple(_probe(t) for t in table.tables("probe")),
    )
    table.done()
    return found


def _probe(table: Table) -> Probe:
    words = "outside or inside: for these the stack has queues"
    probe = Probe(table.parsed("name", _name, words), table.text("place"), table.flag("inside"))
    table.done()
    return probe


def _name(text: str) -> str:
    if text not in NAMES:
        raise ValueError(text)
    return text


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))
