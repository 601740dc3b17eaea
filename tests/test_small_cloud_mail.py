"""The small cloud answers as moto does, to whatever the mail room and the outbox ask."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from netdesk.limits import Limit, Limits
from netdesk.refused import Refused
from netdesk.ticket import act
from tests.desk import NOW, Cloud, entry, report
from tests.mail_world import pages
from tests.small_cloud import SmallCloud
from tests.test_small_cloud import Both, settled
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.files import TEXT_IN_ROW, Files
from ticket_intake.mailroom.dead import DeadAddresses
from ticket_intake.mailroom.inbox import INBOUND, Inbox
from ticket_intake.mailroom.register import OUTCOMES, Filed, Register
from ticket_intake.mailroom.threads import Threads
from ticket_intake.outbox.dispatch import Mailer, deliver
from ticket_intake.outbox.rows import LEASE, Outbox, Unsent
from ticket_intake.store import Tickets

CALLS = {"get_item", "batch_get_item", "query", "transact_write_items", "update_item",
         "put_item", "get_object", "put_object", "delete_object", "list_objects_v2",
         "send_raw_email"}  # fmt: skip
LIMIT = Limit("some", most=2, seconds=60)


@pytest.fixture
def both(cloud: Cloud) -> tuple[SmallCloud, set[str], Mailer, Inbox, Register]:
    cloud.environment("OutboxFunction")
    for bucket in ("FilesBucket", "MailBucket"):
        cloud.name(bucket)
    small, seen, table = SmallCloud(), set[str](), "TicketsTable"
    clients: list[Any] = [cloud.dynamodb, cloud.s3, cloud.ses]
    rows, s3, ses = (Both(client, small, seen) for client in clients)
    return small, seen, *made(rows, s3, ses, table)


def made(rows: Any, s3: Any, ses: Any, table: str) -> tuple[Mailer, Inbox, Register]:
    files = Files(lambda: s3, "filesbucket")
    desk = Desk(Tickets(rows, table, files), files, pages(), b"secret")
    dead, threads = DeadAddresses(rows, table), Threads(rows, table)
    mailer = Mailer(desk, Outbox(rows, table), Limits(rows, table), threads, dead, ses)
    return mailer, Inbox(s3, "mailbucket"), Register(rows, table, 400)


def step(
    dice: random.Random, mailer: Mailer, inbox: Inbox, register: Register, numbers: list[str]
) -> Callable[[], object]:
    who, mail = dice.choice("ab"), dice.choice("xyz")
    now = NOW + dice.randint(0, 3) * LEASE
    text = dice.choice(("Dead.", "x" * (TEXT_IN_ROW + 1)))
    number, verb = dice.choice(numbers), dice.choice(("message", "note", "reply", "resolve"))
    filed = Filed(mail, NOW, dice.choice(OUTCOMES), number, key=f"mail/{mail}")
    desk, someone = mailer.desk, f"{who}@example.org"

    def opened() -> None:
        given = replace(report(message=text, letter="acknowledgement"), source="mail")
        numbers.append(open_ticket(desk, given, (dice.choice("klm"), "other"), now).number)

    def changed() -> None:
        change_ticket(desk, number, lambda t: act(t, verb, entry(text)), now, (f"{number}{who}",))

    def put_away() -> None:
        if stored := inbox.read(f"{INBOUND}{mail}"):
            inbox.keep(replace(stored, received_at=NOW))
            inbox.take_out(stored)

    due = mailer.outbox.due(now)
    row = dice.choice([*due, Unsent("ticket#0", "outbox#1", "0", "answer", 1, 0)])
    return dice.choice(
        [
            opened,
            changed,
            put_away,
            lambda: deliver(mailer, row, now),
            lambda: mailer.outbox.claim(row, now),
            lambda: mailer.outbox.sent_before(row),
            lambda: mailer.threads.link([mail], [someone], number, now),
            lambda: mailer.threads.numbers(["x", "y"], someone),
            lambda: mailer.limits.wait(LIMIT, who, now + timedelta(seconds=dice.randint(0, 90))),
            lambda: mailer.dead.add(someone, now),
            lambda: mailer.dead.why(someone, now),
            lambda: register.record(filed),
            lambda: register.tried(mail),
            lambda: register.quarantined(),
            lambda: desk.tickets.in_state("open"),
            lambda: (t := desk.tickets.read(number)) and desk.tickets.place_in_queue(t),
            lambda: inbox.waiting(),
        ]
    )


@pytest.mark.parametrize("seed", range(12))
def test_random_steps_are_answered_as_moto_answers_them(
    cloud: Cloud, both: tuple[SmallCloud, set[str], Mailer, Inbox, Register], seed: int
) -> None:
    small, seen, mailer, inbox, register = both
    dice, numbers = random.Random(seed), ["K7Q2-9WXA"]
    for mail in "xyz":
        raw = f"Subject: {mail}".encode()
        inbox._client.put_object(Bucket="mailbucket", Key=f"{INBOUND}{mail}", Body=raw)
    open_ticket(mailer.desk, report(letter="acknowledgement"), ("first",), NOW)
    [row] = mailer.outbox.due(NOW)
    assert deliver(mailer, row, NOW)
    for _ in range(80):
        with suppress(Refused):
            step(dice, mailer, inbox, register, numbers)()
    assert seen == CALLS
    rows: Any = cloud.dynamodb.scan(TableName="TicketsTable")["Items"]
    whole = {(row["pk"]["S"], row["sk"]["S"]): settled(row) for row in rows}
    assert whole == {key: settled(row) for key, row in small.rows.items()}
    kept = cloud.objects("mailbucket") | cloud.objects("filesbucket")
    assert kept == {key: found.body for key, found in small.objects.items()}
