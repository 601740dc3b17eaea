"""Two invocations at the same time, in every order of their AWS calls; or one that dies at any."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, product
from random import Random
from typing import Any

from netdesk.pages import Pages
from status_publish.clock import tick
from tests.actor import Actor, Kill, Work
from tests.site_oracle import notices_of, unquiet
from tests.small_cloud import SmallCloud

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scenario:
    """Who do what at the same time, from where; and who looks after it in the end."""

    cloud: SmallCloud
    works: tuple[Work, ...]
    pages: tuple[Pages, ...]  # of each of them, and of the clock in the end
    now: datetime  # when they are all done
    refused: str = ""  # a sentence that one may be answered instead
    notices: int = 99  # at most
    minutes: int = 2  # of the clock until all is quiet
    ends: dict[Any, list[str]] = field(default_factory=dict, compare=False)  # what they came to


class Found(AssertionError):
    """A schedule after which something is wrong."""


@dataclass(frozen=True)
class Plan:
    """The first makes so many calls, then another so many, and so on; then each goes on alone."""

    first: int = 0
    calls: tuple[float, ...] = ()
    kill: Kill | None = None  # of the first


@dataclass(frozen=True)
class Outcome:
    plan: Plan
    actors: list[Actor]  # the first first
    early: list[bool]  # who was done within its first calls
    wrong: list[str]


def run(scenario: Scenario, plan: Plan) -> Outcome:
    cloud, many = scenario.cloud.copy(), len(scenario.works)
    places = [*range(plan.first, many), *range(plan.first)]
    actors = [Actor(cloud, scenario.works[place], scenario.pages[place]) for place in places]
    actors[0].kill = plan.kill
    turns = zip(cycle(actors), plan.calls, strict=False)
    early = [actor.go(calls) for actor, calls in turns]
    wrong = []
    for actor in actors:
        actor.go()
        wrong += actor.wrong
        if actor.error and not (scenario.refused and scenario.refused in str(actor.error)):
            wrong.append(repr(actor.error))
    state = cloud.state
    if state not in scenario.ends:
        scenario.ends[state] = _afterwards(scenario, cloud)
    return Outcome(plan, actors, early, wrong + scenario.ends[state])


def _afterwards(scenario: Scenario, cloud: SmallCloud) -> list[str]:
    """The clock's next minutes; then nothing may be left to do."""
    pages = scenario.pages[-1]
    for minute in range(1, scenario.minutes + 1):
        now = scenario.now + minute * MINUTE
        last = Actor(cloud, partial(tick, now=now), pages)
        last.go()
        if last.wrong or last.error:
            return [*last.wrong, repr(last.error)]
    many = len(notices_of(cloud))
    too_many = [f"there are {many} notices"] if many > scenario.notices else []
    return [*too_many, *unquiet(cloud, pages)]


@dataclass
class Tally:
    """How many schedules there are, how many of them had to be run, and what they found."""

    scenario: Scenario
    first_only: bool = False
    all: int = 0
    ran: int = 0
    found: list[Outcome] = field(default_factory=list)

    def run(self, plan: Plan) -> Outcome:
        self.all += 1
        self.ran += 1
        outcome = run(self.scenario, plan)
        if outcome.wrong:
            self.found.append(outcome)
            if self.first_only:
                raise Found(str(self))
        return outcome

    def __str__(self) -> str:
        told = [f"{len(self.found)} of {self.ran} that were run are wrong, of {self.all} in all"]
        told += [f"{found.plan}: {'; '.join(found.wrong[:4])}" for found in self.found[:3]]
        return "\n  ".join(told)


def switches(scenario: Scenario, *, first_only: bool = False) -> Tally:
    """Every schedule in which one is interrupted once and the other once at most.

    A schedule that only moves a read past calls that don't write what it reads is as the one before
    it: it is counted and not run.
    """
    tally = Tally(scenario, first_only)
    for first in (0, 1):
        mine, outcome = 1, _row(tally, first, 1, 1)
        while not outcome.early[0] and mine < len(outcome.actors[0].calls):
            moved, others = outcome.actors[0].calls[mine], outcome.actors[1].calls
            mine += 1
            hits = (place for place, call in enumerate(others) if call.minds(moved))
            same = next(hits, len(others))
            tally.all += same
            if same < len(others):
                outcome = _row(tally, first, mine, same + 1)
    return tally


def _row(tally: Tally, first: int, mine: int, theirs: int) -> Outcome:
    """After so many calls of the first: the other's next calls, until it is done."""
    while True:
        outcome = tally.run(Plan(first, (mine, theirs)))
        if outcome.early[1]:
            return outcome
        rest, others = outcome.actors[0].calls[mine:], outcome.actors[1].calls
        theirs += 1
        while not any(call.minds(others[theirs - 1]) for call in rest):
            theirs, tally.all = theirs + 1, tally.all + 1
            if theirs > len(others):
                return outcome


def deaths(scenario: Scenario) -> Tally:
    """Each dies before or after each of its calls; then the others go on, and the clock."""
    tally = Tally(scenario)
    for first in range(len(scenario.works)):
        calls = len(run(scenario, Plan(first)).actors[0].calls)
        for kill in product(range(calls), (False, True)):
            tally.run(Plan(first, kill=kill))
    return tally


def by_chance(scenario: Scenario, schedules: int, seed: int) -> Tally:
    """Schedules with many switches."""
    tally, dice = Tally(scenario), Random(seed)
    for _ in range(schedules):
        calls = tuple(dice.choice((1, 1, 2, 3, 8, 20)) for _ in range(dice.randint(3, 40)))
        tally.run(Plan(dice.randrange(len(scenario.works)), calls))
    return tally
