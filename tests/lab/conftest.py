"""Skips what this machine can't do, and says why."""

import pytest

from tests.lab import lab, relay


@pytest.fixture(autouse=True, scope="session")
def _lab_possible():
    if why := lab.unavailable():
        pytest.skip(why)


@pytest.fixture
def slow_cables():
    if why := relay.unavailable():
        pytest.skip(why)
