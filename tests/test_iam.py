"""Each function may do what it does and nothing else: its policy is what is observed, both ways."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from infra.template import parse, with_code
from tests.desk import doors, template
from tests.iam.actions import Ask
from tests.iam.granted import ANY, Grant, allowed, grants, listed, refused, resources, words
from tests.iam.observed import observe
from tests.iam.observer import Observer
from tests.iam.places import places
from tests.iam.services import FOR_NOTHING, FOR_THE_SERVICE, MANAGED, STARS
from tests.iam.trace import PROBES
from tests.test_template import TEXT, Policies

NAMES = [*doors(), *(policy for _, policy in PROBES.values())]


@pytest.fixture(scope="module")
def observer(account: Any) -> Observer:
    return observe(account)


def test_every_place_that_calls_aws_was_observed(observer: Observer) -> None:
    assert len(places()) > 30
    assert places() - observer.places == set()
    assert observer.unknown == set()


@pytest.mark.parametrize("name", NAMES)
def test_what_it_asks_for_is_granted(observer: Observer, name: str) -> None:
    in_vain = FOR_NOTHING.get(name, {}).keys()
    assert in_vain <= observer.asked[name]
    assert refused(name, observer.asked[name] - in_vain) == set()
    assert len(refused(name, in_vain)) == len(in_vain)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_granted_it_asks_for(observer: Observer, name: str) -> None:
    assert idle(name, observer.asked[name]) == FOR_THE_SERVICE.get(name, {}).keys()


def idle(name: str, asked: Iterable[Ask]) -> set[Grant]:
    """What nobody would miss, because nothing asks for it or another grant admits the same."""
    held, asked = set(grants(name)), [*asked]
    admitting = [{grant for grant in held if grant.admits(ask)} for ask in asked]
    return held - {grant for alone in admitting if len(alone) == 1 for grant in alone}


@pytest.mark.parametrize("name", NAMES)
def test_no_pattern_is_wider_than_what_it_asks_for(observer: Observer, name: str) -> None:
    assert wide(name, observer.asked[name]) == set()


def wide(name: str, asked: Iterable[Ask]) -> set[str]:
    """Patterns for which a longer one would do."""
    found, asked = set(), [*asked]
    for grant in grants(name):
        met = [ask.on for ask in asked if grant.admits(ask)]
        rows = [ask.key for ask in asked if ask.on == grant.on]  # whatever is done with them
        found |= {p for p, names in ((grant.on, met), (grant.keys, rows)) if goes_on(p, names)}
    return found - {ANY}


def goes_on(pattern: str, names: list[str]) -> bool:
    """Whether all names go on alike behind a pattern; of mail/2026/11/x the year says nothing."""
    fixed, star, _ = pattern.partition("*")
    behind = {re.split("[/#]", name[len(fixed) :])[0] for name in names if name.startswith(fixed)}
    return bool(star) and len(behind) == 1 and not behind.pop().isdecimal()


@pytest.mark.parametrize(
    ("pattern", "names", "alike"),
    [
        ("MailBucket/*", ["MailBucket/inbound/a", "MailBucket/inbound/b"], True),
        ("MailBucket/inbound/*", ["MailBucket/inbound/a", "MailBucket/inbound/b"], False),
        ("MailBucket/mail/*", ["MailBucket/mail/2026/11/a"], False),
        ("MailBucket/m*", ["MailBucket/mail/2026/11/a"], True),
        ("ticket#*", ["ticket#1", "ticket#2", "mail#1"], False),
        ("probe#*", ["probe#outside#alive", "probe#outside#job#1"], True),
        ("TicketsTable", ["TicketsTable"], False),
    ],
)
def test_a_pattern_that_is_too_wide_shows(pattern: str, names: list[str], alike: bool) -> None:
    assert goes_on(pattern, names) is alike


def test_an_index_is_granted_by_its_name() -> None:
    """`index/*` would take in the next one, too."""
    everything = {grant.on for name in NAMES for grant in grants(name)}
    assert not [on for on in everything if "/index/" in on and "*" in on]


# --- what is not the functions' own --------------------------------------------------------------


def test_what_sam_adds_to_a_role_is_what_its_events_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")  # SAM asks for one
    translated = transform(parse(with_code(TEXT, lambda _: "s3://code/x.zip")), {}, Policies())
    for name in doors():
        role = translated["Resources"][f"{name}Role"]["Properties"]
        events = template()["Resources"][name]["Properties"].get("Events", {}).values()
        needed = {"", *(event["Type"] for event in events)} & MANAGED.keys()
        added = {arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]}
        assert added == {MANAGED[kind].rpartition("/")[2].removesuffix(".html") for kind in needed}
        assert len(role["Policies"]) == 1


def test_no_other_role_has_a_policy_that_aws_wrote() -> None:
    """It may grow without us; and AWS's for a managed host reads every parameter there is."""
    everything = template()["Resources"]
    roles = [one["Properties"] for one in everything.values() if one["Type"] == "AWS::IAM::Role"]
    attached = [words(arn) for role in roles for arn in role.get("ManagedPolicyArns", [])]
    assert attached
    assert {everything.get(arn, {}).get("Type") for arn in attached} == {"AWS::IAM::ManagedPolicy"}


def test_each_star_has_its_reason() -> None:
    stars = {
        (name, action)
        for name, resource in template()["Resources"].items()
        for one in allowed(resource)
        for action in listed(one["Action"])
        if "*" in action or "*" in resources(one.get("Resource", []))
    }
    assert stars == STARS.keys()


def test_staff_may_call_their_own_routes_and_no_others() -> None:
    [grant] = grants("StaffPolicy")
    for name, resource in template()["Resources"].items():
        if resource["Type"] == "AWS::ApiGatewayV2::Route":
            method, path = resource["Properties"]["RouteKey"].split()
            called = Ask("execute-api:Invoke", f"Api/$default/{method}{path}")
            is_theirs = resource["Properties"]["AuthorizationType"] == "AWS_IAM"
            assert bool(grant.admits(called)) == is_theirs, name
