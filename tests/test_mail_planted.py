"""Each safety of the mail's way is needed: without it, a fault or a meeting shows."""

import re
from typing import Any

import pytest

from tests import test_mail_interleavings
from tests.mail_meetings import MEETINGS, together
from tests.mail_scenarios import SCENARIOS
from tests.test_interleavings import plant
from tests.test_mail_faults import WORLDS, failed, quick, singles
from tests.test_mail_interleavings import switches
from ticket_intake.desk import _again, change_ticket
from ticket_intake.mailroom.intake import _away, _became
from ticket_intake.mailroom.register import Register
from ticket_intake.outbox.dispatch import _send
from ticket_intake.outbox.rows import Outbox
from ticket_intake.store import Tickets

__all__ = ["quick"]  # a fixture
KEEP, TAKE_OUT = "room.inbox.keep(stored)", "room.inbox.take_out(stored)"
# Where, what stood there, what stands there now, and what is then wrong.
ALONE: dict[str, tuple[str, Any, str, str, str]] = {
    "put away before it is registered": (
        "a new mail",
        _away,
        f"room.register.record(filed)\n    {KEEP}",
        f"{KEEP}\n    {TAKE_OUT}\n    room.register.record(filed)",
        "one is registered as None",
    ),
    "deleted before it is kept": (
        "a new mail",
        _away,
        KEEP,
        f"{TAKE_OUT}\n    {KEEP}",
        "one is not in mail/",
    ),
    "marked before it is sent": (
        "a new mail",
        _send,
        "    try:\n",
        "    mailer.outbox.sent(row, '', now)\n    try:\n",
        "0 letters",
    ),
    "more is read than the function may": (
        "a new mail",
        _became,
        "tickets.entry(number, 1)",
        "tickets.entries(number)[0]",
        "MailFunction may not dynamodb:Query",
    ),
}
TOGETHER: dict[str, tuple[str, Any, str, str, str]] = {
    "a mail is not known again": (
        "two objects",
        Tickets._take,
        "put_new(",
        "(lambda *given: {'Put': {**put_new(*given)['Put'], 'ConditionExpression': ''}})(",
        "2 tickets",
    ),
    "sent without a lease": (
        "the stream and the minute",
        Outbox.claim,
        " AND due_at <= :now",
        "",
        "2 letters",
    ),
    "a mail reopens its own ticket": (
        "a copy and who solves it",
        _again,
        ' or ticket.source == "mail"',
        "",
        "has 2 entries",
    ),
    "quarantine over a ticket": (
        "staff and the minute",
        Register.record,
        "attribute_not_exists(outcome) OR outcome = :quarantined",
        "",
        "registered as .*quarantined",
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_planted_fault_shows_when_a_call_fails(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, *fault, expected = ALONE[name]
    scenario, (given, kinds) = SCENARIOS[where](), WORLDS["the SDK tries once"]
    plant(monkeypatch, *fault)
    lines = failed(scenario, singles(scenario, given, kinds), given)
    assert shown(lines, expected)


@pytest.mark.parametrize("name", TOGETHER)
def test_a_planted_fault_shows_when_two_meet(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, *fault, expected = TOGETHER[name]
    meeting = MEETINGS[where]
    turns = [*switches(meeting)]
    plant(monkeypatch, *fault)
    assert shown(["; ".join(together(meeting, one)[0]) for one in turns], expected)


def test_a_planted_fault_shows_when_three_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, change_ticket, "known(desk, earlier)", "known(desk, wanted)")
    with pytest.raises(AssertionError, match="registered for"):
        test_mail_interleavings.test_an_answer_that_comes_twice_is_registered_where_it_is()


def shown(lines: list[str], expected: str) -> list[str]:
    found = [line for line in lines if re.search(expected, line)]
    print(f"{len(found)} of {len(lines)} say {expected}: {found[:1]}")
    return found
