"""Where packets get lost: from one distance on to the end, or nowhere that counts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

USUAL = 0.04  # of packets, the most that is usual on the Internet
CHANCE = 0.001  # what is likelier than that may be chance: many traces are made a day
_RATIONED = 0.05
_LIKELY = 1.96**2 / 2  # a place that fits worse than the best by more is none (Wilks's theorem)
_QUIET = 0.005  # the loss of a part of the way where nothing is wrong

Counts = Mapping[int, tuple[int, int]]  # by distance: sent, lost


@dataclass(frozen=True)
class Losing:
    """A loss that begins between two distances, or at one, and goes on to the end."""

    begins: tuple[int, int]
    share: float
    at_end: bool  # who stands just before the end lost none


def losing(counts: Counts, end: int) -> Losing | None:
    """The loss that goes on to this end; None when the end loses none, or it may be chance."""
    sent, lost = counts.get(end, (0, 0))
    if not lost or tail(sent, lost, USUAL) > CHANCE:
        return None
    share = lost / sent
    asked = {ttl: count for ttl, count in counts.items() if not _rations(count, share)}
    fits = {ttl: _fit(asked, ttl) for ttl in asked}
    likely = [ttl for ttl, fit in fits.items() if fit >= max(fits.values()) - _LIKELY]
    first, last = min(likely), max(likely)
    before_end = [lost for ttl, (_, lost) in asked.items() if first <= ttl < end]
    at_end = end - 1 in asked and not any(before_end)
    sent, lost = _pooled(asked, last)
    return Losing((first, last), lost / sent, at_end)


def tail(sent: int, lost: int, share: float) -> float:
    """How likely so many or more are lost by chance, where such a share is."""
    return sum(
        math.comb(sent, k) * share**k * (1 - share) ** (sent - k) for k in range(lost, sent + 1)
    )


def _rations(count: tuple[int, int], share: float) -> bool:
    """Whether a router loses more than the end does: it rations what it answers, or answers none
    (RFC 1812, section 4.3.2.8), and says nothing of the way."""
    sent, lost = count
    return not sent or sent == lost or tail(sent, lost, share) < _RATIONED


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
