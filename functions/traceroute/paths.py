"""The path to a site as one measuring host saw it, row by row as every reader gets it."""

from dataclasses import dataclass
from typing import Literal

MARK_WORDS = {  # what a router answers beside its address, by the sign of traceroute(8)
    "!N": "says that it knows no way on",
    "!H": "says that it can't reach the machine",
    "!P": "says that it does not let this pass",
    "!X": "says that it does not let this pass",
}
BREAKS, LOSES = "It breaks here", "Packets get lost from here on"


@dataclass(frozen=True)
class Stop:
    """Who answered at one distance; without addresses nobody did."""

    ttl: int
    addresses: tuple[str, ...] = ()
    rtt_ms: float | None = None
    mark: str = ""
    name: str = ""  # what its owner calls it, which proves nothing
    operator: str = ""
    asn: int | None = None
    note: str = ""

    @property
    def network(self) -> str:
        """Whose it is, as far as we know: Example Net (AS64500)."""
        number = f"AS{self.asn}" if self.asn else ""
        return (
            f"{self.operator} ({number})" if self.operator and number else self.operator or number
        )

    @property
    def says(self) -> str:
        return MARK_WORDS.get(self.mark, "")

    @property
    def after(self) -> str:
        """How long its answer took."""
        if self.rtt_ms is None:
            return ""
        return (
            f"{self.rtt_ms:.1f} ms" if self.rtt_ms < 100 else f"{min(self.rtt_ms, 99_999):.0f} ms"
        )


@dataclass(frozen=True)
class Row:
    """One hop, a run of silent ones, or the break."""

    kind: Literal["answer", "silent", "break"]
    first: int = 0
    last: int = 0
    stop: Stop = Stop(0)  # of one hop alone
    words: str = ""  # of the break

    @property
    def hops(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Path:
    """The stops nearest first; it breaks between the one at `break_after` and the next.

    A path that is reached all the same loses packets there.
    """

    version: int
    address: str
    stops: tuple[Stop, ...]
    reached: bool = False
    break_after: int | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The silence at the end is one row: 24 of them say no more."""
        end = max((stop.ttl for stop in self.stops if stop.addresses), default=0)
        end = max(end, self.break_after or 0)
        rows = [_row(stop) for stop in self.stops if stop.ttl <= end]
        if silent := [stop.ttl for stop in self.stops if stop.ttl > end]:
            rows.append(Row("silent", silent[0], silent[-1]))
        if self.break_after is not None:
            before = sum(row.last <= self.break_after for row in rows)
            rows.insert(before, Row("break", words=LOSES if self.reached else BREAKS))
        return tuple(rows)

    @property
    def heard(self) -> int:
        """How many hops have answered."""
        return sum(bool(stop.addresses) for stop in self.stops)


@dataclass(frozen=True)
class View:
    """What one measuring host says."""

    name: str
    place: str
    state: str
    sentence: str = ""  # why it says nothing
    paths: tuple[Path, ...] = ()
    diagnostics: tuple[tuple[str, str], ...] = ()  # what was asked beside the trace, and the answer


def _row(stop: Stop) -> Row:
    return Row("answer" if stop.addresses else "silent", stop.ttl, stop.ttl, stop)
