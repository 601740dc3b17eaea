"""The verdict on one version of IP: the rows of the decision table from 5 on, in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from netdesk.facts import Hop, Service, Version
from netdesk.provider import Provider
from traceroute.verdict import rows
from traceroute.verdict.evidence import NOBODY, Owner, Seen
from traceroute.verdict.losing import losing
from traceroute.verdict.rows import Row, Verdict, written

TLS_WORDS = {
    "expired": "it has run out",
    "wrong-name": "it is for another name",
    "untrusted": "nobody vouches for it whom browsers trust",
    "failed": "no secure connection comes about",
}


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
        said = written(row, "" if row.side == "ours" and self.main.inside else self.seen,
                       **given | words)  # fmt: skip
        where = ", ".join(hop.addresses) if hop else ""
        return replace(said, where=where, version=self.main.version, after=hop.ttl if hop else None)


def seen_from(inside: bool, provider: Provider) -> str:
    return "" if inside else f"Seen from our measuring host outside {provider.name}'s network, "


def judge(
    target: str, provider: Provider, seen: Sequence[Seen], version: Version
) -> Verdict | None:
    """None when no host speaks that version, or none is online with it."""
    able = [one for one in seen if one.version == version and one.spoken and useful(one)]
    able.sort(key=lambda one: not one.inside)
    if not able:
        return None
    case = Case(target, provider, able[0], able[1] if len(able) > 1 else None)
    return next(said for rule in RULES if (said := rule(case)))


def useful(seen: Seen) -> bool:
    """A host whose IPv6 alone leads nowhere tells nothing about anybody's IPv6."""
    alone = seen.online is False and seen.view.online(4) is not False
    return seen.version == 4 or seen.arrives or not alone


def router(hop: Hop | None) -> str:
    return f"{', '.join(hop.addresses)} (hop {hop.ttl})" if hop and hop.addresses else ""


# --- what the site itself says -----------------------------------------------------------------


def _works(case: Case) -> Verdict | None:
    """Rows 5, 6, 7, 10 and 21: the service answers, so stars and silent hops are no fault."""
    if not case.main.works:
        return None
    service = case.main.services[0]
    if service.tls not in ("", "ok"):
        return case.say(rows.CERTIFICATE, problem=TLS_WORDS[service.tls])
    if service.status is None or service.status >= 500:
        return case.say(rows.SERVER_FAULT, problem=_fault(service))
    if lost := _loses(case):
        return lost
    row = rows.ANSWERS if case.main.reached else rows.UNTRACEABLE
    return case.say(row, ms=round(service.rtt_ms or 0))


def _fault(service: Service) -> str:
    return str(service.status) if service.status else "it takes the connection and says nothing"


def _refuses(case: Case) -> Verdict | None:
    """Row 8."""
    if not any(service.connect == "refused" for service in case.main.services):
        return None
    return case.say(rows.SERVICE_OFF if case.main.reached else rows.TURNED_AWAY)


def _reaches(case: Case) -> Verdict | None:
    """Row 9, unless the loss on the way explains it."""
    return (_loses(case) or case.say(rows.PORT_BLOCKED)) if case.main.reached else None


def _loses(case: Case) -> Verdict | None:
    """Row 21, and row 23 where it can't be told in whose network it begins."""
    main, last = case.main, case.main.last
    found = losing(main.losses, last.ttl if last else 0)
    if found is None:
        return None
    percent = round(found.share * 100)
    if found.at_end:
        return case.say(rows.LOSS_AT_END, percent=percent) if main.works else None
    hop, latest = (next((h for h in main.hops if h.ttl == ttl), None) for ttl in found.begins)
    before = main.before(found.begins[0])
    hidden = before is not None and before.ttl < found.begins[0] - 1
    above, here = main.owner(before if hidden else hop), main.owner(latest)
    words = {"percent": percent, "operator": _named(here, hop)}
    if above != here:
        words |= {
            "operator": _named(above, before if hidden else hop),
            "next": _named(here, latest),
        }
    said = case.say(rows.LOSS_BETWEEN if above != here else rows.LOSS, hop, **words)
    return replace(said, after=before.ttl if before else 0)


# --- what the way says -------------------------------------------------------------------------


def _loops(case: Case) -> Verdict | None:
    """Row 19."""
    ring = case.main.ring
    if not ring:
        return None
    owners = dict.fromkeys(_named(case.main.owner(hop), hop) for hop in ring)
    addresses = list(dict.fromkeys(hop.addresses[0] for hop in ring))
    said = case.say(
        rows.LOOP, ring[0], where=" and ".join(addresses), operator=" and ".join(owners)
    )
    return replace(said, where=" and ".join(addresses))


def _told(case: Case) -> Verdict | None:
    """Rows 16 to 18: a router says itself why it does not pass it on."""
    last = case.main.last
    if last is None or not last.mark:
        return None
    owner = case.main.owner(last)
    words = {"operator": _named(owner, last)}
    if last.mark == "!H":
        of_site = owner != NOBODY and owner == case.main.destination
        return case.say(rows.HOST_OFF if of_site else rows.HOST_OFF_SAYS, last, **words)
    row = rows.NO_ROUTE if last.mark == "!N" else rows.BLOCKED
    return replace(case.say(row, last, **words), side=_side(case, owner))


def _cut_off(case: Case) -> Verdict | None:
    """Row 24, and whatever can't be told from it: nothing that we know of answers.

    From inside our own network that is a fault of ours (row 11), if at least one router answers.
    """
    main = case.main
    if main.last is None:
        return case.say(rows.NOBODY_ANSWERS if main.online else rows.NO_STATEMENT)
    return None if main.inside or main.online is not False else case.say(rows.NO_STATEMENT)


def _ours(case: Case) -> Verdict | None:
    """Rows 11 and 12."""
    main, last = case.main, case.main.last
    if not main.owner(last).ours:
        return None
    if not main.inside:
        return case.say(rows.OURS_FROM_OUTSIDE, last)
    if main.online is False:
        return case.say(rows.OURS, last)
    if main.destination.ours:  # a site in our own network never leaves it
        return case.say(rows.OURS, last)
    return case.say(rows.OUR_BORDER, last, next=main.destination.operator or "the next network")


def _unclear(case: Case) -> Verdict | None:
    """What is too little for a place or a name."""
    last = case.main.last
    if case.main.too_long:
        return case.say(rows.TOO_LONG, last)
    unknown = case.main.owner(last) == NOBODY or not case.main.asked_enough
    return case.say(rows.STOPS, last) if unknown else None


def _at_destination(case: Case) -> Verdict | None:
    """Row 15."""
    main, second, last = case.main, case.second, case.main.last
    owner = main.owner(last)
    words = {"operator": main.destination.operator}
    if owner == main.destination:
        if main.inside and second and not second.arrives:
            return case.say(rows.DESTINATION, last, **words)
        row = rows.DESTINATION if main.inside else rows.DESTINATION_FROM_OUTSIDE
        return replace(case.say(row, last, **words), confidence="medium")
    if not second or second.arrives or not main.inside or main.destination == NOBODY:
        return None
    other = second.owner(second.last)
    two_ways = other not in (NOBODY, owner)
    return case.say(rows.BEFORE_DESTINATION, last, **words) if two_ways else None


def _in_transit(case: Case) -> Verdict | None:
    """Rows 13, 14 and 23: in somebody's network between us and the site."""
    main, second, last = case.main, case.second, case.main.last
    owner = main.owner(last)
    words = {"operator": owner.operator}
    if second and second.arrives:
        if second.passes(owner):
            return case.say(rows.BETWEEN, last, **words, next=_behind(second, owner))
        return case.say(rows.DETOUR, last, **words) if main.inside else _plain(case, words)
    said = _plain(case, words)
    together = second and second.owner(second.last) == owner
    return replace(said, confidence="high") if together and main.inside else said


def _plain(case: Case, words: dict[str, str]) -> Verdict:
    return case.say(rows.TRANSIT, case.main.last, **words)


def _behind(seen: Seen, owner: Owner) -> str:
    """Who comes after this operator on the way of another host."""
    owners = [seen.owner(hop) for hop in seen.hops] + [seen.destination]
    last = max(place for place, one in enumerate(owners) if one == owner)
    after = (one.operator for one in owners[last + 1 :] if one not in (NOBODY, owner))
    return next(after, "the next network")


def _side(case: Case, owner: Owner) -> rows.Side:
    if owner.ours:
        return "ours"
    return "destination" if owner == case.main.destination else "transit"


def _named(owner: Owner, hop: Hop | None) -> str:
    """The operator, or the router where nobody knows whose it is."""
    return owner.operator or (f"the router {hop.addresses[0]}" if hop else "")


RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    _works,
    _refuses,
    _reaches,
    _loops,
    _told,
    _cut_off,
    _ours,
    _unclear,
    _at_destination,
    _in_transit,
)
