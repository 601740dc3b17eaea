"""Decides whom to ask next, how long to wait, and what is worth telling: no socket, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from netdesk.probe.icmp import Meaning
from netdesk.probe.wire import Answer
from netdesk.trace import MAX_TTL, Mark

FIRST = 16  # all at once; more would only pile up at a destination that is nearer
_NEAR = FIRST - 4  # an answer from here without an end: ask on
MOST_PACKETS = 120
LONGEST = 30.0  # seconds

_TRIES = 2
_TRIES_BELOW_END = 4  # both lost just below the end would show the end one hop too far
_ROUNDS = 0.4, 0.6  # seconds to wait for the first and the second round when no end is in sight
_SLACK = 0.03


@dataclass(frozen=True)
class HopEvent:
    """What is known of one distance now; a later event of the same `ttl` replaces it."""

    ttl: int
    addresses: tuple[str, ...]
    rtt_ms: float | None
    mark: Mark
    t_ms: float  # since the first packet


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
        return replace(
            self,
            addresses=self.addresses + late.addresses,
            at=late.at,
            meaning=max(self.meaning, late.meaning, key=lambda said: (said.reached, said.last)),
            told=False,
        )


class Plan:
    """What was asked and heard so far; whoever uses it sends, listens and has the clock."""

    def __init__(self) -> None:
        self.packets: list[tuple[int, float]] = []  # probe n is packets[n - 1]: its ttl, when sent
        self._tries: dict[int, list[float]] = {}
        self._heard: dict[int, _Heard] = {}
        self._riddles: dict[str, float] = {}  # who answered without saying whom, and how late

    @property
    def end(self) -> int | None:
        """The distance beyond which nothing lies, as far as is known."""
        reached = [ttl for ttl, heard in self._heard.items() if heard.meaning.reached]
        last = [ttl for ttl, heard in self._heard.items() if heard.meaning.last]
        return min(reached or last, default=None)

    def sent(self, ttl: int, now: float) -> int:
        """Note a packet that goes out now; the answer is the number that it carries."""
        self.packets.append((ttl, now))
        self._tries.setdefault(ttl, []).append(now)
        return len(self.packets)

    def hear(self, answer: Answer, now: float) -> None:
        probe = answer.probe or self._meant(answer, now)
        if probe is None or probe > len(self.packets):
            return
        ttl, sent_at = self.packets[probe - 1]
        self._riddles.pop(answer.address, None)
        at = max(sent_at, now - answer.age)
        new = _Heard((answer.address,), at - sent_at, at, answer.meaning)
        old = self._heard.get(ttl)
        if old is None:
            self._heard[ttl] = new
        elif answer.address not in old.addresses:  # two ways of one length, or a late answer
            self._heard[ttl] = old.joined(new)

    def due(self, now: float) -> list[int]:
        """The distances to ask now: none while it pays to wait, and none when all is done."""
        if self.packets and now >= self._start + LONGEST:
            return []
        return self._wanted(now)[: MOST_PACKETS - len(self.packets)]

    def deadline(self) -> float:
        """Until when silence means nothing; in the past when nothing is missing."""
        return min(self._patience(), self._start + LONGEST)

    def over(self, now: float) -> bool:
        """To be asked after `due`, with the same `now`."""
        return now >= self.deadline()

    def news(self) -> Iterator[HopEvent]:
        """What was heard since the last call, as far as nothing can take it back."""
        for ttl in sorted(self._heard):
            if not self._heard[ttl].told and self._sure(ttl):
                yield self._event(ttl)

    def rest(self, now: float) -> Iterator[HopEvent]:
        """When all is over: the silent hops, and an end that waited for those before it."""
        for ttl in range(1, (self.end or self._horizon) + 1):
            if ttl not in self._heard:
                yield HopEvent(ttl, (), None, "", _ms(now - self._start))
            elif not self._heard[ttl].told:
                yield self._event(ttl)

    def done(self, now: float) -> Done:
        reached = any(heard.meaning.reached for heard in self._heard.values())
        hops = self.end or max(self._heard, default=0)
        t_ms = _ms(now - self._start) if self.packets else 0.0
        return Done(reached, hops, t_ms, len(self.packets))

    @property
    def _start(self) -> float:
        return self.packets[0][1]

    @property
    def _horizon(self) -> int:
        return max(self._tries, default=0)

    @property
    def _slowest(self) -> float:
        rtts = [heard.rtt for heard in self._heard.values()]
        return max([*rtts, *self._riddles.values()], default=0.0)

    @property
    def _late(self) -> float:
        """A packet that is older than this has got its answer, or gets none."""
        return 1.2 * self._slowest + _SLACK

    def _patience(self) -> float:
        gaps = self._gaps()
        if not gaps:
            return self._start
        last = [self._tries[ttl][-1] for ttl in gaps]
        if self._riddles:
            return max(last) + self._late
        if self.end is not None:  # what is nearer should have answered before the end did
            rtt = self._heard[self.end].rtt
            return max(last) + rtt + max(_SLACK, 0.2 * rtt)
        second = all(len(self._tries[ttl]) > 1 for ttl in gaps)
        wait = max(_ROUNDS[second], 3 * self._slowest)
        return min(last) + (wait if self._horizon == MAX_TTL else wait / 2)

    def _gaps(self) -> list[int]:
        end = self.end
        asked = range(1, self._horizon + 1 if end is None else end)
        return [ttl for ttl in asked if ttl not in self._heard]

    def _wanted(self, now: float) -> list[int]:
        farthest = max(self._heard, default=0)
        wide = min(MAX_TTL, 2 * farthest) if farthest >= _NEAR else FIRST
        if self.end is None and wide > self._horizon:
            return list(range(self._horizon + 1, wide + 1))
        if now < self.deadline():
            return []
        again = [ttl for ttl in self._gaps() for _ in range(self._left(ttl))]
        if self._riddles and again:  # one packet under way: the answer can only mean that one
            return again[:1]
        if self.end is None and self._horizon < MAX_TTL:
            return list(range(self._horizon + 1, MAX_TTL + 1))
        return again

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
            if ttl <= end and ttl not in self._heard and now - at < self._late
        ]
        if len(fresh) == 1:
            return fresh[0]
        self._riddles.setdefault(answer.address, now - self._start)
        return None

    def _sure(self, ttl: int) -> bool:
        """No later answer can show that the path ends before: the hop just before is no end."""
        end = self.end
        return end is None or ttl < end or (ttl == end and (ttl == 1 or ttl - 1 in self._heard))

    def _event(self, ttl: int) -> HopEvent:
        heard = self._heard[ttl] = replace(self._heard[ttl], told=True)
        return HopEvent(
            ttl, heard.addresses, _ms(heard.rtt), heard.meaning.mark, _ms(heard.at - self._start)
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
