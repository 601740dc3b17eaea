"""Whole diagnoses over faults that were built: what both hosts see, and what one alone may say."""

import pytest

from tests.lab.diagnosing import said
from tests.lab.verdict_runs import Case, cases, measured

CASES = list(cases())


@pytest.fixture(scope="module")
def runs():
    """One of each; two more, alone, of what is told wrong.

    A loss is a sample that chance may spoil, and a busy machine is late with its answers.
    """
    found = {case: [seen] for case, seen in zip(CASES, measured(CASES), strict=True)}
    again = [case for case in CASES if case.wrong(*found[case]) for _ in range(2)]
    for case, seen in zip(again, measured(again, at_once=1), strict=True):
        found[case].append(seen)
    return found


@pytest.mark.timeout(300)  # the first one waits for all
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_is_said_as_it_was_made(runs, case: Case):
    wrong = [said for seen in runs[case] if (said := case.wrong(seen))]
    assert len(wrong) <= (len(runs[case]) > 1), wrong


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_host_outside_says_so(runs, case: Case):
    _, outside = runs[case][0]
    seen = "Seen from our measuring host outside Jet.Net's network, "
    assert said(outside).sentence.startswith(seen)
    assert said(outside).confidence != "certain" or said(outside).side != "ours"
