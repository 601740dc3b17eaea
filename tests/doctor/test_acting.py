"""The checks that do something, on a whole desk: what they find, and that nothing is left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from netdesk.doctor.checks.trial import CUSTOMER
from netdesk.limits import Limits
from netdesk.trace import OFF_LIMITS
from tests.desk import provider
from tests.doctor import ward
from tests.doctor.ward import found, only_bad, states
from tests.doctor.whole_desk import CUT_OFF, REACHED, Staff, Whole
from ticket_intake.mailroom.intake import FLOODS
from ticket_intake.outbox.dispatch import ACKNOWLEDGEMENTS

SENDER = f"netdesk-doctor@{provider().mail.rpartition('@')[2]}"
ACTING = ("form", "mail", "publish", "trace")


def test_all_works_and_nothing_is_left(whole: Whole) -> None:
    told = found(whole.desk(), *ACTING)
    assert [one for one in told if one.state != "good"] == []
    assert whole.left() == []
    assert whole.ticket_states() == ["resolved", "resolved"]
    assert len(whole.cloud.sent()) == 2  # acknowledgement and answer; the test mail is not answered
    assert whole.cloud.objects("mailbucket") == {}


def test_to_look_only_changes_nothing(whole: Whole) -> None:
    told = found(whole.desk(look_only=True), *ACTING)
    assert [one.state for one in told] == ["skipped", "skipped", "skipped", "good", "skipped"]
    assert whole.asked == []
    assert whole.cloud.tickets() == []


# --- form ----------------------------------------------------------------------------------------


def test_a_form_that_fails_is_named(whole: Whole) -> None:
    whole.off = {"form"}
    bad = only_bad(whole.desk(), "form")
    assert bad.said == "The form fails (502): customers can't report a problem."
    assert bad.copied == (whole.desk().log_command,)


def test_a_form_that_is_full_says_when_to_come_again(whole: Whole) -> None:
    web = lambda *_: ward.Answer(429, {}, b"{}")  # noqa: E731
    assert "Wait the ten minutes" in only_bad(whole.desk(web=web), "form").advice


def test_a_link_that_shows_nothing_is_named_and_the_ticket_removed(whole: Whole) -> None:
    def no_cookies(url: str, headers: Any = None, body: Any = None) -> ward.Answer:
        kept = {name: value for name, value in (headers or {}).items() if name != "Cookie"}
        return whole.web(url, kept, body)

    bad = only_bad(whole.desk(web=no_cookies), "form")
    assert bad.said.startswith("The link of the ticket does not show it (303)")
    assert whole.left() == []


def test_a_ticket_that_staff_do_not_see_is_named(whole: Whole) -> None:
    class Blind(Staff):
        def get(self, *path: str, **query: str) -> Any:
            told = super().get(*path, **query)
            return told | {"tickets": []} if path == ("staff", "tickets") else told

    bad = only_bad(whole.desk(staff=Blind(whole)), "form")
    assert bad.said == "The ticket is not in the staff's queue."
    assert whole.left() == []


def test_a_ticket_that_is_held_is_named_and_removed_all_the_same(whole: Whole) -> None:
    def trapped(url: str, headers: Any = None, body: bytes | None = None) -> ward.Answer:
        return whole.web(url, headers or {}, body and body + b"&leave_empty=x")

    told = found(whole.desk(web=trapped), "form")
    assert ["held as a machine's work" in one.said for one in ward.of("bad", told)] == [True]
    assert whole.left() == []


def test_an_answer_that_is_not_sent_is_named_after_two_minutes(whole: Whole) -> None:
    whole.off = {"outbox"}
    bad = only_bad(whole.desk(), "form")
    assert bad.said == "An answer by staff was not sent: customers get no mail."
    assert "OutboxFunction" in bad.advice
    assert 119 < whole.time.slept < 125
    assert whole.left() == []
    whole.off = set()
    whole.goes_on()
    assert whole.cloud.sent() == []  # what was erased goes to nobody later


def test_an_answer_that_ses_refuses_is_named(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole.cloud.ses, "verify_domain_identity", lambda **_: None)
    whole.cloud.ses.delete_identity(Identity=provider().mail.rpartition("@")[2])
    bad = only_bad(whole.desk(), "form")
    assert bad.said.startswith("SES refused the answer by staff: ")
    assert "netdesk doctor ses" in bad.advice


def test_an_acknowledgement_that_is_held_back_says_nothing(whole: Whole) -> None:
    """As after three runs in an hour; what staff write goes all the same."""
    limits = Limits(whole.cloud.dynamodb, "TicketsTable")
    for hour in (whole.time.at, whole.time.at + timedelta(hours=1)):
        for _ in range(ACKNOWLEDGEMENTS[0].most):
            limits.wait(ACKNOWLEDGEMENTS[0], CUSTOMER, hour)
    assert {*states(whole.desk(), "form")} == {"good"}
    assert len(whole.cloud.sent()) == 1


def test_a_ticket_that_can_not_be_removed_is_told_with_what_to_do(whole: Whole) -> None:
    whole.off = {"erase"}
    bad = only_bad(whole.desk(), "form")
    [ticket] = whole.cloud.tickets()
    assert f"The test ticket {ticket['number']} could not be removed: The desk failed" in bad.said
    assert bad.copied == tuple(
        f"netdesk ticket {v} {ticket['number']}" for v in ("resolve", "erase")
    )


def test_the_ticket_is_removed_when_the_doctor_is_stopped(whole: Whole) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    whole.off = {"outbox"}
    whole.time.world.append(stopped)
    with pytest.raises(KeyboardInterrupt):
        found(whole.desk(), "form")
    assert whole.left() == []
    assert whole.ticket_states() == ["resolved"]


# --- mail ----------------------------------------------------------------------------------------


def test_a_mail_that_lies_in_the_bucket_is_told_apart_from_one_that_never_came(
    whole: Whole,
) -> None:
    whole.off = {"intake"}
    bad = only_bad(whole.desk(), "mail")
    assert bad.said.startswith("A mail came in, but does not become a ticket")
    assert "MailFunction" in bad.advice and "InboundMailQueue" in bad.advice
    bad = only_bad(whole.desk(post=lambda *_: None), "mail")
    assert bad.said == f"A mail to {provider().mail} did not come in within 120 seconds."
    assert "netdesk doctor records ses" in bad.advice


def test_what_comes_late_is_removed_by_the_next_doctor(whole: Whole) -> None:
    whole.off = {"intake"}
    found(whole.desk(), "mail")
    whole.off = set()
    whole.goes_on()
    [late] = whole.cloud.tickets()
    assert late["state"] == "open"
    whole.time.at += timedelta(minutes=11)
    assert states(whole.desk(), "mail") == ["good", "good"]
    assert whole.left() == []
    assert whole.ticket_states() == ["resolved", "resolved"]


def test_the_tickets_of_another_doctor_at_work_are_left_alone(whole: Whole) -> None:
    whole.off = {"resolve"}
    found(whole.desk(), "form")
    whole.off = set()
    whole.time.at += timedelta(minutes=5)
    assert "bad" not in states(whole.desk(), "form", "mail")
    assert sorted(whole.ticket_states()) == ["open", "resolved", "resolved"]


def test_tickets_of_others_are_left_alone(whole: Whole) -> None:
    """Also those that only look like the doctor's."""
    for sender, subject in (
        ("ann@example.org", "Test by netdesk doctor"),
        (SENDER, "No dial tone"),
    ):
        whole.mail(sender, provider().mail, f"From: {sender}\nSubject: {subject}\n\nHelp.".encode())
    whole.goes_on()
    whole.time.at += timedelta(minutes=11)
    assert states(whole.desk(), "mail", "form").count("bad") == 0
    assert sorted(whole.ticket_states()) == ["open", "open", "resolved", "resolved"]


def test_a_mail_that_can_not_be_sent_is_named(whole: Whole) -> None:
    whole.off = {"post"}
    bad = only_bad(whole.desk(), "mail")
    assert bad.said == "The test mail could not be sent: Email address is not verified."


def test_a_mail_in_quarantine_is_named_and_removed(whole: Whole) -> None:
    """As after twenty others from there: whoever runs the doctor in a loop sees it."""
    limits = Limits(whole.cloud.dynamodb, "TicketsTable")
    for hour in (whole.time.at, whole.time.at + timedelta(hours=1)):  # it may end meanwhile
        for _ in range(FLOODS[0].most):
            limits.wait(FLOODS[0], f"unproven {SENDER}", hour)
    bad = only_bad(whole.desk(), "mail")
    assert bad.said == "A mail came in, but it is held in quarantine: C4: more than 20 mails in 1 h"
    assert "netdesk mail list" in bad.advice
    assert whole.left() == []


# --- publishing and tracing ----------------------------------------------------------------------


def test_what_is_never_seen_is_named_after_a_minute(whole: Whole) -> None:
    old = whole.web(f"{whole.desk().front}/api/v2/summary.json")
    bad = only_bad(whole.desk(web=lambda *_: old), "publish")
    assert bad.said.startswith("The page was published, but customers still see the one of ")
    assert "sitebucket" in bad.advice
    assert 60 <= whole.time.slept < 65


def test_publishing_that_fails_is_told(whole: Whole) -> None:
    whole.off = {"publish"}
    assert "The desk failed (500)" in only_bad(whole.desk(), "publish").said


def test_a_probe_that_is_away_is_named_and_nothing_is_ordered(whole: Whole) -> None:
    whole.off = {"probe"}
    whole.time.at += timedelta(minutes=14)
    bad = only_bad(whole.desk(), "trace")
    assert bad.said.endswith("on AWS) was last heard of 14 min ago: it measures nothing.")
    assert "journalctl -u netdesk-probe" in bad.advice
    assert whole.asked == []


def test_a_probe_that_never_was_there_is_named(whole: Whole) -> None:
    tracing = replace(
        provider().tracing, probes=(replace(provider().tracing.probes[0], name="lab"),)
    )
    bad = only_bad(whole.desk(provider=replace(provider(), tracing=tracing)), "trace")
    assert "measuring host lab" in bad.said and "never been heard of" in bad.said
    assert "docs/probe.md" in bad.advice


def test_a_probe_that_is_cut_off_is_named(whole: Whole) -> None:
    whole.traced = CUT_OFF
    bad = only_bad(whole.desk(), "trace")
    assert bad.said.startswith("outside is cut off: ")


def test_a_trace_that_the_probe_refuses_is_named(whole: Whole) -> None:
    whole.traced = replace(REACHED, reason=OFF_LIMITS)
    assert "must not trace" in only_bad(whole.desk(), "trace").said


def test_a_trace_that_nobody_does_is_named_after_a_minute(whole: Whole) -> None:
    """Its heart beats, but it takes no job."""
    whole.off = {"probe"}
    whole.time.world.append(lambda: whole.traces.alive("outside", "0", whole.time.at))
    bad = only_bad(whole.desk(), "trace")
    assert bad.said.startswith(
        f"A trace by outside to {provider().tracing.controls[0]} has no result"
    )
