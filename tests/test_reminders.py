"""Reminders: mail to the staff when an update that was promised is late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest

from netdesk.notice import Notice, updated
from status_publish.clock import Clock, tick
from status_publish.publish import Publisher
from status_publish.store import Notices
from tests.desk import NOW, Cloud, Meanwhile, fails, provider
from tests.test_notice import after, notice
from tests.test_notice_store import HOUR, maintenance
from tests.test_publish import MINUTE, text

LATE = NOW + HOUR + MINUTE


def promised(name: str = "k3x", **changes: Any) -> Notice:
    """A notice whose next update is promised within an hour."""
    given: dict[str, Any] = {"id": f"20261124-{name}", "next_at": NOW + HOUR} | changes
    return replace(notice(), **given)


# --- the claim -----------------------------------------------------------------------------------


@pytest.fixture
def notices(publisher: Publisher) -> Notices:
    return publisher.notices


def test_one_reminder_of_a_promise_is_claimed_in_an_hour(notices: Notices) -> None:
    one = notice()
    notices.add(one)
    later = NOW + HOUR
    moments = [NOW, NOW, later - timedelta(seconds=1), later, later]
    claimed = [notices.remind(one, moment, HOUR) for moment in moments]
    assert claimed == [True, False, False, True, False]


def test_an_update_forgets_the_reminder_and_who_saw_an_older_one_claims_none(
    notices: Notices,
) -> None:
    one = notice()
    notices.add(one)
    assert notices.remind(one, NOW, HOUR)
    notices.change(newer := after("identified"), one)
    assert not notices.remind(one, NOW + 2 * HOUR, HOUR)
    assert notices.remind(newer, NOW, HOUR)
    assert notices.read(newer.id) == newer


# --- the mail ------------------------------------------------------------------------------------


def mails(cloud: Cloud) -> list[EmailMessage]:
    found = [message_from_string(raw, policy=cast(Any, default)) for raw in cloud.sent()]
    return cast(list[EmailMessage], found)


def test_a_late_promise_is_told_to_the_staff_by_mail(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    one = promised(title="Störung: Müller & Söhne")
    publisher.notices.add(one)
    assert tick(clock, NOW + HOUR).reminded == ()
    assert tick(clock, LATE).reminded == (one.id,)
    [mail] = mails(cloud)
    assert (mail["From"], mail["To"]) == (provider().mail, provider().staff_mail)
    assert mail["Subject"] == f"Notice {one.id} is late: {one.title}"
    assert mail["Auto-Submitted"] == "auto-generated"
    told = mail.get_content()
    assert "Customers were promised an update by Tuesday 24 November, 11:00 Pacific" in told
    assert f"netdesk notice update {one.id} --state investigating --message ..." in told


def test_it_is_told_again_every_hour_until_somebody_speaks(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    one = promised()
    publisher.notices.add(one)
    minutes = (0, 1, 30, 59, 60, 61, 119, 120, 121, 180, 200)
    reminded = [m for m in minutes if tick(clock, LATE + m * MINUTE).reminded]
    assert reminded == [0, 60, 120, 180]
    assert len(mails(cloud)) == 4
    now = LATE + 200 * MINUTE
    spoken = updated(one, "identified", "A cable.", "bob", now, next_at=now + 5 * MINUTE)
    publisher.notices.change(spoken, one)
    assert tick(clock, now + 5 * MINUTE).reminded == ()
    assert tick(clock, now + 6 * MINUTE).reminded == (one.id,)  # another promise, its own reminder
    publisher.notices.change(updated(spoken, "resolved", "Done.", "bob", now), spoken)
    assert tick(clock, now + 5 * HOUR).reminded == ()


def test_each_late_notice_has_its_own_reminder(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    publisher.notices.add(promised("aaa"))
    publisher.notices.add(promised("bbb", next_at=NOW + 2 * HOUR))
    publisher.notices.add(replace(notice(), id="20261124-ccc"))  # promises nothing
    assert tick(clock, LATE).reminded == ("20261124-aaa",)
    assert tick(clock, LATE + HOUR).reminded == ("20261124-aaa", "20261124-bbb")
    assert len(mails(cloud)) == 3


def test_maintenance_that_overruns_is_told_too(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    """Once staff have spoken in it the clock does not end it."""
    works = maintenance()
    spoken = replace(works, updates=(replace(works.updates[0], state="in_progress"),))
    publisher.notices.add(spoken)
    assert tick(clock, NOW + 2 * HOUR).reminded == ()
    assert tick(clock, NOW + 2 * HOUR + MINUTE).reminded == (works.id,)
    [mail] = mails(cloud)
    told = mail.get_content()
    assert "This maintenance was to end Tuesday 24 November, 12:00 Pacific" in told
    assert "--state in_progress" in told


def test_two_clocks_in_the_same_minute_send_one_mail(
    cloud: Cloud, publisher: Publisher, clock: Clock
) -> None:
    publisher.notices.add(promised())
    tick(clock, NOW)
    other: Any = Meanwhile(cloud.ses, "send_raw_email", lambda _: tick(clock, LATE))
    assert tick(replace(clock, ses=other), LATE).reminded == ("20261124-k3x",)
    assert len(mails(cloud)) == 1


def failing(cloud: Cloud, clock: Clock) -> Clock:
    """A clock whose first mail is refused."""
    refusing: Any = Meanwhile(cloud.ses, "send_raw_email", fails("Throttling"))
    return replace(clock, ses=refusing)


@pytest.fixture
def two_late(publisher: Publisher) -> None:
    publisher.notices.add(promised("aaa", title="One."))
    publisher.notices.add(promised("bbb", title="Two."))


def forgiving(work: Callable[[], object]) -> None:
    """Whether the minute tells of the failed mail by an error is not what is asked here."""
    try:
        work()
    except Exception as error:
        assert "Throttling" in str(error)


def test_a_mail_that_fails_keeps_nothing_from_being_published_and_comes_again_in_an_hour(
    cloud: Cloud, clock: Clock, two_late: None
) -> None:
    forgiving(lambda: tick(failing(cloud, clock), LATE))
    assert "One." in text(cloud)
    assert tick(clock, LATE + MINUTE).reminded == ()
    assert tick(clock, LATE + HOUR).reminded == ("20261124-aaa", "20261124-bbb")


def test_a_mail_that_fails_does_not_keep_the_other_reminders_back(
    cloud: Cloud, clock: Clock, two_late: None
) -> None:
    forgiving(lambda: tick(failing(cloud, clock), LATE))
    forgiving(lambda: tick(clock, LATE + MINUTE))
    assert [mail["Subject"] for mail in mails(cloud)] == ["Notice 20261124-bbb is late: Two."]
