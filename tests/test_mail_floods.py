"""Floods, and senders whom the provider blocks: kept in quarantine, and nobody else pays for it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.desk import NOW
from tests.mail_samples import ANN, BOB, EVE, mail
from tests.mail_world import room_of
from tests.small_cloud import Object, SmallCloud
from ticket_intake.mailroom.intake import MailRoom, take_in
from ticket_intake.mailroom.register import QUARANTINED, TICKET, Filed


def receive(room: MailRoom, cloud: SmallCloud, content: bytes, hour: float = 0) -> Filed:
    key = f"inbound/{hash(content)}"
    cloud.objects[key] = Object(content, {}, NOW)
    filed = take_in(room, key, NOW + timedelta(hours=hour))
    assert filed
    return filed


@pytest.fixture
def cloud() -> SmallCloud:
    return SmallCloud()


@pytest.fixture
def room(cloud: SmallCloud) -> MailRoom:
    return room_of(cloud)


@pytest.mark.parametrize("sender", [EVE, "eve+{}@evil.example"])
def test_c4_beyond_twenty_an_hour_a_senders_mail_waits_in_quarantine(
    room: MailRoom, cloud: SmallCloud, sender: str
) -> None:
    filed = [receive(room, cloud, mail(sender.format(n), subject=f"{n}")) for n in range(25)]
    assert Counter(one.outcome for one in filed) == {TICKET: 20, QUARANTINED: 5}
    assert filed[-1].reason == "C4: more than 20 mails in 1 h"
    assert receive(room, cloud, mail(ANN)).outcome == TICKET
    assert receive(room, cloud, mail(EVE, "Later."), 1).outcome == TICKET


def test_c4_beyond_sixty_a_day_too(room: MailRoom, cloud: SmallCloud) -> None:
    # The day of the count begins at midnight UTC: six hours after NOW.
    outcomes = [
        receive(room, cloud, mail(EVE, subject=f"{hour} {n}"), hour).outcome
        for hour in range(5)
        for n in range(15)
    ]
    assert Counter(outcomes) == {TICKET: 60, QUARANTINED: 15}


def test_c4_the_same_mail_again_is_no_flood(room: MailRoom, cloud: SmallCloud) -> None:
    content = mail(EVE)
    assert {receive(room, cloud, content).outcome for _ in range(30)} == {TICKET}


@pytest.mark.parametrize(
    "verdicts", [{"dmarc": "fail"}, {"dmarc": "none", "spf": "none", "dkim": "none"}]
)
def test_c4_a_forger_does_not_use_up_what_is_the_customers(
    room: MailRoom, cloud: SmallCloud, verdicts: dict[str, str]
) -> None:
    forged = [mail(ANN, subject=f"{n}", **verdicts) for n in range(25)]
    assert receive(room, cloud, forged.pop()).outcome == TICKET
    assert QUARANTINED in {receive(room, cloud, one).outcome for one in forged}
    assert receive(room, cloud, mail(ANN)).outcome == TICKET


def test_c4_who_has_no_address_is_held_back_together(room: MailRoom, cloud: SmallCloud) -> None:
    outcomes = [
        receive(room, cloud, f"Subject: {n}\n\nHello.\n".encode()).outcome for n in range(25)
    ]
    assert Counter(outcomes) == {TICKET: 20, QUARANTINED: 5}


@pytest.mark.parametrize(
    ("blocked", "sender", "kept_out"),
    [
        ("eve@evil.example", EVE, True),
        ("eve@evil.example", "EVE@Evil.Example", True),
        ("@evil.example", EVE, True),
        ("@evil.example", "x@mail.evil.example", False),
        ("@evil.example", "x@notevil.example", False),
        ("bob@evil.example", EVE, False),
        ("eve@evil.example", BOB, False),
    ],
)
def test_f6_blocked_senders_go_to_quarantine(
    room: MailRoom, cloud: SmallCloud, blocked: str, sender: str, kept_out: bool
) -> None:
    provider = replace(room.desk.provider, blocked_senders=(blocked,))
    pages = replace(room.desk.pages, provider=provider)
    guarded = replace(room, desk=replace(room.desk, pages=pages))
    filed = receive(guarded, cloud, mail(sender))
    assert (filed.outcome == QUARANTINED) == kept_out
    if kept_out:
        assert filed.reason == f"F6: {filed.sender.lower()} is blocked in provider.toml"
        assert not any(row["sk"] == {"S": "ticket"} for row in cloud.rows.values())
