"""All that is metered."""

from collections.abc import Callable

import pytest

from tests.costs.rooms import Room, Steps
from tests.costs.site import notices
from tests.costs.tickets import bounces, mails, old_tickets, tickets
from tests.costs.traces import traces
from tests.desk import Cloud, Door

PARTS: dict[str, Callable[[Room], Steps]] = {
    "tickets": tickets,
    "mails": mails,
    "bounces": bounces,
    "old tickets": old_tickets,
    "notices": notices,
    "traces": traces,
}


@pytest.fixture
def room(cloud: Cloud, door: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(cloud, door, monkeypatch)
