"""What the site itself says: rows 5 to 10, and the loss of packets on the way (21, 23)."""

from dataclasses import replace

from netdesk.facts import Hop
from traceroute.verdict import service_rows
from traceroute.verdict.case import Case, named
from traceroute.verdict.evidence import NOBODY, Seen
from traceroute.verdict.losing import Losing, losing
from traceroute.verdict.row import Verdict

TLS_WORDS = {
    "expired": "it has run out",
    "wrong-name": "it is for another name",
    "untrusted": "nobody vouches for it whom browsers trust",
}


def works(case: Case) -> Verdict | None:
    """Rows 5, 6, 7, 10 and 21: the service answers, so stars and silent hops are no fault."""
    if not case.main.works:
        return None
    return _says_why(case) or loses(case) or _is_mute(case) or _is_half(case) or _is_well(case)


def _says_why(case: Case) -> Verdict | None:
    """What the site itself shows, no loss on the way could."""
    service = case.main.services[0]
    if service.tls in TLS_WORDS:
        return case.say(service_rows.CERTIFICATE, problem=TLS_WORDS[service.tls])
    if service.status is not None and service.status >= 500:
        return case.say(service_rows.SERVER_FAULT, problem=service.status)
    return None


def _is_mute(case: Case) -> Verdict | None:
    service = case.main.services[0]
    if service.tls == "failed":
        return case.say(service_rows.NO_TLS)
    return case.say(service_rows.MUTE) if service.status is None else None


def _is_half(case: Case) -> Verdict | None:
    """A site without secure web refuses it; where that is silent, something is wrong."""
    silent = [one for one in case.main.services if one.connect in ("silent", "unreachable")]
    half = any(service.port == 443 for service in silent)
    return case.say(service_rows.HALF) if half else None


def _is_well(case: Case) -> Verdict:
    row = service_rows.ANSWERS if case.main.reached else service_rows.UNTRACEABLE
    # What lies between the customer and us was not seen from outside.
    yours = "on your line or device" + ("" if case.main.inside else ", or in our network")
    return case.say(row, ms=round(case.main.services[0].rtt_ms or 0), yours=yours)


def refuses(case: Case) -> Verdict | None:
    """Row 8."""
    if not case.main.refuses:
        return None
    if any(service.connect != "refused" for service in case.main.services):
        return loses(case) or case.say(service_rows.PORT_BLOCKED)
    return case.say(service_rows.SERVICE_OFF if case.main.reached else service_rows.TURNED_AWAY)


def reaches(case: Case) -> Verdict | None:
    """Row 9, unless the loss on the way explains it."""
    return (loses(case) or case.say(service_rows.PORT_BLOCKED)) if case.main.reached else None


def loses(case: Case) -> Verdict | None:
    """Row 21, and row 23 where it can't be told in whose network it begins."""
    main, last = case.main, case.main.last
    found = losing(main.losses, last.ttl if last else 0)
    if found is None:
        return None
    percent = round(found.share * 100)
    if found.at_end:
        return case.say(service_rows.LOSS_AT_END, percent=percent) if main.works else None
    above, hop = _where(main, found)
    first, here = main.owner(above), main.owner(hop)
    words = {"percent": percent, "operator": named(first, above), "next": named(here, hop)}
    unsure = first != here or (first == NOBODY and above != hop)
    row = service_rows.LOSS_BETWEEN if unsure else service_rows.LOSS
    before = main.before(hop.ttl) if hop else None
    return replace(case.say(row, hop, **words), after=before.ttl if before else 0)


def _where(seen: Seen, found: Losing) -> tuple[Hop | None, Hop | None]:
    """The last that it may begin behind, and the first that surely loses."""
    hops = {hop.ttl: hop for hop in seen.hops}
    first, last = found.begins
    before = seen.before(first)
    hidden = before is not None and before.ttl < first - 1  # a silent one may be where it begins
    return before if hidden else hops.get(first), hops.get(last)
