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
TURNS = "Packets go round in a circle here"
NOBODY, AGAIN = "nobody answers", "the same routers again"
_ROUND = 3  # answers of routers that have answered before: fewer may be a router that counts badly


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
    """One hop, a run of silent ones, a loop that goes round once more, or the break."""

    kind: Literal["answer", "silent", "again", "break"]
    first: int = 0
    last: int = 0
    stop: Stop = Stop(0)  # of one hop alone
    words: str = ""  # of what is no answer

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
        """The end of a loop and the silence at the end are one row each: 24 of them say no more."""
        again = self._again
        last = max((stop.ttl for stop in self.stops if stop.addresses), default=0)
        end = max(last, self.break_after or 0)
        shown = [s for s in self.stops if s.ttl <= end and not (again and again <= s.ttl <= last)]
        rows = [_row(stop) for stop in shown]
        if again:
            before = sum(row.last < again for row in rows)
            rows.insert(before, Row("again", again, last, words=AGAIN))
        if silent := [stop.ttl for stop in self.stops if stop.ttl > end]:
            rows.append(Row("silent", silent[0], silent[-1], words=NOBODY))
        if self.break_after is not None:
            before = sum(row.last <= self.break_after for row in rows)
            words = LOSES if self.reached else TURNS if again else BREAKS
            rows.insert(before, Row("break", words=words))
        return tuple(rows)

    @property
    def _again(self) -> int:
        """From where on nobody answers who has not done so before; 0 if the path has no loop."""
        known: set[str] = set()
        again: list[int] = []
        for stop in self.stops:
            if set(stop.addresses) - known:
                again = []
            elif stop.addresses:
                again.append(stop.ttl)
            known |= set(stop.addresses)
        return again[0] if len(again) >= _ROUND else 0

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
    if stop.addresses:
        return Row("answer", stop.ttl, stop.ttl, stop)
    return Row("silent", stop.ttl, stop.ttl, stop, NOBODY)
