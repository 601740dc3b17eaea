"""Ten faults as they happen to a desk, and the one finding that names each and says what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from netdesk.doctor.desk import Desk
from netdesk.doctor.parts import PARTS
from tests.desk import NOW
from tests.doctor.account import DOMAIN, TOKENS, alarm, identity, rule, rules, subscription
from tests.doctor.ward import OURS_V4, desk, found, names, of, pages, served, states, summary
from tests.doctor.whole_desk import Whole

Plant = Callable[[Whole], Desk]


@dataclass(frozen=True)
class Fault:
    part: str
    plant: Plant
    said: str
    do: str


def looked_at(**changed: object) -> Plant:
    return lambda whole: desk(**changed)


def switched_off(*what: str) -> Plant:
    def plant(whole: Whole) -> Desk:
        whole.off = {*what}
        whole.time.at += timedelta(minutes=14)
        return whole.desk()

    return plant


IDENTITY, RULES = ("sesv2", "GetEmailIdentity"), ("ses", "DescribeActiveReceiptRuleSet")
SNS = ("sns", "ListSubscriptionsByTopic")
PENDING = identity(VerifiedForSendingStatus=False, DkimAttributes={"Status": "PENDING"})
WITHOUT_DKIM = names(**{f"{token}._domainkey.{DOMAIN}": {} for token in TOKENS})
OUR_MX = names(mx__elsewhere__example={"A": [OURS_V4]})
OUR_MX[DOMAIN] = OUR_MX[DOMAIN] | {"MX": ["mx.elsewhere.example"]}
THIRD = {SNS: {"Subscriptions": [subscription("a@third.example")]}}
ALARM = {("cloudwatch", "DescribeAlarms"): {"MetricAlarms": [alarm(StateValue="ALARM")]}}
FAULTS = {
    "a name server in our own prefix": Fault(
        "network",
        looked_at(records=names(ns2__dns__example={"A": [OURS_V4]})),
        f"is served by ns2.dns.example ({OURS_V4} is in your own network 192.0.2.0/24)",
        "Let name servers elsewhere, such as Route 53, serve",
    ),
    "a mail server in our own prefix": Fault(
        "network",
        looked_at(records=OUR_MX, provider=served(staff_mail="a@third.example"), answers=THIRD),
        f"goes to mx.elsewhere.example ({OURS_V4} is in your own network",
        "Let this be its one MX record:",
    ),
    "staff in our own domain": Fault(
        "network",
        looked_at(provider=served(staff_mail="tech@isp.example")),
        "Staff are reminded at tech@isp.example, and it is in your own domain isp.example.",
        "staff_mail in site/provider.toml",
    ),
    "alarms to our own domain": Fault(
        "network",
        looked_at(answers={SNS: {"Subscriptions": [subscription("noc@isp.example")]}}),
        "Alarms go to noc@isp.example, and it is in your own domain",
        "deploy again with another --alarm-mail",
    ),
    "alarms to nobody": Fault(
        "alarms",
        looked_at(answers={SNS: {"Subscriptions": []}}),
        "Nobody is told of alarms.",
        "--alarm-mail ADDRESS",
    ),
    "DKIM missing": Fault(
        "ses",
        looked_at(answers={IDENTITY: PENDING}, records=WITHOUT_DKIM),
        f"DKIM: 3 of SES's CNAME records for {DOMAIN} are missing in DNS",
        "Add them;",
    ),
    "DMARC missing": Fault(
        "records",
        looked_at(records=names(**{f"_dmarc.{DOMAIN}": {}})),
        f"{DOMAIN} has no DMARC record",
        "Add it:",
    ),
    "the receipt rule set is not active": Fault(
        "ses",
        looked_at(answers={RULES: rules(rule(), name="of-another-program")}),
        "The receipt rule set of-another-program is active in SES, and not the desk's",
        "Make the desk's the active one",
    ),
    "the clock stands still": Fault(
        "page",
        looked_at(web=pages(summary=summary(NOW - timedelta(minutes=37)))),
        "The page was built 37 min ago: the clock stands still",
        "ClockFunction's schedule must be on",
    ),
    "the measuring host is away": Fault(
        "trace", switched_off("probe"), "was last heard of 14 min ago", "systemctl status netdesk-"
    ),
    "the form fails": Fault(
        "form", switched_off("form"), "The form fails (502)", "see what WebFunction complains of:"
    ),
    "mail is not taken in": Fault(
        "mail",
        switched_off("intake"),
        "A mail came in, but does not become a ticket",
        "trigger, the queue InboundMailQueue, and its schedule must be on",
    ),
    "an alarm is on": Fault(
        "alarms",
        looked_at(answers=ALARM),
        "Alarm: Mail waits",
        "docs/operating.md",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named_by_its_finding_with_what_to_do(name: str, whole: Whole) -> None:
    fault = FAULTS[name]
    planted = fault.plant(whole)
    bad = list(of("bad", found(planted, fault.part)))
    assert [one for one in bad if fault.said in one.said and fault.do in one.advice]
    assert len({one.advice[:30] for one in bad}) == 1  # and nothing else is said to be wrong


def test_without_a_fault_nothing_is_named(whole: Whole) -> None:
    looked = desk(web=pages())
    for part in PARTS:
        given = whole.desk() if part in ("form", "mail", "publish", "trace") else looked
        if part != "certificate":  # which a server shows: see test_certificate.py
            assert {*states(given, part)} == {"good"}, part
