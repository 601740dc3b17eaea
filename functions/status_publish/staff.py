"""What staff do with notices: every change is kept first, then published."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from netdesk.draft import either
from netdesk.dynamo import Conflict
from netdesk.log import failed
from netdesk.maintenance import moved, planned
from netdesk.notice import (
    Notice,
    draw_id,
    edited,
    explained,
    next_update,
    opened,
    retracted,
    updated,
)
from netdesk.refused import Refused
from netdesk.staff import Asked
from netdesk.text import one_line
from status_publish import announce, request, templates
from status_publish.preview import preview
from status_publish.publish import Publisher, publish
from status_publish.request import Fields, text
from status_publish.views import Json, view

TRIES = 5
FORMS = {"sms": announce.sms, "phone": announce.phone, "social": announce.social}
NOTICE_ID = re.compile("[0-9]{8}-[0-9a-z]{3}")  # DynamoDB takes no empty or long key


def open_notice(publisher: Publisher, asked: Asked) -> Json:
    """A new incident, or with `from` and `to` a maintenance."""
    provider, zone = publisher.pages.provider, publisher.pages.provider.hours.zone
    draft = templates.filled(publisher.pages.site, request.draft(asked.fields, zone), asked.fields)
    window = request.window(asked.fields, zone)
    drawing = random.Random(asked.once)  # noqa: S311 - the same request draws the same ids
    for _ in range(TRIES):
        notice_id = draw_id(asked.now, zone, drawing)
        if window:
            made = planned(draft, window, provider, notice_id, asked.who, asked.now, asked.once)
        else:
            made = opened(draft, provider, notice_id, asked.who, asked.now, asked.once)
        notice = _promising(publisher, made, asked.now)
        if asked.dry_run:
            return preview(publisher, notice, asked.now)
        try:
            publisher.notices.add(notice)
        except Conflict:
            kept = publisher.notices.read(notice_id)
            if kept is None or kept.updates[0].once != asked.once:
                continue  # this id is taken: draw another
            notice = kept
        return _told(publisher, notice, asked.now)
    raise RuntimeError("no free notice id was drawn")


def change_notice(publisher: Publisher, asked: Asked, notice_id: str, verb: str) -> Json:
    """An update, an edit, a postmortem, or taking the notice back."""
    fields, now, who, once = asked.fields, asked.now, asked.who, asked.once
    state, message = text(fields, "state"), text(fields, "message")
    next_at = request.moment(fields, "next_update", publisher.pages.provider.hours.zone)
    changes: dict[str, Callable[[Notice], Notice]] = {
        "updates": lambda n: updated(n, state, message, who, now, next_at=next_at, once=once),
        "edit": lambda n: _edited(publisher, _seen(n, fields), asked),
        "postmortem": lambda n: explained(n, message, who, now, once),
        "retract": lambda n: retracted(n, message, who, now, once),
    }
    if verb not in changes:
        raise Refused(f"Notices know no action {one_line(verb, 40)}.")
    return _changed(publisher, asked, notice_id, changes[verb])


def show_notice(publisher: Publisher, notice_id: str, form: str = "") -> Json:
    """The notice; or in one of FORMS as a text to send or to read aloud."""
    notice, pages = _known(publisher, notice_id), publisher.pages
    if not form:
        return view(notice, pages)
    if form not in FORMS:
        raise Refused(f"A notice can't be shown as {one_line(form, 40)}: use {either(FORMS)}.")
    url = pages.notice_url(notice.id)
    return {"text": FORMS[form](notice, pages.provider, url, pages.when)}


def publish_site(publisher: Publisher, now: datetime, *, everything: bool) -> Json:
    done = publish(publisher, now, everything=everything)
    renewing = sorted(done.renewing, reverse=True)
    return {"revision": done.revision, "written": list(done.written), "renewing": renewing}


def _changed(
    publisher: Publisher, asked: Asked, notice_id: str, change: Callable[[Notice], Notice]
) -> Json:
    for _ in range(TRIES):
        was = _known(publisher, notice_id)
        if any(update.once == asked.once for update in was.updates):
            return _told(publisher, was, asked.now)  # the request came again
        notice = _promising(publisher, change(was), asked.now)
        if asked.dry_run:
            return preview(publisher, notice, asked.now)
        try:
            publisher.notices.change(notice, was)
        except Conflict:
            continue  # somebody else was quicker: decide anew
        return _told(publisher, notice, asked.now)
    raise Refused("Several people are changing this notice at the same moment: try again.")


def _told(publisher: Publisher, notice: Notice, now: datetime) -> Json:
    """The notice is kept whatever becomes of publishing: the clock finishes it within a minute."""
    try:
        publish(publisher, now)
        published = True
    except Exception as error:
        failed("notices", "kept, but not published", error)
        published = False
    return view(notice, publisher.pages) | {"published": published}


def _promising(publisher: Publisher, notice: Notice, now: datetime) -> Notice:
    """With the provider's promise when staff gave none."""
    if notice.next_at:
        return notice
    return replace(notice, next_at=next_update(notice, publisher.pages.provider, now))


def _known(publisher: Publisher, notice_id: str) -> Notice:
    wanted = notice_id.strip().lower()
    notice = publisher.notices.read(wanted) if NOTICE_ID.fullmatch(wanted) else None
    if notice is None:
        raise Refused(f"There is no notice {one_line(notice_id, 40)}: see `netdesk notice list`.")
    return notice


def _edited(publisher: Publisher, notice: Notice, asked: Asked) -> Notice:
    provider = publisher.pages.provider
    draft = request.draft(asked.fields, provider.hours.zone)
    window = request.new_window(notice, asked.fields, provider.hours.zone)
    if window:
        return moved(notice, window, draft, provider, asked.now)
    return edited(notice, draft, provider, asked.now)


def _seen(notice: Notice, fields: Fields) -> Notice:
    """The notice, unless it is another than the one that staff looked at."""
    version = fields.get("version", notice.version)
    if version != notice.version:
        raise Refused(f"Somebody changed notice {notice.id} meanwhile: look at it again first.")
    return notice
