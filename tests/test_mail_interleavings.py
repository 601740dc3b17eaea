"""However many take in a mail or send a letter at the same time, and die: it is done once."""

from collections.abc import Iterator
from itertools import chain, product, repeat
from random import Random

import pytest

from tests.invocation import ALL
from tests.mail_meetings import EIGHT, MEETINGS, Meeting, copies, together
from tests.mail_scenarios import SCENARIOS
from tests.site_oracle import THOROUGH
from tests.test_mail_faults import quick

__all__ = ["quick"]  # a fixture
DEATHS = ("die", "die after")
EACH = pytest.mark.parametrize("name", MEETINGS)
OF_EIGHT = pytest.mark.parametrize("name", EIGHT)
Turns = list[tuple[int, float]]
Deaths = dict[int, dict[int, str]]


def calls_of(meeting: Meeting) -> list[int]:
    return together(meeting, [])[1]


def holds(meeting: Meeting, plans: list[tuple[Turns, Deaths]]) -> None:
    told = [(plan, together(meeting, *plan)[0]) for plan in plans]
    lines = [f"{plan}: {'; '.join(found)}" for plan, found in told if found]
    print(f"{len(lines)} of {len(plans)} schedules go wrong")
    assert not lines, "\n".join(lines[:5])


def switches(meeting: Meeting) -> Iterator[Turns]:
    """One is interrupted once, anywhere, for so many calls of the other."""
    calls = [most + 3 for most in calls_of(meeting)]
    for first, other in ((0, 1), (1, 0)):
        for mine, theirs in product(range(calls[first]), range(1, calls[other])):
            yield [(first, mine), (other, theirs), (first, ALL)]


@EACH
def test_one_interrupts_the_other_anywhere(name: str) -> None:
    holds(MEETINGS[name], [(turns, {}) for turns in switches(MEETINGS[name])])


@EACH
@pytest.mark.skipif(not THOROUGH, reason="runs with NETDESK_SCHEDULES=all")
@pytest.mark.timeout(3_600)
def test_who_is_interrupted_dies_anywhere(name: str) -> None:
    meeting = MEETINGS[name]
    holds(
        meeting,
        [
            (turns, {turns[0][0]: {place: kind}})
            for turns in switches(meeting)
            for place, kind in product(range(calls_of(meeting)[0] + 3), DEATHS)
        ],
    )


def test_an_answer_that_comes_twice_is_registered_where_it_is() -> None:
    """Once to its death; and before the second, what it answers has become another ticket."""
    works = copies("one", "one", "two")
    meeting = Meeting(SCENARIOS["a thread, its answer first"], works)
    plans: list[tuple[Turns, Deaths]] = [
        ([(0, mine), (1, ALL), (2, ALL)], {1: {place: kind}})
        for mine, place, kind in product(range(14), range(14), DEATHS)
    ]
    holds(meeting, plans)


def in_turns(calls: int) -> Turns:
    return [(who, 1) for _ in range(calls) for who in range(8)]


def by_chance(dice: Random) -> Turns:
    return [(dice.randrange(8), dice.choice((1, 1, 2, 5))) for _ in range(80)]


@OF_EIGHT
def test_of_eight_in_step_each_dies_at_each_call(name: str) -> None:
    turns = in_turns(20)
    most = max(together(EIGHT[name], turns)[1])
    kills = product(range(8), range(most), DEATHS)
    holds(EIGHT[name], [(turns, {who: {place: kind}}) for who, place, kind in kills])


@OF_EIGHT
def test_eight_meet_and_die_by_chance(name: str) -> None:
    """All die but by chance, each anywhere."""
    dice = Random(11)
    deaths = [
        {who: {dice.randrange(25): dice.choice(DEATHS)} for who in range(8)} for _ in range(150)
    ]
    holds(EIGHT[name], [(by_chance(dice), death) for death in deaths])


@OF_EIGHT
def test_eight_who_all_die_leave_it_to_the_minute(name: str) -> None:
    turns = in_turns(20)
    most = max(together(EIGHT[name], turns)[1])
    all_die = chain.from_iterable(zip(range(most), repeat(kind)) for kind in DEATHS)
    holds(EIGHT[name], [(turns, {w: {place: kind} for w in range(8)}) for place, kind in all_die])
