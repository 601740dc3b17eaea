"""Renders site/templates: HTML pages that need no other file, and plain texts."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from netdesk.provider import Provider

SITE = Path(__file__).parent.parent / "site"  # beside us in the repository and in a bundle


@dataclass(frozen=True)
class Pages:
    provider: Provider
    public_url: str
    site: Path = SITE

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(values)

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.site / "templates"),
            autoescape=select_autoescape(["html"]),  # the others are plain text
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        css = (self.site / "static" / "page.css").read_text(encoding="utf-8")
        environment.filters |= {"when": self.when, "day": self.day, "utc": utc}
        environment.globals |= {
            "provider": self.provider,
            "public_url": self.public_url,
            "css": css,
            "style_hash": csp_hash(css),
        }
        return environment

    def when(self, moment: datetime) -> str:
        """A moment as customers read it: Sunday 22 November, 09:15 Pacific."""
        local = self._local(moment)
        return f"{local:%A} {local.day} {local:%B}, {local:%H:%M} {self.provider.hours.zone_word}"

    def day(self, moment: datetime) -> str:
        local = self._local(moment)
        return f"{local:%A} {local.day} {local:%B} {local:%Y}"

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.provider.hours.zone))


def utc(moment: datetime) -> str:
    """For the datetime attribute of a time element."""
    return moment.isoformat(timespec="seconds")


def csp_hash(inline: str) -> str:
    """The source expression of an inline element: https://www.w3.org/TR/CSP3/#match-element-to-source-list."""
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return f"'sha256-{digest}'"
