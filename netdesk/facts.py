"""What a probe found out, fact by fact as it was learnt; read strictly: it may be anybody's by now.

The newest fact about one thing replaces those before it: one hop of a way, one service, one name.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from ipaddress import ip_address
from typing import Any, Literal, TypeVar, get_args

from netdesk.text import one_line

Version = Literal[4, 6]
Mark = Literal["", "!N", "!H", "!P", "!X"]  # as traceroute(8) prints them
Outcome = Literal["found", "no-such-name", "no-address", "failed"]
Progress = Literal["begun", "reached", "ended", "no-way"]
Connect = Literal["open", "refused", "silent", "unreachable"]
Tls = Literal["", "ok", "expired", "wrong-name", "untrusted", "failed"]

MAX_TTL = 30
OWN = "own"  # the resolver that the probe's host uses
MOST_FACTS = 1_000  # of one run
_MOST_ADDRESSES = 8  # of one hop: load balancing shows two or three
_MOST_ASKED = 200  # packets; a job sends 120
_LONGEST_NAME = 253  # RFC 1035 section 2.3.4, written with dots
LONGEST_OPERATOR = 80
_LONGEST_WAIT = 100_000.0  # milliseconds; a job ends after thirty seconds


@dataclass(frozen=True)
class Hop:
    """Who answers at one distance."""

    n: int  # the fact's number within its run, from 1
    ttl: int
    addresses: tuple[str, ...] = ()  # none: nobody answered, for good
    rtt_ms: float | None = None
    mark: Mark = ""
    version: Version = 4
    tries: int = 1  # packets that asked this distance


@dataclass(frozen=True)
class Lookup:
    """What one resolver says of the target's name; `addresses` of both versions."""

    n: int
    resolver: str  # OWN, or its address
    outcome: Outcome
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """The way to one address, and how it ended; no-way: this host does not speak that version."""

    n: int
    version: Version
    address: str
    progress: Progress = "begun"


@dataclass(frozen=True)
class Service:
    """What answers at one port: TCP, then TLS and `GET /` where they were tried."""

    n: int
    version: Version
    port: int
    connect: Connect
    rtt_ms: float | None = None  # until the connection stood, or was refused
    tls: Tls = ""
    status: int | None = None  # of HTTP


@dataclass(frozen=True)
class Control:
    """Whether a fixed address in another network answers: does this host reach anything at all?"""

    n: int
    address: str
    reached: bool


@dataclass(frozen=True)
class Loss:
    """How many packets to one distance got no answer, of those that were sent to count it."""

    n: int
    version: Version
    ttl: int
    sent: int
    lost: int


@dataclass(frozen=True)
class Network:
    """Whose an address is, by the Internet's routing table; `name` is what its owner calls it."""

    n: int
    address: str
    asn: int | None = None
    operator: str = ""
    name: str = ""


Fact = Hop | Lookup | Way | Service | Control | Loss | Network
F = TypeVar("F", bound=Fact)
KINDS: dict[str, type[Fact]] = {kind.__name__.lower(): kind for kind in get_args(Fact)}


def to_dict(fact: Fact) -> dict[str, Any]:
    row = asdict(fact)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in row.items()}


def to_row(fact: Fact) -> dict[str, Any]:
    """As `from_row` reads it: with its kind."""
    return {"kind": type(fact).__name__.lower()} | to_dict(fact)


def from_row(row: Mapping[str, Any]) -> Fact:
    """Read a row that a probe wrote; ValueError if it is no fact."""
    try:
        kind = KINDS[row["kind"]]
        given = {part.name: _READ[part.name](row[part.name]) for part in fields(kind)}
        if given.get("lost", 0) > given.get("sent", 0):
            raise ValueError("more are lost than were sent")
        return kind(**given)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a fact: {error!r}") from None


def of_kind(facts: Iterable[Fact], kind: type[F]) -> list[F]:
    """In the order in which they were learnt."""
    return sorted((fact for fact in facts if isinstance(fact, kind)), key=lambda fact: fact.n)


def hops(facts: Iterable[Fact], version: int = 4) -> tuple[Hop, ...]:
    """One hop per distance, the last word on each, nearest first."""
    newest = {hop.ttl: hop for hop in of_kind(facts, Hop) if hop.version == version}
    return tuple(newest[ttl] for ttl in sorted(newest))


def clean_name(text: str) -> str:
    """A name as DNS knows it, in small letters; empty if it is anything else: it names itself."""
    name = text.removesuffix(".").lower()
    return name if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) else ""


# Letters, digits, hyphens (RFC 1123 section 2.1), and the underscore that routers' names have.
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*")


def _number(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not low <= int(value) <= high:
            raise ValueError(f"{value} is not between {low} and {high}")
        return int(value)

    return read


def _one_of(words: Any) -> Callable[[Any], Any]:
    known = get_args(words)
    kind = type(known[0])

    def read(word: Any) -> Any:
        if type(word) is not kind or word not in known:
            raise ValueError(f"{word!r} is none of {known}")
        return word

    return read


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _milliseconds(value: Any) -> float:
    if not 0 <= float(value) <= _LONGEST_WAIT:  # nor is nan
        raise ValueError(f"{value} is not a time")
    return float(value)


def _addresses(given: Any) -> tuple[str, ...]:
    """Literals only: what a router calls itself reaches a page, and must be an address."""
    if isinstance(given, str) or len(given) > _MOST_ADDRESSES:
        raise ValueError("not a list of addresses")
    return tuple(_address(address) for address in given)


def _address(given: Any) -> str:
    if "%" in str(given):  # the standard library takes any text for an IPv6 zone
        raise ValueError("an address with a zone")
    return str(ip_address(str(given)))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


# By the field's name: each means the same in every fact.
_READ: dict[str, Callable[[Any], Any]] = {
    "n": _number(1, MOST_FACTS),
    "ttl": _number(1, MAX_TTL),
    "addresses": _addresses,
    "rtt_ms": _or_none(_milliseconds),
    "mark": _one_of(Mark),
    "version": _one_of(Version),
    "tries": _number(0, _MOST_ASKED),
    "resolver": lambda given: OWN if given == OWN else _address(given),
    "outcome": _one_of(Outcome),
    "address": _address,
    "progress": _one_of(Progress),
    "port": _number(1, 65_535),
    "connect": _one_of(Connect),
    "tls": _one_of(Tls),
    "status": _or_none(_number(100, 999)),
    "reached": _flag,
    "sent": _number(0, _MOST_ASKED),
    "lost": _number(0, _MOST_ASKED),
    "asn": _or_none(_number(1, 2**32 - 1)),
    "operator": lambda given: one_line(given, LONGEST_OPERATOR),
    "name": clean_name,
}
