"""The lines that a person sees of an HTML page."""

import re
from dataclasses import replace

from ticket_intake.mail.html.elements import BLOCKS, Element, Elements
from ticket_intake.mail.html.looks import Look, declarations, look
from ticket_intake.mail.html.markup import Tag, attributes, characters, pieces
from ticket_intake.mail.html.quote_marks import kind_of_quote

_CELLS = frozenset({"td", "th"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
_MOST_TAGS = 30_000  # text below them is shown without its layout
_ANY_TAG = re.compile(r"<[^<>]*+>")
_SPACE = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_NO_WIDTH = re.compile("[\u00ad\u034f\u180e\u200b\u2060\ufeff]+")
# Between two letters they shape Persian and join emoji; beside a blank they only fill.
_JOINERS = re.compile("(?<![\u200c\u200d])(?:(?<!\\S)[\u200c\u200d]++|[\u200c\u200d]++(?!\\S))")


class Page:
    """Reads a page once; `>` stands for each quote if they are to be left out."""

    def __init__(self, html: str, *, quotes: bool = True) -> None:
        self.marked = False  # whether a known mail program marked a quote
        self._html = html
        self._quotes = quotes
        self._elements = Elements()
        self._shown: list[str] = []
        self._line_ends = 0
        for place, (text, tag) in enumerate(pieces(html)):
            self._say(characters(text))
            if not self._goes_on_behind(tag):
                break
            if place > _MOST_TAGS:
                self._say(characters(_ANY_TAG.sub(" ", html[tag.end :])))
                break

    def text(self) -> str:
        """The lines, with at most one empty line between two."""
        text = _JOINERS.sub("", _NO_WIDTH.sub("", "".join(self._shown)))
        lines = "\n".join(line.rstrip(" ") for line in text.split("\n"))
        return _EMPTY_LINES.sub("\n\n", lines).strip()

    def _goes_on_behind(self, tag: Tag) -> bool:
        if tag.name == "br":
            self._end_lines(self._line_ends + 1)
        elif tag.closes:
            self._close(tag.name)
        elif tag.name:
            return self._open(tag)
        return True

    def _open(self, tag: Tag) -> bool:
        self._elements.end_implied(tag.name)
        found = attributes(tag) if tag.attributes.strip() else {}
        inner = look(tag.name, found, self._elements.look)
        if not self._quotes and found and inner.shown:
            kind = kind_of_quote(tag, found, self._html)
            self.marked = self.marked or bool(kind)
            if kind == "rest":
                return False
            inner = self._without_quote(inner) if kind == "quote" else inner
        gap = _gap(tag.name, found)
        self._end_lines(gap)
        if tag.name in _CELLS:
            self._say(" ")
        self._elements.open(Element(tag.name, inner, gap))
        return True

    def _without_quote(self, inner: Look) -> Look:
        self._end_lines(1)
        self._say(">")
        self._end_lines(1)
        return replace(inner, gone=True)

    def _close(self, name: str) -> None:
        closed = self._elements.close(name)
        if closed:
            self._end_lines(closed.gap)
        if name in _CELLS:
            self._say(" ")

    def _say(self, text: str) -> None:
        now = self._elements.look
        if not text or not now.shown:
            return
        if not now.preformatted:
            text = _SPACE.sub(" ", text)
            if not self._shown or self._shown[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
        if text:
            self._shown.append(text)
            self._line_ends = len(text) - len(text.rstrip("\n"))

    def _end_lines(self, count: int) -> None:
        """Space between blocks does not add up: the widest counts."""
        missing = count - self._line_ends
        if missing > 0 and self._shown and self._elements.look.shown:
            self._shown.append("\n" * missing)
            self._line_ends = count


def _gap(name: str, found: dict[str, str]) -> int:
    if name not in _PARAGRAPHS:
        return int(name in BLOCKS)
    if "mso" in found.get("class", "").lower():  # Outlook's lines are paragraphs without space
        return 1
    return 1 if declarations(found.get("style", "")).get("margin", "").startswith("0") else 2
