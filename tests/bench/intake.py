"""How many mails a CPU-second takes in, from the raw bytes to the rows of the transaction."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from statistics import median
from typing import Any

from netdesk.ticket import Ticket
from tests.bench.mail import CORPUS
from tests.bench.mails import PROSE, noise
from tests.bench.table import Row, show
from tests.desk import NOW, provider, report
from tests.mail_room import BLOCK, GOOD
from tests.mail_scenarios import BOUNCE
from tests.mail_world import SECRET, room_of
from tests.small_cloud import Object, Paginator, SmallCloud
from ticket_intake import token
from ticket_intake.desk import open_ticket
from ticket_intake.mailroom.intake import MailRoom, take_in

MUST, PEERS = "200/cpu-s", "django-helpdesk 148-173 (all in RAM), RT 6-8"
ROUNDS, MAILS = 9, 100
DAY = timedelta(days=1)  # between mails, so that none is held for a flood
BLOCK_OF_SES = BLOCK.format(**GOOD).encode()
LINE = PROSE.decode()
Write = Callable[[int, Ticket], bytes]


@dataclass
class StandIn:
    """A small cloud whose own CPU time is not ours."""

    cloud: SmallCloud = field(default_factory=lambda: SmallCloud(now=NOW))
    cpu: float = 0.0

    def get_paginator(self, method: str) -> Paginator:
        return Paginator(self, method)

    def __getattr__(self, method: str) -> Any:
        return lambda **given: self._timed(method, given)

    def _timed(self, method: str, given: Any) -> Any:
        before = time.process_time()
        try:
            return getattr(self.cloud, method)(**given)
        finally:
            self.cpu += time.process_time() - before


def main() -> None:
    show(rows())


def rows() -> list[Row]:
    found = [row(f"  {name}", [write] * MAILS) for name, write in KINDS.items()]
    mix = [write for write, share in MIX for _ in range(MAILS * share // 100)]
    title = "intake, 60 plain 25 replies 10 pictures 5 bounces"
    return [row(title, mix, MUST, PEERS), *found, *real()]


def row(title: str, writes: Sequence[Write], must: str = "", peer: str = "") -> Row:
    rate = median(measured(writes) for _ in range(ROUNDS))
    return Row(title, must, f"{rate:,.0f}/cpu-s", peer)


def measured(writes: Sequence[Write]) -> float:
    """Mails to the CPU-second, each on a desk where somebody already has a ticket."""
    client: Any = StandIn()
    room = room_of(client)
    tickets = [open_ticket(room.desk, report(), (f"{n}",), NOW) for n in range(len(writes))]
    mails = [write(*each) for write, each in zip(writes, enumerate(tickets), strict=True)]
    return len(mails) / seconds(room, client, mails)


def seconds(room: MailRoom, client: StandIn, mails: Sequence[bytes]) -> float:
    for place, content in enumerate(mails):
        client.cloud.objects[f"inbound/{place}"] = Object(content, {}, NOW)
    client.cpu, before = 0.0, time.process_time()
    for place in range(len(mails)):
        take_in(room, f"inbound/{place}", NOW + place * DAY)
    return time.process_time() - before - client.cpu


def real() -> list[Row]:
    """A folder of real mails: each once, as if it came from far away."""
    folder = os.environ.get(CORPUS)
    if not folder:
        return []
    paths = [path for path in Path(folder).rglob("*") if path.suffix in (".eml", ".msg")]
    mails = [path.read_bytes() for path in paths]
    client: Any = StandIn()
    rate = len(mails) / seconds(room_of(client), client, mails)
    return [Row(f"  {len(mails):,} real mails", MUST, f"{rate:,.0f}/cpu-s")]


# --- mails ---------------------------------------------------------------------------------------


def plain(place: int, _: Ticket) -> bytes:
    return written(letter(place, LINE * 18))


def reply(place: int, ticket: Ticket) -> bytes:
    """An answer in two forms, below it what it answers."""
    said = f"It is dead again, since {place} o'clock.\n\nOn Mon, 23 Nov 2026, Support wrote:\n"
    mail = letter(place, said + f"> {LINE}" * 45, to=address(ticket))
    quoted = f"<blockquote type=cite>{f'<p>{LINE}</p>' * 40}</blockquote>"
    mail.add_alternative(f"<p>It is dead again.</p>{quoted}", subtype="html")
    return written(mail)


def picture(place: int, _: Ticket) -> bytes:
    mail = letter(place, LINE * 5)
    mail.add_attachment(noise(42_000), "image", "jpeg", filename="the modem.jpg")
    return written(mail)


def bounce(place: int, ticket: Ticket) -> bytes:
    told = BOUNCE.replace("bounce@", f"bounce{place}@")
    block = BLOCK_OF_SES.replace(b"<ann@example.org>", b"<>")
    return block + told.format(desk=provider().mail, reply=address(ticket)).encode()


def letter(place: int, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    for relay in range(5):
        mail["Received"] = f"from mx{relay}.example.org by mx.example.net; Mon, 23 Nov 2026"
    given = {"from": f'"Doe, Ann" <ann{place}@example.org>', "to": provider().mail}
    given |= {"subject": "Kein Anschlu\u00df seit gestern fr\u00fch"}
    given |= {"message-id": f"<{place}@example.org>", "date": "Mon, 23 Nov 2026 17:00:00 +0000"}
    for name, value in (given | headers).items():
        mail[name] = value
    mail.set_content(text)
    return mail


def written(mail: EmailMessage) -> bytes:
    return BLOCK_OF_SES + bytes(mail)


def address(ticket: Ticket) -> str:
    return provider().mail.replace("@", f"+{token.sign(SECRET, ticket.number)}@")


MIX = ((plain, 60), (reply, 25), (picture, 10), (bounce, 5))
KINDS: dict[str, Write] = {
    "a plain mail": plain,
    "a reply in two forms": reply,
    "a mail with a picture": picture,
    "a bounce": bounce,
}


if __name__ == "__main__":
    main()
