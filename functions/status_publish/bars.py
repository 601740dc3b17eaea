"""The days of a component as a small picture, and each bad day in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from netdesk.states import COMPONENT_STATES, FINE
from status_publish.days import UNKNOWN, Day

STEP, HEIGHT, LEAST = 5, 20, 4  # of a day; one that was hit for a minute is seen, and is small


@dataclass(frozen=True)
class Bar:
    """Of one component: the days that were not fine, and the paths of a drawing by state."""

    days: int
    bad: tuple[Day, ...]  # newest first
    unknown: int  # days at the beginning of which there is no record
    paths: dict[str, str]  # the state, and its days as strokes from the bottom


def bar(days: list[Day]) -> Bar:
    bad = [(place, day) for place, day in enumerate(days) if day.state not in (FINE, UNKNOWN)]
    paths = {state: path for state in COMPONENT_STATES if (path := _path(bad, state))}
    unknown = sum(day.state == UNKNOWN for day in days)
    return Bar(len(days), tuple(day for _, day in reversed(bad)), unknown, paths)


def _path(bad: Iterable[tuple[int, Day]], state: str) -> str:
    """How high a stroke is tells how much of the day was hit, so that it is not colour alone."""
    return "".join(
        f"M{place * STEP + 2} {HEIGHT}v-{_height(day)}" for place, day in bad if day.state == state
    )


def _height(day: Day) -> int:
    return max(LEAST, round(HEIGHT * min(day.hit / day.length, 1)))
