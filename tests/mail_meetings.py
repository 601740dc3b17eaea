"""Who may meet over one mail, or over one letter that waits to be sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netdesk.ticket import act
from tests.desk import NOW, entry
from tests.invocation import Faults, Invocation, Work
from tests.mail_scenarios import SCENARIOS, Scenario, with_ticket, wrong
from tests.mail_world import (
    delivering,
    desk_of,
    letting_out,
    room_of,
    sweeping,
    taking,
    taking_again,
)
from tests.small_cloud import SmallCloud
from ticket_intake.desk import change_ticket
from ticket_intake.mailroom.intake import take_in
from ticket_intake.mailroom.register import FOLLOW_UP

STAFFS = "MailsFunction"
Turns = Sequence[tuple[int, float]]  # who makes how many calls


@dataclass(frozen=True)
class Meeting:
    scenario: Callable[[], Scenario]
    works: Callable[[Scenario], list[Work]]


def together(
    meeting: Meeting, turns: Turns, plans: Mapping[int, Mapping[int, str]] = {}
) -> tuple[list[str], list[int]]:
    """What is wrong in the end, and how many calls each made, of whom some met faults.

    No event comes again: all that goes on is the stream, staff, and the minute.
    """
    scenario = meeting.scenario()
    world = scenario.world()
    world.queue.clear()
    works = meeting.works(scenario)
    faults = [Faults(plans.get(place, {})) for place in range(len(works))]
    actors = [Invocation(world.cloud, *both) for both in zip(works, faults, strict=True)]
    for who, calls in [*turns, *enumerate([float("inf")] * len(actors))]:
        actors[who].go(calls)
        world.notice_rows()
    staff = [a for a, work in zip(actors, works, strict=True) if work.function == STAFFS]
    if any(not actor.error for actor in staff):
        world.wanted.clear()  # they were answered
    world.faults.calls += [call for told in faults for call in told.calls]
    quiet = world.go_on()
    found = wrong(scenario, world) if quiet else ["it is never quiet"]
    return found, [len(told.calls) for told in faults]


def unsent() -> Scenario:
    return Scenario(with_ticket(answered=False), {}, frozenset())


def streamed(scenario: Scenario) -> Work:
    [image] = [row for key, row in scenario.before.rows.items() if key[1][:7] == "outbox#"]
    return delivering(image)


def quarantined() -> Scenario:
    """Registered, and not yet put away."""
    scenario = SCENARIOS["let out of quarantine"]()
    cloud: Any = scenario.world().cloud
    take_in(room_of(cloud), "inbound/one", NOW)
    return replace(scenario, before=SmallCloud(cloud.rows, cloud.objects, now=NOW))


def both_on_it() -> Scenario:
    """A bounce and the customer's answer come to one ticket."""
    one, two = (
        SCENARIOS[name]().mails["one"] for name in ("a follow-up with the token", "a bounce")
    )
    return Scenario(with_ticket(), {"one": one, "two": two}, frozenset({FOLLOW_UP}), {1: 0})


def first_and_solved() -> Work:
    """The mail is taken in, and at once somebody solves it."""

    def solve(client: Any) -> None:
        take_in(room_of(client), "inbound/one", NOW)
        desk = desk_of(client)
        for ticket in desk.tickets.in_state("open"):
            change_ticket(desk, ticket.number, lambda t: act(t, "resolve", entry()), NOW)

    return Work("StaffFunction", solve)


def copies(*mails: str) -> Callable[[Scenario], list[Work]]:
    return lambda _: [taking(mail) for mail in mails]


TWICE = SCENARIOS["one mail in two objects"]
MEETINGS = {
    "two deliveries": Meeting(SCENARIOS["a new mail"], copies("one", "one")),
    "two objects": Meeting(TWICE, copies("one", "two")),
    "the queue and the minute": Meeting(
        SCENARIOS["a new mail"], lambda _: [taking("one"), taking_again("one")]
    ),
    "two follow-ups": Meeting(SCENARIOS["a follow-up with the token"], copies("one", "one")),
    "a follow-up and a bounce": Meeting(both_on_it, copies("one", "two")),
    "an answer and what it answers": Meeting(
        SCENARIOS["a thread, its answer first"], copies("one", "two")
    ),
    "a copy and who solves it": Meeting(TWICE, lambda _: [taking("two"), first_and_solved()]),
    "two of staff": Meeting(quarantined, lambda _: [letting_out("one"), letting_out("one")]),
    "staff and the minute": Meeting(
        quarantined, lambda _: [letting_out("one"), taking_again("one")]
    ),
    "the stream and the minute": Meeting(unsent, lambda found: [streamed(found), sweeping()]),
    "two minutes": Meeting(unsent, lambda _: [sweeping(), sweeping()]),
}
EIGHT = {
    "take in a mail": Meeting(TWICE, copies(*["one", "one", "two", "two"] * 2)),
    "send a letter": Meeting(unsent, lambda found: [streamed(found), sweeping()] * 4),
}
