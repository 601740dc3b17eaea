"""HTML cut into runs of text and the tags between them.

Not by html.parser: 64 KB of "<a <a <a " cost it a CPU minute (measured on 3.11 to 3.13), so one
mail could stop the desk. This scanner goes once over its input, whatever that is.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_NEVER_SHOWN = frozenset({"script", "style", "title", "xml", "template", "select", "datalist"})
_NEVER_SHOWN |= {"iframe", "noframes", "noembed"}

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:_-]{0,50})")
# A quote opens only after "=", as a browser has it. Possessive: nothing is tried twice.
_REST_OF_TAG = re.compile(r"""(?>(?:[^"'>=]++|=\s*+(?>(?:"[^"]*+"|'[^']*+')?)|["'])*)>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?>"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?""")
_LONGEST_ATTRIBUTES = 10_000


class Tag(NamedTuple):
    """A tag by its lower-case name ("" for a comment), and where it ends in the page."""

    name: str
    closes: bool
    attributes: str  # as they stand
    end: int


def pieces(html: str) -> Iterator[tuple[str, Tag]]:
    """Runs of text, each with the tag behind it."""
    scanner = _Scanner(html)
    start = 0
    while (opened := html.find("<", start)) >= 0:
        tag = scanner.markup(opened)
        if tag.end > opened:
            yield html[start:opened], tag
            start = tag.end
        else:  # a "<" that opens nothing is a "<"
            yield html[start : opened + 1], _nothing(opened)
            start = opened + 1
    yield html[start:], _nothing(len(html))


def attributes(tag: Tag) -> dict[str, str]:
    """A tag's attributes by lower-case name; of two of a name the first counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag.attributes[:_LONGEST_ATTRIBUTES]):
        found.setdefault(match[1].lower(), characters(match[2] or match[3] or match[4] or ""))
    return found


def characters(text: str) -> str:
    """Text with its character references read."""
    try:
        return unescape(text)
    except ValueError:  # a character number of more digits than Python converts
        return text


def _nothing(end: int) -> Tag:
    return Tag("", False, "", end)


class _Scanner:
    """Finds where markup ends; what is known to be missing is not looked for again."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.last_end = html.rfind(">")
        self.last_comment_end = html.rfind("-->")
        self.quotes = True
        self.unclosed: set[str] = set()

    def markup(self, start: int) -> Tag:
        """What opens here; it ends where it starts if nothing does."""
        if start > self.last_end:
            return _nothing(start)
        if self.html.startswith("<!--", start) and start < self.last_comment_end:
            return _nothing(self.html.find("-->", start + 2) + 3)
        if self.html.startswith(("<!", "<?"), start):
            return _nothing(self.html.find(">", start) + 1)
        name = _NAME.match(self.html, start + 1)
        if not name:
            return _nothing(start)
        end = self._tag_end(name.end())
        attributes = self.html[name.end() : end - 1]
        word, closes = name[1].lower(), name[0].startswith("/")
        if word in _NEVER_SHOWN and not closes:
            end = self._element_end(word, end)
        return Tag(word, closes, attributes, end)

    def _tag_end(self, start: int) -> int:
        rest = _REST_OF_TAG.match(self.html, start) if self.quotes else None
        if rest:
            return rest.end()
        # Quotes that hide every ">" to the end of the mail are not meant as quotes.
        self.quotes = False
        return self.html.find(">", start) + 1

    def _element_end(self, name: str, start: int) -> int:
        if name in self.unclosed:
            return start
        closing = re.compile(rf"</{name}[^>a-z0-9][^>]{{0,100}}>|</{name}>", re.IGNORECASE)
        found = closing.search(self.html, start)
        if not found:
            self.unclosed.add(name)
            return start
        return found.end()
