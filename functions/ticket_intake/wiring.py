"""Builds the desk that a door works at, from the door's settings."""

from functools import cache
from typing import TYPE_CHECKING

from netdesk import aws
from netdesk.pages import SITE, Pages
from netdesk.provider_file import read
from ticket_intake.codes import Codes
from ticket_intake.desk import Desk
from ticket_intake.files import Files
from ticket_intake.office import Office
from ticket_intake.settings import DeskSettings, StaffSettings
from ticket_intake.store import Tickets

if TYPE_CHECKING:
    from ticket_intake.erasure import Eraser


@cache
def codes(folder: str) -> Codes:
    return Codes(aws.client("ssm"), folder)


@cache
def desk(settings: DeskSettings) -> Desk:
    files = Files(lambda: aws.client("s3"), settings.files_bucket)
    return Desk(
        tickets=Tickets(aws.client("dynamodb"), settings.tickets_table, files),
        files=files,
        pages=Pages(read(SITE / "provider.toml"), settings.public_url),
        secret=aws.secret(settings.desk_secret),
    )


def office(settings: StaffSettings) -> Office:
    return Office(desk(settings), lambda: codes(settings.codes_folder), lambda: eraser(settings))


def eraser(settings: StaffSettings) -> "Eraser":
    from ticket_intake.belongings import Belongings  # what erasing needs is rarely needed
    from ticket_intake.erasure import Eraser
    from ticket_intake.mailroom.register import Register

    own, rows, table = desk(settings), aws.client("dynamodb"), settings.tickets_table
    buckets = settings.files_bucket, settings.mail_bucket
    kept = Belongings(rows, table, aws.client("s3"), *buckets, aws.client("ssm"))
    return Eraser(own, kept, Register(rows, table, own.provider.retention.raw_mail_days))
