"""One run of a function that makes its AWS calls when it is let, and what befalls them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from greenlet import greenlet  # type: ignore[import-untyped]

from tests.permissions import Ask, asked_of
from tests.small_cloud import Item, Paginator, SmallCloud, error

ALL = float("inf")
AGAIN = "500", "500 after", "throttle", "timeout", "timeout after"  # which the SDK tries again
KINDS = (*AGAIN, "die", "die after")


class Killed(BaseException):
    """The invocation ends here: nothing catches it, and nothing that follows has an effect."""


@dataclass
class Faults:
    """What befalls which call; and all calls, each with the one before it and what befell it."""

    plan: Mapping[int, str] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    def next(self, before: str, method: str) -> str:
        kind = self.plan.get(len(self.calls), "")
        self.calls.append((before, method, kind))
        return kind

    @property
    def sent_again(self) -> int:
        """How many faults fell between a send and its mark."""
        sent = [c for c in self.calls if c[1] == "send_raw_email" and c[2].endswith("after")]
        unmarked = [c for c in self.calls if c[0] == "send_raw_email" and c[2]]
        return len(sent) + sum(not c[2].endswith("after") for c in unmarked)


@dataclass(frozen=True)
class Work:
    """What a function of the template does with its clients."""

    function: str
    do: Callable[[Any], object]


class Invocation:
    """One run of a function: it makes as many AWS calls as it is let, then waits."""

    def __init__(self, cloud: SmallCloud, work: Work, faults: Faults, attempts: int = 1) -> None:
        self._cloud, self._work, self._faults, self._attempts = cloud, work, faults, attempts
        self.done = self.dead = False
        self.error: BaseException | None = None
        self.asked: set[Ask] = set()
        self.meta = cloud.meta
        self._left, self._before = 0.0, ""
        self._thread = greenlet(self._run)

    def go(self, calls: float = ALL) -> bool:
        """Whether it is done; else it waits before its next call."""
        self._left = calls
        if not self.done:
            self._thread.switch()
        return self.done

    def _run(self) -> None:
        try:
            self._work.do(self)
        except (Killed, Exception) as error:
            self.error = error
        self.done = True

    def get_paginator(self, method: str) -> Paginator:
        return Paginator(self, method)

    def __getattr__(self, method: str) -> Any:
        return partial(self._call, method)

    def _call(self, method: str, **given: Any) -> Any:
        """As the SDK does: what may help to be tried again is."""
        for left in reversed(range(self._attempts)):
            try:
                return self._attempt(method, given)
            except (ClientError, ReadTimeoutError) as failed:
                if not left or getattr(failed, "injected", "") not in AGAIN:
                    raise
        raise AssertionError("an attempt returns or raises")

    def _attempt(self, method: str, given: Item) -> Any:
        while not self._left:
            self._thread.parent.switch()
        self._left -= 1
        if self.dead:
            raise Killed
        self.asked |= asked_of(method, given)
        kind = self._faults.next(self._before, method)
        self._before = method
        answer = getattr(self._cloud, method)(**given) if _has_effect(kind) else None
        if kind:
            self.dead = kind.startswith("die")
            raise _failure(kind)
        return answer


def _has_effect(kind: str) -> bool:
    return not kind or kind.endswith("after")


def _failure(kind: str) -> BaseException:
    if kind.startswith("die"):
        return Killed()
    codes = {"throttle": ("ThrottlingException", 400)}
    failed: Any = ReadTimeoutError(endpoint_url="https://aws.example")
    if not kind.startswith("timeout"):
        failed = error(*codes.get(kind, ("InternalServerError", 500)))
    failed.injected = kind
    return failed  # type: ignore[no-any-return]
