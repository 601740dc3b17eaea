"""Renders site/templates: HTML pages that need no other file, and plain texts."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from netdesk import __version__
from netdesk.hours import say
from netdesk.moments import say_length
from netdesk.provider import Component, Provider
from netdesk.words import COMPONENT_WORDS, CONFIDENCE_WORDS, IMPACT_WORDS, STATE_WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

SITE = Path(__file__).parent.parent / "site"  # beside us in the repository and in a bundle


@dataclass(frozen=True)
class Pages:
    provider: Provider
    public_url: str
    site: Path = SITE

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(values)

    @cached_property
    def _environment(self) -> "Environment":
        # Here, because many cold starts render nothing.
        from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
        from markupsafe import Markup

        from netdesk import markdown
        from netdesk.notice import titled

        environment = Environment(
            loader=FileSystemLoader(self.site / "templates"),
            autoescape=select_autoescape(["html"]),  # the others are plain text
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,  # templates change with a deployment alone
        )
        css = self._static("page.css")
        environment.filters |= {"when": self.when, "clock": self.clock, "day": self.day}
        environment.filters["by"] = self.by
        environment.filters |= {"short_day": short_day, "month": month, "utc": utc}
        environment.filters |= {"length_of": say_length, "affected": self.affected}
        environment.filters["titled"] = lambda one: titled(one.title, one.elsewhere)
        environment.filters |= {"markdown": markdown.html, "plain": markdown.plain}
        environment.globals |= {
            "provider": self.provider,
            "public_url": self.public_url,
            "css": css,
            "style_hash": csp_hash(css),
            "trace_css": self._static("trace.css"),
            **{f"{name}_script": self._static(f"{name}.js") for name in ("stale", "form", "trace")},
            "impact_words": IMPACT_WORDS,
            "state_words": STATE_WORDS,
            "component_words": COMPONENT_WORDS,
            "confidence_words": CONFIDENCE_WORDS,
            "csp_hash": csp_hash,
            "same": cache(lambda name, here="": Markup(self.render(name, here=here))),  # noqa: S704
        }
        return environment

    @cached_property
    def release(self) -> str:
        """What the pages are made with: another release makes them all anew."""
        digest = hashlib.sha256(f"{__version__} {self.public_url}".encode())
        for path in sorted(path for path in self.site.rglob("*") if path.is_file()):
            digest.update(path.relative_to(self.site).as_posix().encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    def _static(self, name: str) -> str:
        return (self.site / "static" / name).read_text(encoding="utf-8")

    def notice_url(self, notice_id: str) -> str:
        return f"{self.public_url}/status/notices/{notice_id}/"

    def affected(self, hits: Any) -> list[Component]:
        """The components that a notice, or a heading of one, names."""
        return [one for one in self.provider.components if one.key in hits.components]

    def when(self, moment: datetime) -> str:
        """A moment as customers read it: Sunday 22 November, 09:15 Pacific."""
        local = self._local(moment)
        return f"{local:%A} {local.day} {local:%B}, {self.clock(moment)}"

    def by(self, moment: datetime, now: datetime) -> str:
        """A moment soon to come: Monday 16:00 Pacific."""
        return say(moment, self.provider.hours, now)

    def clock(self, moment: datetime) -> str:
        """The time alone: 09:15 Pacific."""
        return f"{self._local(moment):%H:%M} {self.provider.hours.zone_word}"

    def day(self, moment: datetime) -> str:
        local = self._local(moment)
        return f"{local:%A} {local.day} {local:%B} {local:%Y}"

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.provider.hours.zone))


def short_day(day: date) -> str:
    """22 November."""
    return f"{day.day} {day:%B}"


def month(key: str) -> str:
    """2026-11 as November 2026."""
    return f"{date.fromisoformat(f'{key}-01'):%B %Y}"


def utc(moment: datetime) -> str:
    """For the datetime attribute of a time element."""
    return moment.isoformat(timespec="seconds")


def csp_hash(inline: str) -> str:
    """The source expression of an inline element: https://www.w3.org/TR/CSP3/#match-element-to-source-list."""
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return f"'sha256-{digest}'"
