"""Waiting until something is so: often at first, then more rarely."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from netdesk.doctor.desk import Desk

FIRST, MOST = 0.4, 5.0  # seconds between two looks
T = TypeVar("T")


def until(desk: Desk, what: str, look: Callable[[], T], seconds: float) -> T:
    """The first result of `look` that is true; its last one when the time is over."""
    deadline = desk.clock.now() + timedelta(seconds=min(seconds, desk.seconds))
    pause = FIRST
    while not (found := look()) and (left := (deadline - desk.clock.now()).total_seconds()) > 0:
        desk.waiting(what)
        desk.clock.sleep(min(pause, left))
        pause = min(pause * 1.5, MOST)
    return found
