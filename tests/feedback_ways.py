"""A ticket whose mail was sent, and the two ways on which a report comes back: event and mail."""

from collections.abc import Callable
from dataclasses import dataclass

from netdesk.ticket import Entry, Person, Ticket
from tests.desk import NOW, REGION, report
from tests.feedback_samples import ADDRESS, Json, bounce, complaint, raw
from tests.feedback_samples import mail as about
from tests.mail_memory import Memory
from tests.mail_room import delivered, thread
from tests.mail_samples import report as bounced
from tests.mail_world import mailer_of, room_of
from ticket_intake.desk import open_ticket
from ticket_intake.mailroom.feedback import FeedbackRoom, take_in
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.register import FOLLOW_UP, Filed
from ticket_intake.outbox.compose import ses_message_id
from ticket_intake.outbox.dispatch import Mailer, sweep

PHONE = "818-555-0100"
WITH_HEADERS = bounce, complaint  # AWS's samples of the other events have none


@dataclass(frozen=True)
class Ways:
    cloud: Memory
    room: MailRoom
    mailer: Mailer
    number: str
    ses_id: str  # of the acknowledgement

    def event(self, kind: Callable[..., Json], *given: str, **more: str) -> None:
        signed = thread(self.room, self.number) if kind in WITH_HEADERS else ""
        self.told(kind(about(signed, self.ses_id), *given, **more))

    def told(self, event: Json) -> None:
        take_in(feedback_room(self.room), raw(event), NOW)

    def mail(self, status: str = "5.1.1", key: str = "b", to: str = ADDRESS) -> Filed:
        filed = delivered(self.cloud, self.room, self.report(status, to), f"inbound/{key}")
        assert (filed.outcome, filed.number) == (FOLLOW_UP, self.number)
        return filed

    def report(self, status: str = "5.1.1", to: str = ADDRESS) -> bytes:
        own = ses_message_id(self.ses_id, REGION)
        signed = thread(self.room, self.number)
        return bounced(f"Message-ID: <{own}>\nReferences: <{signed}@desk.example>", status, to)

    @property
    def ticket(self) -> Ticket:
        found = self.room.desk.tickets.read(self.number)
        assert found
        return found

    @property
    def reports(self) -> list[Entry]:
        told = self.room.desk.tickets.entries(self.number)
        return [one for one in told if one.who == "mail system"]

    @property
    def silent(self) -> str:
        return self.room.dead.why(ADDRESS, NOW)


def feedback_room(room: MailRoom) -> FeedbackRoom:
    return FeedbackRoom(room.desk, room.threads, room.dead)


def ways(phone: str = PHONE) -> Ways:
    memory = Memory()
    room, mailer = room_of(memory.s3), mailer_of(memory.s3)
    ticket = open_ticket(room.desk, report(person=Person("Ann", ADDRESS, phone)), ("one",), NOW)
    assert sweep(mailer, NOW) == 1
    [row] = memory.outbox()
    return Ways(memory, room, mailer, ticket.number, row["message_id"])
