"""What happens at the same time on a status page: staff, the clock, a newer release."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from netdesk.dynamo import moment, pack
from netdesk.maintenance import planned
from netdesk.notice import Notice, draw_id, updated
from netdesk.pages import Pages
from netdesk.provider_file import parse
from netdesk.staff import Asked
from status_publish import staff
from status_publish.clock import tick, watch_traffic
from status_publish.publish import publish
from status_publish.traffic import BACKLOG, FEW
from tests.actor import Work, clock_of
from tests.desk import ARN, NOW, PUBLIC_URL
from tests.interleaving import MINUTE, Scenario
from tests.small_cloud import SmallCloud
from tests.test_notice import DRAFT, notice
from tests.test_provider import EXAMPLE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COMPONENT = """
  [[group.component]]
  key = "{}"
  name = "{}"
  about = "About it."
  meanwhile = "Wait."
[[configuration]]"""


@cache
def pages() -> Pages:
    """Of a provider of three components."""
    text = EXAMPLE
    for key in ("mail", "web"):
        text = text.replace("\n[[configuration]]", COMPONENT.format(key, key.title()), 1)
    return Pages(parse(text), PUBLIC_URL)


# --- what they do --------------------------------------------------------------------------------


def asked(key: str, **fields: Any) -> Asked:
    return Asked(ARN, fields, NOW, key)


def opening(key: str, *components: str, **fields: Any) -> Work:
    given = {"title": f"Title {key}.", "impact": "major", "message": "We look."} | fields
    request = asked(key, components=list(components), **given)
    return lambda clock: staff.open_notice(clock.publisher, request)


def opened_by(key: str) -> str:
    """The id of the notice that this request opens."""
    return draw_id(NOW, pages().provider.hours.zone, random.Random(asked(key).once))


def changing(notice_id: str, verb: str, **fields: Any) -> Work:
    request = asked(f"{verb} {fields}", **fields)
    return lambda clock: staff.change_notice(clock.publisher, request, notice_id, verb)


def updating(notice_id: str, state: str = "monitoring") -> Work:
    return changing(notice_id, "updates", state=state, message=f"It is {state}.")


def ticking(now: datetime = NOW) -> Work:
    return partial(tick, now=now)


def counting(now: datetime = NOW) -> Work:
    """The end of a clock's minute, and its next one."""

    def work(clock: Any) -> Any:
        watch_traffic(clock, now)
        return tick(clock, now)

    return work


def window(begins: timedelta) -> dict[str, str]:
    return {"from": (NOW + begins).isoformat(), "to": (NOW + 9 * HOUR).isoformat()}


# --- where they do it ----------------------------------------------------------------------------

OPEN, WIDE, LATE, WORKS = "20261124-opn", "20261124-wid", "20261124-lat", "20261123-mnt"


@cache
def there() -> dict[str, Notice]:
    """Notices by their names here: what is over, what is not, and a maintenance to come."""
    made = replace(notice(), id=OPEN, opened_at=NOW - 2 * HOUR, components=("dialup",))
    made = replace(made, next_at=NOW + HOUR)
    old = replace(made, id="20261114-old", opened_at=NOW - 10 * DAY)
    draft = replace(DRAFT, components=("mail",))
    begins = NOW + MINUTE
    return {
        "old": updated(old, "resolved", "Done.", "bob", NOW - 9 * DAY),
        "open": made,
        "wide": replace(made, id=WIDE, components=("dialup", "mail")),
        "late": replace(made, id=LATE, next_at=NOW - HOUR),
        "works": planned(
            draft, (begins, begins + HOUR), pages().provider, WORKS, "anna", NOW - DAY
        ),
    }


@cache
def site(*names: str) -> SmallCloud:
    """A site with an old notice and these, whose heartbeat is due."""
    cloud: Any = SmallCloud()
    clock = clock_of(cloud, pages())
    for name in ("old", *names):
        clock.publisher.notices.add(there()[name])
    for minute in (9, 8, 7):
        tick(clock, NOW - minute * MINUTE)
    return SmallCloud(cloud.rows, cloud.objects)


@cache
def renewing() -> SmallCloud:
    """A site whose month is to be made anew in this minute."""
    cloud: Any = site("open").copy()
    publisher = clock_of(cloud, pages()).publisher
    publish(publisher, NOW - MINUTE)
    kept, built = publisher.notices.site(), (NOW - MINUTE / 2).isoformat()
    publisher.notices.published(kept, built, kept.release, (), {"2026-11"})
    return SmallCloud(cloud.rows, cloud.objects)


@cache
def heavy(*names: str) -> SmallCloud:
    """A site whose tickets are late, until the backlog is forgotten in a minute; nobody counted."""
    cloud = site(*names).copy()
    promised_by = moment(NOW - BACKLOG + MINUTE / 2)
    for number in range(FEW):
        keys = {"pk": f"ticket#{number}", "sk": "ticket"}
        row = keys | {"answered": "no", "promised_by": promised_by}
        cloud.put_item(TableName="tickets", Item=pack(row))
    return cloud


def of(cloud: SmallCloud, *works: Work, **more: Any) -> Scenario:
    given: dict[str, Any] = {"pages": (pages(),) * 3, "now": NOW} | more
    return Scenario(cloud, works, **given)


def scenarios(newer: Pages) -> dict[str, Scenario]:
    """By name. `newer` is another release's, which the clock has in the end."""
    opens, opens_two = opening("a", "dialup"), opening("b", "dialup", "mail")
    begin = NOW + MINUTE
    release: dict[str, Any] = {"pages": (pages(), newer, newer), "minutes": 6}
    not_yet, over = "There is no notice", "is resolved: open a new one"
    solve = updating(opened_by("a"), "resolved")
    return {
        "open, open": of(site("open"), opens, opens_two),
        "one request, sent twice": of(site(), opens, opens, notices=2),
        "open, update it": of(site(), opens, updating(opened_by("a")), refused=not_yet),
        "open, resolve it": of(site(), opens, solve, refused=not_yet),
        "update, resolve": of(
            site("open"), updating(OPEN), updating(OPEN, "resolved"), refused=over
        ),
        "resolve, heartbeat": of(site("open"), updating(OPEN, "resolved"), ticking()),
        "take a component away, open": of(
            site("wide"), changing(WIDE, "edit", components=["mail"]), opens
        ),
        "edit, edit back": of(
            site("open"),
            changing(OPEN, "edit", title="Another title."),
            changing(OPEN, "edit", title=there()["open"].title),
        ),
        "retract, open": of(site("open"), changing(OPEN, "retract", message="No."), opens_two),
        "update, release": of(site("open"), updating(OPEN), ticking(), **release),
        "heartbeat, release": of(
            site("open"), ticking(), ticking(begin), **(release | {"now": begin})
        ),
        "release, heartbeat": of(
            site("open"), ticking(begin), ticking(), **(release | {"now": begin})
        ),
        "heartbeat, release at once": of(site("open"), ticking(), ticking(), **release),
        "schedule, begin": of(
            site("works"), opening("a", "mail", **window(HOUR)), ticking(begin), now=begin
        ),
        "move, begin": of(
            site("works"),
            changing(WORKS, "edit", **window(HOUR)),
            ticking(begin),
            now=begin,
            refused="has begun: only its end",
        ),
        "renew, update": of(renewing(), ticking(), updating(OPEN)),
        "renew, open": of(renewing(), ticking(), opens_two),
        "count, update": of(heavy("open"), counting(), updating(OPEN)),
        "count, release": of(heavy("open"), counting(), ticking(), **release),
        "count, count less": of(heavy("open"), counting(), counting(begin), now=begin),
        "two clocks, one of them late": of(site("late"), ticking(), ticking(NOW + MINUTE / 60)),
    }
