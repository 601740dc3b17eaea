"""A row of the decision table, and the verdict that it becomes with the words of one case.

A sentence goes on from "Seen from our measuring host ...," or stands alone with a capital.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from netdesk.facts import Version

WAY_BACK = "The way back may be another one, and be at fault."
Confidence = Literal["certain", "high", "medium", "low", "none"]
Side = Literal["", "ours", "transit", "destination"]


@dataclass(frozen=True)
class Row:
    """One row of the decision table; the number is its own, 0 where the table has none."""

    number: int
    code: str
    confidence: Confidence
    finding: str
    unproven: str = ""
    side: Side = ""
    good: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the measuring hosts show, for a customer."""

    row: int
    code: str
    confidence: Confidence
    finding: str
    unproven: str = ""
    side: Side = ""  # whose fault it is, as far as that can be said
    good: bool = False  # nothing is broken on the way
    where: str = ""  # an address or more
    operator: str = ""  # whose network it speaks of
    version: Version | None = None
    after: int | None = None  # it breaks behind this hop
    known: tuple[str, str] | None = None  # title and address of a notice that tells of it

    @property
    def sentence(self) -> str:
        told = f"We know of it: {self.known[0]}." if self.known else ""
        return " ".join(filter(None, (self.finding, self.unproven, told)))

    def to_dict(self) -> dict[str, Any]:
        known = {"title": self.known[0], "url": self.known[1]} if self.known else None
        return {
            "code": self.code,
            "where": self.where,
            "sentence": self.sentence,
            "confidence": self.confidence,
            "finding": self.finding,
            "unproven": self.unproven,
            "side": self.side,
            "operator": self.operator,
            "version": self.version,
            "after": self.after,
            "known": known,
        }


def written(row: Row, seen: str = "", **words: Any) -> Verdict:
    """The row's sentences with their words; `seen` is how they begin."""
    finding, unproven = row.finding.format(**words), row.unproven.format(**words)
    finding = seen + finding if seen else finding[:1].upper() + finding[1:]
    said = Verdict(row.number, row.code, row.confidence, finding, unproven, row.side, row.good)
    return replace(said, operator=words.get("operator", ""))
