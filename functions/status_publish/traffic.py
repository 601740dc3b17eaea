"""Whether traffic is so heavy that customers are told before they send."""

from dataclasses import dataclass
from datetime import timedelta

RECENT = timedelta(days=3)  # longer than a weekend: on a Monday, Friday still tells
BACKLOG = timedelta(days=30)  # what was forgotten for a month says nothing of today
FEW = 3  # one late ticket, or two, are one bad day of a small desk
ONE_IN = 5  # "usually" is true while four of five are answered in time


@dataclass(frozen=True)
class Traffic:
    """How the tickets fared whose usual promise fell due."""

    overdue: int  # and not answered yet
    late: int
    in_time: int

    @property
    def heavy(self) -> bool:
        """Whether the usual promise is missed so often that it misleads."""
        missed = self.overdue + self.late
        return missed >= FEW and missed * ONE_IN > missed + self.in_time
