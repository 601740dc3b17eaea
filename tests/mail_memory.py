"""The mail room over the cloud in memory, many times faster than over moto.

A file of tests works over it when it imports these fixtures, which go before those of tests/desk.
"""

from typing import Any

import pytest

from netdesk.dynamo import unpack
from tests.mail_world import mailer_of, room_of
from tests.small_cloud import SmallCloud
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.dispatch import Mailer

Rows = list[dict[str, Any]]


class Memory:
    """What tests ask of a Cloud, of the small one."""

    def __init__(self) -> None:
        self.s3 = SmallCloud()

    def name(self, logical: str) -> str:
        return logical

    def rows(self, table: str, beginning: str = "") -> Rows:
        found = map(unpack, self.s3.rows.values())
        return [row for row in found if row["pk"].startswith(beginning)]

    def tickets(self) -> Rows:
        return [row for row in self.rows("") if row["sk"] == "ticket"]

    def outbox(self) -> Rows:
        return [row for row in self.rows("") if row["sk"].startswith("outbox#")]

    def sent(self) -> list[str]:
        return [mail.decode() for mail in self.s3.mails]


@pytest.fixture
def cloud() -> Memory:
    return Memory()


@pytest.fixture
def room(cloud: Memory) -> MailRoom:
    return room_of(cloud.s3)


@pytest.fixture
def mailer(cloud: Memory) -> Mailer:
    return mailer_of(cloud.s3)
