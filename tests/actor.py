"""One invocation that makes its AWS calls one by one, when it is let; or dies at one of them."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from greenlet import greenlet  # type: ignore[import-untyped]

from netdesk.pages import Pages
from status_publish.bucket import Bucket
from status_publish.clock import Clock
from status_publish.promises import count
from status_publish.publish import Publisher
from status_publish.store import Notices
from tests.site_oracle import wrong_put
from tests.small_cloud import Item, Paginator, SmallCloud

READS = ("get_item", "batch_get_item", "query", "head_object")
WRITES = ("transact_write_items", "update_item", "put_object", "send_raw_email")
ALL = float("inf")
Work = Callable[[Clock], Any]
Kill = tuple[int, bool]  # at which call, and whether that still has its effect


class Killed(BaseException):
    """The invocation ends here: nothing catches it, and nothing that follows has an effect."""


@dataclass(frozen=True)
class Call:
    method: str
    about: frozenset[str]  # keys of objects, or kinds of rows
    fresh: bool = False  # it puts what was not there when all began

    @property
    def reads(self) -> bool:
        return self.method in READS

    def minds(self, other: "Call") -> bool:
        """Whether it can matter which of them is first."""
        if self.reads and other.reads:
            return False
        # The links of a page are looked at when it is put: then its order with new pages matters.
        linked = self.method == other.method == "put_object" and (self.fresh or other.fresh)
        return linked or not self.about.isdisjoint(other.about)


def call_of(method: str, given: Item, there: Container[str]) -> Call:
    match given:
        case {"Bucket": _, "Key": key}:
            return Call(method, frozenset({key}), fresh=key not in there)
        case {"Key": key}:
            rows = [key]
        case {"RequestItems": wanted}:
            rows = [key for one in wanted.values() for key in one["Keys"]]
        case {"TransactItems": steps}:
            told = [one for step in steps for one in step.values()]
            rows = [one.get("Key") or one["Item"] for one in told]
        case {"IndexName": index}:
            return Call(method, frozenset({index}))
        case {"ExpressionAttributeValues": {":kind": kind}}:
            rows = [{"pk": kind}]
        case _:
            return Call(method, frozenset({"mail"}))
    return Call(method, frozenset(row["pk"]["S"] for row in rows))


class Actor:
    """One invocation: it makes as many calls as it is let, then waits."""

    def __init__(self, cloud: SmallCloud, work: Work, pages: Pages) -> None:
        self._cloud, self._work, self._pages = cloud, work, pages
        self.kill: Kill | None = None
        self.calls: list[Call] = []
        self.wrong: list[str] = []
        self.done = self.dead = False
        self.error: Exception | None = None
        self.told: Any = None
        self._left, self._revision = 0.0, 0
        self._there = set(cloud.objects)
        self._thread = greenlet(self._run)

    def go(self, calls: float = ALL) -> bool:
        """Whether it is done; else it waits before its next call."""
        self._left = calls
        if not self.done:
            self._thread.switch()
        return self.done

    def _run(self) -> None:
        try:
            self.told = self._work(clock_of(self, self._pages))
        except Killed:
            pass
        except Exception as error:
            self.error = error
        self.done = True
        self.wrong += self._promises()

    def _promises(self) -> Iterator[str]:
        """Staff who are told that it is published find it on the front page."""
        if isinstance(self.told, dict) and self.told.get("published"):
            front = self._cloud.objects["status/index.html"].age
            if front[0] < self._revision:
                yield f"told to be published at {self._revision}, but the front page is of {front}"

    def get_paginator(self, method: str) -> Paginator:
        return Paginator(self, method)

    def __getattr__(self, method: str) -> Any:
        if method not in READS + WRITES:
            raise AttributeError(method)
        return lambda **given: self._call(method, given)

    def _call(self, method: str, given: Item) -> Any:
        while not self._left:
            self._thread.parent.switch()
        self._left -= 1
        place = len(self.calls)
        self._die(self.dead or self.kill == (place, False))
        self.calls.append(call_of(method, given, self._there))
        old = self._cloud.objects.get(given["Key"]) if "Bucket" in given else None
        answer = getattr(self._cloud, method)(**given)
        if method == "put_object":
            self.wrong += wrong_put(self._cloud, given["Key"], old)
        elif method == "transact_write_items":
            self._revision = int(self._cloud.rows["site", "site"]["revision"]["N"])
        self._die(self.kill == (place, True))
        return answer

    def _die(self, now: bool) -> None:
        if now:
            self.dead = True
            raise Killed


def clock_of(client: Any, pages: Pages) -> Clock:
    publisher = Publisher(Notices(client, "notices"), Bucket(client, "site"), pages)
    return Clock(publisher, client, partial(count, client, "tickets"))
