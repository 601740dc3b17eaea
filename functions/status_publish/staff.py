"""What staff do with notices: every change is kept first, then published."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from netdesk.dynamo import Conflict
from netdesk.log import logger
from netdesk.maintenance import planned
from netdesk.moments import read_moment
from netdesk.notice import (
    Draft,
    Notice,
    draw_id,
    edited,
    explained,
    opened,
    retracted,
    updated,
)
from netdesk.provider import Provider
from netdesk.refused import Refused
from netdesk.staff import actor_name
from netdesk.text import one_line
from status_publish.publish import Publisher, publish

Json = dict[str, Any]
Fields = Mapping[str, Any]
TRIES = 5
NOTICE_ID = re.compile("[0-9]{8}-[0-9a-z]{3}")  # DynamoDB takes no empty or long key


def open_notice(publisher: Publisher, arn: str, fields: Fields, now: datetime) -> Json:
    """A new incident, or with `from` and `to` a maintenance."""
    provider, draft, who = publisher.pages.provider, _draft(fields), actor_name(arn)
    window = _window(provider, fields)
    for _ in range(TRIES):
        notice_id = draw_id(now, provider.hours.zone, secrets.SystemRandom())
        if window:
            notice = planned(draft, window, provider, notice_id, who, now)
        else:
            notice = opened(draft, provider, notice_id, who, now)
        try:
            publisher.notices.add(notice)
        except Conflict:
            continue  # this id is taken: draw another
        return _told(publisher, notice, now)
    raise RuntimeError("no free notice id was drawn")


def change_notice(
    publisher: Publisher, arn: str, notice_id: str, verb: str, fields: Fields, now: datetime
) -> Json:
    """An update, an edit, a postmortem, or taking the notice back."""
    state, message, who = _text(fields, "state"), _text(fields, "message"), actor_name(arn)
    provider, draft = publisher.pages.provider, _draft(fields)
    changes: dict[str, Callable[[Notice], Notice]] = {
        "updates": lambda n: updated(n, state, message, who, now),
        "edit": lambda n: edited(_seen(n, fields), draft, provider),
        "postmortem": lambda n: explained(n, message, who, now),
        "retract": lambda n: retracted(n, message, who, now),
    }
    if verb not in changes:
        raise Refused(f"Notices know no action {one_line(verb, 40)}.")
    return _changed(publisher, notice_id, changes[verb], now)


def show_notice(publisher: Publisher, notice_id: str) -> Json:
    return view(_known(publisher, notice_id), publisher.pages.public_url)


def list_notices(publisher: Publisher, most: int = 50) -> Json:
    listed = publisher.notices.read_all(publisher.notices.site().active)
    active = [notice for notice in listed if notice.resolved_at is None]
    others = [n for n in publisher.notices.newest(most) if n.resolved_at]
    url = publisher.pages.public_url
    return {"notices": [view(notice, url) for notice in (*active, *others)]}


def publish_site(publisher: Publisher, now: datetime, *, everything: bool) -> Json:
    done = publish(publisher, now, everything=everything)
    return {"revision": done.revision, "written": list(done.written)}


def view(notice: Notice, public_url: str) -> Json:
    return {
        "id": notice.id,
        "title": notice.title,
        "kind": notice.kind,
        "state": notice.state,
        "impact": notice.impact,
        "components": list(notice.components),
        "at": notice.elsewhere,
        "opened_at": notice.opened_at.isoformat(timespec="seconds"),
        "resolved_at": _written(notice.resolved_at),
        "scheduled_for": _written(notice.scheduled_for),
        "scheduled_until": _written(notice.scheduled_until),
        "version": notice.version,
        "url": f"{public_url}/status/notices/{notice.id}/",
        "updates": [
            {
                "at": update.at.isoformat(timespec="seconds"),
                "state": update.state,
                "message": update.message,
                "who": update.who,
            }
            for update in notice.updates
        ],
    }


def _changed(
    publisher: Publisher, notice_id: str, change: Callable[[Notice], Notice], now: datetime
) -> Json:
    for _ in range(TRIES):
        notice = change(_known(publisher, notice_id))
        try:
            publisher.notices.change(notice)
        except Conflict:
            continue  # somebody else was quicker: decide anew
        return _told(publisher, notice, now)
    raise Refused("Several people are changing this notice at the same moment: try again.")


def _told(publisher: Publisher, notice: Notice, now: datetime) -> Json:
    """The notice is kept whatever becomes of publishing: the clock finishes it within a minute."""
    try:
        publish(publisher, now)
        published = True
    except Exception as error:
        logger("notices").exception("kept, but not published", error=type(error).__name__)
        published = False
    return view(notice, publisher.pages.public_url) | {"published": published}


def _known(publisher: Publisher, notice_id: str) -> Notice:
    wanted = notice_id.strip().lower()
    notice = publisher.notices.read(wanted) if NOTICE_ID.fullmatch(wanted) else None
    if notice is None:
        raise Refused(f"There is no notice {one_line(notice_id, 40)}: see `netdesk notice list`.")
    return notice


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _draft(fields: Fields) -> Draft:
    return Draft(
        title=_text(fields, "title"),
        impact=_text(fields, "impact"),
        components=tuple(str(key) for key in _list(fields, "components")),
        message=_text(fields, "message"),
        elsewhere=_text(fields, "at"),
    )


def _window(provider: Provider, fields: Fields) -> tuple[datetime, datetime] | None:
    begins, ends = _text(fields, "from"), _text(fields, "to")
    if not (begins or ends):
        return None
    zone = provider.hours.zone
    return read_moment(begins, zone), read_moment(ends, zone)


def _seen(notice: Notice, fields: Fields) -> Notice:
    """The notice, unless it is another than the one that staff looked at."""
    version = fields.get("version", notice.version)
    if version != notice.version:
        raise Refused(f"Somebody changed notice {notice.id} meanwhile: look at it again first.")
    return notice


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _list(fields: Fields, name: str) -> list[Any]:
    value = fields.get(name, [])
    return value if isinstance(value, list) else []
