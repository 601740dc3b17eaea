"""Many years of notices, one a day: the last ninety days are the same, however many came before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from netdesk.notice import Notice, Update
from netdesk.states import IMPACTS

KEYS = tuple(f"service-{place:02}" for place in range(1, 13))
WORDS = (
    "We are looking for the cause; technicians are at the place. ",
    "A line card in Burbank failed. A spare one is on its way from the store. ",
    "The spare card is in, and most modems answer again; we watch it for an hour. ",
    "All modems answer. We will tell here what happened, and why the alarm was late. ",
)
DAY = timedelta(days=1)


def history(count: int, now: datetime) -> Iterator[Notice]:
    """`count` notices that ended, newest first; every tenth is a maintenance."""
    for place in range(count):
        yield _ended(place, now - DAY * (place + 1))


def open_now(now: datetime) -> list[Notice]:
    """Three incidents with six updates each."""
    return [_open(place, now - timedelta(hours=3 + place)) for place in range(3)]


def one_more(now: datetime) -> dict[str, object]:
    return {
        "title": f"Trouble at {now:%H:%M:%S}",
        "impact": "minor",
        "components": [KEYS[7]],
        "message": WORDS[0],
    }


def _ended(place: int, at: datetime) -> Notice:
    works = place % 10 == 9
    steps = ("scheduled", "in_progress", "verifying", "completed") if works else (
        "investigating", "identified", "monitoring", "resolved")  # fmt: skip
    length = timedelta(minutes=30 + 7 * (place % 29))
    updates = [
        Update(at + length * step / 3, state, WORDS[step] * 2, "anna")
        for step, state in enumerate(steps)
    ]
    return Notice(
        id=f"{at:%Y%m%d}-{place % 1000:03}",
        title=f"Trouble number {place} in one of our places",
        impact=list(IMPACTS)[1 + place % 3],
        components=(KEYS[place % 12], KEYS[place * 5 % 12]),
        opened_at=at,
        updates=tuple(updates),
        kind="maintenance" if works else "incident",
        scheduled_for=at if works else None,
        scheduled_until=at + length if works else None,
        version=len(updates),
    )


def _open(place: int, at: datetime) -> Notice:
    states = ("investigating", "investigating", "identified", "identified", "identified",
              "monitoring")  # fmt: skip
    updates = [
        Update(at + timedelta(minutes=25 * step), state, WORDS[step % 4], "anna")
        for step, state in enumerate(states)
    ]
    return Notice(
        id=f"{at:%Y%m%d}-zz{place}",
        title=("No dial-up in Burbank", "Mail comes late", "Hosted sites are slow")[place],
        impact=("critical", "major", "minor")[place],
        components=(KEYS[place * 4],),
        opened_at=at,
        updates=tuple(updates),
        next_at=at + timedelta(hours=4),
        version=len(updates),
    )
