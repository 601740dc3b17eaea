"""Machines that answer each other: they stop, even when all headers lie."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest

from tests.desk import NOW
from tests.mail_room import raw
from tests.mail_samples import mail
from tests.mail_world import mailer_of, pages, room_of
from tests.small_cloud import Object, SmallCloud
from ticket_intake.desk import Desk
from ticket_intake.mail.reply import SEPARATOR
from ticket_intake.mailroom.intake import MailRoom, take_in
from ticket_intake.mailroom.register import QUARANTINED
from ticket_intake.outbox.dispatch import Mailer, sweep

A, B = "desk@a.example", "desk@b.example"
Relay = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Netdesk:
    cloud: SmallCloud
    room: MailRoom
    mailer: Mailer


def netdesk(address: str) -> Netdesk:
    cloud = SmallCloud()

    def ours(desk: Desk) -> Desk:
        provider = replace(desk.provider, mail=address, known_as=address.replace("desk", "help"))
        return replace(desk, pages=replace(pages(), provider=provider), secret=address.encode())

    room, mailer = room_of(cloud), mailer_of(cloud)
    desk = ours(room.desk)
    return Netdesk(cloud, replace(room, desk=desk), replace(mailer, desk=desk))


def receive(desk: Netdesk, content: bytes, name: object, minute: int = 0) -> str:
    desk.cloud.objects[f"inbound/{name}"] = Object(content, {}, NOW)
    filed = take_in(desk.room, f"inbound/{name}", NOW + timedelta(minutes=minute))
    assert filed
    return filed.outcome


def as_ses_sends(sender: str, written: bytes, number: int, proven: bool) -> bytes:
    """With an id of SES's, and the block that SES writes on top where it arrives."""
    block = mail(sender) if proven else raw(dmarc="none", spf="none", dkim="none")
    top = block.partition(b"X-SES-RECEIPT: QUVGQkJCQkJC\n")
    id_ = f"Message-ID: <{number}@us-west-2.amazonses.com>\n"
    return top[0] + top[1] + id_.encode() + written.replace(b"\r\n", b"\n")


def mails_between(relay: Relay, proven: bool, minutes: int = 60) -> int:
    """How many the two write, after somebody wrote to one as if he were the other."""
    first, second = netdesk(A), netdesk(B)
    sides = [(first, second, B), (second, first, A)]
    receive(first, mail(B, "Hello.", to=A), "start")
    names, sent = count(), 0
    for minute in range(minutes):
        for desk, other, to in sides:
            sweep(desk.mailer, NOW + timedelta(minutes=minute))
            new, desk.cloud.mails = desk.cloud.mails, []
            for written in new:
                sent += 1
                assert f"To: {to}".encode() in written
                sender = A if to == B else B
                arrived = as_ses_sends(sender, relay(written), sent, proven)
                receive(other, arrived, next(names), minute)
    return sent


def without(*names: str) -> Relay:
    pattern = rb"(?im)^(" + "|".join(names).encode() + rb"):[^\n]*\n([ \t][^\n]*\n)*"
    return lambda written: re.sub(pattern, b"", written)


SIGNS = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "X-Netdesk-Loop")
THREAD = ("References", "In-Reply-To", "Reply-To")


def mangled(written: bytes) -> bytes:
    """Every header of ours is gone, and so is what tells our mails by their text."""
    bare = without(*SIGNS, *THREAD)(written).replace(b"=3D=3D=3D", b"---")
    assert SEPARATOR.encode() not in bare
    return re.sub(rb"\[ref:[^]]*\]|\[#[^]]*\]", b"", bare)


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize(
    "relay",
    [bytes, *(without(name) for name in SIGNS), without(*SIGNS), without(*SIGNS, *THREAD)],
    ids=["honest", *SIGNS, "no sign", "no sign, no thread"],
)
def test_b2_b4_two_netdesks_writing_to_each_other_stop_at_once(relay: Relay, proven: bool) -> None:
    assert mails_between(relay, proven) == 1


def test_c1_c2_when_all_headers_and_the_text_lie_the_rates_stop_them() -> None:
    """Three an hour of each side; by their threads two who are proven stop sooner."""
    assert mails_between(mangled, proven=False) == 6
    assert mails_between(mangled, proven=False, minutes=24 * 60) <= 20


def test_d2_by_their_threads_two_who_are_proven_stop_sooner() -> None:
    def nasty(written: bytes) -> bytes:
        bare = without(*SIGNS)(written).replace(b"=3D=3D=3D", b"---")
        return re.sub(rb"\[ref:[^]]*\]", b"", bare)

    assert mails_between(nasty, proven=True) <= 3


@pytest.mark.parametrize("address", ["desk@a.example", "DESK@A.example", "help@a.example"])
def test_b2_a_mail_of_ours_that_comes_back_is_kept_out(address: str) -> None:
    desk = netdesk(A)
    assert receive(desk, mail("eve@evil.example", x_loop=address), "one") == QUARANTINED


@pytest.mark.parametrize("sender", [A, "help@a.example", "desk+token@a.example"])
def test_b3_mail_from_one_of_our_own_addresses_is_never_answered(sender: str) -> None:
    desk = netdesk(A)
    receive(desk, mail(sender), "one")
    assert sweep(desk.mailer, NOW) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-generated"},
        {"precedence": "bulk"},
        {"x_auto_response_suppress": "OOF, AutoReply"},
        {"list_id": "<list.example.org>"},
        {"x_netdesk_loop": B},
        {"from": "noreply@example.org"},
    ],
)
def test_b4_what_a_machine_wrote_is_a_ticket_without_an_answer(headers: dict[str, str]) -> None:
    desk = netdesk(A)
    assert receive(desk, mail("ann@example.org", **headers), "one") == "ticket"
    assert sweep(desk.mailer, NOW) == 0


def test_b5_headers_that_would_steer_us_mean_nothing() -> None:
    desk = netdesk(A)
    steering = {"x_netdesk_ticket": "0000-0000", "x_netdesk_state": "resolved"}
    receive(desk, mail("ann@example.org", x_priority="1", **steering), "one")
    [ticket] = desk.room.desk.tickets.in_state("open")
    assert not ticket.emergency


@pytest.mark.parametrize("sender", ["ann@example.org", "ann+{}@example.org", "ANN@Example.org"])
def test_c1_c2_three_acknowledgements_an_hour_and_ten_a_day_for_one_mailbox(sender: str) -> None:
    desk = netdesk(A)
    sent = []
    for hour in range(6):
        for n in range(3):
            content = mail(sender.format(n), subject=f"{hour} {n}")
            receive(desk, content, f"{hour}-{n}", 60 * hour)
        sent.append(sweep(desk.mailer, NOW + timedelta(hours=hour)))
    assert sent == [3, 3, 3, 1, 0, 0]
