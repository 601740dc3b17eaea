"""Whom to ask where each answer of the target costs it a connection: as few beyond it as can be."""

from netdesk.facts import MAX_TTL
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.plan import ROUNDS, Plan

_TRIES = 2
_SILENT = 3  # so many in a row at the far end: nothing more will come


class Careful(Plan):
    """After another trace has shown how far the target is, or up to where anybody answers."""

    def __init__(self, budget: Budget, before: Plan) -> None:
        super().__init__(budget)
        self.start, self.sent_in_all = before.start, before.sent_in_all
        self._rtt = before.slowest
        self._known = min(before.farthest + (not before.reached), MAX_TTL)

    def _widening(self) -> bool:
        return False

    def _patience(self) -> float:
        gaps = self._gaps()
        if self.end is not None or not gaps:
            return super()._patience()
        return max(self._tries[ttl][-1] for ttl in gaps) + max(
            ROUNDS[0], 3 * max(self._rtt, self.slowest)
        )

    def _wanted(self, now: float) -> list[int]:
        """All that lie before the target at once, then one distance at a time."""
        if not self.packets:
            return list(range(1, self._known + 1))
        if now < self.deadline():
            return []
        again = [ttl for ttl in self._gaps() if ttl <= self._known and self._left(ttl)]
        if again or self.end is not None or self.horizon == MAX_TTL:
            return again
        silent = self.horizon - self.farthest
        return [self.horizon + 1] if silent < _SILENT else []

    def _left(self, ttl: int) -> int:
        return max(0, _TRIES - len(self._tries[ttl]))
