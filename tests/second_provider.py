"""All that customers and staff get to read of the sample provider in samples/alpenfunk."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from infra.sample_site import sample
from infra.template import ROOT
from netdesk.draft import Draft, checked
from netdesk.facts import Control, Fact, Hop, Lookup, Service, Way
from netdesk.limits import Limits
from netdesk.notice import INTERNET, Notice
from netdesk.pages import SITE, Pages
from netdesk.provider_file import read
from netdesk.ticket import act
from netdesk.trace import Job, Run
from status_publish import announce, templates
from status_publish.render import whole_site
from tests import mail_world
from tests.desk import entry, fields, form, http_event
from tests.domain_forms import FORMS
from tests.mail_memory import Memory
from tests.mail_room import arrives
from tests.mail_samples import ANN, mail
from ticket_intake.desk import change_ticket
from ticket_intake.outbox.dispatch import sweep
from ticket_intake.web import form as web_form
from ticket_intake.web import ticket as web_ticket
from ticket_intake.web.answers import Web
from traceroute import ordering, reading
from traceroute.known import Published
from traceroute.tracing import Tracing

SAMPLE = ROOT / "samples" / "alpenfunk"
PROVIDER = read(SAMPLE / "provider.toml")
URL = "https://status.alpenfunk-support.example"
NOW = datetime(2026, 12, 5, 17, tzinfo=UTC)  # Saturday 18:00 in Vienna, before a holiday on Tuesday
FAR, NEAR = "192.0.2.80", ("203.0.113.1", "203.0.113.2")  # a site; routers of the provider's
FORMATS = {"sms": announce.sms, "phone": announce.phone, "social": announce.social}


def made_site(folder: Path) -> Path:
    """The site as docs/adopting.md has it made: ours, with the sample's files laid over it."""
    shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns("notices"))
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    return folder


def everything(site: Path) -> tuple[Pages, dict[str, str]]:
    """Each text under a name of its own, and the pages that made them."""
    pages = Pages(read(site / "provider.toml"), URL, site)
    parts = (published(pages), announced(pages), filled(pages), posted(pages), traced(pages))
    return pages, {name: text for part in parts for name, text in part}


# --- the status page -----------------------------------------------------------------------------


def notices() -> list[Notice]:
    """A bad day, with a notice of the whole internet, and one that is late and hits everything."""
    ours, theirs, *others = sample(PROVIDER, NOW)
    everywhere = replace(theirs, id="20261205-net", elsewhere=INTERNET)
    keys = tuple(component.key for component in PROVIDER.components)
    late = replace(ours, id="20261205-lat", components=keys, next_at=ours.opened_at)
    return [ours, theirs, *others, everywhere, late]


def published(pages: Pages) -> Iterator[tuple[str, str]]:
    for page in whole_site(pages, notices(), NOW):
        yield page.key, page.body
    for page in whole_site(pages, [], NOW):
        yield f"calm/{page.key}", page.body
    yield "heavy", pages.render("problem.html", heavy=True)


def announced(pages: Pages) -> Iterator[tuple[str, str]]:
    for notice in notices():
        for name, told in FORMATS.items():
            text = told(notice, pages.provider, pages.notice_url(notice.id), pages.when)
            yield f"{name} {notice.id}", text
        if notice.next_at or notice.scheduled_until:
            yield f"reminder {notice.id}", pages.render("mail/late_notice.txt", notice=notice)


def filled(pages: Pages) -> Iterator[tuple[str, str]]:
    """Its templates of notices, as staff list them, and each checked as if it were published."""
    for one in templates.listed(pages.site):
        yield f"template {one['name']}", json.dumps(one)
        values = dict.fromkeys(one["gaps"], "Main Street")
        given = {"template": one["name"], "values": values}
        made = templates.filled(pages.site, Draft("", "", (), ""), given)
        yield f"from template {one['name']}", checked(made, pages.provider, NOW).message


# --- tickets -------------------------------------------------------------------------------------


def posted(pages: Pages) -> Iterator[tuple[str, str]]:
    """What the form answers, the ticket's page, and every mail."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mail_world, "pages", lambda: pages)
        cloud = Memory()
        room, mailer = mail_world.room_of(cloud.s3), mail_world.mailer_of(cloud.s3)
        web = Web(room.desk, Limits(cloud.s3, "tickets"), cache(lambda: pytest.fail("no code")))
        yield from _by_form(web)
        opened = json.loads(_body(submit(web, wants="json")))
        yield "opened", json.dumps(opened)
        yield from _of_ticket(web, opened)
        told = entry("Plug it in.", at=NOW)
        for verb in ("reply", "resolve"):
            change_ticket(room.desk, opened["number"], lambda t, v=verb: act(t, v, told), NOW)
            yield from _of_ticket(web, opened, verb)
            asked = mail(ANN, "status", subject=f"status {opened['number']}")
            arrives(cloud, room, asked, f"inbound/{verb}", NOW)
        arrives(cloud, room, mail(ANN, subject="status K7Q2-9WXA"), "inbound/unknown", NOW)
        sweep(mailer, NOW)
        for place, sent in enumerate(cloud.s3.mails):
            yield f"mail {place}", _readable(sent)


def submit(web: Web, wants: str = "html", **changes: str) -> Response[str]:
    first = web.desk.provider.categories[0].key
    given = fields(category=first, subject="No signal") | changes
    return web_form.submit(web, _event("POST", form(given), wants), "198.51.100.7", NOW)


def _by_form(web: Web) -> Iterator[tuple[str, str]]:
    yield "taken", _body(submit(web, message="Another."))
    yield "taken by phone", _body(submit(web, email="", phone="+43 512 1", message="A third."))
    yield "refused", _body(submit(web, email="", message=""))
    yield "own mail", _body(submit(web, email="ann@alpenfunk.example"))
    yield "own address", _body(submit(web, email=PROVIDER.mail))
    yield "emergency", _body(submit(web, emergency="true"))
    yield "no order", _body(submit(web, form="domain"))
    wrong = FORMS["new"] | {"form": "domain", "registrant_voice": "1", "registrant_fax": ""}
    yield "wrong order", _body(submit(web, **wrong))


def _of_ticket(web: Web, opened: dict[str, str], verb: str = "open") -> Iterator[tuple[str, str]]:
    _, _, key = urlsplit(opened["link"]).query.partition("=")
    crumb = f"__Host-ticket-{opened['number']}={key}"
    for wants in ("html", "json"):
        for name, cookies in (("ticket", [crumb]), ("stranger", [])):
            event = _event("GET", None, wants, cookies)
            shown = web_ticket.show(web, event, opened["number"], NOW)
            yield f"{name} {verb} {wants}", _body(shown)


# --- traces --------------------------------------------------------------------------------------


def traced(pages: Pages) -> Iterator[tuple[str, str]]:
    tracing = Tracing(None, None, None, {}, Published(Memory().s3, "site"), pages)
    ours = (*_hops(*NEAR), *_silent(3))
    outside = (*_hops("198.51.100.1", FAR), *_answers())
    cases: dict[str, tuple[Run, ...]] = {
        "ours": (_run("outside", *outside, reached=True), _run("inside", *ours)),
        "from outside": (_run("outside", *_hops("198.51.100.1"), *_silent(2)),),
        "reached": (_run("outside", *outside, reached=True),),
        "away": (Run("outside", "failed", (), "no-probe"),),
        "running": (Run("outside", "running", ()), Run("inside", "queued", ())),
    }
    for name, runs in cases.items():
        job = Job("0" * 32, "www.example.org", tuple(run.probe for run in runs), NOW)
        yield f"trace {name}", reading.page(tracing, job, runs)
    refused = _event("POST", form({"target": "127.0.0.1"}), "html")
    yield "not traced", _body(ordering.order(tracing, refused, "198.51.100.7", NOW))
    for wants in ("html", "json"):
        unknown = reading.read(tracing, _event("GET", None, wants), "x", NOW)
        yield f"no trace {wants}", _body(unknown)


def _run(probe: str, *facts: tuple[type[Fact], dict[str, Any]], reached: bool = False) -> Run:
    way = {"version": 4, "address": FAR}
    names = (Lookup, {"resolver": "own", "outcome": "found", "addresses": (FAR,)})
    ends = (Way, way | {"progress": "reached" if reached else "ended"})
    online = (Control, {"address": PROVIDER.tracing.controls[0], "reached": True})
    listed = enumerate([names, (Way, way), *facts, ends, online], 1)
    return Run(probe, "done", tuple(kind(n=n, **given) for n, (kind, given) in listed))


def _hops(*addresses: str) -> list[Any]:
    pairs = enumerate(addresses, 1)
    return [(Hop, {"ttl": n, "addresses": (one,), "rtt_ms": 9.0 * n}) for n, one in pairs]


def _silent(first: int) -> list[Any]:
    nobody = [(Hop, {"ttl": ttl, "tries": 2}) for ttl in range(first, 31)]
    ports = [(Service, {"version": 4, "port": port, "connect": "silent"}) for port in (443, 80)]
    return nobody + ports


def _answers() -> list[Any]:
    web = {"version": 4, "connect": "open", "rtt_ms": 12.0, "status": 200}
    return [(Service, web | {"port": 443, "tls": "ok"}), (Service, web | {"port": 80})]


def _event(method: str, body: Any, wants: str, cookies: Any = ()) -> APIGatewayProxyEventV2:
    accepted = {"json": "application/json", "html": "text/html"}[wants]
    event = http_event(method, "/", body=body, headers={"accept": accepted}, cookies=cookies)
    return APIGatewayProxyEventV2(event)


def _body(answer: Response[str]) -> str:
    return answer.body or ""


def _readable(content: bytes) -> str:
    """A mail's headers and its text, decoded."""
    message: Any = message_from_bytes(content, policy=default)
    heads = "".join(f"{name}: {value}\n" for name, value in message.items())
    return heads + str(message.get_content()).replace("\r\n", "\n")
