"""What staff do with notices: every change is kept first, then published."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from netdesk.dynamo import Conflict
from netdesk.log import logger
from netdesk.notice import Draft, Notice, draw_id, opened, updated
from netdesk.refused import Refused
from netdesk.staff import actor_name
from netdesk.text import one_line
from status_publish.publish import Publisher, publish

Json = dict[str, Any]
Fields = Mapping[str, Any]
TRIES = 5
NOTICE_ID = re.compile("[0-9]{8}-[0-9a-z]{3}")  # DynamoDB takes no empty or long key


def open_notice(publisher: Publisher, arn: str, fields: Fields, now: datetime) -> Json:
    provider = publisher.pages.provider
    draft = Draft(
        title=_text(fields, "title"),
        impact=_text(fields, "impact"),
        components=tuple(str(key) for key in _list(fields, "components")),
        message=_text(fields, "message"),
        elsewhere=_text(fields, "at"),
    )
    for _ in range(TRIES):
        notice_id = draw_id(now, provider.hours.zone, secrets.SystemRandom())
        notice = opened(draft, provider, notice_id, actor_name(arn), now)
        try:
            publisher.notices.add(notice)
        except Conflict:
            continue  # this id is taken: draw another
        return _told(publisher, notice, now)
    raise RuntimeError("no free notice id was drawn")


def update_notice(
    publisher: Publisher, arn: str, notice_id: str, fields: Fields, now: datetime
) -> Json:
    state, message = _text(fields, "state"), _text(fields, "message")
    who = actor_name(arn)
    return _changed(publisher, notice_id, lambda n: updated(n, state, message, who, now), now)


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
        "resolved_at": notice.resolved_at and notice.resolved_at.isoformat(timespec="seconds"),
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


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _list(fields: Fields, name: str) -> list[Any]:
    value = fields.get(name, [])
    return value if isinstance(value, list) else []
