"""A desk to be examined in which all is well, and what is changed in it to plant a fault."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from netdesk.doctor.deployed import Deployed, Resource
from netdesk.doctor.desk import Clock, Desk
from netdesk.doctor.examine import examine
from netdesk.doctor.finding import Finding
from netdesk.doctor.records import Unanswered
from netdesk.doctor.web import Answer
from netdesk.provider import Provider
from tests.desk import NOW, REGION, provider
from tests.doctor.account import ANSWERS, DOMAIN, TOKENS, TOPIC, Account, Json

FRONT = f"https://{DOMAIN}"
OURS_V4, OURS_V6 = "192.0.2.53", "2001:db8:1::53"
API = f"https://abc.execute-api.{REGION}.amazonaws.com"
INBOUND, FEEDBACK = (
    f"inbound-smtp.{REGION}.amazonaws.com",
    f"feedback-smtp.{REGION}.amazonses.com",
)
SPF = "v=spf1 include:amazonses.com -all"
Table = Mapping[str, Mapping[str, list[str]]]

NAMES: dict[str, dict[str, list[str]]] = {
    DOMAIN: {
        "NS": ["ns1.dns.example", "ns2.dns.example"],
        "MX": [INBOUND],
        "A": ["198.51.100.1"],
        "AAAA": ["2001:db8:2::1"],
    },
    "isp.example": {"NS": ["ns1.dns.example"]},
    "ns1.dns.example": {"A": ["203.0.113.1"], "AAAA": ["2001:db8:2::53"]},
    "ns2.dns.example": {"A": ["203.0.113.2"]},
    INBOUND: {"A": ["203.0.113.25"]},
    f"_dmarc.{DOMAIN}": {"TXT": ["v=DMARC1; p=quarantine"]},
    f"bounce.{DOMAIN}": {"MX": [FEEDBACK], "TXT": [SPF]},
    "elsewhere.example": {"MX": ["mx.elsewhere.example"]},
    "mx.elsewhere.example": {"A": ["203.0.113.26"]},
    **{f"{t}._domainkey.{DOMAIN}": {"CNAME": [f"{t}.dkim.amazonses.com"]} for t in TOKENS},
}


class Names(dict[str, dict[str, list[str]]]):
    """DNS as a table; a name that is None there is not answered for."""

    def __call__(self, name: str, kind: str) -> tuple[str, ...]:
        found = self.get(name.lower(), {})
        if found is None:
            raise Unanswered(f"name servers say nothing of {name} ({kind}): time-out")
        return tuple(found.get(kind, []))


def names(**changed: Any) -> Names:
    """With these in place of the healthy ones; a dash in a name is written as __."""
    return Names(NAMES | {name.replace("__", "."): one for name, one in changed.items()})


@dataclass
class Time:
    """Stands still but for who sleeps; meanwhile the world goes on."""

    at: datetime = NOW
    world: list[Callable[[], object]] = field(default_factory=list)
    slept: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.at += timedelta(seconds=seconds)
        for happens in self.world:
            happens()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.sleep)


DEPLOYED = Deployed(
    "netdesk",
    {
        "Front": FRONT, "ApiUrl": API, "AlarmTopic": TOPIC, "ReceiptRuleSet": "rules-of-the-desk",
        "MailBucket": "mailbucket", "SiteBucket": "sitebucket", "TracesTable": "TracesTable",
        "DistributionDomain": "d1.cloudfront.net", "Log": "/netdesk/netdesk",
    },
    {
        "TicketsTable": Resource("AWS::DynamoDB::Table", "TicketsTable"),
        "MailAgeAlarm": Resource("AWS::CloudWatch::Alarm", "netdesk-MailAge"),
    },
)  # fmt: skip


def served(**changed: Any) -> Provider:
    own = {
        "mail_domains": ("isp.example",),
        "prefixes": (ip_network("192.0.2.0/24"), ip_network("2001:db8:1::/48")),
        "mail": f"problem@{DOMAIN}",
        "known_as": "problem@isp.example",
        "staff_mail": "oncall@elsewhere.example",
        "staff_senders": (),
    }
    return replace(provider(), **own | changed)


class Nobody:
    """Where nothing may be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked")

    def __call__(self, *given: Any) -> Any:
        raise AssertionError(f"{given} was asked")


def desk(answers: Mapping[tuple[str, str], Json | str] = {}, **changed: Any) -> Desk:
    nobody: Any = Nobody()
    given: Json = {
        "provider": served(), "front": FRONT, "region": REGION, "deployed": DEPLOYED,
        "staff": nobody, "client": Account(ANSWERS | answers).client, "records": names(),
        "web": nobody, "trusted": ssl.create_default_context(), "post": nobody,
        "clock": Time().clock,
        "log_command": "aws logs tail /netdesk/netdesk --since 15m --region us-west-2",
    }  # fmt: skip
    return Desk(**given | changed)


def pages(**changed: Answer) -> Callable[..., Answer]:
    """The front's pages as they should be, by names; with these in their place."""
    found = _pages() | changed
    places = {
        f"{FRONT}/status/": "status",
        f"{FRONT}/api/v2/summary.json": "summary",
        f"{FRONT}/netdesk-doctor/no-such-page/": "missing",
        f"http://{DOMAIN}/status/": "plain",
        f"{API}/api/form": "past",
    }
    return lambda url, headers=None, body=None: found[places[url]]


def _pages() -> dict[str, Answer]:
    guards = {
        "Content-Security-Policy": "frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }
    return {
        "status": Answer(200, guards, b"<html>"),
        "summary": summary(NOW - timedelta(minutes=3)),
        "missing": Answer(404, {"Content-Type": "text/html"}, b"<html>"),
        "plain": Answer(301, {"Location": f"{FRONT}/status/"}, b""),
        "past": Answer(403, {}, b"{}"),
    }


def summary(built: datetime) -> Answer:
    told = built.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Answer(200, {}, f'{{"page": {{"updated_at": "{told}"}}}}'.encode())


def found(given: Desk, *parts: str) -> list[Finding]:
    return list(examine(given, parts))


def of(state: str, findings: list[Finding]) -> Iterator[Finding]:
    return (one for one in findings if one.state == state)


def only_bad(given: Desk, *parts: str) -> Finding:
    [one] = of("bad", found(given, *parts))
    assert one.advice
    return one


def states(given: Desk, *parts: str) -> list[str]:
    return [one.state for one in found(given, *parts)]
