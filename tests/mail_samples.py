"""Mails of several people and machines, each with SES's verdicts about its own sender's domain."""

import hashlib
from dataclasses import dataclass

from netdesk.ticket import Ticket
from tests.desk import NOW, REGION, Cloud
from tests.mail_room import arrives, raw
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.compose import ses_message_id
from ticket_intake.outbox.dispatch import Mailer, sweep

ANN, BOB, EVE = "Ann <ann@example.org>", "Bob <bob@bob.example>", "Eve <eve@evil.example>"
THREADS = {"references", "in_reply_to"}
END = b"X-SES-RECEIPT: QUVGQkJCQkJC\n"


def mail(
    sender: str, text: str = "It is dead.", /, *files: tuple[str, bytes], **headers: str
) -> bytes:
    """A mail with an id of its own, and verdicts about the domain of the sender."""
    domain = sender.rpartition("@")[2].rstrip(">").lower()
    own = hashlib.sha256(repr((sender, text, headers)).encode()).hexdigest()[:12]
    given = {"from": sender, "message_id": f"<{own}@{domain}>"} | headers
    # By hand, because the library makes encoded words of long ids.
    threads = {name: given.pop(name) for name in THREADS & given.keys()}
    ids = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in threads.items())
    block, _, below = raw(text, *files, **given).partition(END)
    return block.replace(b"example.org", domain.encode()) + END + ids.encode() + below


def without_block(content: bytes) -> bytes:
    return content.partition(END)[2]


def report(
    enclosed: str = "", status: str = "5.1.1", to: str = "ann@example.org",
    sender: str = "MAILER-DAEMON@example.org", **headers: str,
) -> bytes:  # fmt: skip
    """A delivery status notification that brings back these header lines (RFC 3464)."""
    action = "delayed" if status.startswith("4") else "failed"
    subject = "Delayed" if action == "delayed" else "Undelivered Mail Returned to Sender"
    body = f"""\
--cut
Content-Type: text/plain

This is the mail system. {to}: it did not work.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}

--cut
Content-Type: text/rfc822-headers

To: {to}
{enclosed}

--cut--
"""
    given = {"subject": subject, "auto_submitted": "auto-replied"} | headers
    head, _, _ = mail(sender, body, **given).partition(b"Content-Type: text/plain")
    kind = b'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"\n\n'
    return head + kind + body.encode()


@dataclass(frozen=True)
class Thread:
    """A ticket whose acknowledgement has been sent; `ses` is that mail's Message-ID."""

    ticket: Ticket
    ses: str


def acknowledged(cloud: Cloud, room: MailRoom, mailer: Mailer) -> Thread:
    """Ann's ticket; her mail's id is first@example.org."""
    first = mail(ANN, message_id="<first@example.org>")
    ticket = arrives(cloud, room, first, "inbound/first")
    sweep(mailer, NOW)
    [row] = [row for row in cloud.outbox() if row["number"] == ticket.number]
    return Thread(ticket, ses_message_id(row["message_id"], REGION))


def state(cloud: Cloud, number: str) -> list[dict[str, object]]:
    """Every row of a ticket: its own, its history, and what it sends; not where its mails lie."""
    rows = cloud.rows("TicketsTable", f"ticket#{number.replace('-', '')}")
    told = [row for row in rows if not str(row["sk"]).startswith("mail#")]
    return sorted(told, key=lambda row: str(row["sk"]))
