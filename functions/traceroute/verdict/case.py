"""One case to be judged: what one host saw of one version of IP, and what a second one saw."""

from dataclasses import dataclass, replace

from netdesk.facts import Hop
from netdesk.provider import Provider
from traceroute.verdict.evidence import Owner, Seen
from traceroute.verdict.row import Row, Verdict, written


@dataclass(frozen=True)
class Case:
    """What is to be judged: one host's view decides, the second one helps."""

    target: str
    provider: Provider
    main: Seen
    second: Seen | None

    @property
    def seen(self) -> str:
        return seen_from(self.main.inside, self.provider)

    def say(self, row: Row, hop: Hop | None = None, **words: object) -> Verdict:
        """The row about what lies behind this hop, if it is about a place."""
        given = {"target": self.target, "provider": self.provider.name, "where": router(hop)}
        said = written(row, self.seen, **given | words)
        where = ", ".join(hop.addresses) if hop else ""
        return replace(said, where=where, version=self.main.version, after=hop.ttl if hop else None)


def seen_from(inside: bool, provider: Provider) -> str:
    return "" if inside else f"Seen from our measuring host outside {provider.name}'s network, "


def router(hop: Hop | None) -> str:
    return f"{', '.join(hop.addresses)} (hop {hop.ttl})" if hop and hop.addresses else ""


def named(owner: Owner, hop: Hop | None) -> str:
    """The operator, or the router where nobody knows whose it is."""
    return owner.operator or (f"the router {hop.addresses[0]}" if hop else "")
