"""The tree of a mail's parts (RFC 2046), found in one pass over its bytes.

Not by the standard library's parser: it compares each line with every open boundary, takes many
times the mail's size in memory, and ends the fields of a mail at the first line that is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ticket_intake.mail.structure import transfer
from ticket_intake.mail.structure.fields import Headers, first, keys, split
from ticket_intake.mail.structure.parameters import media_type, parameters

_DEEPEST = 50
_MOST_PARTS = 1_000
_MOST_DASHED_LINES = 200_000
_MOST_DECODED = 20_000_000  # bytes of enclosed mails that are encoded, in all
_MAILS = frozenset({"message/rfc822", "message/global", "message/news"})

_LIKELY = re.compile(rb"[\r\n]--([^\r\n]{1,200}?)[ \t]*(?:\r?\n|\r)content-type:", re.IGNORECASE)
_LIKELY_WITHIN = 20_000
_DASHED_LINE = re.compile(rb"[\r\n]--([^\r\n]{0,16000})[^\r\n]*(?:\r{0,3}\n|\r|\Z)")


@dataclass(frozen=True)
class Part:
    """One part of a mail: its fields, and the bytes below them."""

    headers: Headers
    body: memoryview  # as it was transferred
    children: tuple["Part", ...] = ()  # of a multipart; of an enclosed mail the mail itself
    kind: str = "text/plain"  # its media type
    whole: bool = True  # False where a limit left something in a body unread

    def content(self) -> bytes:
        """The bytes of the body without their transfer encoding."""
        return transfer.decoded(self.body, _encoding(self.headers))


def opened(raw: bytes) -> Part:
    """The tree of a mail; any bytes are one."""
    return _opened(raw, 0, _Budget())


def walk(part: Part) -> Iterator[Part]:
    """The part and all below it, but not what is inside an enclosed mail."""
    yield part
    if part.kind not in _MAILS:
        for child in part.children:
            yield from walk(child)


def is_mail(kind: str) -> bool:
    """Whether a part of this media type holds a mail with parts of its own."""
    return kind in _MAILS


@dataclass
class _Budget:
    parts: int = _MOST_PARTS
    lines: int = _MOST_DASHED_LINES
    decoded: int = _MOST_DECODED
    whole: bool = True

    def spend(self, parts: int = 0, lines: int = 0, decoded: int = 0) -> bool:
        """Whether it is still affordable; if not, something stays unread."""
        if parts > self.parts or lines > self.lines or decoded > self.decoded:
            self.whole = False
            return False
        self.parts -= parts
        self.lines -= lines
        self.decoded -= decoded
        return True


@dataclass
class _Node:
    headers: Headers
    kind: str
    start: int
    end: int
    boundary: bytes = b""  # of a multipart that has not ended
    children: list["_Node"] = field(default_factory=list)


def _opened(raw: bytes, depth: int, budget: _Budget) -> Part:
    root = _Splitter(raw, depth, budget).run()
    return _part(root, memoryview(raw), depth, budget)


def _part(node: _Node, raw: memoryview, depth: int, budget: _Budget) -> Part:
    children = tuple(_part(child, raw, depth + 1, budget) for child in node.children)
    body = raw[node.start : node.end]
    encoding = _encoding(node.headers)
    if node.kind in _MAILS and encoding and _affordable(depth, len(body), budget):
        children = (_opened(transfer.decoded(body, encoding), depth + 1, budget),)
    return Part(node.headers, body, children, node.kind, budget.whole)


def _affordable(depth: int, size: int, budget: _Budget) -> bool:
    return budget.spend(parts=1 if depth < _DEEPEST else _MOST_PARTS + 1, decoded=size)


class _Splitter:
    """Keeps the parts that are open, from the outermost in, while it goes over the lines."""

    def __init__(self, raw: bytes, depth: int, budget: _Budget) -> None:
        self.raw = raw
        self.depth = depth
        self.budget = budget
        self.open: list[_Node] = []
        self.delimiters: dict[bytes, tuple[int, bool]] = {}
        self.found = {b"\n--": -1, b"\r--": -1}  # where such a line begins next

    def run(self) -> _Node:
        position = self.begin(0, "text/plain", leads=True)
        root = self.open[0]
        while self.delimiters and (line := self.dashed_line(max(position - 1, 0))):
            position = line.end()
            found = next(filter(None, map(self.delimiters.get, keys(line[1]))), None)
            if not self.budget.spend(lines=1, parts=1 if found else 0):
                break
            if found:
                position = self.delimit(line, *found)
        return root

    def dashed_line(self, position: int) -> re.Match[bytes] | None:
        """The next line that begins with two dashes: found by search, for most have none."""
        for start, place in self.found.items():
            if place < position:
                place = self.raw.find(start, position)
                self.found[start] = place if place >= 0 else len(self.raw)
        return _DASHED_LINE.match(self.raw, min(self.found.values()))

    def delimit(self, line: re.Match[bytes], level: int, closing: bool) -> int:
        """End what is open below this multipart, and begin its next part."""
        end = line.start()
        if self.raw.startswith(b"\n", end):
            before = self.raw[max(end - 3, 0) : end]
            end -= len(before) - len(before.rstrip(b"\r"))
        for node in self.open[level + 1 :]:
            node.end = max(node.start, min(node.end, end))
        del self.open[level + 1 :]
        parent = self.open[level]
        if closing:
            parent.boundary = b""
            if not parent.children:
                parent.end = max(parent.start, end)
            self.list_delimiters()
            return line.end()
        kind = "message/rfc822" if parent.kind == "multipart/digest" else "text/plain"
        return self.begin(line.end(), kind, leads=False)

    def begin(self, position: int, default: str, leads: bool) -> int:
        """Open the part whose fields stand here, and the mail that it may enclose."""
        headers, start = split(self.raw, position, self.delimiters, leads)
        kind = media_type(first(headers, "content-type"), default)
        node = _Node(headers, kind, start, len(self.raw))
        if self.open:
            self.open[-1].children.append(node)
        self.open.append(node)
        inner = kind in _MAILS and not _encoding(headers)
        may_open = (kind.startswith("multipart/") or inner) and self.is_affordable()
        if may_open and not inner:
            node.boundary = _boundary(headers)
            if len(self.open) == 1 and not self.occurs(node.boundary, start):
                node.boundary = self.likely_boundary(start)
        self.list_delimiters()
        return self.begin(start, "text/plain", leads=True) if may_open and inner else start

    def occurs(self, boundary: bytes, start: int) -> bool:
        return bool(boundary) and self.raw.find(b"--" + boundary.rstrip(b" \t"), start) >= 0

    def likely_boundary(self, start: int) -> bytes:
        """What parts a mail whose own boundary is missing: the first line above such a field."""
        found = _LIKELY.search(self.raw, start - 1, start + _LIKELY_WITHIN)
        return found[1] if found else b""

    def is_affordable(self) -> bool:
        deep = self.depth + len(self.open)
        return self.budget.spend(parts=1 if deep <= _DEEPEST else _MOST_PARTS + 1)

    def list_delimiters(self) -> None:
        """Of two parts with one boundary, the inner one's delimiters come first."""
        self.delimiters = {}
        for level, node in enumerate(self.open):
            if node.boundary:
                # RFC 2046 section 5.1.1: a boundary can't end in a blank, but some do.
                self.delimiters[node.boundary.rstrip(b" \t")] = (level, False)
                self.delimiters[node.boundary + b"--"] = (level, True)
                self.delimiters[node.boundary.rstrip(b" \t") + b"--"] = (level, True)


def _encoding(headers: Headers) -> str:
    return transfer.encoding(first(headers, "content-transfer-encoding"))


def _boundary(headers: Headers) -> bytes:
    value = parameters(first(headers, "content-type")).get("boundary", "")
    return value.encode("utf-8", "surrogateescape")
