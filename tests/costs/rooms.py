"""Doors that are metered."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from importlib import import_module
from typing import Any

import pytest

from infra.costs.counted import Work
from tests.costs.metering import Meter
from tests.desk import NOW, Answer, Cloud, Door, ask, doors, stream_event

Steps = Iterator[tuple[str, Work]]
Doors = Callable[[str], Door]


class Stopped(datetime):
    """A clock that stands, so that the sizes of what is kept are always the same."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return NOW.astimezone(tz)


class Room:
    """A desk, and what its doors ask of AWS."""

    def __init__(self, cloud: Cloud, door: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud, self.monkeypatch = cloud, monkeypatch
        self.metrics: set[str] = set()
        self._door, self._open = door, dict[str, Door]()

    def run(self, function: str, event: dict[str, Any]) -> tuple[Work, Any]:
        meter, handler = Meter(), self._opened(function)
        with meter.on():
            answer = handler(event)
        self.metrics |= meter.metrics
        return meter.work(function, answer), answer

    def _opened(self, function: str) -> Door:
        if function not in self._open:
            self._open[function] = self._door(function)
            self.monkeypatch.setattr(import_module(doors()[function]), "datetime", Stopped)
        return self._open[function]

    def asked(self, function: str, method: str, path: str, **given: Any) -> tuple[Work, Answer]:
        """Over HTTP."""
        kept: list[Work] = []

        def metered(event: dict[str, Any]) -> Any:
            work, answer = self.run(function, event)
            kept.append(work)
            return answer

        answer = ask(metered, method, path, **given)
        assert answer.status < 400, answer.text
        return kept[0], answer

    def mailed(self) -> Work:
        """The stream brings the newest row of the outbox."""
        [row] = [row for row in self.cloud.outbox() if "unsent" in row]
        work, answer = self.run("OutboxFunction", stream_event(row))
        assert answer == {"batchItemFailures": []}
        assert work.calls["ses:SendRawEmail"] == 1
        return work
