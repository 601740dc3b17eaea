"""Notices: what customers read about incidents and maintenance, to the last update."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from netdesk import draft as drafts
from netdesk.draft import Draft
from netdesk.number import SYMBOLS
from netdesk.provider import Provider
from netdesk.refused import Refused
from netdesk.states import (
    COMPONENT_STATES,
    ENDED,
    FINE,
    IMPACTS,
    MAINTAINED,
    MAINTENANCE_STATES,
    STATES,
)
from netdesk.text import one_line

INTERNET = "internet"  # the "other provider" of a trouble that is everywhere
UPDATES = 50
BYTES = 300_000  # of all messages as JSON: a notice is one item of at most 400 KB


@dataclass(frozen=True)
class Update:
    at: datetime
    state: str
    message: str
    who: str
    once: str = ""  # names the request, so that one that is sent again is known


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
    meanwhile: str = ""  # what customers can do until it is over
    began_at: datetime | None = None  # when it was noticed before it was told
    next_at: datetime | None = None  # by when the next update is promised
    edited_at: datetime | None = None  # when it was last corrected
    version: int = 1

    @property
    def state(self) -> str:
        return self.updates[-1].state

    @property
    def since(self) -> datetime:
        return self.began_at or self.opened_at

    @property
    def changed_at(self) -> datetime:
        """The clock tells a time that was planned, which may be before the last update's."""
        times = [update.at for update in self.updates]
        return max([*times, self.edited_at] if self.edited_at else times)

    @property
    def is_everywhere(self) -> bool:
        """Whether it is no single provider's trouble, but the internet's."""
        return self.elsewhere.casefold() == INTERNET

    @property
    def resolved_at(self) -> datetime | None:
        """When it ended, however its kind calls that."""
        return next((update.at for update in self.updates if update.state in ENDED), None)


def opened(
    draft: Draft, provider: Provider, notice_id: str, who: str, now: datetime, once: str = ""
) -> Notice:
    """A new notice, or Refused with the first thing to mend."""
    told = drafts.checked(draft, provider, now)
    return Notice(
        id=notice_id,
        title=told.title,
        impact=told.impact,
        components=told.components,
        opened_at=now,
        updates=(Update(now, STATES[0], told.message, who, once),),
        elsewhere=told.elsewhere,
        meanwhile=told.meanwhile,
        began_at=told.began_at,
        next_at=told.next_at,
    )


def updated(
    notice: Notice, state: str, message: str, who: str, now: datetime,
    *, next_at: datetime | None = None, once: str = "",
) -> Notice:  # fmt: skip
    """With one more update; what was promised is kept by it, and promised anew or not."""
    states = MAINTENANCE_STATES if notice.kind == "maintenance" else STATES
    if state == "resolved":
        state = states[-1]  # staff say that it is over, however its kind calls that
    if state not in states:
        raise Refused(f"State {one_line(state, 40)} is unknown: use {drafts.either(states)}.")
    if notice.resolved_at:
        raise Refused(f"Notice {notice.id} is {notice.state}: open a new one.")
    if state not in ENDED and _is_full(notice):
        raise Refused(f"Notice {notice.id} is full: resolve it and open a new one.")
    told = _told(notice, Update(now, state, drafts.message(message), who, once))
    return told if state in ENDED else replace(told, next_at=drafts.promise(next_at, now))


def explained(notice: Notice, message: str, who: str, now: datetime, once: str = "") -> Notice:
    """With a postmortem: what happened, and what is done so that it does not happen again."""
    if notice.state not in ("resolved", "postmortem"):
        raise Refused(f"Notice {notice.id} is {notice.state}: a postmortem follows its end.")
    return _told(notice, Update(now, "postmortem", drafts.message(message), who, once))


def retracted(notice: Notice, message: str, who: str, now: datetime, once: str = "") -> Notice:
    """Taken back, because it was never so; its page says that, and nothing else shows it."""
    if notice.state == "retracted":
        raise Refused(f"Notice {notice.id} is retracted already.")
    return _told(notice, Update(now, "retracted", drafts.message(message), who, once))


def edited(notice: Notice, draft: Draft, provider: Provider, now: datetime) -> Notice:
    """Corrected: what the draft leaves empty stays."""
    last = notice.updates[-1]
    whole = replace(
        draft,
        title=draft.title or notice.title,
        impact=draft.impact or notice.impact,
        components=draft.components or notice.components,
        message=draft.message or last.message,
        elsewhere=draft.elsewhere or notice.elsewhere,
        meanwhile=draft.meanwhile or notice.meanwhile,
    )
    told = drafts.checked(whole, provider, now)
    return replace(
        notice,
        title=told.title,
        impact=told.impact,
        components=told.components,
        elsewhere=told.elsewhere,
        meanwhile=told.meanwhile,
        began_at=drafts.beginning(told.began_at, notice.resolved_at or now) or notice.began_at,
        next_at=(told.next_at or notice.next_at) if notice.resolved_at is None else None,
        updates=(*notice.updates[:-1], replace(last, message=told.message)),
        edited_at=now,
        version=notice.version + 1,
    )


def _told(notice: Notice, told: Update) -> Notice:
    updates = (*notice.updates, told)
    return replace(notice, updates=updates, next_at=None, version=notice.version + 1)


def _is_full(notice: Notice) -> bool:
    said = json.dumps([update.message for update in notice.updates], ensure_ascii=False)
    return len(notice.updates) >= UPDATES or len(said.encode()) > BYTES


def draw_id(now: datetime, zone: str, random: Random) -> str:
    """The day it was opened and three symbols: it sorts, and can be said on the phone."""
    day = now.astimezone(ZoneInfo(zone))
    return f"{day:%Y%m%d}-{''.join(random.choice(SYMBOLS.lower()) for _ in range(3))}"


def next_update(notice: Notice, provider: Provider, now: datetime) -> datetime | None:
    """By when an update follows when staff don't say; a maintenance has its own times."""
    if notice.kind == "maintenance" or notice.resolved_at:
        return None
    return now + provider.next_update[notice.impact]


def is_late(notice: Notice, now: datetime) -> bool:
    """Whether the next update was promised for earlier than now."""
    return notice.resolved_at is None and notice.next_at is not None and now > notice.next_at


def titled(title: str, elsewhere: str) -> str:
    """The title with whose trouble it is, if not ours."""
    place = "Internet" if elsewhere.casefold() == INTERNET else elsewhere
    return f"{place}: {title}" if place else title


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
    newest_first = sorted(notices, key=lambda notice: notice.since, reverse=True)
    return sorted(newest_first, key=lambda notice: order.index(notice.impact), reverse=True)
