"""Sites of four days on disk, the API's own pages beside them, and a browser to look at both."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from infra.sample_site import write
from netdesk.notice import Notice, Update
from tests import traced
from tests.e2e.stack import Stack

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # a Tuesday, 10:00 Pacific
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Step = tuple[timedelta, str, str]  # how long ago, the state, the message

PLACES = """The lines to these places are cut, and **calls to them** are not answered:

- Burbank, 818 555 0140
- Glendale, 818 555 0150

See [all access numbers](https://www.example.net/numbers) for one that works."""
PLAN = """What is done:

1. The spare card is in.
2. The lines are joined one by one, `0140` first.

More in the [phone company's notice](https://phone.example/notices/42)."""


def told(name: str, title: str, impact: str, hit: str, *steps: Step, **more: Any) -> Notice:
    """A notice with these updates, the oldest first; `hit` are the keys of components."""
    updates = tuple(Update(NOW - ago, state, message, "ann") for ago, state, message in steps)
    at = updates[0].at
    keys = tuple(hit.split())
    return Notice(
        f"{at:%Y%m%d}-{name}", title, impact, keys, at, updates, version=len(updates), **more
    )


def works(name: str, title: str, hit: str, begins: datetime, hours: int, *steps: Step) -> Notice:
    window = {"scheduled_for": begins, "scheduled_until": begins + hours * HOUR}
    return told(name, title, "minor", hit, *steps, kind="maintenance", **window)


def over(name: str, days: int, minutes: int, impact: str, hit: str, title: str) -> Notice:
    """An incident that began so many days before this hour."""
    at = days * DAY
    return told(
        name, title, impact, hit,
        (at, "investigating", "We look for the cause."),
        (at - minutes * MINUTE, "resolved", "All answers again."),
    )  # fmt: skip


HISTORY = [
    over("h01", 2, 35, "minor", "mail-in", "Mail came late"),
    over("h02", 9, 240, "critical", "dns web", "Names of sites were not found"),
    over("h03", 23, 61, "major", "dialup", "No dial-up in Pasadena"),
    over("h04", 40, 90, "major", "dialup backbone", "A router restarted"),
    over("h05", 71, 20, "none", "web", "Statistics were not counted"),
    told(
        "h06", "Slow to Europe", "minor", "backbone",
        (55 * DAY, "investigating", "A cable is cut."), (54 * DAY, "resolved", "It is mended."),
        elsewhere="Ocean Cables",
    ),
    told(
        "h07", "Sent mail bounced", "minor", "mail-out",
        (15 * DAY, "investigating", "Some servers refuse our mail."),
        (15 * DAY - HOUR, "resolved", "They take it again."),
        (14 * DAY, "postmortem", "We were on a list by mistake:\n\n- we asked\n- they took us off"),
    ),
    told(
        "h08", "No web sites", "major", "web",
        (30 * DAY, "investigating", "We look."), (30 * DAY - HOUR, "retracted", "It was a test."),
    ),
    works(
        "h09", "New discs", "web", NOW - 5 * DAY, 2, (8 * DAY, "scheduled", "Short breaks."),
        (5 * DAY, "in_progress", "The maintenance has begun."),
        (5 * DAY - 2 * HOUR, "completed", "The maintenance is over."),
    ),
]  # fmt: skip
BAD = [
    told(
        "dia", "No dial-up in Burbank and Glendale", "major", "dialup",
        (160 * MINUTE, "investigating", "Some calls are not answered. We look for the place."),
        (130 * MINUTE, "investigating", PLACES),
        (95 * MINUTE, "identified", "A digger cut a cable in Olive Street."),
        (50 * MINUTE, "identified", PLAN),
        (15 * MINUTE, "identified", "Burbank answers again on half of its lines."),
        began_at=NOW - 3 * HOUR, next_at=NOW + 45 * MINUTE,
        meanwhile="Dial 818 555 0160 instead. Ask your phone company whether that is a local call.",
    ),
    told(
        "mai", "Mail is late by up to two hours", "minor", "mail-in mail-out",
        (5 * HOUR, "investigating", "Mail waits on our servers. None is lost."),
        (4 * HOUR, "identified", "A server with a *full disc* held the others up."),
        (3 * HOUR, "identified", "Half of the mail is delivered."),
        (2 * HOUR, "monitoring", "The rest goes out now."),
        next_at=NOW - 20 * MINUTE,
    ),
    told(
        "sta", "Statistics of web sites are of yesterday", "none", "web",
        (9 * HOUR, "investigating", "Last night's count did not run."),
        (8 * HOUR, "identified", "We know why: a name was changed."),
        (7 * HOUR, "identified", "We count again in the coming night."),
        (6 * HOUR, "monitoring", "It is planned for 23:00."),
        next_at=NOW + 14 * HOUR, meanwhile="Nothing to do: no visit is lost.",
    ),
    told(
        "cab", "A cable is cut near Denver", "minor", "backbone",
        (4 * HOUR, "investigating", "What goes east takes another way, and is slow."),
        (HOUR, "identified", "They have found the place."),
        elsewhere="Backbone Inc", next_at=NOW + 3 * HOUR,
    ),
    told(
        "net", "A worm fills lines everywhere", "none", "backbone mail-in",
        (6 * HOUR, "investigating", "Sites far away are slow or don't answer."),
        elsewhere="internet", next_at=NOW + 18 * HOUR,
    ),
]  # fmt: skip
MAINTENANCE = [
    works(
        "run", "New switches in Burbank", "dialup dedicated", NOW - 4 * HOUR, 3,
        (6 * DAY, "scheduled", "Lines drop for a minute, twice."),
        (4 * HOUR, "in_progress", "The maintenance has begun."),
        (90 * MINUTE, "in_progress", "One switch was broken when it came. We fetch another."),
    ),
    works(
        "dns", "New name servers", "dns", NOW + 2 * DAY, 2,
        (3 * DAY, "scheduled", "Nothing to do for you:\n\n- addresses stay\n- names stay"),
    ),
    works(
        "bac", "A second line to Chicago", "backbone", NOW + 15 * HOUR, 1,
        (2 * DAY, "scheduled", "The far part of the internet is slow."),
    ),
]  # fmt: skip
DAYS = {
    "first": [],
    "calm": HISTORY,
    "bad": BAD + HISTORY,
    "maintenance": MAINTENANCE + HISTORY,
}


@dataclass(frozen=True)
class Site:
    address: str
    folder: Path

    def text(self, key: str) -> str:
        return (self.folder / key).read_text(encoding="utf-8")


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    with running(server):
        yield Site(f"http://127.0.0.1:{server.server_address[1]}", folder)


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@contextmanager
def site_of(notices: list[Notice], folder: Path) -> Iterator[Site]:
    write(folder, notices, NOW)
    with served(folder) as site:
        yield site


def opened(context: BrowserContext, address: str, now: datetime = NOW) -> Page:
    """The page as it looks at this moment."""
    page = context.new_page()
    page.clock.set_fixed_time(now)
    page.goto(address)
    return page


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def api_pages(stack: Stack) -> dict[str, str]:
    """What the running desk answers, by name."""
    client = stack.client
    fields = {"name": "Ann", "email": "ann.pages@example.net", "message": "Silence."}
    made = {"ticket-opened": client.post("/api/tickets", **fields)}
    link = client.post_json("/api/tickets", **fields).json["link"]
    ticket = client.get(link).headers["Location"]
    made["ticket"] = client.get(ticket)
    made["ticket-empty-message"] = client.post(ticket, message="")
    made["form-with-errors"] = client.post("/api/tickets", email="no address", message="")
    made["trace-refused"] = client.post("/api/traces", target="192.168.1.1")
    made["no-such-trace"] = client.get("/api/traces/0")
    assert [one.status for one in made.values()] == [201, 200, 422, 422, 422, 404]
    return {name: answer.text for name, answer in made.items()} | traces()


def traces() -> dict[str, str]:
    """Of traces that found something, which takes a network."""
    first = traced.path(traced.HEALTHY[:3])
    return {
        "trace-running": traced.page(
            traced.PENDING, traced.view(first, state="running"), running=True
        ),
        "trace-done": traced.page(traced.TRANSIT, traced.view(traced.BROKEN)),
    }
