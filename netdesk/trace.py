"""The nouns of a trace: hops as they were heard, the run that they belong to, the verdict."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Any, Literal, get_args

State = Literal["queued", "running", "done", "failed"]
Mark = Literal["", "!N", "!H", "!P", "!X"]  # as traceroute(8) prints them
Confidence = Literal["certain", "high", "medium", "low", "none"]

MAX_TTL = 30
_MOST_ADDRESSES = 8  # of one hop: load balancing shows two or three


@dataclass(frozen=True)
class Hop:
    """One event: what was heard at one distance; a later event of the same `ttl` replaces it."""

    n: int  # the event's number within its job, from 1
    ttl: int
    addresses: tuple[str, ...] = ()  # none: nobody answered, for good
    rtt_ms: float | None = None
    mark: Mark = ""

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> "Hop":
        """Read a row that a probe wrote; ValueError if it isn't one."""
        try:
            rtt = row.get("rtt_ms")
            return cls(
                n=_between(1, int(row["n"]), 1_000),
                ttl=_between(1, int(row["ttl"]), MAX_TTL),
                addresses=_addresses(row["addresses"]),
                rtt_ms=None if rtt is None else _milliseconds(float(rtt)),
                mark=_one_of(get_args(Mark), row.get("mark", "")),
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"not a hop: {error!r}") from None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"addresses": list(self.addresses)}


@dataclass(frozen=True)
class Run:
    """How far a job has come; `reason` is a machine's word for why there is no path."""

    state: State
    address: str | None = None  # the one that the name was pinned to
    hops: tuple[Hop, ...] = ()
    reached: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a run shows, in a sentence for a customer; `where` is an address or more, or empty."""

    code: str
    where: str
    sentence: str
    confidence: Confidence

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def latest(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """One hop per distance, the last word on each, nearest first."""
    newest: dict[int, Hop] = {}
    for hop in sorted(hops, key=lambda hop: hop.n):
        newest[hop.ttl] = hop
    return tuple(newest[ttl] for ttl in sorted(newest))


def _between(low: int, value: int, high: int) -> int:
    if not low <= value <= high:
        raise ValueError(f"{value} is not between {low} and {high}")
    return value


def _milliseconds(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{value} is not a time")
    return value


def _addresses(given: Any) -> tuple[str, ...]:
    """Literals only: what a router calls itself reaches a page, and must be an address."""
    if isinstance(given, str) or len(given) > _MOST_ADDRESSES:
        raise ValueError("not a list of addresses")
    return tuple(_address(address) for address in given)


def _address(given: Any) -> str:
    if "%" in str(given):  # the standard library takes any text for an IPv6 zone
        raise ValueError("an address with a zone")
    return str(ip_address(str(given)))


def _one_of(words: tuple[Any, ...], word: Any) -> Any:
    if word not in words:
        raise ValueError(f"{word!r} is none of {words}")
    return word
