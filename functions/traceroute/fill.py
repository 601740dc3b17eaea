"""What a ticket about a trace says: the fields of the form, filled in for the customer."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from netdesk.provider import Provider
from netdesk.trace import Job
from traceroute.path_text import lines
from traceroute.paths import View
from traceroute.tracing import Tracing
from traceroute.verdict import Verdict

_ASKED = "url"  # the question by which a provider's category for unreachable sites is known


def fields(
    tracing: Tracing, job: Job, views: Sequence[View], said: Verdict, typed: str
) -> dict[str, str]:
    """In the form's own names; `url` is what was typed if we still have it, else the host.

    Where we see no fault, the error message is the customer's to give.
    """
    return {
        "category": _category(tracing.provider),
        "url": typed or f"https://{job.target}/",
        "occurred_at": _when(tracing, job.queued_at),
        "error_text": "" if said.good else said.finding,
        "message": _message(tracing.link(job.id), job, views, said),
    }


def _category(provider: Provider) -> str:
    asking = (c.key for c in provider.categories if _ASKED in (q.key for q in c.questions))
    return next(asking, provider.categories[0].key)


def _when(tracing: Tracing, moment: datetime) -> str:
    return tracing.pages.when(moment)


def _message(link: str, job: Job, views: Sequence[View], said: Verdict) -> str:
    told = [f"I can't reach {job.target}.", "", said.sentence, "", f"The trace: {link}"]
    for view in views:
        told += _seen(view)
    return "\n".join(told)


def _seen(view: View) -> Iterator[str]:
    """What one host saw; the page that has it too goes before the ticket does."""
    yield from ("", f"Our measuring host, {view.place or view.name}:")
    if view.sentence:
        yield view.sentence
    for path in view.paths:
        yield from (*lines(path), "")
    yield from (f"{asked}: {answer}" for asked, answer in view.diagnostics)
