"""Figures beside what they must be, and what a peer reached."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    figure: str
    must: str
    ours: str
    peer: str = ""


def show(rows: Iterable[Row], peer: str = "peer") -> None:
    print(f"{'figure':58} {'must':>26} {'ours':>42}   {peer}")
    for row in rows:
        print(f"{row.figure:58} {row.must:>26} {row.ours:>42}   {row.peer}", flush=True)
