"""What SES tells of our mail has the effects of a mail that reports the same, and both are one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from netdesk.ticket import act
from tests import feedback_samples as ses
from tests.desk import NOW, entry
from tests.feedback_ways import PHONE, Ways, feedback_room, ways
from tests.mail_room import arrives, delivered
from tests.mail_samples import ANN, mail
from ticket_intake import token
from ticket_intake.desk import change_ticket
from ticket_intake.mailroom.feedback import Unreadable, take_in
from ticket_intake.outbox.dispatch import sweep

Way = Callable[[Ways], object]
EVENTS: dict[str, Way] = {
    "permanent": lambda at: at.event(ses.bounce),
    "failed": lambda at: at.event(ses.bounce, "Transient", "MailboxFull", "5.2.2"),
    "delayed": lambda at: at.event(ses.delay),
}
MAILS: dict[str, Way] = {
    "permanent": lambda at: at.mail("5.1.1", "permanent"),
    "failed": lambda at: at.mail("5.2.2", "failed"),
    "delayed": lambda at: at.mail("4.4.1", "delayed"),
}


@pytest.fixture
def at() -> Ways:
    return ways()


def effects(at: Ways) -> Any:
    reports = [(one.kind, one.public) for one in at.reports]
    return reports, at.ticket.state, at.ticket.calls, at.silent, len(at.cloud.outbox())


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("state", ["open", "resolved"])
@pytest.mark.parametrize("phone", [PHONE, ""])
def test_an_event_does_what_a_mail_does(name: str, state: str, phone: str) -> None:
    both = []
    for way in (EVENTS[name], MAILS[name]):
        at = ways(phone)
        if state == "resolved":
            change_ticket(at.room.desk, at.number, lambda t: act(t, "resolve", entry()), NOW)
        way(at)
        both.append(effects(at))
    assert both[0] == both[1]
    dead, place = name == "permanent", 3 if state == "resolved" else 2
    called = (place,) if dead and phone else ()
    assert both[0] == ([("note", False)], state, called, "came back" if dead else "", 1)


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("order", sorted({*permutations(("event", "event", "mail", "mail"))}))
def test_on_both_ways_twice_and_in_any_order_it_is_one_entry(
    at: Ways, name: str, order: tuple[str, ...]
) -> None:
    seen = []
    for way in order:
        {"event": EVENTS, "mail": MAILS}[way][name](at)
        seen.append(effects(at))
    assert seen == [seen[0]] * 4
    assert len(at.reports) == 1


def test_a_late_event_finds_the_entry_that_the_mail_made(at: Ways) -> None:
    at.mail()
    event = ses.raw(ses.bounce(ses.mail("", at.ses_id)))
    take_in(feedback_room(at.room), event, NOW + timedelta(days=14))
    assert len(at.reports) == 1


@pytest.mark.parametrize("order", [*permutations(EVENTS)])
def test_late_and_then_lost_are_two_entries_whichever_is_told_first(
    at: Ways, order: tuple[str, ...]
) -> None:
    """Of one mail it can only have failed once, for good or not."""
    for name in order:
        EVENTS[name](at)
    assert len(at.reports) == 2
    assert at.silent == "came back"


def test_each_mail_of_a_ticket_has_its_own_reports(at: Ways) -> None:
    at.event(ses.bounce)
    change_ticket(at.room.desk, at.number, lambda t: act(t, "reply", entry("Hi.")), NOW)
    assert sweep(at.mailer, NOW) == 1
    [second] = [row for row in at.cloud.outbox() if row["letter"] == "answer"]
    Ways(at.cloud, at.room, at.mailer, at.number, second["message_id"]).event(ses.bounce)
    assert len(at.reports) == 2
    assert at.ticket.calls == (2, 4)


def test_what_staff_read(at: Ways) -> None:
    at.event(ses.delay)
    at.event(ses.bounce)
    at.event(ses.complaint)
    delayed, came_back, complained = at.reports
    assert delayed.text == (
        "Mail to ann@example.org is late, and Amazon SES keeps trying: "
        "smtp; 421 4.4.1 Unable to connect to remote host"
    )
    assert came_back.text == (
        "Mail to ann@example.org came back: smtp; 550 5.1.1 user unknown\n"
        "For 60 days no machine writes there."
    )
    assert came_back.remark == (
        f"told by Amazon SES: Bounce, Permanent, General; of its mail {at.ses_id}"
    )
    assert complained.text.startswith(
        "Mail to ann@example.org was called spam by its reader: abuse"
    )


def test_after_a_complaint_machines_are_silent_and_staff_are_not(at: Ways) -> None:
    at.event(ses.complaint)
    assert (at.silent, at.ticket.calls) == ("was called spam", ())  # it did arrive
    arrives(at.cloud, at.room, mail(ANN, "Another.", subject="Another"), "inbound/another")
    assert sweep(at.mailer, NOW) == 0
    failed = [row["failed"] for row in at.cloud.outbox() if "failed" in row]
    assert failed == ["C3: mail to this address was called spam lately"]
    change_ticket(at.room.desk, at.number, lambda t: act(t, "reply", entry("Hi.")), NOW)
    assert sweep(at.mailer, NOW) == 1


@pytest.mark.parametrize("order", ["event, mail", "mail, event"])
def test_a_complaint_by_mail_is_the_same(at: Ways, order: str) -> None:
    told = at.report().replace(b"message/delivery-status", b"message/feedback-report")
    fields = b"Feedback-Type: abuse\nOriginal-Rcpt-To: <ann@example.org>\n"
    told = told.replace(b"Reporting-MTA: dns; mx.example.org\n", fields)
    for way in order.split(", "):
        if way == "event":
            at.event(ses.complaint)
        else:
            assert delivered(at.cloud, at.room, told).number == at.number
        assert effects(at) == ([("note", False)], "open", (), "was called spam", 1)


def test_mail_that_ses_holds_back_for_a_complaint_is_told_by_phone(at: Ways) -> None:
    at.event(ses.complaint, "abuse", "OnAccountSuppressionList")
    assert at.ticket.calls == (2,)
    assert "our mail was called spam there before" in at.reports[0].text


def test_a_report_that_says_it_is_no_spam_changes_nothing(at: Ways) -> None:
    at.event(ses.complaint, "not-spam")
    assert (at.reports, at.silent) == ([], "")


@pytest.mark.parametrize("to", ["bob@example.org", "ann@example.net"])
def test_somebody_elses_dead_address_silences_nobody(at: Ways, to: str) -> None:
    """To whom she forwards it, as the report of his mail system names him."""
    at.event(ses.bounce, to=to)
    assert (len(at.reports), at.silent, at.ticket.calls) == (1, "", ())


@pytest.mark.parametrize("kind", [ses.delay, ses.reject, ses.rendering_failure])
def test_without_headers_the_id_that_ses_gave_it_leads_to_the_ticket(at: Ways, kind: Any) -> None:
    at.told(kind(ses.mail("", at.ses_id)))
    assert len(at.reports) == 1


def test_only_a_token_or_an_id_of_ours_leads_to_a_ticket(
    at: Ways, caplog: pytest.LogCaptureFixture
) -> None:
    """As little as a reminder to the staff; and no log names anybody."""
    forged = token.sign(b"another secret", at.number)
    unknown = token.sign(at.room.desk.secret, "0000-0000")
    for about in (
        ses.mail(forged),
        ses.mail(unknown),
        ses.mail(at.number),
        ses.mail("", at.ses_id, "eve@evil.example"),
        ses.mail("", "another id"),
    ):
        at.told(ses.bounce(about))
    assert (at.reports, at.silent) == ([], "")
    logged = caplog.text + str([vars(record) for record in caplog.records])
    assert logged.count("no ticket's") >= 5
    assert not [word for word in ("ann@", "eve@", forged, "5.1.1") if word in logged]


def test_on_an_erased_ticket_nothing_is_written(at: Ways) -> None:
    def erased(found: Any) -> Any:
        changed = act(found, "note", entry("Erased."))
        return replace(changed, ticket=replace(changed.ticket, erased_at=NOW))

    change_ticket(at.room.desk, at.number, erased, NOW)
    at.event(ses.bounce)
    assert at.reports == []


def test_what_nobody_can_read_is_left_to_a_person(at: Ways) -> None:
    with pytest.raises(Unreadable):
        take_in(feedback_room(at.room), "{}", NOW)
