"""A mail is taken in and answered once, whatever befalls any of the AWS calls on its way."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest

from tests import mail_scenarios
from tests.invocation import KINDS, Faults
from tests.mail_scenarios import SCENARIOS, Scenario, wrong
from tests.site_oracle import THOROUGH
from ticket_intake.mailroom import intake as mail_intake
from ticket_intake.mailroom import on_ticket as mail_ticket
from ticket_intake.mailroom import staff as mails
from ticket_intake.outbox import letters

Plan = dict[int, str]
# How the SDK tries, and whether any event comes; and what is worth to befall a call then.
WORLDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "the SDK tries once": ({"attempts": 1}, KINDS),
    "the SDK tries three times": ({"attempts": 3}, ("500 after",)),
    "no event comes": ({"lost": True}, KINDS),
}
IN_PAIRS = "500", "500 after", "die", "die after"  # the others only raise another exception
EACH = pytest.mark.parametrize("name", SCENARIOS)
IN_EACH = pytest.mark.parametrize("world", WORLDS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and writing mails takes most of the time: equal bytes are read once."""
    parse = cache(mail_intake.parse)
    for module in (mail_intake, mail_ticket, mails, mail_scenarios):
        monkeypatch.setattr(module, "parse", parse)
    monkeypatch.setattr(letters, "automatic", lambda letter: f"{letter.number}".encode())
    monkeypatch.setattr("time.sleep", lambda _: None)


def found(scenario: Scenario, plan: Plan, given: dict[str, Any]) -> tuple[list[str], Faults]:
    """What is wrong in the end when this befell these calls."""
    world = scenario.world(faults=Faults(plan), **given)
    if not world.go_on():
        return ["it is never quiet"], world.faults
    calls = Faults(plan, [*world.faults.calls])
    return wrong(scenario, world), calls


def singles(scenario: Scenario, given: dict[str, Any], kinds: tuple[str, ...]) -> Iterator[Plan]:
    calls = len(found(scenario, {}, given)[1].calls)
    yield {}
    for place, kind in product(range(calls), kinds):
        yield {place: kind}


def failed(scenario: Scenario, plans: Iterator[Plan], given: dict[str, Any]) -> list[str]:
    """A line for each plan that went wrong, with which it can be run again."""
    lines, all_plans = [], [*plans]
    for plan in all_plans:
        told, faults = found(scenario, plan, given)
        if told:
            hit = {place: faults.calls[place][1] for place in plan if place < len(faults.calls)}
            lines.append(f"{plan} at {hit}: {'; '.join(told)}")
    print(f"{len(lines)} of {len(all_plans)} plans go wrong")
    return lines


@EACH
@IN_EACH
def test_any_fault_at_any_call(name: str, world: str) -> None:
    scenario, (given, kinds) = SCENARIOS[name](), WORLDS[world]
    lines = failed(scenario, singles(scenario, given, kinds), given)
    assert not lines, "\n".join(lines[:5])


@EACH
@pytest.mark.parametrize("world", ["the SDK tries once", "no event comes"])
@pytest.mark.skipif(not THOROUGH, reason="runs with NETDESK_SCHEDULES=all")
@pytest.mark.timeout(3_600)
def test_any_two_faults(name: str, world: str) -> None:
    scenario, (given, _) = SCENARIOS[name](), WORLDS[world]
    calls = len(found(scenario, {}, given)[1].calls) + 9
    pairs = (
        dict(zip(places, both, strict=True))
        for places in combinations(range(calls), 2)
        for both in product(IN_PAIRS, IN_PAIRS)
    )
    lines = failed(scenario, pairs, given)
    assert not lines, "\n".join(lines[:5])
