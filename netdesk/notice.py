"""Notices: what customers read about incidents and maintenance, to the last update."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from netdesk.number import SYMBOLS
from netdesk.provider import Provider
from netdesk.refused import Refused
from netdesk.text import one_line, safe

# The terms are Statuspage's: https://developer.statuspage.io/#tag/incidents
STATES = ("investigating", "identified", "monitoring", "resolved")
MAINTENANCE_STATES = ("scheduled", "in_progress", "verifying", "completed")
ENDED = ("resolved", "completed", "retracted")
IMPACTS = {
    "none": "operational",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}
MAINTAINED = "under_maintenance"
FINE, *_BROKEN = IMPACTS.values()
COMPONENT_STATES = (FINE, MAINTAINED, *_BROKEN)  # from best to worst
TITLE, MESSAGE, UPDATES = 120, 5_000, 50
BYTES = 300_000  # of all messages: a notice is one item of at most 400 KB


@dataclass(frozen=True)
class Update:
    at: datetime
    state: str
    message: str
    who: str


@dataclass(frozen=True)
class Notice:
    id: str
    title: str
    impact: str
    components: tuple[str, ...]
    opened_at: datetime
    updates: tuple[Update, ...]  # oldest first
    elsewhere: str = ""  # the other provider whose outage this is
    kind: str = "incident"  # or maintenance, which alone has the two times
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    version: int = 1

    @property
    def state(self) -> str:
        return self.updates[-1].state

    @property
    def resolved_at(self) -> datetime | None:
        """When it ended, however its kind calls that."""
        return next((update.at for update in self.updates if update.state in ENDED), None)


@dataclass(frozen=True)
class Draft:
    """What staff want to open a notice with."""

    title: str
    impact: str
    components: tuple[str, ...]
    message: str
    elsewhere: str = ""


def opened(draft: Draft, provider: Provider, notice_id: str, who: str, now: datetime) -> Notice:
    """A new notice, or Refused with the first thing to mend."""
    title = one_line(draft.title, TITLE)
    if not title:
        raise Refused("The title is empty: say in a few words what is broken.")
    if draft.impact not in IMPACTS:
        raise Refused(f"Impact {one_line(draft.impact, 40)} is unknown: use {_or(IMPACTS)}.")
    if not draft.components:
        raise Refused("Name at least one component that is hit.")
    known = [component.key for component in provider.components]
    for key in draft.components:
        if key not in known:
            raise Refused(f"Component {one_line(key, 40)} is unknown: use {_or(known)}.")
    first = Update(now, STATES[0], _message(draft.message), who)
    components = tuple(dict.fromkeys(draft.components))
    elsewhere = one_line(draft.elsewhere, TITLE)
    return Notice(notice_id, title, draft.impact, components, now, (first,), elsewhere)


def updated(notice: Notice, state: str, message: str, who: str, now: datetime) -> Notice:
    states = MAINTENANCE_STATES if notice.kind == "maintenance" else STATES
    if state == "resolved":
        state = states[-1]  # staff say that it is over, however its kind calls that
    if state not in states:
        raise Refused(f"State {one_line(state, 40)} is unknown: use {_or(states)}.")
    if notice.resolved_at:
        raise Refused(f"Notice {notice.id} is {notice.state}: open a new one.")
    if state not in ENDED and _is_full(notice):
        raise Refused(f"Notice {notice.id} is full: resolve it and open a new one.")
    return _told(notice, Update(now, state, _message(message), who))


def explained(notice: Notice, message: str, who: str, now: datetime) -> Notice:
    """With a postmortem: what happened, and what is done so that it does not happen again."""
    if notice.state not in ("resolved", "postmortem"):
        raise Refused(f"Notice {notice.id} is {notice.state}: a postmortem follows its end.")
    return _told(notice, Update(now, "postmortem", _message(message), who))


def retracted(notice: Notice, message: str, who: str, now: datetime) -> Notice:
    """Taken back, because it was never so; its page says that, and nothing else shows it."""
    if notice.state == "retracted":
        raise Refused(f"Notice {notice.id} is retracted already.")
    return _told(notice, Update(now, "retracted", _message(message), who))


def edited(notice: Notice, draft: Draft, provider: Provider) -> Notice:
    """With another title, impact or components; what the draft leaves empty stays."""
    whole = Draft(
        title=draft.title or notice.title,
        impact=draft.impact or notice.impact,
        components=draft.components or notice.components,
        message=draft.message or notice.updates[-1].message,
        elsewhere=draft.elsewhere or notice.elsewhere,
    )
    last = notice.updates[-1]
    new = opened(whole, provider, notice.id, last.who, notice.opened_at)
    corrected = replace(last, message=new.updates[0].message)
    return replace(
        notice,
        title=new.title,
        impact=new.impact,
        components=new.components,
        elsewhere=new.elsewhere,
        updates=(*notice.updates[:-1], corrected),
        version=notice.version + 1,
    )


def _told(notice: Notice, told: Update) -> Notice:
    return replace(notice, updates=(*notice.updates, told), version=notice.version + 1)


def _is_full(notice: Notice) -> bool:
    size = sum(len(update.message.encode()) for update in notice.updates)
    return len(notice.updates) >= UPDATES or size > BYTES


def draw_id(now: datetime, zone: str, random: Random) -> str:
    """The day it was opened and three symbols: it sorts, and can be said on the phone."""
    day = now.astimezone(ZoneInfo(zone))
    return f"{day:%Y%m%d}-{''.join(random.choice(SYMBOLS.lower()) for _ in range(3))}"


def component_states(provider: Provider, notices: Iterable[Notice]) -> dict[str, str]:
    """Each component's state: the worst that an unresolved notice says of it."""
    states = {component.key: FINE for component in provider.components}
    for notice in notices:
        for key in notice.components:
            if key in states:
                states[key] = max(states[key], _says(notice), key=COMPONENT_STATES.index)
    return states


def _says(notice: Notice) -> str:
    if notice.resolved_at or notice.state == "scheduled":
        return FINE
    return MAINTAINED if notice.kind == "maintenance" else IMPACTS[notice.impact]


def worst_impact(notices: Iterable[Notice]) -> str:
    """The whole site's indicator, from its unresolved notices."""
    order = list(IMPACTS)
    impacts = [notice.impact for notice in notices if notice.resolved_at is None]
    return max(impacts, key=order.index, default=order[0])


def worst_first(notices: Iterable[Notice]) -> list[Notice]:
    """By impact, and of equal ones the newest first."""
    order = list(IMPACTS)
    newest_first = sorted(notices, key=lambda notice: notice.opened_at, reverse=True)
    return sorted(newest_first, key=lambda notice: order.index(notice.impact), reverse=True)


def _message(text: str) -> str:
    message = safe(text).strip()
    if not message:
        raise Refused("The message is empty: say what customers should know.")
    if len(message) > MESSAGE:
        raise Refused(f"The message is too long: use at most {MESSAGE} characters.")
    return message


def _or(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"
