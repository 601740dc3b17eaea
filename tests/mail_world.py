"""A world in which mail is taken in and answered, call by call, as AWS drives it."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from netdesk.dynamo import unpack
from netdesk.limits import Limits
from netdesk.pages import Pages
from tests.desk import NOW, PUBLIC_URL, provider
from tests.invocation import Faults, Invocation, Work
from tests.permissions import denied
from tests.small_cloud import Item, Row, SmallCloud
from ticket_intake.desk import Desk
from ticket_intake.files import Files
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.inbox import Inbox
from ticket_intake.mailroom.intake import MailRoom, take_again, take_in
from ticket_intake.mailroom.register import Register
from ticket_intake.mailroom.staff import let_out
from ticket_intake.mailroom.threads import Threads
from ticket_intake.outbox.dispatch import Mailer, deliver, sweep
from ticket_intake.outbox.rows import Outbox, unsent_of
from ticket_intake.store import Tickets

MINUTE = timedelta(minutes=1)
RECEIVED, STREAMED = 5, 4  # so often at most, by the template
MINUTES = 12  # then the world is given up
SECRET = b"the desk's secret, 64 letters"
BLOCKED = "spam@example.org"
RAW_MAIL_DAYS = 400


@cache
def pages() -> Pages:
    return Pages(replace(provider(), blocked_senders=(BLOCKED,)), PUBLIC_URL)


def desk_of(client: Any) -> Desk:
    files = Files(lambda: client, "files")
    return Desk(Tickets(client, "tickets", files), files, pages(), SECRET)


def room_of(client: Any) -> MailRoom:
    return MailRoom(
        desk=desk_of(client),
        inbox=Inbox(client, "mail"),
        register=Register(client, "tickets", RAW_MAIL_DAYS),
        threads=Threads(client, "tickets"),
        dead=DeadAddresses(client, "tickets"),
        limits=Limits(client, "tickets"),
    )


def mailer_of(client: Any) -> Mailer:
    room = room_of(client)
    outbox = Outbox(client, "tickets")
    return Mailer(room.desk, outbox, room.limits, room.threads, room.dead, client)


# --- what invocations do -------------------------------------------------------------------------


def taking(mail: str, now: datetime = NOW) -> Work:
    return Work("MailFunction", lambda client: take_in(room_of(client), f"inbound/{mail}", now))


def taking_again(mail: str, now: datetime = NOW) -> Work:
    return Work("MailFunction", lambda client: take_again(room_of(client), f"inbound/{mail}", now))


def letting_out(mail: str, now: datetime = NOW) -> Work:
    return Work("MailsFunction", lambda client: let_out(room_of(client), mail, now))


def delivering(image: Item, now: datetime = NOW) -> Work:
    return Work(
        "OutboxFunction", lambda client: deliver(mailer_of(client), unsent_of(unpack(image)), now)
    )


def sweeping(now: datetime = NOW) -> Work:
    return Work("OutboxFunction", lambda client: sweep(mailer_of(client), now))


def looking_around(now: datetime) -> Work:
    """The minute of the mail door."""

    def look(client: Any) -> None:
        room = room_of(client)
        for key in room.inbox.left_lying(now):
            with suppress(Exception):
                take_again(room, key, now)

    return Work("MailFunction", look)


# --- what AWS does -------------------------------------------------------------------------------


@dataclass
class World:
    """The queue brings a mail until it is taken in, the stream a row until it is sent, staff ask
    until they are answered; and every minute looks for what was left lying."""

    cloud: SmallCloud
    faults: Faults = field(default_factory=Faults)
    attempts: int = 1  # of the SDK
    queue: list[str] = field(default_factory=list)  # mails that it still brings
    wanted: list[str] = field(default_factory=list)  # mails that staff want to let out
    stream: list[Item] = field(default_factory=list)
    lost: bool = False  # no event ever comes
    told: list[Item] = field(default_factory=list)  # rows that the stream has brought
    seen: set[Row] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)  # what a function did without the right to
    error: BaseException | None = None  # the last one
    minute: int = 0

    def __post_init__(self) -> None:
        self.seen |= self.cloud.rows.keys()

    @property
    def now(self) -> datetime:
        return NOW + self.minute * MINUTE

    def go_on(self) -> bool:
        """Whether all is quiet in the end."""
        while self.minute < MINUTES:
            self.cloud.now = self.now
            self._events()
            if self.minute:
                self.run(looking_around(self.now))
                self._bring(self.stream, delivering, STREAMED)
                self.run(sweeping(self.now))
            self._staff()
            self.minute += 1
            if self.minute > 3 and self._is_quiet():
                return True
        return False

    def run(self, work: Work) -> bool:
        invocation = Invocation(self.cloud, work, self.faults, self.attempts)
        invocation.go()
        self.denied |= denied(work.function, invocation.asked)
        self.notice_rows()
        self.error = invocation.error or self.error
        return not invocation.error

    def notice_rows(self) -> None:
        """What the stream's filter lets through."""
        new = self.cloud.rows.keys() - self.seen
        self.seen |= new
        images = [self.cloud.rows[key] for key in sorted(new) if key[1].startswith("outbox#")]
        self.told += images
        self.stream += [] if self.lost else images

    def _events(self) -> None:
        if not self.lost:
            self._bring(self.queue, taking, RECEIVED)
            self._bring(self.stream, delivering, STREAMED)

    def _bring(self, waiting: list[Any], work: Any, most: int) -> None:
        """Each so often, behind all others, and all at once; then it is dropped."""
        for _ in range(most):
            waiting[:] = [one for one in waiting if not self.run(work(one, self.now))]
        waiting.clear()

    def _staff(self) -> None:
        """They ask for what they see in quarantine, once more in a minute when it failed."""
        there = {mail for mail in self.wanted if ("mail#" + mail, "mail") in self.cloud.rows}
        done = {mail for mail in there if self.run(letting_out(mail, self.now))}
        self.wanted = [mail for mail in self.wanted if mail not in done]
        self._events()

    def _is_quiet(self) -> bool:
        unsent = any("unsent" in row for (_, sk), row in self.cloud.rows.items() if sk != "ticket")
        return not (unsent or self.wanted or any(k[:8] == "inbound/" for k in self.cloud.objects))

    def once_more(self, mails: list[str], let_out: list[str]) -> None:
        """Everything comes again, the last first."""
        works = [taking(mail, self.now) for mail in mails]
        works += [delivering(image, self.now) for image in self.told]
        works += [letting_out(mail, self.now) for mail in let_out]
        works += [looking_around(self.now), sweeping(self.now)]
        for work in works[::-1]:
            self.run(work)
