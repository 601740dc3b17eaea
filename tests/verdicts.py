"""Runs written by hand: what measuring hosts would find in a given topology with a given fault."""

from dataclasses import replace
from ipaddress import ip_network

from netdesk.facts import OWN, Control, Hop, Lookup, Loss, Network, Service, Way
from netdesk.provider import Probe
from netdesk.trace import Run
from tests.desk import provider as site_provider

SITE = "www.example.com"
TARGET, TARGET6 = "203.0.113.80", "2001:db8:d::80"
CONTROLS = ("192.175.48.1", "2001:db8:c::1")
OUTSIDE = Probe("outside", "outside our network, on AWS", inside=False)
INSIDE = Probe("inside", "in our office", inside=True)
SEEN = "Seen from our measuring host outside Jet.Net's network, "

# The networks of the tests' internet: the first is the provider's own.
OURS, CLOUD, TRANSIT, OTHER, DEST = (
    "192.0.2.",
    "198.51.100.",
    "198.18.1.",
    "198.18.2.",
    "203.0.113.",
)
NAMES = {
    CLOUD: (64501, "Cloud Co."),
    TRANSIT: (64502, "Example Transit"),
    OTHER: (64503, "Other Transit"),
    DEST: (64504, "Example Hosting"),
    "2001:db8:1:": (64502, "Example Transit"),
    "2001:db8:d:": (64504, "Example Hosting"),
}


def provider():
    """Jet.Net with a prefix of its own and a measuring host in it."""
    made = site_provider()
    tracing = replace(made.tracing, probes=(OUTSIDE, INSIDE))
    return replace(made, prefixes=(ip_network(f"{OURS}0/24"),), tracing=tracing)


def path(*addresses, mark="", start=1):
    """Hops from `start` on; None was asked twice and silent."""
    found = []
    for ttl, address in enumerate(addresses, start):
        said = (address,) if isinstance(address, str) else tuple(address or ())
        rtt = 10.0 * ttl if said else None
        found.append(
            (Hop, {"ttl": ttl, "addresses": said, "rtt_ms": rtt, "tries": 1 if said else 2})
        )
    if mark:
        found[-1][1]["mark"] = mark
    return found


def silence(first, last=30):
    return path(*[None] * (last - first + 1), start=first)


def service(connect="open", tls="ok", status=200, port=443):
    given = {"port": port, "connect": connect}
    if connect == "open":
        given |= {"rtt_ms": 12.0, "tls": tls if port == 443 else "", "status": status}
    return [(Service, given)]


NO_SERVICE = [*service("silent"), *service("silent", port=80)]
REFUSED = [*service("refused"), *service("refused", port=80)]
WORKS = [*service(), *service(status=301, port=80)]


def names(own="found", *others, addresses=(TARGET,)):
    resolvers = [OWN, "9.9.9.9", "1.1.1.1"]
    return [
        (Lookup, {"resolver": r, "outcome": o, "addresses": addresses if o == "found" else ()})
        for r, o in zip(resolvers, (own, *others), strict=False)
    ]


def controls(reached, version=4):
    return [(Control, {"address": CONTROLS[version == 6], "reached": reached})]


def losses(counts):
    return [(Loss, {"ttl": t, "sent": s, "lost": lost}) for t, (s, lost) in counts.items()]


def way(*facts, reached=False, version=4, progress=None, online=True):
    """All facts about one version of IP."""
    address = TARGET if version == 4 else TARGET6
    progress = progress or ("reached" if reached else "ended")
    found = [(Way, {"address": address}), *(one for some in facts for one in some)]
    found.append((Way, {"address": address, "progress": progress}))
    placed = [(kind, given | {"version": version}) for kind, given in found]
    return placed + ([] if online is None else controls(online, version))


def run(probe, *facts, state="done", reason=""):
    """A run with these facts, and whose every address is."""
    listed = [one for some in facts for one in some]
    addresses = dict.fromkeys([a for _, given in listed for a in given.get("addresses", ())])
    addresses |= dict.fromkeys([TARGET, TARGET6])
    listed += [(Network, given) for address in addresses if (given := _owned(address))]
    made = tuple(kind(n=n, **given) for n, (kind, given) in enumerate(listed, 1))
    return Run(probe.name, state, made, reason)


def _owned(address):
    for prefix, (asn, operator) in NAMES.items():
        if address.startswith(prefix):
            return {"address": address, "asn": asn, "operator": operator}
    return None
