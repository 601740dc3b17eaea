"""The elements that are open at a place of an HTML page, as a browser would have it."""

from collections import Counter
from dataclasses import dataclass

from ticket_intake.mail.html.looks import Look

_LISTS = frozenset({"dl", "ol", "ul", "dd", "dt", "li"})
TABLE = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
BLOCKS = _LISTS | frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "details", "div", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html"}
    | {"main", "nav", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"}
    | {"source", "track", "wbr"}
)
_CELLS = frozenset({"td", "th"})
# What is still open on top, and ends where the other begins.
_ENDED_BY = {
    "li": {"li", "p"},
    "dd": {"dd", "dt", "p"},
    "dt": {"dd", "dt", "p"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"tr", "td", "th", "p"},
}
_DEEPEST_LOOK = 64  # for what an end tag closes: text may open 100,000 elements


@dataclass(frozen=True)
class Element:
    """An open element."""

    name: str
    look: Look
    gap: int  # how many line ends part it from its neighbours


_PAGE = Element("", Look(), 0)


class Elements:
    """The open elements, the innermost last."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._counts: Counter[str] = Counter()

    @property
    def look(self) -> Look:
        """How text looks here."""
        return (self._open[-1] if self._open else _PAGE).look

    def end_implied(self, name: str) -> None:
        """Close what cannot hold the element that begins."""
        ended = _ENDED_BY.get(name) or ({"p"} if name in BLOCKS else set())
        while self._open and self._open[-1].name in ended:
            self._pop()

    def open(self, element: Element) -> None:
        """Begin an element, unless it is one that holds nothing."""
        if element.name not in _VOID:
            self._open.append(element)
            self._counts[element.name] += 1

    def close(self, name: str) -> Element | None:
        """End the nearest element of this name, and all in it."""
        for depth in range(1, self._reach(name) + 1):
            element = self._open[-depth]
            if element.name == name:
                for _ in range(depth):
                    self._pop()
                return element
            if self._holds_against(element.name, name):
                return None
        return None

    def _reach(self, name: str) -> int:
        return min(len(self._open), _DEEPEST_LOOK) if self._counts[name] else 0

    def _holds_against(self, holder: str, name: str) -> bool:
        if holder in _CELLS or holder == "table":
            return name not in TABLE or holder == "table"
        return holder in BLOCKS and name not in BLOCKS and name not in TABLE

    def _pop(self) -> None:
        self._counts[self._open.pop().name] -= 1
