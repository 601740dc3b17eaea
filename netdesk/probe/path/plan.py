"""Decides whom to ask next, how long to wait, and what is worth telling: no socket, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from netdesk.facts import MAX_TTL, Mark
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.icmp import Meaning
from netdesk.probe.path.wire import Answer
from netdesk.trace import MOST_FLOWS

FIRST = 16  # all at once; most destinations are nearer
# The rest a moment later: a destination next door has answered by then, and is spared. To wait
# for answers from nearly as far would make a long path half as slow again.
REST_AFTER = 0.002
LONGEST = 30.0  # seconds

_TRIES = 2
_TRIES_BELOW_END = 4  # both lost just below the end would show the end one hop too far
ROUNDS = 0.4, 0.6  # seconds to wait for the first and the second round when no end is in sight
_SLACK = 0.02


@dataclass(frozen=True)
class HopEvent:
    """What is known of one distance now; a later event of the same `ttl` replaces it."""

    ttl: int
    addresses: tuple[str, ...]
    rtt_ms: float | None
    mark: Mark
    t_ms: float  # since the first packet
    tries: int  # packets that asked this distance so far


@dataclass(frozen=True)
class Done:
    reached: bool
    hops: int  # the distance of the end, or of the last that answered
    t_ms: float
    packets: int


@dataclass(frozen=True)
class _Heard:
    addresses: tuple[str, ...]
    rtt: float
    at: float
    meaning: Meaning
    told: bool = False

    def joined(self, late: "_Heard") -> "_Heard":
        if late.addresses[0] in self.addresses or len(self.addresses) == MOST_FLOWS:
            return self
        return replace(
            self,
            addresses=self.addresses + late.addresses,
            at=late.at,
            meaning=max(self.meaning, late.meaning, key=lambda said: (said.reached, said.last)),
            told=False,
        )


class Plan:
    """What was asked and heard so far; whoever uses it sends, listens and has the clock."""

    def __init__(self, budget: Budget, rest_after: float = REST_AFTER) -> None:
        """`rest_after`: seconds until distances beyond the first are asked, too."""
        self.packets: list[tuple[int, float]] = []  # probe n is packets[n - 1]: its ttl, when sent
        self.start: float | None = None  # the clock when the first packet went out
        self.sent_in_all = 0
        self._budget = budget
        self._rest_after = rest_after
        self._tries: dict[int, list[float]] = {}
        self._heard: dict[int, _Heard] = {}
        self._riddles: dict[str, float] = {}  # who answered without saying whom, and how late
        self._final = False

    @property
    def end(self) -> int | None:
        """The distance beyond which nothing lies, as far as is known."""
        reached = [ttl for ttl, heard in self._heard.items() if heard.meaning.reached]
        last = [ttl for ttl, heard in self._heard.items() if heard.meaning.last]
        return min(reached or last, default=None)

    @property
    def reached(self) -> bool:
        return any(heard.meaning.reached for heard in self._heard.values())

    @property
    def farthest(self) -> int:
        """The distance of the end, or of the last that answered."""
        return self.end or max(self._heard, default=0)

    @property
    def slowest(self) -> float:
        rtts = [heard.rtt for heard in self._heard.values()]
        return max([*rtts, *self._riddles.values()], default=0.0)

    @property
    def late(self) -> float:
        """A packet that is older than this has got its answer, or gets none."""
        return 1.2 * self.slowest + _SLACK

    def sent(self, ttl: int, now: float) -> int:
        """Note a packet that goes out now; the answer is the number that it carries."""
        self.packets.append((ttl, now))
        self.asked(ttl, now)
        return len(self.packets)

    def heard(self, ttl: int) -> bool:
        return ttl in self._heard

    def asked(self, ttl: int, now: float) -> None:
        self.start = now if self.start is None else self.start
        self.sent_in_all += 1
        self._tries.setdefault(ttl, []).append(now)

    def hear(self, answer: Answer, now: float) -> None:
        probe = self._meant(answer, now) if answer.probe is None else answer.probe
        if probe is None or not 1 <= probe <= len(self.packets):
            return
        ttl, sent_at = self.packets[probe - 1]
        self._riddles.pop(answer.address, None)
        self.note(ttl, answer, sent_at, now)

    def note(self, ttl: int, answer: Answer, sent_at: float, now: float) -> None:
        at = max(sent_at, now - answer.age)
        new = _Heard((answer.address,), at - sent_at, at, answer.meaning)
        old = self._heard.get(ttl)  # two ways of one length, or a late answer
        self._heard[ttl] = old.joined(new) if old else new

    def due(self, now: float) -> list[int]:
        """The distances to ask now, and all of them: they are paid for.

        None while it pays to wait, and none when all is done.
        """
        if self.start is not None and now >= self.start + LONGEST:
            return []
        wanted = self._wanted(now)
        return wanted[: self._budget.take(len(wanted))]

    def deadline(self) -> float:
        """Until when to wait for what may come; in the past when nothing is missing."""
        until = self._start + self._rest_after if self._widening() else self._patience()
        return min(until, self._start + LONGEST)

    def over(self, now: float) -> bool:
        """To be asked after `due`, with the same `now`."""
        if now >= self._start + LONGEST:
            return True
        return not self._widening() and now >= self.deadline()

    def news(self) -> Iterator[HopEvent]:
        """What was heard since the last call, as far as nothing can take it back."""
        for ttl in sorted(self._heard):
            if not self._heard[ttl].told and self._sure(ttl):
                yield self._event(ttl)

    def rest(self, now: float) -> Iterator[HopEvent]:
        """When all is over: the silent hops, and an end that waited for those before it."""
        self._final = True
        for ttl in range(1, (self.end or self.horizon) + 1):
            if ttl not in self._heard:
                silence = _ms(now - self._start)
                yield HopEvent(ttl, (), None, "", silence, len(self._tries.get(ttl, ())))
            elif not self._heard[ttl].told:
                yield self._event(ttl)

    def done(self, now: float) -> Done:
        t_ms = 0.0 if self.start is None else _ms(now - self.start)
        return Done(self.reached, self.farthest, t_ms, self.sent_in_all)

    @property
    def horizon(self) -> int:
        return max(self._tries, default=0)

    @property
    def _start(self) -> float:
        return self.start or 0.0

    def _widening(self) -> bool:
        return self.end is None and self.horizon < MAX_TTL and self._budget.left > 0

    def _patience(self) -> float:
        gaps = self._gaps()
        if not gaps:
            return self._start
        last = [self._tries[ttl][-1] for ttl in gaps]
        if self._riddles:
            return max(last) + self.late
        if self.end is not None:  # what is nearer should have answered before the end did
            rtt = self._heard[self.end].rtt
            return max(last) + rtt + max(_SLACK, 0.2 * rtt)
        second = all(len(self._tries[ttl]) > 1 for ttl in gaps)
        return min(last) + max(ROUNDS[second], 3 * self.slowest)

    def _gaps(self) -> list[int]:
        asked = range(1, self.horizon + 1 if self.end is None else self.end)
        return [ttl for ttl in asked if ttl not in self._heard]

    def _wanted(self, now: float) -> list[int]:
        if not self.packets:
            return list(range(1, FIRST + 1))
        if now < self.deadline():
            return []
        if self._widening():
            return list(range(self.horizon + 1, MAX_TTL + 1))
        again = [ttl for ttl in self._gaps() for _ in range(self._left(ttl))]
        # With riddles one packet under way: the answer can only mean that one.
        return again[:1] if self._riddles else again

    def _left(self, ttl: int) -> int:
        most = _TRIES_BELOW_END if ttl + 1 == self.end else _TRIES
        return max(0, most - len(self._tries[ttl]))

    def _meant(self, answer: Answer, now: float) -> int | None:
        """The one packet that can still be under way; else a riddle, to be asked alone later."""
        if any(answer.address in heard.addresses for heard in self._heard.values()):
            return None
        end = self.end or MAX_TTL
        fresh = [
            number
            for number, (ttl, at) in enumerate(self.packets, 1)
            if ttl <= end and ttl not in self._heard and now - at < self.late
        ]
        if len(fresh) == 1:
            return fresh[0]
        self._riddles.setdefault(answer.address, now - self._start)
        return None

    def _sure(self, ttl: int) -> bool:
        """No later answer can show that the path ends before: the hop just before is no end."""
        end = self.end
        if end is None or ttl < end:
            return True
        return ttl == end and (self._final or ttl == 1 or ttl - 1 in self._heard)

    def _event(self, ttl: int) -> HopEvent:
        heard = self._heard[ttl] = replace(self._heard[ttl], told=True)
        mark, tries = heard.meaning.mark, len(self._tries[ttl])
        at = _ms(heard.at - self._start)
        return HopEvent(ttl, heard.addresses, _ms(heard.rtt), mark, at, tries)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
