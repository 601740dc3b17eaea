"""Builds the mail room that a door works at, from the door's settings."""

from functools import cache

from netdesk import aws
from netdesk.limits import Limits
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.inbox import Inbox
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.mailroom.register import Register
from ticket_intake.mailroom.threads import Threads
from ticket_intake.settings import MailSettings
from ticket_intake.wiring import desk


@cache
def mail_room(settings: MailSettings) -> MailRoom:
    client, table, own = aws.client("dynamodb"), settings.tickets_table, desk(settings)
    return MailRoom(
        desk=own,
        inbox=Inbox(aws.client("s3"), settings.mail_bucket),
        register=Register(client, table, own.provider.retention.raw_mail_days),
        threads=Threads(client, table),
        dead=DeadAddresses(client, table),
        limits=Limits(client, table),
    )
