"""Whole diagnoses in the lab's internet, as the agent makes them, and what is said of them."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from netdesk.probe.checks import lines
from netdesk.probe.checks.networks import Networks
from netdesk.probe.diagnosis import diagnose
from netdesk.probe.host import Host
from netdesk.probe.order import Order
from netdesk.probe.record import Record
from netdesk.provider import Probe, Provider
from netdesk.ranges import Rules
from netdesk.refused import Refused
from netdesk.trace import REFUSED, Run, Wish
from tests.desk import provider as site_provider
from tests.lab import certificates, world_map
from tests.lab.faults import V4, V6
from tests.lab.world import World
from traceroute.verdict import Verdict, verdict

SITE = "www.example.com"
USUAL = Wish()
OUTSIDE = Probe("outside", "outside our network, on AWS", inside=False)
INSIDE = Probe("inside", "in our office", inside=True)
RULES = Rules(allow=(ip_network(V4), ip_network(V6)))
CONTROLS = tuple(
    world_map.address(node, version) for node in ("ctrl1", "ctrl2") for version in (4, 6)
)


@dataclass(frozen=True)
class Measured:
    run: Run
    seconds: float  # from the first thing that was sent


@contextmanager
def trusting() -> Iterator[None]:
    """This process trusts the lab's authority."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("SSL_CERT_FILE", str(certificates.issued()[0]))
        lines.trust.cache_clear()
        yield
    lines.trust.cache_clear()


def measure(
    world: World,
    where: str,
    target: str = SITE,
    wish: Wish = USUAL,
    networks: Networks | None = None,
) -> Measured:
    """One host's diagnosis; its name server is the one of its own network."""
    return world.within(where, lambda: asyncio.run(_measure(where, target, wish, networks)))


def said(*runs: Run) -> Verdict:
    return verdict(SITE, runs, provider())


def provider() -> Provider:
    """Jet.Net in the lab: the network OURS is its own."""
    made = site_provider()
    tracing = replace(made.tracing, probes=(INSIDE, OUTSIDE))
    ours = [ip_network(net) for net, (asn, _) in world_map.TABLE.items() if asn == OUR_ASN]
    return replace(made, prefixes=tuple(ours), tracing=tracing)


OUR_ASN = 64500


async def _measure(where: str, target: str, wish: Wish, networks: Networks | None) -> Measured:
    own = (world_map.OWN_RESOLVER[where],)
    host = Host(RULES, own, networks or Networks(own, RULES.allow))
    order = Order("0" * 32, target, timedelta(days=1), wish, world_map.OTHER_RESOLVERS, CONTROLS)
    record = Record()
    began = time.monotonic()
    try:
        await diagnose(order, host, record)
    except Refused:
        return Measured(Run(where, "failed", tuple(record.facts), REFUSED), 0.0)
    return Measured(Run(where, "done", tuple(record.facts)), time.monotonic() - began)
