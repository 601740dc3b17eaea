"""One notice for other media: a text message, words to read aloud, a post."""

import re
from collections.abc import Callable
from datetime import datetime
from itertools import accumulate

from netdesk.markdown import plain
from netdesk.notice import INTERNET, Notice
from netdesk.provider import Provider
from netdesk.words import IMPACT_WORDS, STATE_WORDS
from status_publish.media import (
    ADDRESS,
    OMITTED,
    POST_MEDIUM,
    SMS_MEDIUM,
    STOPS,
    VOICE,
    Medium,
    septets,
    spoken,
    tidy,
    weight,
    words,
)

When = Callable[[datetime], str]  # says a moment, as Pages.when does

SMS, SCRIPT = 160, 75  # septets (3GPP TS 23.038 section 6.1.2.1), words
POST = 280  # https://docs.x.com/fundamentals/counting-characters


def sms(notice: Notice, provider: Provider, url: str, when: When) -> str:
    """A text message; the address stands whole and last, and all else makes room for it."""
    told = _opening(notice, provider, when, SMS_MEDIUM, SMS - septets(f" {url}"))
    return f"{told} {url}".lstrip()


def phone(notice: Notice, provider: Provider, url: str, when: When) -> str:
    """A script for a recording, or for whoever answers the phone."""
    affected = "" if notice.resolved_at else _affected(notice, provider)
    reach = _reach(notice, provider)
    room = SCRIPT - words(affected) - words(reach)
    told = _opening(notice, provider, when, VOICE, min(room, 34))
    latest = _sentences(notice.updates[-1].message, room - words(told))
    return " ".join(part for part in (told, affected, *latest, reach) if part)


def social(notice: Notice, provider: Provider, url: str, when: When) -> str:
    """A post, with as much of the latest update as goes in before the address."""
    told = _opening(notice, provider, when, POST_MEDIUM, 170)
    if notice.kind == "incident" and not notice.resolved_at:
        told = f"{told} {STATE_WORDS[notice.state]}."
    room = POST - ADDRESS - weight(f"{told}  ")
    latest = POST_MEDIUM.cut(tidy(plain(notice.updates[-1].message)), room) if room > 20 else ""
    return " ".join(part for part in (told, latest, url) if part)


def _opening(notice: Notice, provider: Provider, when: When, medium: Medium, most: int) -> str:
    """Who speaks of what, since when; of the time less is said before the title gets too short."""
    name = medium.cut(medium.spelled(provider.name), medium.name)
    lead = ": ".join(filter(None, (name, _head(notice), _place(notice, medium))))
    title = medium.spelled(notice.title)
    for time in map(medium.spelled, (*_times(notice, when), "")):
        room = most - medium.size(f"{lead}: . {time}")
        if room >= min(medium.size(title), medium.title):
            break
    return medium.cut(f"{_stopped(f'{lead}: {medium.cut(title, room)}')} {time}".rstrip(), most)


def _head(notice: Notice) -> str:
    state = STATE_WORDS[notice.state]
    if notice.kind == "maintenance":
        return f"Maintenance {state[0].lower()}{state[1:]}"
    if notice.resolved_at:
        return state
    return "" if notice.elsewhere else IMPACT_WORDS[notice.impact]


def _place(notice: Notice, medium: Medium) -> str:
    if notice.elsewhere.casefold() == INTERNET:
        return "Internet-wide problem"
    elsewhere = medium.cut(medium.spelled(notice.elsewhere), medium.name)
    return f"At {elsewhere}" if elsewhere else ""


def _times(notice: Notice, when: When) -> tuple[str, ...]:
    """When it is, the longest way of saying it first."""
    if notice.state == "retracted":
        return ("We published this by mistake.",)
    begins, ends = notice.scheduled_for or notice.since, notice.resolved_at
    if notice.kind == "maintenance" and ends:
        return _edge("Ended", when(ends))
    if ends:
        return f"From {_span(when(begins), when(ends))}.", *_edge("Until", when(ends))
    if notice.scheduled_until:
        span = _span(when(begins), when(notice.scheduled_until))
        return f"From {span}.", *_edge("From", when(begins))
    return _edge("Since", when(begins))


def _edge(word: str, time: str) -> tuple[str, str]:
    """A time, and the same without the day's name, which its number makes up for."""
    dayless = re.sub(r"^\D+(?=\d)", "", time)
    return f"{word} {time}.", f"{word} {dayless}."


def _span(begins: str, ends: str) -> str:
    """From one time to another, without naming the same day twice."""
    pairs = enumerate(zip(begins.split(), ends.split(), strict=False))
    same = next((place for place, (one, other) in pairs if one != other), 0)
    return f"{begins} to {' '.join(ends.split()[same:])}"


def _affected(notice: Notice, provider: Provider) -> str:
    names = [c.name for c in provider.components if c.key in notice.components]
    told = [VOICE.cut(spoken(name), VOICE.name) for name in names[:2]]
    told += [f"{len(names) - 2} more"] if names[2:] else []
    lead = "You may notice it in" if notice.elsewhere else "Affected"
    known = "" if notice.kind == "maintenance" else " You need not report this."
    return f"{lead}: {' and '.join(filter(None, [', '.join(told[:-1]), *told[-1:]]))}.{known}"


def _reach(notice: Notice, provider: Provider) -> str:
    """How to reach us, by the keys of the phone."""
    still = "still " if notice.state in ("resolved", "completed") else ""
    quiet = notice.resolved_at or notice.state == "scheduled"
    other = "" if quiet else " and it is not this"
    return (
        f"For news, choose option {provider.phone.status_option}."
        f" If you {still}can't connect{other}, choose option {provider.phone.emergency_option}."
        f" To leave a message, choose option {provider.phone.message_option}."
    )


def _sentences(message: str, room: int) -> list[str]:
    """The whole sentences at the beginning that have so many words in all; a list item is one."""
    items = re.split(r"\n\n|\n(?= *(?:-|\d+\.) )", plain(message))
    heard = (spoken(item.lstrip(" -")) for item in items)
    told = " ".join(_stopped(item) for item in heard if item)
    sentences = re.split(r"(?<=[.!?])\s", told)
    sizes = accumulate(map(words, sentences))
    return [sentence for sentence, size in zip(sentences, sizes, strict=True) if size <= room]


def _stopped(text: str) -> str:
    return text if text.endswith((*STOPS, OMITTED)) else f"{text}."
