"""Numbers as docs/costs.md has them."""

from collections.abc import Iterator

from infra.costs.counted import Work
from infra.costs.prices import GB, PRICES, Amounts, dollars

LEAST = 0.005  # dollars: what rounds to nothing is not shown


def services(amounts: Amounts) -> Iterator[tuple[str, str, str]]:
    """What each service gets, the dearest first."""
    names = dict.fromkeys(PRICES[name].service for name in amounts)
    parts = {one: {k: v for k, v in amounts.items() if PRICES[k].service == one} for one in names}
    for service, part in sorted(parts.items(), key=lambda one: -dollars(one[1])):
        if dollars(part) >= LEAST:
            yield service, "; ".join(_lines(part)), money(dollars(part))


def _lines(amounts: Amounts) -> Iterator[str]:
    for name in sorted(amounts, key=lambda name: -PRICES[name].each * amounts[name]):
        price, amount = PRICES[name], amounts[name]
        if price.each * amount >= LEAST:
            many = f"{amount / GB:,.2f}" if price.per == GB else f"{amount:,.0f}"
            yield f"{price.what}: {many}"


def calls(work: Work) -> str:
    """Such as `dynamodb: GetItem 2, Query; sqs: SendMessage`."""
    by_service: dict[str, list[str]] = {}
    for call, many in work.calls.items():
        service, _, operation = call.partition(":")
        told = f"{operation} {many}" if many > 1 else operation
        by_service.setdefault(service, []).append(told)
    found = (f"{service}: {', '.join(told)}" for service, told in by_service.items())
    return "; ".join(found) or "none"


def exactly(amount: float) -> str:
    """With no digit less than it has, and two at least."""
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount:.4f}".rstrip("0")


def money(amount: float) -> str:
    return f"{amount:,.2f}"


def number(amount: float) -> str:
    """A whole one without a point."""
    return f"{amount:,.1f}".removesuffix(".0")
