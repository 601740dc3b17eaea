"""Writes docs/costs.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.costs import text
from infra.costs import usage as assumed
from infra.costs.model import Bill, Model
from infra.costs.prices import CHECKED, GB, PRICES, READ_THERE, added, beyond_free, dollars
from infra.costs.usage import BASIS, NOBODY, Steps, Usage, of
from infra.template import ROOT

PATH = ROOT / "docs" / "costs.md"
GROWTH = (1_000, 10_000, 50_000)
ONE_OF_EACH: dict[str, Steps] = {
    "ticket by the form, until it is deleted": assumed.FORM_TICKET,
    "ticket by mail, until it is deleted": assumed.MAIL_TICKET,
    "more mail to a ticket": assumed.MAIL_MORE,
    "notice: opened, an update, resolved": assumed.NOTICE,
    "trace, looked at ten times": assumed.TRACE,
    "heartbeat: page made anew, each five minutes": {"page made anew": 1},
    **{f"{name}, with nothing to do": {name: 1} for name in assumed.MINUTES.values()},
}


def document(model: Model) -> str:
    places = FileSystemLoader(Path(__file__).parent)
    page = Environment(loader=places, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - Markdown
    return page.get_template("costs.md.jinja").render(
        a=assumed,
        basis=BASIS,
        calls=text.calls,
        checked=CHECKED,
        exactly=text.exactly,
        gb=GB,
        money=text.money,
        number=text.number,
        prices=PRICES,
        read_there=READ_THERE,
        services=text.services,
        **_figures(model),
    )


def _figures(model: Model) -> dict[str, Any]:
    bill, steps = model.month(BASIS), model.counted.steps
    mails = bill.core["mail out"]
    return {
        "bill": bill,
        "core": dollars(bill.core),
        "both": _both(bill),
        "inside": dollars(bill.inside),
        "idle": dollars(model.month(NOBODY).core),
        "one_of_each": [*_one_of_each(model)],
        "growth": [_grown(model, of(customers)) for customers in GROWTH],
        "beyond_free": dollars(beyond_free(bill.core)),
        "names": dollars({name: bill.core[name] for name in ("zone", "dns query")}),
        "plan": mails * (PRICES["mail out"].each - assumed.MAIL_WITHOUT_PLAN),
        "million_views": dollars(model.page_views(10**6)),
        "rows": steps["trace made"].calls["dynamodb:PutItem"],
        "steps": steps,
    }


def _one_of_each(model: Model) -> Iterator[tuple[str, float, float]]:
    for name, steps in ONE_OF_EACH.items():
        made = ((model.counted.steps[step], many) for step, many in steps.items())
        calls = sum(sum(work.calls.values()) * many for work, many in made)
        yield name, calls, dollars(model.of(steps))
    yield "page view, fetched from S3", 1, dollars(model.page_views(1))


def _grown(model: Model, usage: Usage) -> tuple[Usage, float, float]:
    bill = model.month(usage)
    return usage, dollars(bill.core), _both(bill)


def _both(bill: Bill) -> float:
    return dollars(added(bill.core, bill.probe))
