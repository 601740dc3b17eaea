"""A trace for programs: the hops and other facts that are new to the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from netdesk.facts import Fact, Hop, of_kind, to_dict, to_row
from netdesk.trace import Job, Run, State
from traceroute.verdict import Verdict

Json = dict[str, Any]


def document(job: Job, runs: Sequence[Run], after: Sequence[int], said: Verdict) -> Json:
    """`next` is what to ask `after` the next time."""
    new = [Unread(run, seen) for run, seen in zip(runs, after, strict=True)]
    return {
        "id": job.id,
        "target": job.target,
        "state": state(runs),
        "hops": [hop for one in new for hop in one.hops],
        "probes": [one.told for one in new],
        "verdict": said.to_dict(),
        "next": ",".join(str(one.last) for one in new),
    }


@dataclass(frozen=True)
class Unread:
    """What one probe found out after the reader's last look."""

    run: Run
    seen: int  # the number of the last fact that the reader has

    @property
    def facts(self) -> list[Fact]:
        return [fact for fact in self.run.facts if fact.n > self.seen]

    @property
    def last(self) -> int:
        return max([self.seen, *(fact.n for fact in self.facts)])

    @property
    def hops(self) -> list[Json]:
        return [to_dict(hop) | {"probe": self.run.probe} for hop in of_kind(self.facts, Hop)]

    @property
    def told(self) -> Json:
        """What it found beside the hops, which stand apart."""
        run = self.run
        others = [to_row(fact) for fact in self.facts if not isinstance(fact, Hop)]
        return {"name": run.probe, "state": run.state, "reason": run.reason, "facts": others}


def cursor(text: str, runs: int) -> tuple[int, ...]:
    """One number for each run; what is no number, and what is missing, reads from the start."""
    parts = text.split(",")[:runs]
    seen = [int(part) if part.isdecimal() and len(part) < 6 else 0 for part in parts]
    return (*seen, *[0] * (runs - len(seen)))


def state(runs: Sequence[Run]) -> State:
    """Of the job as a whole."""
    if all(run.over for run in runs):
        return "done" if any(run.state == "done" for run in runs) else "failed"
    return "queued" if all(run.state == "queued" for run in runs) else "running"
