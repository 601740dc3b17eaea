"""Patterns that are compiled when they are first asked for: at a cold start most never are."""

import re
from collections.abc import Callable
from functools import cache


def lazy(pattern: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """Gives the compiled pattern, each time the same."""
    return cache(lambda: re.compile(pattern, flags))
