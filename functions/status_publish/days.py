"""The last days of each component: how bad, and for how long."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from netdesk.states import COMPONENT_STATES, FINE
from status_publish.heading import Heading

UNKNOWN = "unknown"  # nobody kept a record then
Span = tuple[float, float]  # POSIX times, because wall clocks jump


@dataclass(frozen=True)
class Day:
    """One component's day: its worst state, how long it was not fine, and by which notice."""

    date: date
    state: str
    hit: timedelta = timedelta()
    notice: str = ""
    length: timedelta = timedelta(days=1)  # 23 or 25 hours when the clocks are set


@dataclass(frozen=True)
class Record:
    """What the days are told from."""

    headings: Sequence[Heading]
    zone: ZoneInfo
    now: datetime
    began_at: datetime | None
    most: int  # days

    def days(self, component: str) -> list[Day]:
        """Oldest first; the last one is today."""
        hits: dict[int, list[tuple[Heading, Span]]] = {}
        for one in self.headings:
            if component in one.components and _counts(one):
                for place, span in self._cut(one):
                    hits.setdefault(place, []).append((one, span))
        days = list(self._quiet)
        for place, hit in hits.items():
            days[place] = self._hit(place, hit)
        return days

    @cached_property
    def _quiet(self) -> list[Day]:
        """The days as they are when nothing hits."""
        began = self.began_at.timestamp() if self.began_at else float("inf")
        return [
            Day(day, FINE if began < ends else UNKNOWN)
            for day, ends in zip(self._dates, self._edges[1:], strict=True)
        ]

    @cached_property
    def _dates(self) -> list[date]:
        today = self.now.astimezone(self.zone).date()
        return [today - timedelta(days=back) for back in reversed(range(self.most))]

    @cached_property
    def _edges(self) -> list[float]:
        """The midnights around the days."""
        dates = [*self._dates, self._dates[-1] + timedelta(days=1)]
        return [datetime.combine(day, time(), self.zone).timestamp() for day in dates]

    def _cut(self, one: Heading) -> Iterable[tuple[int, Span]]:
        """Its span, cut at midnights: each piece with the place of its day."""
        start, end = one.since.timestamp(), (one.ended_at or self.now).timestamp()
        first = max(bisect_right(self._edges, start) - 1, 0)
        for place, (begins, ends) in enumerate(pairwise(self._edges[first:]), first):
            if begins >= end:
                return
            if max(start, begins) < min(end, ends):
                yield place, (max(start, begins), min(end, ends))

    def _hit(self, place: int, hits: list[tuple[Heading, Span]]) -> Day:
        worst = max((one for one, _ in hits), key=_badness)
        length = timedelta(seconds=self._edges[place + 1] - self._edges[place])
        hit = _length(span for _, span in hits)
        return Day(self._dates[place], worst.makes, hit, worst.id, length)


def _badness(one: Heading) -> tuple[int, datetime, str]:
    """Of equally bad ones the newest, whatever their order."""
    return COMPONENT_STATES.index(one.makes), one.since, one.id


def _counts(one: Heading) -> bool:
    """Only our own trouble, that was one, and hit."""
    return not one.elsewhere and one.state != "retracted" and one.makes != FINE


def _length(spans: Iterable[Span]) -> timedelta:
    """How long at least one of them lasted."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return timedelta(seconds=round(total))
