"""Counts how many packets get lost, where the trace gave a reason to ask."""

from netdesk.facts import Hop, Loss, Version, hops
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.losses import losses
from netdesk.probe.path.plan import Done
from netdesk.probe.record import Record

USUAL = 40  # packets of a trace where nothing is wrong
EXTRA = 10  # of them, to the target
MOST_ROUNDS = 6  # the other version of IP may want some, too


async def count(record: Record, version: Version, address: str, done: Done, left: Budget) -> None:
    """Some more packets to the target; if any is lost, or was before, some to every router."""
    extra = max(0, min(EXTRA, USUAL - done.packets))
    counts = await losses(address, [done.hops], extra, left)
    heard = [hop for hop in hops(record.facts, version) if hop.addresses]
    sent, lost = counts.get(done.hops, (0, 0))
    if lost or _repeated(heard):
        rounds = min(MOST_ROUNDS, left.left // max(1, len(heard)))
        counts = await losses(address, [hop.ttl for hop in heard], rounds, left)
        more, missed = counts.get(done.hops, (0, 0))
        counts[done.hops] = sent + more, lost + missed
    for ttl, (sent, lost) in counts.items():
        record.add(Loss, version=version, ttl=ttl, sent=sent, lost=lost)


def _repeated(heard: list[Hop]) -> bool:
    """Whether anybody who answers had to be asked twice."""
    return any(hop.tries > 1 for hop in heard)
