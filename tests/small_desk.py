"""The doors over a cloud in memory, for tests that knock thousands of times.

A file of tests works over it when it imports its fixture `cloud`, which goes before that of
tests/desk.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from netdesk import aws
from netdesk.dynamo import unpack
from netdesk.pages import Pages
from tests.desk import GIVEN, PUBLIC_URL, SECRETS, Cloud, provider
from tests.small_cloud import SmallCloud
from ticket_intake import wiring
from ticket_intake.web import wiring as web_wiring

PAGES = Pages(provider(), PUBLIC_URL)
CACHES: tuple[Callable[..., Any], ...] = (wiring.desk, wiring.codes, web_wiring.web)


class Small(Cloud):
    """What tests ask of a Cloud, of the small one."""

    def __init__(self) -> None:
        self._names = dict(GIVEN)
        self.small = SmallCloud()

    def _made(self, name: str, resource: Any) -> str:
        return name

    def rows(self, table: str, beginning: str = "") -> list[dict[str, Any]]:
        found = map(unpack, self.small.rows.values())
        return [row for row in found if row["pk"].startswith(beginning)]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    made = Small()
    monkeypatch.setattr(aws, "client", lambda service: made.small)
    monkeypatch.setattr(aws, "secret", lambda name: SECRETS[name].encode())
    monkeypatch.setattr(wiring, "Pages", lambda *_: PAGES)  # reading templates takes longest
    monkeypatch.setattr(wiring, "read", lambda _: provider())
    for one in CACHES:
        one.cache_clear()  # type: ignore[attr-defined]
    yield made
    for one in CACHES:
        one.cache_clear()  # type: ignore[attr-defined]
