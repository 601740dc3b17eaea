"""Mail that comes in: it becomes a ticket."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from netdesk.doctor.checks import trial
from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good
from netdesk.doctor.waiting import until

Json = dict[str, Any]


def look(desk: Desk) -> Iterator[Finding]:
    yield from trial.remove_left(desk)
    before = set(_lying(desk))
    subject = trial.subject()
    if refused := _refused(desk, subject):
        yield refused
        return

    def became() -> Json:
        return _ticket(desk, subject) or _quarantined(desk, subject)

    found = until(desk, f"a mail to {desk.provider.mail} to become a ticket", became, desk.seconds)
    if not found:
        yield _lost(desk, subject, bool(set(_lying(desk)) - before))
        return
    left: list[Finding] = []
    try:
        if "reason" in found:
            yield bad(
                f"A mail came in, but it is held in quarantine: {found['reason']}",
                "So may customers' mail be: see `netdesk mail list`.",
            )
        else:
            yield good(f"A mail to {desk.provider.mail} becomes a ticket ({found['number']}).")
    finally:
        left = _removed(desk, found)
    yield from left or [good("What it became is closed and erased again.")]


def _refused(desk: Desk, subject: str) -> Finding | None:
    try:
        desk.post(trial.sender(desk), desk.provider.mail, _mail(desk, subject))
    except Exception as error:  # of SMTP, of SES, of the way there
        return bad(
            f"The test mail could not be sent: {error}",
            "See `netdesk doctor ses`: the sender must be verified, and sending not paused.",
        )
    return None


def _mail(desk: Desk, subject: str) -> bytes:
    """Honest about what it is, which also keeps the desk from answering it: RFC 3834 section 5."""
    mail = EmailMessage()
    mail["From"], mail["To"] = trial.sender(desk), desk.provider.mail
    mail["Subject"] = subject
    mail["Message-ID"] = make_msgid(domain=desk.mail_domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(trial.TEXT)
    return mail.as_bytes()


def _ticket(desk: Desk, subject: str) -> Json:
    return next((one for one in trial.queued(desk) if one["subject"] == subject), {})


def _quarantined(desk: Desk, subject: str) -> Json:
    mails: list[Json] = desk.staff.get("staff", "mails")["mails"]
    return next((one for one in mails if one["subject"] == subject), {})


def _lying(desk: Desk) -> list[str]:
    """Mails that are in the bucket, and that nobody has taken in yet."""
    waiting: list[str] = desk.staff.get("staff", "mails", "audit")["waiting"]
    return waiting


def _removed(desk: Desk, found: Json) -> list[Finding]:
    if "reason" not in found:
        return trial.removed(desk, found["number"])
    try:
        out = desk.staff.post("staff", "mails", found["id"], "retry")
    except Exception as error:  # told, like everything that could not be done
        return [
            bad(
                f"The test mail {found['id']} could not be let out of quarantine: {error}",
                f"Run `netdesk mail retry {found['id']}`, and erase the ticket that it becomes.",
            )
        ]
    return trial.removed(desk, out["number"])


def _lost(desk: Desk, subject: str, lies: bool) -> Finding:
    later = f'If it comes later, the next `netdesk doctor` removes it; its subject is "{subject}".'
    if lies:
        return bad(
            "A mail came in, but does not become a ticket: it lies in the mail bucket. Nothing is "
            "lost.",
            f"{later} MailFunction's trigger, the queue InboundMailQueue, and its schedule must be "
            "on; see what it complains of:",
            desk.log_command,
        )
    return bad(
        f"A mail to {desk.provider.mail} did not come in within {desk.seconds:.0f} seconds.",
        "Look first at what `netdesk doctor records ses` says: MX record, active receipt rule. "
        f"{later}",
    )
