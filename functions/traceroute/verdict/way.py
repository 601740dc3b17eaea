"""What the way says where the site does not answer: rows 11 to 19, 23 and 24, in their order."""

from dataclasses import replace

from traceroute.verdict import name_rows, way_rows
from traceroute.verdict.case import Case, named
from traceroute.verdict.evidence import NOBODY, Owner, Seen
from traceroute.verdict.row import Side, Verdict


def loops(case: Case) -> Verdict | None:
    """Row 19."""
    ring = case.main.ring
    if not ring:
        return None
    owners = dict.fromkeys(named(case.main.owner(hop), hop) for hop in ring)
    addresses = list(dict.fromkeys(hop.addresses[0] for hop in ring))
    said = case.say(
        way_rows.LOOP, ring[0], where=" and ".join(addresses), operator=" and ".join(owners)
    )
    return replace(said, where=" and ".join(addresses))


def told(case: Case) -> Verdict | None:
    """Rows 16 to 18: a router says itself why it does not pass it on."""
    last = case.main.last
    if last is None or not last.mark:
        return None
    owner = case.main.owner(last)
    words = {"operator": named(owner, last)}
    if last.mark == "!H":
        of_site = owner != NOBODY and owner == case.main.destination
        return case.say(way_rows.HOST_OFF if of_site else way_rows.HOST_OFF_SAYS, last, **words)
    row = way_rows.NO_ROUTE if last.mark == "!N" else way_rows.BLOCKED
    return replace(case.say(row, last, **words), side=_side(case, owner))


def cut_off(case: Case) -> Verdict | None:
    """Row 24, and whatever can't be told from it: nothing that we know of answers.

    From inside our own network that is a fault of ours (row 11), if at least one router answers.
    """
    main = case.main
    if main.last is None:
        return case.say(way_rows.NOBODY_ANSWERS if main.online else name_rows.NO_STATEMENT)
    return None if main.inside or main.online is not False else case.say(name_rows.NO_STATEMENT)


def ours(case: Case) -> Verdict | None:
    """Rows 11 and 12."""
    main, last = case.main, case.main.last
    if not main.owner(last).ours:
        return None
    if not main.inside:
        return case.say(way_rows.OURS_FROM_OUTSIDE, last)
    # The way to a site in our own network never leaves it.
    if main.online is False or main.destination.ours:
        return case.say(way_rows.OURS, last)
    if main.online is None:  # nothing else was asked, so we can't tell our network from the border
        return replace(_plain(case, {"operator": main.owner(last).operator}), side="")
    return case.say(way_rows.OUR_BORDER, last)


def unclear(case: Case) -> Verdict | None:
    """What is too little for a place or a name."""
    last = case.main.last
    if case.main.too_long:
        return case.say(way_rows.TOO_LONG, last)
    unknown = case.main.owner(last) == NOBODY or not case.main.asked_enough
    return case.say(way_rows.STOPS, last) if unknown else None


def at_destination(case: Case) -> Verdict | None:
    """Row 15."""
    main, second, last = case.main, case.second, case.main.last
    owner = main.owner(last)
    words = {"operator": main.destination.operator}
    if owner == main.destination:
        if main.inside and second and not second.arrives:
            return case.say(way_rows.DESTINATION, last, **words)
        row = way_rows.DESTINATION if main.inside else way_rows.DESTINATION_FROM_OUTSIDE
        return replace(case.say(row, last, **words), confidence="medium")
    if not second or second.arrives or not main.inside or main.destination == NOBODY:
        return None
    other = second.owner(second.last)
    two_ways = other not in (NOBODY, owner)
    return case.say(way_rows.BEFORE_DESTINATION, last, **words) if two_ways else None


def in_transit(case: Case) -> Verdict | None:
    """Rows 13, 14 and 23: in somebody's network between us and the site."""
    main, second, last = case.main, case.second, case.main.last
    owner = main.owner(last)
    words = {"operator": owner.operator}
    if second and second.arrives:
        if second.passes(owner):
            return case.say(way_rows.BETWEEN, last, **words, next=_behind(second, owner))
        return case.say(way_rows.DETOUR, last, **words) if main.inside else _plain(case, words)
    said = _plain(case, words)
    together = second and second.owner(second.last) == owner
    return replace(said, confidence="high") if together and main.inside else said


def _plain(case: Case, words: dict[str, str]) -> Verdict:
    return case.say(way_rows.TRANSIT, case.main.last, **words)


def _behind(seen: Seen, owner: Owner) -> str:
    """Who comes after this operator on the way of another host."""
    owners = [seen.owner(hop) for hop in seen.hops] + [seen.destination]
    last = max(place for place, one in enumerate(owners) if one == owner)
    after = (one.operator for one in owners[last + 1 :] if one not in (NOBODY, owner))
    return next(after, "the next network")


def _side(case: Case, owner: Owner) -> Side:
    if owner == NOBODY:
        return ""
    if owner.ours:
        return "ours"
    return "destination" if owner == case.main.destination else "transit"
