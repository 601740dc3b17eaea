"""Statuspage's public API v2 as files, so that its readers change nothing but the address.

Fields and words: https://confluence.status.atlassian.com/api
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from netdesk.notice import Notice, titled
from netdesk.pages import Pages
from netdesk.provider import Component, Group
from netdesk.states import COMPONENT_STATES, ENDED, FINE, IMPACTS, MAINTAINED
from status_publish.snapshot import Snapshot

Json = dict[str, Any]
MAINTENANCES = "scheduled_maintenances"
INDICATORS = {  # from best to worst, in Statuspage's words
    "none": "All Systems Operational",
    "maintenance": "Service Under Maintenance",
    "minor": "Minor Service Outage",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}
STATES = IMPACTS | {"maintenance": MAINTAINED}
QUIET = (*ENDED, "postmortem", "scheduled")  # in these a notice hits nothing
ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)  # nobody dates components; strict readers want a date


@dataclass(frozen=True)
class Api:
    """What is told, and by whom."""

    pages: Pages
    snapshot: Snapshot

    def documents(self) -> Iterator[tuple[str, str]]:
        """The name and the text of each document that the changes reach."""
        for name, document in self._whole().items():
            yield name, self._text(document)
        for name, (field, kind, listed) in self._lists().items():
            if self.snapshot.reaches(kind):
                yield name, self._text({field: [self._notice(notice) for notice in listed]})

    def _whole(self) -> dict[str, Json]:
        """What tells of the site as a whole; of maintenance, the running before the planned."""
        status, components = {"status": self.status}, {"components": self.components}
        coming = [*self.snapshot.running[::-1], *self.snapshot.planned]
        notices = {
            "incidents": [self._notice(notice) for notice in self._open_incidents()],
            MAINTENANCES: [self._notice(notice) for notice in coming],
        }
        return {
            "status": status,
            "components": components,
            "summary": status | components | notices,
        }

    def _lists(self) -> dict[str, tuple[str, str, list[Notice]]]:
        """By name: the field, the kind, and the notices."""
        snapshot = self.snapshot
        incidents, works = snapshot.newest("incident"), snapshot.newest("maintenance")
        return {
            "incidents": ("incidents", "incident", _shown(incidents)),
            "incidents/unresolved": ("incidents", "incident", self._open_incidents()),
            "scheduled-maintenances": (MAINTENANCES, "maintenance", _shown(works)),
            "scheduled-maintenances/upcoming": (MAINTENANCES, "maintenance", snapshot.planned),
            "scheduled-maintenances/active": (MAINTENANCES, "maintenance", snapshot.running[::-1]),
        }

    def _open_incidents(self) -> list[Notice]:
        """Newest first."""
        return [notice for notice in reversed(self.snapshot.active) if notice.kind == "incident"]

    def _text(self, document: Json) -> str:
        text = json.dumps({"page": self.page} | document, separators=(",", ":"))
        # JSON needs no escaped <, but a reader that takes it for HTML finds no tag.
        return text.replace("<", "\\u003c") + "\n"

    @property
    def page(self) -> Json:
        """Its update is its building: a reader sees when nobody builds it any more."""
        return {
            "id": self.page_id,
            "name": self.pages.provider.name,
            "url": self.pages.public_url,
            "time_zone": self.pages.provider.hours.zone,
            "updated_at": _iso(self.snapshot.built_at),
        }

    @property
    def page_id(self) -> str:
        return urlsplit(self.pages.public_url).netloc

    @property
    def status(self) -> Json:
        """The worst of what is open; a component is never worse than a notice that names it."""
        indicator = max(
            (_impact(notice) for notice in self.snapshot.active if _hits(notice, notice.state)),
            key=list(INDICATORS).index,
            default="none",
        )
        return {"indicator": indicator, "description": INDICATORS[indicator]}

    @cached_property
    def components(self) -> list[Json]:
        """Every group with its children behind it."""
        groups = enumerate(self.pages.provider.groups, 1)
        return [told for place, group in groups for told in self._family(place, group)]

    def _family(self, place: int, group: Group) -> list[Json]:
        key = f"group.{group.components[0].key}"  # no component's key has a dot
        children = [
            self._component(at, component) | {"group_id": key}
            for at, component in enumerate(group.components, 1)
        ]
        parent = self._component(place, Component(key, group.name, "", "")) | {
            "group": True,
            "components": [child["id"] for child in children],
            "status": max((child["status"] for child in children), key=COMPONENT_STATES.index),
            "updated_at": max(child["updated_at"] for child in children),
        }
        return [parent, *children]

    def _component(self, place: int, component: Component) -> Json:
        said = [_state(n, n.state) for n in self.snapshot.active if component.key in n.components]
        ours = (n for n in self.snapshot.notices.values() if not n.elsewhere)
        changes = [n.updates[-1].at for n in ours if component.key in n.components]
        return {
            "id": component.key,
            "name": component.name,
            "description": component.about or None,
            "status": max(said, key=COMPONENT_STATES.index, default=FINE),
            "position": place,
            "group": False,
            "group_id": None,
            "page_id": self.page_id,
            "showcase": False,
            "only_show_if_degraded": False,
            "start_date": None,
            "created_at": _iso(ORIGIN),
            "updated_at": _iso(max(changes, default=ORIGIN)),
        }

    def _notice(self, notice: Notice) -> Json:
        monitoring = [told.at for told in notice.updates if told.state == "monitoring"]
        told = {
            "id": notice.id,
            "name": titled(notice.title, notice.elsewhere),
            "status": notice.state,
            "impact": _impact(notice),
            "created_at": _iso(notice.opened_at),
            "started_at": _iso(notice.since),
            "updated_at": _iso(notice.changed_at),
            "monitoring_at": _iso(monitoring[0]) if monitoring else None,
            "resolved_at": _iso(notice.resolved_at),
            "reminder_intervals": None,
            "shortlink": self.pages.notice_url(notice.id),
            "page_id": self.page_id,
            "incident_updates": self._updates(notice)[::-1],
            "components": self._named(notice),
        }
        if notice.kind == "maintenance":
            told["scheduled_for"] = _iso(notice.scheduled_for)
            told["scheduled_until"] = _iso(notice.scheduled_until)
        return told

    def _named(self, notice: Notice) -> list[Json]:
        """Its components as this notice alone leaves them: an old one stays as it is, whatever
        happens to them later."""
        said = {"status": _state(notice, notice.state), "updated_at": _iso(notice.updates[-1].at)}
        return [one | said for one in self.components if one["id"] in notice.components]

    def _updates(self, notice: Notice) -> list[Json]:
        """Oldest first."""
        states = [FINE, *(_state(notice, told.state) for told in notice.updates)]
        return [
            {
                "id": f"{notice.id}-{number}",
                "incident_id": notice.id,
                "status": told.state,
                "body": told.message,
                "created_at": _iso(told.at),
                "updated_at": _iso(told.at),
                "display_at": _iso(told.at),
                "deliver_notifications": True,
                "custom_tweet": None,
                "tweet_id": None,
                "affected_components": self._affected(notice, states[number - 1], states[number]),
            }
            for number, told in enumerate(notice.updates, 1)
        ]

    def _affected(self, notice: Notice, old: str, new: str) -> list[Json]:
        return [
            {"code": one.key, "name": f"{group.name} - {one.name}"}
            | {"old_status": old, "new_status": new}
            for group in self.pages.provider.groups
            for one in group.components
            if one.key in notice.components
        ]


def _shown(notices: Iterable[Notice]) -> list[Notice]:
    """Without what was taken back."""
    return [notice for notice in notices if notice.state != "retracted"]


def _impact(notice: Notice) -> str:
    return "maintenance" if notice.kind == "maintenance" else notice.impact


def _state(notice: Notice, state: str) -> str:
    """What a notice says of its components while in this state."""
    return STATES[_impact(notice)] if _hits(notice, state) else FINE


def _hits(notice: Notice, state: str) -> bool:
    """Whether it counts for our own service: another provider's outage never does."""
    return not notice.elsewhere and state not in QUIET


def _iso(moment: datetime | None) -> str | None:
    """With milliseconds and Z, as Statuspage writes it: some readers parse nothing else."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
