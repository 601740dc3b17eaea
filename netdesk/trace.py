"""The nouns of a trace: what was asked, and how far each probe has come with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from netdesk.facts import Fact, Version

State = Literal["queued", "running", "done", "failed"]
Method = Literal["icmp", "udp", "tcp"]
# Why a run failed: nobody took it; the name leads where nobody may go; it is a machine of ours.
NO_PROBE, REFUSED, OFF_LIMITS = "no-probe", "refused-address", "off-limits"

REASONS = ("", NO_PROBE, REFUSED, OFF_LIMITS)
MOST_FLOWS = 8


@dataclass(frozen=True)
class Wish:
    """How somebody wants it traced; None leaves it to the probe."""

    method: Method | None = None
    version: Version | None = None
    flows: int = 1  # more show the branches of load balancing


@dataclass(frozen=True)
class Job:
    """What somebody wants traced, and by which probes."""

    id: str
    target: str
    probes: tuple[str, ...]
    queued_at: datetime
    wish: Wish = Wish()


@dataclass(frozen=True)
class Run:
    """How far one probe has come with a job; `reason` is a machine's word for why it failed."""

    probe: str
    state: State
    facts: tuple[Fact, ...] = ()
    reason: str = ""

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")
