"""What each measuring host saw, as the page and the ticket show it."""

import re
from collections.abc import Sequence

from netdesk.facts import Hop
from netdesk.provider import Probe, Provider
from netdesk.trace import NO_PROBE, Run
from traceroute import diagnostics
from traceroute.paths import Path, Stop, View
from traceroute.verdict import LOSSES, Verdict, evidence
from traceroute.verdict.evidence import Seen

AWAY = "This measuring host is away at the moment."
LOST = "This measuring host did not finish."
RATIONS = "answers traces slowly; normal"
SILENT = "does not answer traces; normal"


def views(provider: Provider, runs: Sequence[Run], said: Verdict) -> tuple[View, ...]:
    probes = {probe.name: probe for probe in provider.tracing.probes}
    gone = Probe("", "no longer in use", inside=False)
    return tuple(_view(evidence.View(probes.get(r.probe, gone), r, provider), said) for r in runs)


def _view(view: evidence.View, said: Verdict) -> View:
    run = view.run
    ways = tuple(view.ways)
    return View(
        name=run.probe,
        place=view.probe.place,
        state=run.state,
        sentence=_sentence(run),
        paths=tuple(_path(seen, said) for seen in ways if seen.spoken),
        diagnostics=diagnostics.rows(view, ways),
    )


def _sentence(run: Run) -> str:
    if run.state != "failed":
        return ""
    return AWAY if run.reason == NO_PROBE else "" if run.reason else LOST


def _path(seen: Seen, said: Verdict) -> Path:
    return Path(
        version=seen.version,
        address=seen.way.address,
        stops=tuple(_stop(seen, hop) for hop in seen.hops),
        reached=seen.arrives,
        break_after=_break(seen, said),
    )


def _break(seen: Seen, said: Verdict) -> int | None:
    """Behind which hop the picture is cut: a loop is shown once round."""
    if said.confidence == "low" or said.version != seen.version or not _is_about(seen, said):
        return None
    ring = seen.ring
    return ring[-1].ttl if ring and ring[0].ttl == said.after else said.after


def _is_about(seen: Seen, said: Verdict) -> bool:
    """The verdict speaks of one host's way: the one that has its hop. Loss is told by the first
    that loses, all else by the last that answers."""
    loses = said.code in LOSSES
    if said.after is None or loses != seen.arrives:
        return False
    heard = [hop for hop in seen.hops if hop.addresses and hop.ttl >= said.after + loses]
    named = set(re.split(", | and ", said.where))
    return bool(heard and (loses or heard[0].ttl == said.after) and {*heard[0].addresses} & named)


def _stop(seen: Seen, hop: Hop) -> Stop:
    networks = [seen.view.networks.get(address) for address in hop.addresses]
    network = next(filter(None, networks), None)
    owner = seen.owner(hop)
    return Stop(
        ttl=hop.ttl,
        addresses=hop.addresses,
        rtt_ms=hop.rtt_ms,
        mark=hop.mark,
        name=network.name if network else "",
        operator=owner.operator,
        asn=network.asn if network and owner.operator and not owner.ours else None,
        note=_note(seen, hop),
    )


def _note(seen: Seen, hop: Hop) -> str:
    """Row 20 of the decision table: what looks bad and is not."""
    last = seen.last
    if last is None or hop.ttl >= last.ttl:
        return ""
    if not hop.addresses:
        return SILENT
    sent, lost = seen.losses.get(hop.ttl, (0, 0))
    end_lost = seen.losses.get(last.ttl, (0, 0))[1]
    return RATIONS if lost and not end_lost and sent else ""
