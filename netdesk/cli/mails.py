"""netdesk mail: the mails that became no ticket, and whether every mail became something."""

import argparse
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import command
from netdesk.cli.desk_api import connect

Json = dict[str, Any]


def add_to(commands: Any) -> None:
    group = commands.add_parser("mail", help="look after the mails that came in").add_subparsers(
        metavar="COMMAND", required=True
    )
    command(group, "list", "mails in quarantine: they became no ticket", list_mails)
    for name, words, run in (
        ("show", "one mail: what stands in it, and what became of it", show_mail),
        ("retry", "let a mail out of quarantine: it becomes a ticket", retry),
    ):
        made = command(group, name, words, run)
        made.add_argument("id", metavar="ID", help="as `netdesk mail list` shows it")
    auditing = command(group, "audit", "prove that every mail became something", audit)
    auditing.add_argument("--month", default="", help="such as 2026-11 (default: this month)")


def list_mails(options: argparse.Namespace) -> int:
    mails = connect().get("staff", "mails")["mails"]
    if options.json:
        show.document(mails)
    elif not mails:
        show.lines("No mail is in quarantine.")
    else:
        head = ("id", f"received ({show.zone()})", "from", "subject", "why")
        show.table(head, [_row(mail) for mail in mails])
    return 0


def show_mail(options: argparse.Namespace) -> int:
    mail = connect().get("staff", "mails", options.id)
    if options.json:
        show.document(mail)
        return 0
    verdicts = [f"{name} {word}" for name, word in mail["verdicts"].items() if word]
    show.lines(
        f"{mail['id']}  {_became(mail)}",
        f"received  {show.local(mail['received_at'])}, {mail['size']} bytes",
        f"from      {', '.join(filter(None, (mail['name'], mail['from']))) or 'nobody'}",
        f"subject   {mail['subject']}",
        f"verdicts  {', '.join(verdicts) or 'none'}",
        *([f"answer    none by itself: {mail['no_answer']}"] if mail["no_answer"] else []),
        *map(_file, mail["attachments"]),
        "",
        mail["text"],
    )
    return 0


def retry(options: argparse.Namespace) -> int:
    mail = connect().post("staff", "mails", options.id, "retry")
    if options.json:
        show.document(mail)
    else:
        show.lines(f"{mail['id']}  {_became(mail)}")
    return 0


def audit(options: argparse.Namespace) -> int:
    """Fails when a mail became nothing, so that a script can watch it."""
    asked = {"month": options.month} if options.month else {}
    told = connect().get("staff", "mails", "audit", **asked)
    if options.json:
        show.document(told)
    else:
        show.lines(
            f"{told['month']}: {told['received']} received = {told['ticket']} tickets"
            f" + {told['follow-up']} follow-ups + {told['quarantined']} in quarantine"
            f" + {len(told['waiting'])} waiting + {len(told['missing'])} missing",
            *(f"waiting  {mail_id}" for mail_id in told["waiting"]),
            *(f"missing  {mail_id}" for mail_id in told["missing"]),
        )
    return 1 if told["missing"] else 0


def _row(mail: Json) -> tuple[str, ...]:
    received = show.short(mail["received_at"])
    return mail["id"], received, mail["from"] or "nobody", mail["subject"], mail["reason"]


def _file(file: Json) -> str:
    return f"file      {file['name']} ({file['media_type']}, {file['size']} bytes)"


def _became(mail: Json) -> str:
    if mail["outcome"] == "quarantined":
        return f"in quarantine: {mail['reason']}"
    return f"{mail['outcome']} {mail['number']}"
