"""The path as the page draws it: networks as bands, hops as dots, the break between two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from traceroute.path_text import cut
from traceroute.paths import Path, Row

# Units of the drawing: as many as a phone of 360 pixels has beside the page's margins.
WIDTH = 320
TEXT = 40  # where words begin, beside the dots
HEAD, ANSWER, SAYS, SILENT, BREAK, END, GAP = 22, 40, 15, 26, 36, 44, 4  # heights
LONGEST_BAR = 190  # leaves room for the time behind it
TONES = 5  # colours before they come again; 0 is a network that we don't know
LETTERS = 39  # of a line: the longest IPv6 address fits


@dataclass(frozen=True)
class Band:
    """One network, from its first hop to its last."""

    y: int
    height: int
    tone: int


@dataclass(frozen=True)
class Dot:
    """A hop, or an end of the path; `solid`: packets are known to come so far."""

    y: int
    kind: str  # start, answer, silent, again, goal, missed
    tone: int
    solid: bool


@dataclass(frozen=True)
class Bar:
    """How long a hop's answer took, beside the others."""

    y: int
    width: int
    tone: int


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    width: int
    text: str  # as it came: who shows it escapes it
    kind: str
    tone: int = 0


@dataclass(frozen=True)
class Picture:
    height: int
    bands: tuple[Band, ...]
    dots: tuple[Dot, ...]  # from the measuring host to the site, in this order
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    break_y: int | None  # the middle of the break


@dataclass(frozen=True)
class _Group:
    """Neighbours in one network; the break is alone."""

    rows: tuple[Row, ...]
    network: str
    tone: int
    y: int = 0

    @property
    def head(self) -> int:
        return HEAD if self.network else 0

    @property
    def height(self) -> int:
        return self.head + sum(_height(row) for row in self.rows)


@dataclass(frozen=True)
class _Placed:
    row: Row
    y: int
    tone: int

    @property
    def middle(self) -> int:
        """Of its dot, which stands beside the first line of its words."""
        return self.y + (BREAK if self.row.kind == "break" else SILENT) // 2


def draw(path: Path) -> Picture:
    groups = _stacked(_groups(path.rows))
    placed = [one for group in groups for one in _placed(group)]
    bottom = groups[-1].y + groups[-1].height + GAP if groups else END
    longest = max((one.row.stop.rtt_ms or 0.0 for one in placed), default=0.0)
    bars = {one: bar for one in placed if (bar := _bar(one, longest))}
    breaks = [one.middle for one in placed if one.row.kind == "break"]
    return Picture(
        height=bottom + END,
        bands=tuple(Band(g.y, g.height, g.tone) for g in groups if g.rows[0].kind != "break"),
        dots=_dots(path, placed, bottom),
        bars=tuple(bars.values()),
        labels=(*_heads(groups), *(label for one in placed for label in _labels(one, bars))),
        break_y=breaks[0] if breaks else None,
    )


def _height(row: Row) -> int:
    if row.kind == "answer":
        return ANSWER + (SAYS if row.stop.says else 0)
    return BREAK if row.kind == "break" else SILENT


def _groups(rows: Sequence[Row]) -> list[_Group]:
    tones: dict[str | None, int] = {None: 0, "": 0}
    groups = []
    for network, pairs in groupby(zip(_networks(rows), rows, strict=True), lambda pair: pair[0]):
        tone = tones.setdefault(network, (len(tones) - 2) % TONES + 1)
        groups.append(_Group(tuple(row for _, row in pairs), network or "", tone))
    return groups


def _networks(rows: Sequence[Row]) -> list[str | None]:
    """Whose each row is, None for the break; silence within a network is drawn as part of it."""
    names = [None if row.kind == "break" else row.stop.network for row in rows]
    spoken = [at for at, row in enumerate(rows) if row.kind != "silent"]
    for before, after in pairwise(spoken):
        if names[before] == names[after]:
            names[before:after] = [names[before]] * (after - before)
    return names


def _stacked(groups: Sequence[_Group]) -> list[_Group]:
    """One below the other, under the measuring host."""
    tops = accumulate((group.height + GAP for group in groups), initial=END)
    return [replace(group, y=top) for group, top in zip(groups, tops, strict=False)]


def _placed(group: _Group) -> list[_Placed]:
    tops = accumulate((_height(row) for row in group.rows), initial=group.y + group.head)
    return [_Placed(row, y, group.tone) for row, y in zip(group.rows, tops, strict=False)]


def _dots(path: Path, placed: Sequence[_Placed], bottom: int) -> tuple[Dot, ...]:
    hops = [one for one in placed if one.row.kind != "break"]
    far = max((one.row.last for one in hops if one.row.kind == "answer"), default=0)
    between = (
        Dot(one.middle, one.row.kind, one.tone, path.reached or one.row.last <= far) for one in hops
    )
    goal = Dot(bottom + END // 2, "goal" if path.reached else "missed", 0, path.reached)
    return (Dot(END // 2, "start", 0, True), *between, goal)


def _bar(one: _Placed, longest: float) -> Bar | None:
    if one.row.stop.rtt_ms is None:
        return None
    share = one.row.stop.rtt_ms / longest if longest else 0
    return Bar(one.y + 28, max(3, round(LONGEST_BAR * share)), one.tone)


def _heads(groups: Sequence[_Group]) -> list[Label]:
    return [
        Label(
            TEXT, group.y + 4, WIDTH - TEXT - 4, cut(group.network, LETTERS), "network", group.tone
        )
        for group in groups
        if group.network
    ]


def _labels(one: _Placed, bars: dict[_Placed, Bar]) -> list[Label]:
    row, wide = one.row, WIDTH - TEXT - 4
    if row.kind == "break":
        return [Label(TEXT, one.y + 10, wide, row.words, "broken")]
    kind = "number" if row.kind == "answer" else "hollow"
    number = [Label(7, one.y + 5, 22, row.hops, kind)] if row.first == row.last else []
    if row.kind != "answer":
        said = row.words if number else f"{row.hops}: {row.words}"
        return [*number, Label(TEXT, one.y + 5, wide, said, "silence")]
    who = one.row.stop.name or ", ".join(one.row.stop.addresses)
    labels = [*number, Label(TEXT, one.y + 5, wide, cut(who, LETTERS), "who")]
    if one in bars:
        x = TEXT + bars[one].width + 6
        labels.append(Label(x, one.y + 22, WIDTH - x - 4, one.row.stop.after, "time"))
    if one.row.stop.says:
        labels.append(Label(TEXT, one.y + 37, wide, one.row.stop.says, "says", one.tone))
    return labels
