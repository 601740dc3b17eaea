"""What the queue asks for; it is read like anything from outside."""

import json
import re
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, get_args

from netdesk.facts import Version
from netdesk.trace import MOST_FLOWS, Method, Wish

MOST_OTHERS = 4  # resolvers, and controls, that one order may name
MOST_DAYS = 365  # as provider.toml may have it
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Order:
    id: str
    target: str
    kept: timedelta
    wish: Wish
    resolvers: tuple[str, ...]
    controls: tuple[str, ...]


def read(body: str) -> Order:
    """Raises ValueError for what is no order; what a newer desk says beside it is passed over."""
    try:
        row = json.loads(body)
        return Order(
            id=_id(row["id"]),
            target=_text(row["target"]),
            kept=timedelta(days=_whole(row["days"], MOST_DAYS)),
            wish=_wish(row["wish"]),
            resolvers=tuple(map(_text, _list(row["resolvers"])[:MOST_OTHERS])),
            controls=tuple(map(_text, _list(row["controls"])[:MOST_OTHERS])),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an order: {error!r}") from None


def _wish(row: dict[str, Any]) -> Wish:
    """One that asks for more than we know is none: what it would get is something else."""
    if row.keys() != {part.name for part in fields(Wish)}:
        raise ValueError(f"not a wish: {sorted(row)}")
    method, version = row["method"], row["version"]
    if method not in (None, *get_args(Method)):
        raise ValueError(f"not a method: {method!r}")
    if version is not None and _whole(version, 6) not in get_args(Version):
        raise ValueError(f"not a version of IP: {version}")
    return Wish(method, version, _whole(row["flows"], MOST_FLOWS))


def _id(given: Any) -> str:
    if not _ID.fullmatch(_text(given)):
        raise ValueError("not an id")
    return str(given)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f"{type(given).__name__} instead of a text")
    return given


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise TypeError(f"{type(given).__name__} instead of a list")
    return given


def _whole(given: Any, most: int) -> int:
    if type(given) is not int or not 1 <= given <= most:
        raise ValueError(f"not a number from 1 to {most}")
    return given
