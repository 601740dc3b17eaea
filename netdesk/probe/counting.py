"""Counts how many packets get lost, where the trace gave a reason to ask."""

from netdesk.facts import Hop, Loss, Version, hops, of_kind
from netdesk.probe.path.budget import Budget
from netdesk.probe.path.losses import losses
from netdesk.probe.path.plan import Done
from netdesk.probe.record import Record

USUAL = 40  # packets of a trace where nothing is wrong
EXTRA = 10  # of them, to the target
AGAIN = 10  # once one of them is lost
MOST_ROUNDS = 6


async def count(record: Record, version: Version, address: str, done: Done, left: Budget) -> None:
    """Some more packets to the target."""
    extra = max(0, min(EXTRA, USUAL - done.packets))
    sent, lost = (await losses(address, [done.hops], extra, left)).get(done.hops, (0, 0))
    record.add(Loss, version=version, ttl=done.hops, sent=sent, lost=lost)


async def recount(record: Record, version: Version, address: str, left: Budget) -> None:
    """If any got lost: more to the target, and some to every router."""
    heard = [hop for hop in hops(record.facts, version) if hop.addresses]
    before = {loss.ttl: loss for loss in of_kind(record.facts, Loss) if loss.version == version}
    if not (any(loss.lost for loss in before.values()) or _repeated(heard)):
        return
    end = heard[-1].ttl
    found = await losses(address, [end], AGAIN, left)
    rounds = min(MOST_ROUNDS, left.left // len(heard))
    around = await losses(address, [hop.ttl for hop in heard], rounds, left)
    for ttl in sorted(found.keys() | around.keys()):
        old = before.get(ttl)
        counts = [found.get(ttl, (0, 0)), around.get(ttl, (0, 0))]
        sent = sum(count[0] for count in counts) + (old.sent if old else 0)
        lost = sum(count[1] for count in counts) + (old.lost if old else 0)
        record.add(Loss, version=version, ttl=ttl, sent=sent, lost=lost)


def _repeated(heard: list[Hop]) -> bool:
    """Whether anybody who answers had to be asked twice."""
    return any(hop.tries > 1 for hop in heard)
