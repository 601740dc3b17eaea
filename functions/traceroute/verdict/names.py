"""The verdict on the name: rows 1 to 4 of the decision table."""

from collections.abc import Sequence
from dataclasses import replace

from netdesk.facts import OWN, Lookup
from netdesk.trace import REFUSED
from traceroute.verdict import name_rows
from traceroute.verdict.case import seen_from
from traceroute.verdict.evidence import View
from traceroute.verdict.row import Row, Verdict, written


def of_names(target: str, views: Sequence[View]) -> Verdict | None:
    """None when the name leads to addresses that may be traced."""
    ordered = sorted(views, key=lambda view: not view.probe.inside)
    said = [_one(target, view) for view in ordered]
    # Who is cut off says nothing, if anybody else can.
    sure = [one for one in said if one is None or one.code != name_rows.NO_STATEMENT.code]
    return next(filter(None, sure), None) if sure else said[0]


def _one(target: str, view: View) -> Verdict | None:
    if view.run.reason == REFUSED:
        return written(name_rows.REFUSED, target=target)
    own = view.lookups.get(OWN)
    if own is None:
        return None  # an address was asked for
    others = [lookup for resolver, lookup in view.lookups.items() if resolver != OWN]
    row = _row(own, others, view.probe.inside)
    if row == name_rows.NAMES_SILENT and view.online(4) is False:
        row = name_rows.NO_STATEMENT
    if row is None:
        return None
    seen = (
        seen_from(view.probe.inside, view.provider)
        if row in (name_rows.NAMES_SILENT, name_rows.NO_STATEMENT)
        else ""
    )
    said = written(row, seen, target=target)
    alone = row == name_rows.NO_SUCH_NAME and "failed" in (
        own.outcome,
        *(x.outcome for x in others),
    )
    return replace(said, confidence="high") if alone else said


def _row(own: Lookup, others: Sequence[Lookup], inside: bool) -> Row | None:
    """From outside, our measuring host's own name server is nobody's fault that we could name."""
    told = [lookup.outcome for lookup in others]
    if "found" in told:
        failed = own.outcome in ("failed", "no-such-name")
        return name_rows.OUR_NAME_SERVERS if failed and inside else None
    if own.outcome == "found":
        return None
    answers = [outcome for outcome in (own.outcome, *told) if outcome != "failed"]
    if not answers:
        return name_rows.NAMES_SILENT
    return name_rows.NO_SUCH_NAME if "no-such-name" in answers else name_rows.NO_ADDRESS
