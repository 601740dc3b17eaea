"""What the queue asks for; it is read like anything from outside."""

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, get_args

from netdesk.facts import Version
from netdesk.trace import MOST_FLOWS, Method, Wish

MOST_OTHERS = 4  # resolvers, and controls, that one order may name


@dataclass(frozen=True)
class Order:
    id: str
    target: str
    kept: timedelta
    wish: Wish
    resolvers: tuple[str, ...]
    controls: tuple[str, ...]


def read(body: str) -> Order:
    """Raises ValueError for what is no order."""
    try:
        row = json.loads(body)
        return Order(
            id=str(row["id"]),
            target=str(row["target"]),
            kept=timedelta(days=int(row["days"])),
            wish=_wish(row["wish"]),
            resolvers=tuple(map(str, row["resolvers"][:MOST_OTHERS])),
            controls=tuple(map(str, row["controls"][:MOST_OTHERS])),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an order: {error!r}") from None


def _wish(row: dict[str, Any]) -> Wish:
    wish = Wish(**{part.name: row[part.name] for part in fields(Wish)})
    good = wish.method in (None, *get_args(Method)) and wish.version in (None, *get_args(Version))
    if not (good and isinstance(wish.flows, int) and 1 <= wish.flows <= MOST_FLOWS):
        raise ValueError(f"not a wish: {wish}")
    return wish
