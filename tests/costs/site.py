"""A status page with months behind it: notices and the clock's minutes, each step metered."""

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from infra.costs.counted import Work
from netdesk.draft import Draft
from netdesk.dynamo import Item, moment, pack
from netdesk.notice import Notice, opened, updated
from netdesk.pages import Pages
from status_publish.heading import month_of
from status_publish.render import whole_site
from status_publish.rows import notice_item
from tests.costs.rooms import Room, Steps
from tests.desk import ARN, MINUTE, NOW, PUBLIC_URL, provider

PER_DAY, DAYS = 2, 85  # notices: sixty a month, and no more than the page tells of
OPEN = 2  # beside the one that is followed
DUE = {"no": 10, "late": 10, "in time": 130}  # tickets whose promise fell due lately
MESSAGE = "A line card failed; a spare one is on its way from the store. " * 3
STATES = ("identified", "monitoring", "resolved")
READ_MOST = ("status/index.html", "problem/index.html", "support/index.html")


def notices(room: Room) -> Steps:
    seed(room)
    work, answer = _minute(room)
    assert answer == {"published": True}
    yield "page made anew", work
    yield "minute of the clock", _minute(room)[0]
    new = {"title": "No dial tone", "impact": "major", "message": MESSAGE}
    work, told = _staff(room, "", new | {"components": [_components()[0]]})
    yield "notice opened", work
    for state in ("identified", "resolved"):
        said = {"state": state, "message": MESSAGE}
        yield f"notice {state}", _staff(room, f"/{told['id']}/updates", said)[0]


def weights() -> dict[str, int]:
    """What customers read most weighs so much on the wire, without headers."""
    made = whole_site(Pages(provider(), PUBLIC_URL), [*_over(), *_under_way()], NOW)
    found = {page.key: page.stamped.encode() for page in made if page.key in READ_MOST}
    return {key: len(gzip.compress(found[key], mtime=0)) for key in READ_MOST}


def seed(room: Room) -> None:
    """Straight into the tables, as if it had been published in its time."""
    made = [*_over(), *_under_way()]
    _fill(room, "NoticesTable", [notice_item(notice) for notice in made])
    built_at = moment(NOW - timedelta(minutes=5))
    site: Item = {"pk": "site", "sk": "site", "revision": 1, "published": 1, "built_at": built_at}
    site["began_at"] = moment(NOW - timedelta(days=DAYS))
    site["release"] = Pages(provider(), PUBLIC_URL).release
    site["months"] = {month_of(notice.id) for notice in made}
    site["active"] = {notice.id for notice in made if not notice.resolved_at}
    room.cloud.put("NoticesTable", **site)
    due = [answered for answered, many in DUE.items() for _ in range(many)]
    promised_by = moment(NOW - timedelta(hours=3))
    _fill(room, "TicketsTable", [
        {"pk": f"ticket#{place:07}X", "sk": "ticket", "answered": answered,
         "promised_by": promised_by} for place, answered in enumerate(due)
    ])  # fmt: skip


def _fill(room: Room, table: str, rows: list[Item]) -> None:
    name = room.cloud.name(table)
    for start in range(0, len(rows), 25):
        puts = [{"PutRequest": {"Item": pack(row)}} for row in rows[start : start + 25]]
        room.cloud.dynamodb.batch_write_item(RequestItems={name: puts})


def _over() -> Iterator[Notice]:
    for place in range(PER_DAY * DAYS):
        at = NOW - timedelta(days=1) - timedelta(days=1) * place / PER_DAY
        made = _notice(place, at)
        for step, state in enumerate(STATES, 1):
            made = updated(made, state, MESSAGE, "anna", at + timedelta(minutes=40 * step))
        yield made


def _under_way() -> Iterator[Notice]:
    for place in range(OPEN):
        at = NOW - timedelta(hours=3)
        made = _notice(900 + place, at)
        yield updated(made, "identified", MESSAGE, "anna", at + timedelta(minutes=30),
                      next_at=NOW + timedelta(hours=9))  # fmt: skip


def _notice(place: int, at: datetime) -> Notice:
    keys = _components()
    draft = Draft("Modems do not answer", "major", (keys[place % len(keys)],), MESSAGE)
    return opened(draft, provider(), f"{at:%Y%m%d}-{place:03}", "anna", at)


def _components() -> list[str]:
    return [component.key for component in provider().components]


def _minute(room: Room) -> tuple[Work, Any]:
    return room.run("ClockFunction", MINUTE)


def _staff(room: Room, path: str, body: Item) -> tuple[Work, Any]:
    path = f"/staff/notices{path}"
    work, answer = room.asked("NoticesFunction", "POST", path, body=body, arn=ARN)
    assert answer.json["published"]
    return work, answer.json
