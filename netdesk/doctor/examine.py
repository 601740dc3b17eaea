"""Examines a desk, part after part: what is found is told at once."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from netdesk.doctor.checks import (
    alarms,
    certificate,
    clocks,
    form,
    incoming,
    mail_records,
    names,
    network,
    page,
    publish,
    ses_account,
    trace,
)
from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, skipped
from netdesk.doctor.trying import trying


@dataclass(frozen=True)
class Check:
    part: str  # one of PARTS
    look: Callable[[Desk], Iterator[Finding]]
    acts: bool = False  # opens a ticket, sends a mail, publishes


CHECKS = (
    Check("network", network.look),
    Check("dns", names.look),
    Check("certificate", certificate.look),
    Check("page", page.look),
    Check("records", mail_records.look),
    Check("ses", ses_account.look),
    Check("form", form.look, acts=True),
    Check("mail", incoming.look, acts=True),
    Check("publish", publish.look, acts=True),
    Check("clocks", clocks.look),
    Check("trace", trace.look),
    Check("alarms", alarms.look),
)


def examine(desk: Desk, parts: Collection[str]) -> Iterator[Finding]:
    """The findings of these parts, in the order of all parts."""
    for check in CHECKS:
        if check.part in parts:
            for finding in _found(desk, check):
                yield replace(finding, part=check.part)


def _found(desk: Desk, check: Check) -> Iterator[Finding]:
    if check.acts and desk.look_only:
        return iter([skipped("Not tried (--look-only).")])
    return trying(desk, check.look(desk))
