"""What the measuring hosts saw, in the order in which a verdict asks for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from netdesk.facts import (
    MAX_TTL,
    Control,
    Hop,
    Lookup,
    Loss,
    Network,
    Service,
    Version,
    Way,
    hops,
    of_kind,
)
from netdesk.provider import Probe, Provider
from netdesk.trace import Run

_MANY = 5  # unanswered packets: more than chance takes
TRIES = 2  # one packet that gets no answer proves nothing


@dataclass(frozen=True)
class Owner:
    """Whose a router is; two are the same operator's when their `key` is the same."""

    key: str = ""  # empty: not known
    operator: str = ""

    @property
    def ours(self) -> bool:
        return self.key == OURS


OURS, NOBODY = "ours", Owner()


@dataclass(frozen=True)
class View:
    """One measuring host and what it found."""

    probe: Probe
    run: Run
    provider: Provider

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        return {lookup.resolver: lookup for lookup in of_kind(self.run.facts, Lookup)}

    @cached_property
    def networks(self) -> dict[str, Network]:
        return {network.address: network for network in of_kind(self.run.facts, Network)}

    @property
    def ways(self) -> Iterator["Seen"]:
        newest = {way.version: way for way in of_kind(self.run.facts, Way)}
        return (Seen(self, newest[version]) for version in sorted(newest))

    def owner(self, address: str) -> Owner:
        if any(ip_address(address) in prefix for prefix in self.provider.prefixes):
            return Owner(OURS, self.provider.name)
        network = self.networks.get(address)
        if network is None or network.asn is None or not network.operator:
            return NOBODY
        return Owner(str(network.asn), network.operator)

    def online(self, version: Version) -> bool | None:
        """Whether any control answers; None if none was asked."""
        controls = {c.address: c.reached for c in of_kind(self.run.facts, Control)}
        asked = [ok for at, ok in controls.items() if ip_address(at).version == version]
        return any(asked) if asked else None


@dataclass(frozen=True)
class Seen:
    """The way to one address, as one measuring host saw it."""

    view: View
    way: Way

    @property
    def version(self) -> Version:
        return self.way.version

    @property
    def inside(self) -> bool:
        return self.view.probe.inside

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        return hops(self.view.run.facts, self.version)

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The best first: 443 before 80, and what is open before what is not."""
        found = {
            s.port: s for s in of_kind(self.view.run.facts, Service) if s.version == self.version
        }
        return tuple(sorted(found.values(), key=lambda s: (s.connect != "open", -s.port)))

    @cached_property
    def losses(self) -> dict[int, tuple[int, int]]:
        """By distance: sent and lost, of all that were counted, and of the trace itself: who
        answered at the third try lost two."""
        found = {x.ttl: x for x in of_kind(self.view.run.facts, Loss) if x.version == self.version}
        tries = {hop.ttl: hop.tries for hop in self.hops if hop.addresses}
        return {
            ttl: (loss.sent + tries[ttl], loss.lost + tries[ttl] - 1)
            for ttl, loss in found.items()
            # Who answers none of many does not answer this kind of packet.
            if tries.get(ttl) and not loss.sent == loss.lost >= _MANY
        }

    @property
    def spoken(self) -> bool:
        """Whether this host has a way out for that version of IP."""
        return self.way.progress != "no-way"

    @property
    def reached(self) -> bool:
        return self.way.progress == "reached"

    @property
    def works(self) -> bool:
        return any(service.connect == "open" for service in self.services)

    @property
    def arrives(self) -> bool:
        """Whether anything shows that packets get there and back."""
        return self.reached or self.works or self.refuses

    @property
    def refuses(self) -> bool:
        """Whether the machine itself turns connections away: a router that rejects them says so."""
        rejected = self.last is not None and self.last.mark and not self.reached
        return not rejected and any(service.connect == "refused" for service in self.services)

    @property
    def mute(self) -> bool:
        """Whether this host may be cut off itself, so that it says nothing of a target; one in our
        own network says something as long as a router answers it."""
        gone = self.last is None if self.inside else self.last is None or self.online is False
        return gone and self.online is not True and not self.arrives

    @property
    def online(self) -> bool | None:
        return self.view.online(self.version)

    @cached_property
    def last(self) -> Hop | None:
        """The last that answered."""
        return next((hop for hop in reversed(self.hops) if hop.addresses), None)

    @property
    def asked_enough(self) -> bool:
        """Whether the silence behind the last that answered was asked often enough to count."""
        end = self.last.ttl if self.last else 0
        beyond = [hop for hop in self.hops if end < hop.ttl <= end + TRIES]
        asked = bool(beyond) and all(hop.tries >= TRIES for hop in beyond)
        return self.way.progress != "begun" and (asked or self.too_long)

    @property
    def too_long(self) -> bool:
        return self.last is not None and self.last.ttl >= MAX_TTL

    @property
    def destination(self) -> Owner:
        return self.view.owner(self.way.address)

    def owner(self, hop: Hop | None) -> Owner:
        """All addresses of a hop must be of one operator, else nobody is named."""
        owners = {self.view.owner(address) for address in hop.addresses} if hop else set()
        return owners.pop() if len(owners) == 1 else NOBODY

    def before(self, ttl: int) -> Hop | None:
        """The nearest that answered before this distance."""
        return next((h for h in reversed(self.hops) if h.ttl < ttl and h.addresses), None)

    def passes(self, owner: Owner) -> bool:
        return any(self.owner(hop) == owner for hop in self.hops)

    @cached_property
    def ring(self) -> tuple[Hop, ...]:
        """The hops that come twice in the same order; empty if none do."""
        heard = {hop.ttl: hop for hop in self.hops if hop.addresses}
        path = [heard.get(ttl) for ttl in range(1, max(heard, default=0) + 1)]
        for size in range(2, len(path) // 2 + 1):
            for start in range(len(path) - 2 * size + 1):
                once, again = path[start : start + size], path[start + size : start + 2 * size]
                if _same(once, again):
                    return tuple(hop for hop in once if hop)
        return ()


def _same(once: Sequence[Hop | None], again: Sequence[Hop | None]) -> bool:
    """A silent hop proves nothing, and one address alone may be a router that counts badly."""
    first = [hop.addresses for hop in once if hop]
    second = [hop.addresses for hop in again if hop]
    return len(first) == len(once) and first == second and len(set(first)) > 1
