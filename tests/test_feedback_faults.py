"""An event of SES is told once, whatever befalls its calls, and whoever else reports the same."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import feedback_samples as ses
from tests.desk import NOW
from tests.feedback_ways import Ways, feedback_room, ways
from tests.invocation import ALL, KINDS, Faults, Invocation, Work
from tests.mail_room import thread
from tests.mail_world import room_of
from tests.test_interleavings import plant
from ticket_intake.mailroom import feedback
from ticket_intake.mailroom.intake import take_in as take_in_mail
from ticket_intake.store import Tickets


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def event(at: Ways, *, headers: bool = True) -> Work:
    """The door's work on one message; without headers the id leads to the ticket."""
    signed = thread(at.room, at.number) if headers else ""
    body = ses.raw(ses.bounce(ses.mail(signed, at.ses_id)))
    return Work(
        "FeedbackFunction", lambda c: feedback.take_in(feedback_room(room_of(c)), body, NOW)
    )


def mail(at: Ways) -> Work:
    """The mail door's, on the report that lies there."""
    at.cloud.s3.put_object(Bucket="mail", Key="inbound/b", Body=at.report())
    return Work("MailFunction", lambda client: take_in_mail(room_of(client), "inbound/b", NOW))


def began(at: Ways, work: Work, plan: dict[int, str] | None = None) -> Invocation:
    return Invocation(at.cloud.s3, work, Faults(plan or {}))


def calls(at: Ways, work: Work) -> int:
    faults = Faults()
    Invocation(at.cloud.s3.copy(), work, faults).go()
    return len(faults.calls)


def told(at: Ways) -> Any:
    rows = at.cloud.rows("", f"ticket#{at.number.replace('-', '')}")
    entries = [row for row in rows if row["sk"].startswith("entry#")]
    return len(at.reports), at.ticket.calls, at.silent, len(entries) - at.ticket.entries


ONCE = 1, (2,), "came back", 0


@pytest.mark.parametrize("headers", [True, False])
def test_whatever_befalls_a_call_the_next_delivery_makes_it_good(headers: bool) -> None:
    most = calls(ways(), event(ways()))
    for place in range(most + 2):
        for kind in KINDS:
            at = ways()
            work = event(at, headers=headers)
            first = began(at, work, {place: kind})
            first.go()
            for _ in range(2 if first.error else 1):
                again = began(at, work)
                again.go()
                assert again.error is None
            assert told(at) == ONCE, f"{kind} at call {place}"


def met(one: Callable[[Ways], Work], two: Callable[[Ways], Work]) -> set[Any]:
    """What came of it when the second did all its work after each call of the first."""
    outcomes = set()
    for switch in range(calls(at := ways(), one(at)) + 1):
        at = ways()
        first, second = began(at, one(at)), began(at, two(at))
        for actor, turns in ((first, switch), (second, ALL), (first, ALL)):
            actor.go(turns)
        assert (first.error, second.error) == (None, None)
        outcomes.add(told(at))
    return outcomes


MEETINGS = [(event, event), (event, mail), (mail, event)]


@pytest.mark.parametrize(
    ("one", "two"), MEETINGS, ids=["event twice", "event, mail", "mail, event"]
)
def test_who_reports_the_same_at_the_same_moment_adds_nothing(one: Any, two: Any) -> None:
    assert met(one, two) == {ONCE}


@pytest.mark.parametrize(("one", "two"), MEETINGS)
def test_without_the_condition_the_meeting_would_show(
    one: Any, two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = "(lambda *given: {'Put': {**put_new(*given)['Put'], 'ConditionExpression': ''}})("
    plant(monkeypatch, Tickets._take, "put_new(", loose)
    assert (2, (2, 3), "came back", 0) in met(one, two)
