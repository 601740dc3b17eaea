"""What the whole site is made of, at one revision and one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from netdesk.maintenance import overruns
from netdesk.notice import Notice, is_late, worst_first
from status_publish.heading import Heading

HEARTBEAT = timedelta(minutes=5)
STALE = timedelta(minutes=10)
DAYS = 90  # that bars and lists look back
RECENT = 10  # notices that ended, on the front page
NEWEST = 50  # notices of a kind in the lists that programs read, as Statuspage's


@dataclass(frozen=True)
class Changed:
    """What has to be published: which notices and components, or all that there is."""

    notices: frozenset[str] = frozenset()
    components: frozenset[str] = frozenset()
    everything: bool = False
    traffic: bool = False  # which the notices' pages don't tell

    def __bool__(self) -> bool:
        return bool(self.notices or self.everything)


@dataclass(frozen=True)
class Snapshot:
    revision: int
    built_at: datetime
    notices: Mapping[str, Notice]  # in full: open, changed, and the newest of each kind
    headings: Sequence[Heading]  # of the last days, of what is open, and of the months to write
    changed: Changed
    months: frozenset[str] = frozenset()  # that have notices
    began_at: datetime | None = None  # of the record: nothing is known from before
    heavy: bool = False  # traffic

    @cached_property
    def active(self) -> list[Notice]:
        """Oldest first."""
        return [notice for notice in _by_age(self.notices) if notice.resolved_at is None]

    @cached_property
    def maintenance(self) -> list[Notice]:
        """Our own, announced or going on."""
        return [n for n in self.active if n.kind == "maintenance" and not n.elsewhere]

    @cached_property
    def ours(self) -> list[Notice]:
        """Our own incidents, the worst first."""
        return worst_first(n for n in self.active if n.kind == "incident" and not n.elsewhere)

    @property
    def others(self) -> list[Notice]:
        """What is wrong, or planned, at other providers."""
        return worst_first(n for n in self.active if n.elsewhere and not n.is_everywhere)

    @property
    def internet(self) -> list[Notice]:
        """What is wrong with the internet as a whole."""
        return worst_first(n for n in self.active if n.is_everywhere)

    @property
    def running(self) -> list[Notice]:
        return [notice for notice in self.maintenance if notice.state != "scheduled"]

    @property
    def planned(self) -> list[Notice]:
        coming = (notice for notice in self.maintenance if notice.state == "scheduled")
        return sorted(coming, key=lambda notice: notice.scheduled_for or notice.opened_at)

    @property
    def late(self) -> frozenset[str]:
        """Whose promised update or end is overdue."""
        now = self.built_at
        return frozenset(n.id for n in self.active if is_late(n, now) or overruns(n, now))

    @property
    def recent(self) -> list[Heading]:
        """What ended last; nothing that was taken back."""
        since = self.built_at - timedelta(days=DAYS)
        over = (one for one in self.headings if one.ended_at and one.ended_at >= since)
        shown = (one for one in over if one.state != "retracted")
        return sorted(shown, key=_ended, reverse=True)[:RECENT]

    def reaches(self, kind: str) -> bool:
        """Whether a notice of this kind has to be published."""
        touched = (self.notices.get(notice_id) for notice_id in self.changed.notices)
        return self.changed.everything or any(one and one.kind == kind for one in touched)

    def newest(self, kind: str) -> list[Notice]:
        """Newest first."""
        return [n for n in reversed(_by_age(self.notices)) if n.kind == kind][:NEWEST]


def _by_age(notices: Mapping[str, Notice]) -> list[Notice]:
    return sorted(notices.values(), key=lambda notice: (notice.opened_at, notice.id))


def _ended(one: Heading) -> tuple[datetime, str]:
    return one.ended_at or one.since, one.id
