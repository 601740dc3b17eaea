"""Templates of frequent notices: site/content/notices/NAME.toml, with {places} to fill in."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from netdesk.draft import Draft, either
from netdesk.refused import Refused
from netdesk.text import one_line
from status_publish.request import Fields, text

PLACE = re.compile(r"\{([a-z_]+)\}")
TEXTS = {  # a template's key, and what it fills in the draft
    "title": "title",
    "impact": "impact",
    "message": "message",
    "meanwhile": "meanwhile",
    "at": "elsewhere",
}


def filled(site: Path, draft: Draft, fields: Fields) -> Draft:
    """The draft, and what it leaves empty from the template that the staff named."""
    name = text(fields, "template")
    if not name:
        return draft
    given, template = fields.get("values"), _read(site, name)
    values = given if isinstance(given, dict) else {}
    if unknown := sorted(set(values) - set(_gaps(template))):
        raise Refused(f"Template {name} has no gap {one_line(unknown[0], 40)}: leave it out.")
    texts: dict[str, Any] = {
        field: getattr(draft, field) or _fill(name, str(template.get(key, "")), values)
        for key, field in TEXTS.items()
    }
    components = draft.components or tuple(template.get("components", ()))
    return replace(draft, components=components, **texts)


def listed(site: Path) -> list[Fields]:
    """Each template with its name and the gaps to fill in."""
    found = [(name, _read(site, name)) for name in names(site)]
    return [
        {"name": name, "gaps": _gaps(read)}
        | {key: read.get(key, "") for key in (*TEXTS, "components")}
        for name, read in found
    ]


def _gaps(template: Fields) -> list[str]:
    return sorted({gap for key in TEXTS for gap in PLACE.findall(template.get(key, ""))})


def names(site: Path) -> list[str]:
    return sorted(path.stem for path in _folder(site).glob("*.toml"))


def _folder(site: Path) -> Path:
    return site / "content" / "notices"


def _read(site: Path, name: str) -> Fields:
    known = names(site)
    if name not in known:
        told = f"use {either(known)}" if known else "there are none in site/content/notices/"
        raise Refused(f"There is no template {one_line(name, 40)}: {told}.")
    return tomllib.loads((_folder(site) / f"{name}.toml").read_text(encoding="utf-8"))


def _fill(name: str, template: str, values: Fields) -> str:
    def value(place: re.Match[str]) -> str:
        given = values.get(place[1])
        if not isinstance(given, str) or not given.strip():
            raise Refused(f"Template {name} has a gap: add --set {place[1]}=...")
        return given.strip()

    return PLACE.sub(value, template)
