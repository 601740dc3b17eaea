"""Whole diagnoses over faults that were built: what both hosts see, and what one alone may say."""

import pytest

from tests.lab.diagnosing import said
from tests.lab.verdict_runs import Case, cases, measured

CASES = list(cases())


@pytest.fixture(scope="module")
def runs():
    return dict(zip(CASES, measured(CASES), strict=True))


@pytest.mark.timeout(300)  # the first one waits for all
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_fault_is_said_as_it_was_made(runs, case: Case):
    assert case.wrong(runs[case]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_host_outside_says_so(runs, case: Case):
    _, outside = runs[case]
    seen = "Seen from our measuring host outside Jet.Net's network, "
    assert said(outside).sentence.startswith(seen)
    assert said(outside).confidence != "certain" or said(outside).side != "ours"
