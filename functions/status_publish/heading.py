"""What lists and bars tell of a notice: all but its texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from netdesk.notice import Notice
from netdesk.states import IMPACTS, MAINTAINED


@dataclass(frozen=True)
class Heading:
    id: str
    title: str
    kind: str
    impact: str
    components: tuple[str, ...]
    elsewhere: str
    state: str
    since: datetime
    ended_at: datetime | None

    @property
    def month(self) -> str:
        return month_of(self.id)

    @property
    def lasted(self) -> timedelta:
        """What was called off before it began did not last."""
        return max((self.ended_at or self.since) - self.since, timedelta())

    @property
    def makes(self) -> str:
        """What it makes of its components while it lasts."""
        return MAINTAINED if self.kind == "maintenance" else IMPACTS[self.impact]


def heading(notice: Notice) -> Heading:
    """A maintenance counts from its beginning, not from when it was announced."""
    planned = notice.scheduled_for if notice.kind == "maintenance" else None
    return Heading(
        id=notice.id,
        title=notice.title,
        kind=notice.kind,
        impact=notice.impact,
        components=notice.components,
        elsewhere=notice.elsewhere,
        state=notice.state,
        since=planned or notice.since,
        ended_at=notice.resolved_at,
    )


def month_of(notice_id: str) -> str:
    """As 2026-11: an id begins with its day."""
    return f"{notice_id[:4]}-{notice_id[4:6]}"


def newest_first(headings: Iterable[Heading]) -> list[Heading]:
    return sorted(headings, key=lambda one: (one.since, one.id), reverse=True)
