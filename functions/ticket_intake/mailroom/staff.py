"""What staff do with mails: what is in quarantine, one mail, letting it out, and the audit."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from netdesk.dynamo import moment
from netdesk.refused import Refused
from netdesk.text import one_line, safe
from ticket_intake.mail import Mail, parse
from ticket_intake.mailroom.intake import MailRoom, retry
from ticket_intake.mailroom.register import OUTCOMES, QUARANTINED, Filed

SHOWN = 100_000  # characters of a mail's text
VERDICTS = ("dmarc", "policy", "spf", "dkim", "spam", "virus")
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
Json = dict[str, Any]


def quarantine(room: MailRoom) -> Json:
    """What became no ticket, oldest first."""
    return {"mails": [_view(filed) for filed in room.register.quarantined()]}


def show(room: MailRoom, wanted: str) -> Json:
    """What became of a mail, and what stands in it."""
    filed = _known(room, wanted)
    stored = room.inbox.read(filed.key)
    if stored is None:
        raise Refused("The raw mail is not kept any more.")
    return _view(filed) | _read(parse(stored.raw)) | {"size": len(stored.raw)}


def let_out(room: MailRoom, wanted: str, now: datetime) -> Json:
    """The mail becomes a ticket; one that is a ticket already stays so."""
    filed = _known(room, wanted)
    return _view(retry(room, filed, now) if filed.outcome == QUARANTINED else filed)


def audit(room: MailRoom, month: str) -> Json:
    """Whether every mail of a month, and all that waits, became something."""
    if not MONTH.fullmatch(month):
        raise Refused(f"{one_line(month, 40)} is no month: write it like 2026-11.")
    done, waiting = room.inbox.done(month), room.inbox.waiting()
    found = room.register.find(done)
    counts = {name: sum(one.outcome == name for one in found.values()) for name in OUTCOMES}
    return {
        "month": month,
        "received": len({*done, *waiting}),
        **counts,
        "waiting": sorted({*waiting} - {*done}),
        "missing": sorted({*done} - found.keys()),
    }


def _known(room: MailRoom, wanted: str) -> Filed:
    filed = room.register.find([wanted[:200]]).get(wanted)
    if filed is None:
        raise Refused(f"There is no mail {one_line(wanted, 80)}: see netdesk mail list.")
    return filed


def _view(filed: Filed) -> Json:
    told = {name: value for name, value in asdict(filed).items() if name not in ("key", "sender")}
    return told | {"received_at": moment(filed.received_at), "from": filed.sender}


def _read(mail: Mail) -> Json:
    return {
        "subject": mail.subject,
        "from": mail.sender,
        "name": mail.sender_name,
        "text": safe(mail.text)[:SHOWN],
        "no_answer": mail.no_answer,
        "verdicts": {name: getattr(mail.verdicts, name) for name in VERDICTS},
        "attachments": [
            {"name": file.name, "media_type": file.media_type, "size": len(file.content)}
            for file in mail.attachments
        ],
    }
