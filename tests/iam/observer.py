"""Notes what functions ask of AWS while they run: calls, and links that they sign."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from infra.template import ROOT
from tests.iam.actions import MISSING, Ask, Given, asks, asks_when_missing

OURS = tuple(f"{ROOT / top}/" for top in ("netdesk", "functions"))
Place = tuple[str, str]  # a file, and a function in it


class Observer:
    """All calls of all clients go through here while it is on."""

    def __init__(self) -> None:
        self.asked: dict[str, set[Ask]] = defaultdict(set)  # by who asked
        self.places: set[Place] = set()
        self.unknown: set[str] = set()
        self._who: ContextVar[str] = ContextVar("who", default="")

    @contextmanager
    def on(self) -> Iterator[None]:
        build, call = BaseClient._emit_api_params, BaseClient._make_api_call

        def built(client: Any, **given: Any) -> Any:
            """What a call and a signed link have in common."""
            service = client.meta.service_model.service_name
            self._note(lambda: asks(service, given["operation_model"].name, given["api_params"]))
            return build(client, **given)

        def called(client: Any, operation: str, given: Given) -> Any:
            try:
                return call(client, operation, given)
            except ClientError as error:
                if error.response["Error"]["Code"] in MISSING:
                    self._note(lambda: {asks_when_missing(given)})
                raise

        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(BaseClient, "_emit_api_params", built))
            stack.enter_context(mock.patch.object(BaseClient, "_make_api_call", called))
            yield

    @contextmanager
    def acting(self, who: str) -> Iterator[None]:
        """What is asked meanwhile, in threads too, is this one's."""
        token = self._who.set(who)
        try:
            yield
        finally:
            self._who.reset(token)

    def _note(self, found: Callable[[], set[Ask]]) -> None:
        """What nobody asks is the tests' own."""
        who = self._who.get()
        if not who:
            return
        try:
            self.asked[who] |= found()
        except KeyError as error:  # a door would answer it with a sentence
            self.unknown.add(f"{who}: {error}")
        self.places |= set(_places())


def _places() -> Iterator[Place]:
    """Where in our own code we are, the innermost first."""
    frame: Any = sys._getframe(2)
    while frame:
        code = frame.f_code
        if code.co_filename.startswith(OURS):
            function = code.co_qualname.partition(".<locals>.<")[0]  # of a comprehension
            yield code.co_filename.removeprefix(f"{ROOT}/"), function
        frame = frame.f_back
