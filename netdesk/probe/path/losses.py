"""Counts lost packets at some distances, and asks whether an address answers at all."""

import time
from collections.abc import Sequence

from netdesk.probe.path.budget import Budget
from netdesk.probe.path.listening import Ear, listening
from netdesk.probe.path.wire import Answer, NoWay, Wire
from netdesk.trace import Method

_PACE = 0.05  # seconds from round to round: one short jam is not to hit them all
_LATE = 0.5
_FAR = 64  # farther than any target: TTL of most systems
_AGAIN = 0.3


class _Count:
    def __init__(self) -> None:
        self._packets: list[tuple[int, float]] = []  # probe n is the n-th: its ttl, when sent
        self._rtts: dict[int, float] = {}  # by probe
        self._riddle = False

    def sent(self, ttl: int, now: float) -> int:
        self._packets.append((ttl, now))
        return len(self._packets)

    def hear(self, answer: Answer, now: float) -> None:
        if answer.probe is None:
            self._riddle = True
        elif 1 <= answer.probe <= len(self._packets):
            sent_at = self._packets[answer.probe - 1][1]
            self._rtts.setdefault(answer.probe, now - answer.age - sent_at)

    def deadline(self) -> float:
        """When the last packet is lost for certain; in the past when none is missing."""
        if len(self._rtts) == len(self._packets):
            return 0.0
        return self._packets[-1][1] + max(self._late(ttl) for ttl, _ in self._packets)

    def lost(self) -> dict[int, tuple[int, int]]:
        asked = sorted({ttl for ttl, _ in self._packets})
        counts = {ttl: (len(self._of(ttl)), self._missing(ttl)) for ttl in asked}
        # Somebody quoted too little to tell whom he answers: who seems silent may be he.
        return {
            ttl: count
            for ttl, count in counts.items()
            if not (self._riddle and count[0] == count[1])
        }

    def _of(self, ttl: int) -> list[int]:
        return [n for n, (asked, _) in enumerate(self._packets, 1) if asked == ttl]

    def _late(self, ttl: int) -> float:
        return max(
            _LATE, 3 * min((self._rtts[n] for n in self._of(ttl) if n in self._rtts), default=0)
        )

    def _missing(self, ttl: int) -> int:
        late = self._late(ttl)
        return sum(self._rtts.get(n, late + 1) > late for n in self._of(ttl))


async def losses(
    address: str, ttls: Sequence[int], rounds: int, budget: Budget, method: Method | None = None
) -> dict[int, tuple[int, int]]:
    """By distance, how many packets were sent and how many of them were lost.

    A distance is left out if it was not asked, or if its answers can't be told from another's.
    """
    try:
        wire = Wire(address, method)
    except NoWay:
        return {}
    count = _Count()
    with listening([wire], count.hear) as ear:
        start = time.monotonic()
        for number in range(rounds):
            await _until(ear, start + number * _PACE)
            for ttl in ttls[: budget.take(len(ttls))]:
                wire.send(ttl, count.sent(ttl, time.monotonic()))
        while time.monotonic() < count.deadline():
            await ear.wait(count.deadline() - time.monotonic())
        ear.listen()
    return count.lost()


async def answers(address: str, budget: Budget, seconds: float = 0.9) -> bool:
    """Whether this address itself answers an echo, or UDP where this user may send no echo."""
    heard: list[Answer] = []

    def hear(answer: Answer, _: float) -> None:
        if answer.meaning.reached:
            heard.append(answer)

    try:
        wire = Wire(address)
    except NoWay:
        return False
    with listening([wire], hear) as ear:
        start = time.monotonic()
        for probe, until in ((1, min(_AGAIN, seconds)), (2, seconds)):
            if budget.take(1):
                wire.send(_FAR, probe)
            while not heard and time.monotonic() < start + until:
                await ear.wait(start + until - time.monotonic())
            if heard:
                break
    return bool(heard)


async def _until(ear: Ear, when: float) -> None:
    while (left := when - time.monotonic()) > 0:
        await ear.wait(left)
