"""The clock's minute: what happens by itself."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from netdesk.dynamo import Conflict
from netdesk.log import failed, logger
from netdesk.maintenance import by_the_clock, overruns
from netdesk.notice import Notice, is_late
from netdesk.pages import Pages
from status_publish.publish import Publisher, publish, renew_month
from status_publish.snapshot import HEARTBEAT
from status_publish.store import Notices, Site
from status_publish.traffic import Traffic

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

AGAIN = timedelta(hours=1)  # between two reminders of one promise


@dataclass(frozen=True)
class Clock:
    publisher: Publisher
    ses: "SESClient"
    traffic: Callable[[datetime], Traffic]


@dataclass(frozen=True)
class Done:
    """What a minute brought."""

    revision: int
    written: tuple[str, ...] = ()
    reminded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.reminded)


def tick(clock: Clock, now: datetime) -> Done:
    """Begin and end maintenance, finish what is not published, stay young, remind the staff."""
    publisher = clock.publisher
    _move_on(publisher.notices, now)
    site = publisher.notices.site()
    written = _publish(publisher, site, now) or renew_month(publisher, site, now)
    return Done(site.revision, tuple(written), tuple(_remind(clock, site, now)))


def watch_traffic(clock: Clock, now: datetime) -> None:
    """Keep whether traffic is heavy, for the next who publish; what can't be counted stays."""
    # In each minute: the heartbeat waits while staff publish, and they do when traffic is heavy.
    try:
        traffic = clock.traffic(now)
    except (BotoCoreError, ClientError) as error:
        failed("clock", "the tickets were not counted", error)
        return
    notices = clock.publisher.notices
    if traffic.heavy != notices.site().heavy and notices.keep_traffic(traffic.heavy):
        logger("clock").info("traffic has changed", heavy=traffic.heavy, **asdict(traffic))


def page_age(clock: Clock, now: datetime) -> timedelta:
    """Since the front page was built: a day if it never was."""
    built_at = clock.publisher.notices.site().built_at
    return now - datetime.fromisoformat(built_at) if built_at else timedelta(days=1)


def _publish(publisher: Publisher, site: Site, now: datetime) -> tuple[str, ...]:
    upgraded = site.release != publisher.pages.release
    behind = site.published < site.revision
    if not (upgraded or behind or _old(site, now)):
        return ()
    return publish(publisher, now, everything=upgraded).written


def _old(site: Site, now: datetime) -> bool:
    return not site.built_at or now - datetime.fromisoformat(site.built_at) >= HEARTBEAT


def _move_on(notices: Notices, now: datetime) -> None:
    for notice in notices.read_all(notices.site().active):
        while moved := by_the_clock(notice, now):
            try:
                notices.change(moved, notice)
            except Conflict:
                break  # somebody else was quicker; in a minute we look again
            notice = moved


def _remind(clock: Clock, site: Site, now: datetime) -> list[str]:
    """Claimed before it is sent: what is lost on the way comes again in an hour."""
    notices = clock.publisher.notices
    open_ones = notices.read_all(site.active)
    late = (notice for notice in open_ones if is_late(notice, now) or overruns(notice, now))
    due = (notice for notice in late if notices.remind(notice, now, AGAIN))
    return [notice.id for notice in due if _sent(clock, notice)]


def _sent(clock: Clock, notice: Notice) -> bool:
    """One mail that fails keeps no other back."""
    pages = clock.publisher.pages
    try:
        clock.ses.send_raw_email(
            Source=pages.provider.mail,
            Destinations=[pages.provider.staff_mail],
            RawMessage={"Data": _reminder(pages, notice)},
        )
    except (BotoCoreError, ClientError) as error:
        failed("clock", "a reminder was not sent", error)
        return False
    return True


def _reminder(pages: Pages, notice: Notice) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = pages.provider.mail, pages.provider.staff_mail
    mail["Subject"] = f"Notice {notice.id} is late: {notice.title}"
    mail["Auto-Submitted"] = "auto-generated"  # https://www.rfc-editor.org/rfc/rfc3834#section-5
    mail.set_content(pages.render("mail/late_notice.txt", notice=notice))
    return bytes(mail)
