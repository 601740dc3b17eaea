"""The verdict on one version of IP: the rules in their order, the first that applies decides."""

from collections.abc import Callable, Sequence

from netdesk.facts import Version
from netdesk.provider import Provider
from traceroute.verdict import served, way
from traceroute.verdict.case import Case
from traceroute.verdict.evidence import Seen
from traceroute.verdict.row import Verdict

RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    served.works,
    served.refuses,
    served.reaches,
    way.loops,
    way.told,
    way.cut_off,
    way.unclear,
    way.ours,
    way.at_destination,
    way.in_transit,
)


def judge(
    target: str, provider: Provider, seen: Sequence[Seen], version: Version
) -> Verdict | None:
    """None when no host speaks that version, or none is online with it."""
    able = [one for one in seen if one.version == version and one.spoken and useful(one)]
    able = [one for one in able if not one.mute] or able
    able.sort(key=lambda one: not one.inside)
    if not able:
        return None
    case = Case(target, provider, able[0], able[1] if len(able) > 1 else None)
    return next(said for rule in RULES if (said := rule(case)))


def useful(seen: Seen) -> bool:
    """A host whose IPv6 alone leads nowhere tells nothing about anybody's IPv6."""
    alone = seen.online is False and seen.view.online(4) is not False
    return seen.version == 4 or seen.arrives or not alone
