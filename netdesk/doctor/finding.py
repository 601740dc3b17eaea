"""What the doctor says of one thing: how it is, and what to do."""

from dataclasses import dataclass
from typing import Literal

# `waits`: AWS has to do something first. `skipped`: it was not looked at, and `said` tells why.
State = Literal["good", "bad", "waits", "skipped"]


@dataclass(frozen=True)
class Finding:
    part: str  # one of PARTS; `examine` fills it in
    state: State
    said: str
    advice: str = ""
    copied: tuple[str, ...] = ()  # records and commands of the advice, to be copied as they are


def good(said: str) -> Finding:
    return Finding("", "good", said)


def bad(said: str, advice: str, *copied: str) -> Finding:
    return Finding("", "bad", said, advice, copied)


def waits(said: str, advice: str, *copied: str) -> Finding:
    return Finding("", "waits", said, advice, copied)


def skipped(said: str, advice: str = "") -> Finding:
    return Finding("", "skipped", said, advice)
