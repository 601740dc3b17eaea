"""Words that are nobody's but one customer's, and all that was printed or logged meanwhile."""

import io
import json
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from netdesk.log import logger
from tests.desk import Door

TYPED = {
    "name": "Quillfeather",
    "email": "zephyrine@example.org",
    "phone": "818-555-0142",
    "account": "wobblegong7",
    "subject": "Marzipanic",
    "message": "Snollygoster ate it.",
    "since": "Thrumbleday",
    "url": "https://skrimshander.example/",
    "error_text": "Flapdoodle 0x7",
}
FILE = ("frobnicle.txt", "text/plain", b"Gubbinsome content")
CODE = "Xylophage!77"
COOKIE = "Cuckoopint"
PRIVATE = (
    *(word for text in TYPED.values() for word in text.split()[:1]),
    "ann@example.org", "frobnicle", "Gubbinsome", CODE, COOKIE, "skrimshander", "zephyrine",
)  # fmt: skip
SERVICES = ("web", "staff", "outbox", "mail", "retention")


class Logs:
    """All that was printed or logged, by whichever way."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capfd: Any, streams: Any) -> None:
        self._caplog, self._capfd, self._streams = caplog, capfd, streams
        self.keys: set[str] = set()
        self.raised: list[str] = []

    @property
    def lines(self) -> list[Any]:
        """What powertools wrote: JSON, one event to a line."""
        whole = "".join(stream.getvalue() for stream in self._streams)
        return [json.loads(line) for line in whole.splitlines()]

    @property
    def text(self) -> str:
        records = [str(vars(record)) + record.getMessage() for record in self._caplog.records]
        out, err = self._capfd.readouterr()
        return "\n".join(
            [json.dumps(self.lines), self._caplog.text, out, err, *self.raised, *records]
        )

    def raises(self, door: Door, event: dict[str, Any]) -> None:
        """Lambda logs what a function raises: its message, its kind, and where it was."""
        try:
            door(event)
        except Exception as error:
            where = traceback.format_tb(error.__traceback__)
            self.raised += [str(error), type(error).__name__, *where]

    def words(self) -> list[str]:
        """Which of the planted words were told."""
        text = self.text.casefold()
        return [word for word in (*PRIVATE, *self.keys) if word.casefold() in text]


@pytest.fixture
def logs(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Logs]:  # fmt: skip
    streams = []
    for service in SERVICES:
        for handler in logger(service).handlers:
            streams.append(io.StringIO())
            monkeypatch.setattr(handler, "stream", streams[-1])
    caplog.set_level("DEBUG", logger="ticket_intake")
    yield Logs(caplog, capfd, streams)
