"""Where packets get lost: from one distance on to the end, or nowhere that counts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

SURE = 1.96  # standard deviations: 95 % of a normal distribution lie within
LEAST = 0.02  # of packets: less is usual on the Internet
_LIKELY = SURE**2 / 2  # a place that fits worse than the best by more is none (Wilks's theorem)
_QUIET = 0.005  # the loss of a part of the way where nothing is wrong

Counts = Mapping[int, tuple[int, int]]  # by distance: sent, lost


@dataclass(frozen=True)
class Losing:
    """A loss that begins between two distances, or at one, and goes on to the end."""

    begins: tuple[int, int]
    share: float
    at_end: bool  # nobody before the end lost any


def losing(counts: Counts, end: int) -> Losing | None:
    """The loss that goes on to this end; None when the end loses none, or it may be chance.

    Loss at one distance alone is a router that rations its answers (RFC 1812, section 4.3.2.8).
    """
    asked = {ttl: count for ttl, count in counts.items() if count[0] and count[0] > count[1]}
    if not asked.get(end, (0, 0))[1]:
        return None
    fits = {ttl: _fit(asked, ttl) for ttl in asked}
    likely = [ttl for ttl, fit in fits.items() if fit >= max(fits.values()) - _LIKELY]
    first, last = min(likely), max(likely)
    sent, lost = _pooled(asked, last)
    if at_least(sent, lost) <= LEAST:
        return None
    before_end = [lost for ttl, (_, lost) in asked.items() if first <= ttl < end]
    return Losing((first, last), lost / sent, not any(before_end))


def at_least(sent: int, lost: int) -> float:
    """The lower end of Wilson's interval: how much is lost at the very least, 95 times in 100."""
    share, spread = lost / sent, SURE**2 / sent
    middle = share + spread / 2
    width = SURE * math.sqrt(share * (1 - share) / sent + spread / (4 * sent))
    return max(0.0, (middle - width) / (1 + spread))


def _pooled(counts: Counts, begins: int) -> tuple[int, int]:
    tail = [count for ttl, count in counts.items() if ttl >= begins]
    return sum(sent for sent, _ in tail), sum(lost for _, lost in tail)


def _fit(counts: Counts, begins: int) -> float:
    """How likely the counts are if the loss begins here (the logarithm).

    Where it begins, less may be lost than behind it: a router that drops what it passes on answers
    for itself.
    """
    sent, lost = counts[begins]
    own = lost / sent
    behind = _pooled(counts, begins + 1)
    share = behind[1] / behind[0] if behind[0] else own
    shares = {ttl: share if ttl > begins else 0.0 for ttl in counts}
    shares[begins] = min(own, share)
    usual = {ttl: min(max(one, _QUIET), 1 - _QUIET) for ttl, one in shares.items()}
    return sum(_log(count, usual[ttl]) for ttl, count in counts.items())


def _log(count: tuple[int, int], share: float) -> float:
    sent, lost = count
    return lost * math.log(share) + (sent - lost) * math.log(1 - share)
