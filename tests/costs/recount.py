"""Writes infra/costs/counted.json anew: `pytest tests/costs/recount.py`."""

import pytest

from infra.costs.counted import Work, write
from tests.costs.parts import PARTS, room
from tests.costs.rooms import Room
from tests.costs.site import weights

FIXTURES = (room,)

steps: dict[str, Work] = {}
metrics: set[str] = set()


@pytest.mark.parametrize("part", PARTS)
def test_it_is_counted(room: Room, part: str) -> None:
    steps.update(PARTS[part](room))
    metrics.update(room.metrics)


def test_it_is_written_down() -> None:
    write(steps, metrics, weights())
