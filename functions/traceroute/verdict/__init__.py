"""Says where it breaks: what all measuring hosts of a job saw becomes one sentence."""

from collections.abc import Sequence
from dataclasses import replace

from netdesk.facts import Version
from netdesk.provider import Provider
from netdesk.trace import NO_PROBE, OFF_LIMITS, REFUSED, Run
from traceroute.verdict import name_rows, service_rows
from traceroute.verdict.case import seen_from
from traceroute.verdict.evidence import View
from traceroute.verdict.judge import judge
from traceroute.verdict.names import of_names
from traceroute.verdict.row import Verdict, written

__all__ = ["Verdict", "verdict"]

LOSSES = (service_rows.LOSS.code, service_rows.LOSS_BETWEEN.code, service_rows.LOSS_AT_END.code)
_WORDS: dict[Version, str] = {4: "IPv4", 6: "IPv6"}


def verdict(target: str, runs: Sequence[Run], provider: Provider) -> Verdict:
    """The sentence for what the customer asked for; `target` is the name or address as checked."""
    if not all(run.over for run in runs):
        return written(name_rows.PENDING, target=target)
    probes = {probe.name: probe for probe in provider.tracing.probes}
    told = [run for run in runs if run.state == "done" or run.reason in (REFUSED, OFF_LIMITS)]
    views = [View(probes[run.probe], run, provider) for run in told if run.probe in probes]
    if not views:
        away = all(run.reason == NO_PROBE for run in runs)
        return written(name_rows.NO_PROBE if away else name_rows.UNFINISHED, target=target)
    return of_names(target, views) or _of_ways(target, provider, views)


def _of_ways(target: str, provider: Provider, views: Sequence[View]) -> Verdict:
    seen = [way for view in views for way in view.ways]
    if not seen and any(view.lookups for view in views):
        return written(name_rows.NO_SUCH_VERSION, target=target)
    four, six = judge(target, provider, seen, 4), judge(target, provider, seen, 6)
    if four is None and six is None:
        mute = seen and not any(way.spoken for way in seen)
        return written(name_rows.NOT_SPOKEN if mute else name_rows.UNFINISHED, target=target)
    if four is None or six is None or four.good == six.good:
        return four or six or written(name_rows.UNFINISHED, target=target)
    good, bad = (four, six) if four.good else (six, four)
    if bad.confidence == "none":
        return good
    if bad.code in LOSSES:  # with loss it works, only badly
        return bad
    return _one_version(target, good, bad, seen_from(any(way.inside for way in seen), provider))


def _one_version(target: str, good: Verdict, bad: Verdict, seen: str) -> Verdict:
    """Row 22: by one version it works, and what is wrong with the other is said behind it."""
    works, fails = (_WORDS[one.version] for one in (good, bad) if one.version)
    said = written(service_rows.ONE_VERSION, seen, target=target, works=works, fails=fails)
    rest = bad.finding.removeprefix(seen)
    finding = f"{said.finding} Over {fails}: {rest}"
    return replace(bad, row=22, code=f"only-{works.lower()}", finding=finding)
