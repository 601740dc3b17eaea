"""Which branches further flows show, at the distances that the first flow found."""

from collections.abc import Iterator

from netdesk.probe.path.budget import Budget
from netdesk.probe.path.icmp import Meaning
from netdesk.probe.path.plan import HopEvent, Plan
from netdesk.probe.path.wire import Answer

Ask = tuple[int, int]  # which flow, and how far


class Branches:
    """As many whole flows as the budget pays for, all at once; then what is missing, once."""

    def __init__(self, plan: Plan, flows: int, budget: Budget) -> None:
        self._plan, self._budget = plan, budget
        distances = range(1, plan.farthest + 1)
        affordable = budget.left // len(distances) if distances else 0
        self.flows = min(flows - 1, affordable)
        self._round = 0
        self._packets: list[tuple[Ask, float]] = []
        self._missing = {(flow, ttl) for flow in range(self.flows) for ttl in distances}
        self._answered = {ttl for ttl in distances if plan.heard(ttl)}

    def due(self, now: float) -> list[Ask]:
        """What to ask now, and all of it: it is paid for."""
        if self._round == 2 or now < self.deadline():
            return []
        self._round += 1
        # Where nobody answers any flow, another packet would be wasted.
        wanted = [
            ask for ask in sorted(self._missing) if self._round == 1 or ask[1] in self._answered
        ]
        return wanted[: self._budget.take(len(wanted))]

    def sent(self, ask: Ask, now: float) -> int:
        self._packets.append((ask, now))
        self._plan.asked(ask[1], now)
        return len(self._packets)

    def hear(self, answer: Answer, now: float) -> None:
        """An answer that does not say whom it means is of no use here."""
        if answer.probe is None or not 1 <= answer.probe <= len(self._packets):
            return
        (flow, ttl), sent_at = self._packets[answer.probe - 1]
        self._missing.discard((flow, ttl))
        self._answered.add(ttl)
        # A branch may be shorter; the way that the first flow took stays the one that is told.
        if not answer.meaning.reached or ttl == self._plan.end:
            router = Answer(answer.probe, answer.address, Meaning(), answer.age)
            self._plan.note(ttl, router, sent_at, now)

    def deadline(self) -> float:
        if not self._packets or not self._missing:
            return 0.0
        return self._packets[-1][1] + self._plan.late

    def over(self, now: float) -> bool:
        """To be asked after `due`, with the same `now`."""
        return now >= self.deadline()

    def news(self) -> Iterator[HopEvent]:
        return self._plan.news()
