"""What staff want a notice to say, checked: the first thing to mend is said in one sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netdesk.provider import Provider
from netdesk.refused import Refused
from netdesk.states import IMPACTS
from netdesk.text import one_line, safe

TITLE, MEANWHILE, MESSAGE = 120, 300, 5_000
LONG_AGO, FAR_OFF = timedelta(days=90), timedelta(days=30)


@dataclass(frozen=True)
class Draft:
    title: str
    impact: str
    components: tuple[str, ...]
    message: str
    elsewhere: str = ""  # the other provider whose outage it is
    meanwhile: str = ""  # what customers can do until it is over
    began_at: datetime | None = None  # when it was noticed before it was told
    next_at: datetime | None = None  # by when the next update is promised


def checked(draft: Draft, provider: Provider, now: datetime) -> Draft:
    """The draft as it may be published, or Refused."""
    title = one_line(draft.title, TITLE)
    if not title:
        raise Refused("The title is empty: say in a few words what is broken.")
    if draft.impact not in IMPACTS:
        raise Refused(f"Impact {one_line(draft.impact, 40)} is unknown: use {either(IMPACTS)}.")
    return replace(
        draft,
        title=title,
        components=_components(draft, provider),
        message=message(draft.message),
        elsewhere=one_line(draft.elsewhere, TITLE),
        meanwhile=one_line(draft.meanwhile, MEANWHILE),
        began_at=beginning(draft.began_at, now),
        next_at=promise(draft.next_at, now),
    )


def message(text: str) -> str:
    told = safe(text).strip()
    if not told:
        raise Refused("The message is empty: say what customers should know.")
    if len(told) > MESSAGE:
        raise Refused(f"The message is too long: use at most {MESSAGE} characters.")
    return told


def beginning(began_at: datetime | None, now: datetime) -> datetime | None:
    """When the trouble began, as staff said it."""
    if began_at and not now - LONG_AGO <= began_at <= now:
        raise Refused("It can't have begun then: name a time of the last 90 days.")
    return began_at


def promise(next_at: datetime | None, now: datetime) -> datetime | None:
    """By when the next update comes, as staff said it."""
    if next_at and not now < next_at <= now + FAR_OFF:
        raise Refused("The next update can't be promised for then: name a time within 30 days.")
    return next_at


def either(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


def _components(draft: Draft, provider: Provider) -> tuple[str, ...]:
    if not draft.components:
        raise Refused("Name at least one component that is hit.")
    known = [component.key for component in provider.components]
    for key in draft.components:
        if key not in known:
            raise Refused(f"Component {one_line(key, 40)} is unknown: use {either(known)}.")
    return tuple(dict.fromkeys(draft.components))
