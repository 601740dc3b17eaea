"""Maintenance as a calendar to subscribe to: iCalendar, RFC 5545 with names of RFC 7986."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from netdesk.maintenance import CLOCK
from netdesk.notice import Notice, titled
from netdesk.pages import Pages
from netdesk.text import safe

KEY, MEDIA_TYPE = "status/maintenance.ics", "text/calendar; charset=utf-8"
CALENDAR, LINE = 32_768, 75  # bytes
MESSAGE = 1_000  # characters: a calendar shows a few lines, the page shows all
MISTAKE = "We published this by mistake."
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# When nothing is planned: RFC 5545 3.6 wants a component, and the validators of ical4j and
# sabre/vobject refuse a calendar without one. A zone that nothing uses shows nobody anything.
NO_EVENTS = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True)
class Event:
    """A maintenance between its two times."""

    notice: Notice
    begins: datetime
    planned_end: datetime

    @property
    def completed_at(self) -> datetime | None:
        times = (_second(told.at) for told in self.notice.updates if told.state == "completed")
        return next(times, None)

    @property
    def ends(self) -> datetime:
        """When it really ended; RFC 5545 3.8.2.2 wants that to be after its beginning."""
        done = self.completed_at
        return done if done and done > self.begins else self.planned_end

    @property
    def is_cancelled(self) -> bool:
        """Taken back, or over before it was to begin: nothing happens at that time."""
        done = self.completed_at
        return self.notice.state == "retracted" or (done is not None and done <= self.begins)

    @property
    def title(self) -> str:
        """Some readers, such as Outlook, ignore STATUS, so that the title has to say it too."""
        title = titled(self.notice.title, self.notice.elsewhere)
        return f"Cancelled: {title}" if self.is_cancelled else title

    def rank(self, now: datetime) -> tuple[bool, timedelta, str]:
        """What runs or comes is before what is past, and what is near before what is far."""
        past = self.notice.resolved_at is not None and self.ends <= now
        return past, abs(self.begins - now), self.notice.id


def calendar(
    pages: Pages,
    maintenances: Iterable[Notice],
    now: datetime,
    plain: Callable[[str], str] = str,
) -> str:
    """Every maintenance, or those next to now that fit; now decides nothing else."""
    head, foot = _folded(_head(pages)), _folded(["END:VCALENDAR"])
    left = CALENDAR - len((head + foot).encode())
    kept = []
    for event in sorted(_events(maintenances), key=lambda event: event.rank(now)):
        told = _folded(_told(pages, event, plain))
        left -= len(told.encode())
        if left < 0:
            break
        kept.append((event.begins, event.notice.id, told))
    return head + ("".join(told for *_, told in sorted(kept)) or _folded(NO_EVENTS)) + foot


def _events(notices: Iterable[Notice]) -> list[Event]:
    return [
        Event(notice, _second(notice.scheduled_for), _second(notice.scheduled_until))
        for notice in notices
        if notice.kind == "maintenance" and notice.scheduled_for and notice.scheduled_until
    ]


def _head(pages: Pages) -> list[str]:
    name = _text(f"{pages.provider.name} maintenance")
    return [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//netdesk//netdesk//EN",
        f"NAME:{name}",
        f"X-WR-CALNAME:{name}",  # the same for readers older than RFC 7986
        f"SOURCE;VALUE=URI:{pages.public_url}/{KEY}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",  # Outlook's name of it
    ]


def _told(pages: Pages, event: Event, plain: Callable[[str], str]) -> list[str]:
    notice, changed = event.notice, _utc(event.notice.changed_at)
    names = [component.name for component in pages.affected(notice)]
    url = pages.notice_url(notice.id)
    affected = [f"Affected: {', '.join(names)}."] if names else []
    described = "\n\n".join([*affected, _message(notice, plain), url])  # not all readers show URL
    categories = [f"CATEGORIES:{','.join(map(_text, names))}"] if names else []
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(notice.id)}@{urlsplit(pages.public_url).netloc}",
        f"DTSTAMP:{changed}",  # without a METHOD it is the last revision's: RFC 5545 3.8.7.2
        f"SEQUENCE:{notice.version - 1}",  # never falls and begins at 0: RFC 5545 3.8.7.4
        f"CREATED:{_utc(notice.opened_at)}",
        f"LAST-MODIFIED:{changed}",
        f"DTSTART:{_utc(event.begins)}",
        f"DTEND:{_utc(event.ends)}",
        f"SUMMARY:{_text(event.title)}",
        f"DESCRIPTION:{_text(described)}",
        f"URL:{url}",
        *categories,
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",  # our work keeps nobody from theirs: RFC 5545 3.8.2.7
        "CLASS:PUBLIC",
        "END:VEVENT",
    ]


def _message(notice: Notice, plain: Callable[[str], str]) -> str:
    """The last that people wrote: what the clock says of begin and end, the times say too."""
    spoken = [told for told in notice.updates if told.who != CLOCK] or notice.updates
    message = plain(spoken[-1].message).strip()
    told = f"{MISTAKE} {message}" if notice.state == "retracted" else message
    return told if len(told) <= MESSAGE else told[: MESSAGE - 1].rstrip() + "\u2026"


def _text(value: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc5545#section-3.3.11"""
    return safe(value).translate(ESCAPES)


def _folded(lines: Iterable[str]) -> str:
    """Lines of at most 75 octets, no character torn: RFC 5545 3.1."""
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _fold(line: str) -> str:
    pieces, left = [""], LINE
    for symbol in line:
        left -= len(symbol.encode())
        if left < 0:
            pieces.append(" ")
            left = LINE - 1 - len(symbol.encode())
        pieces[-1] += symbol
    return "\r\n".join(pieces)


def _second(moment: datetime) -> datetime:
    """Times are told to the second, so they are compared to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _utc(moment: datetime) -> str:
    """https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5, form 2"""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
