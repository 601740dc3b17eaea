"""Retention: tickets that were resolved long enough ago go, whole, with all that is theirs."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from netdesk.dynamo import Item
from ticket_intake.belongings import Belongings, kind_of, mail_id
from ticket_intake.rows import ticket_of

MOST = 200  # of one run: the next day goes on


def enforce(
    belongings: Belongings, months: int, now: datetime, enough: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Delete what was resolved more than so many months ago, the oldest first; what went.

    A ticket that can't be deleted today delays no other; none is begun when there was enough.
    """
    done = Counter(tickets=0, files=0, mails=0, failed=0)
    for number in _opened_before(belongings, cut := months_before(now, months)):
        if enough() or done["tickets"] + done["failed"] >= MOST:
            break
        try:
            done += _delete(belongings, number, cut)
        except Exception:  # whatever it was, it is found again tomorrow
            done["failed"] += 1
    return {kind: done[kind] for kind in ("tickets", "files", "mails", "failed")}


def months_before(now: datetime, months: int) -> datetime:
    """The same day and time of an earlier month, or that month's last day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))


def _opened_before(belongings: Belongings, cut: datetime) -> Iterator[str]:
    """What was resolved before was opened before; emergencies first, as the queue has them."""
    until = cut.astimezone(UTC).isoformat(timespec="milliseconds")
    for urgency in "01":
        yield from belongings.resolved(f"{urgency}#", f"{urgency}#{until}")


def _delete(belongings: Belongings, number: str, cut: datetime) -> Counter[str]:
    """Its own row goes last, so that who dies half way finds it again."""
    rows = belongings.rows(number)
    own = next((row for row in rows if kind_of(row) == "ticket"), None)
    if own is None or not _is_over(own, cut):
        return Counter()
    done = Counter[str]()
    belongings.drop_code(own.get("code", ""))
    for row in rows:
        done += _emptied(belongings, row)
    for row in rows:
        if row is not own:
            belongings.delete(row)
    done["tickets"] += belongings.delete_ticket(own)
    return done


def _is_over(row: Item, cut: datetime) -> bool:
    resolved_at = ticket_of(row).resolved_at  # none again once it is reopened
    return resolved_at is not None and resolved_at < cut


def _emptied(belongings: Belongings, row: Item) -> Counter[str]:
    """What the row names lies there no more."""
    match kind_of(row):
        case "entry":
            return Counter(files=belongings.drop_files(row))
        case "mail":
            dropped = belongings.drop_mail(row)
            belongings.delete({"pk": f"mail#{mail_id(row)}", "sk": "mail"})
            return Counter(mails=dropped)
    return Counter()
