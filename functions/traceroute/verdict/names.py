"""The verdict on the name: rows 1 to 4 of the decision table."""

from collections.abc import Sequence
from dataclasses import replace

from netdesk.facts import OWN, Lookup
from netdesk.trace import OFF_LIMITS, REFUSED
from traceroute.verdict import name_rows
from traceroute.verdict.case import seen_from
from traceroute.verdict.evidence import View
from traceroute.verdict.row import Row, Verdict, written

# What one host says, and another may know better.
_OF_ONE_HOST = (name_rows.NO_STATEMENT.code, name_rows.REFUSED.code, name_rows.OFF_LIMITS.code)


def of_names(target: str, views: Sequence[View]) -> Verdict | None:
    """None when the name leads to addresses that may be traced."""
    ordered = sorted(views, key=lambda view: not view.probe.inside)
    said = [_one(target, view) for view in ordered]
    # Who is cut off says nothing, if anybody else can.
    sure = [one for one in said if one is None or one.code not in _OF_ONE_HOST]
    return next(filter(None, sure), None) if sure else said[0]


def _one(target: str, view: View) -> Verdict | None:
    if view.run.reason in (REFUSED, OFF_LIMITS):
        by_name = view.run.reason == REFUSED
        return written(name_rows.REFUSED if by_name else name_rows.OFF_LIMITS, target=target)
    own = view.lookups.get(OWN)
    if own is None:
        return None  # an address was asked for
    others = [lookup for resolver, lookup in view.lookups.items() if resolver != OWN]
    row = _row(own, others, view.probe.inside)
    if row == name_rows.NAMES_SILENT and view.online(4) is False:
        row = name_rows.NO_STATEMENT
    if row is None:
        return None
    of_the_host = row in (name_rows.NAMES_SILENT, name_rows.NO_STATEMENT)
    seen = seen_from(view.probe.inside, view.provider) if of_the_host else ""
    said = written(row, seen, target=target)
    told = [own.outcome, *(other.outcome for other in others)]
    agreed = len(told) > 1 and len(set(told)) == 1
    unsure = row in (name_rows.NO_SUCH_NAME, name_rows.NO_ADDRESS) and not agreed
    return replace(said, confidence="high") if unsure else said


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
