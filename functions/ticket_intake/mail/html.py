"""HTML mail to the text that it shows: nothing is rendered, no link target is kept.

Not by html.parser: 64 KB of "<a <a <a " cost it a CPU minute (measured on 3.11 to 3.13), so one
mail could stop the desk. This scanner goes once over its input, whatever that is.
"""

import re
from collections.abc import Iterator
from html import unescape

_NEVER_SHOWN = frozenset({"script", "style", "title"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt"}
    | {"fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html"}
    | {"li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul"}
)
_CELLS = frozenset({"td", "th"})

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:_-]{0,50})")
# A quote opens only after "=", as a browser has it. Possessive: nothing is tried twice.
_REST_OF_TAG = re.compile(r"""(?>(?:[^"'>=]++|=\s*+(?>(?:"[^"]*+"|'[^']*+')?)|["'])*)>""")
_SPACE = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def visible_text(html: str) -> str:
    """The text of a page, a line for each block."""
    shown: list[str] = []
    preformatted = 0
    for text, tag in _pieces(html):
        if preformatted > 0:
            shown.append(_characters(text))
        else:
            _add_flowing(shown, _SPACE.sub(" ", _characters(text)))
        name = tag.lstrip("/")
        if name == "pre":
            preformatted += -1 if tag.startswith("/") else 1
        if name in _BLOCKS:
            shown.append("\n")
        elif name in _CELLS:
            _add_flowing(shown, " ")
    lines = "\n".join(line.rstrip(" ") for line in "".join(shown).split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


def _add_flowing(shown: list[str], text: str) -> None:
    """Space after space is one space, and none begins a line."""
    if not shown or shown[-1].endswith((" ", "\n")):
        text = text.lstrip(" ")
    if text:
        shown.append(text)


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Runs of text, each with the tag behind it ("p", "/p", or empty)."""
    scanner = _Scanner(html)
    start = 0
    while (opened := html.find("<", start)) >= 0:
        end, tag = scanner.markup(opened)
        if end > opened:
            yield html[start:opened], tag
        else:  # a "<" that opens nothing is a "<"
            end = opened + 1
            yield html[start:end], ""
        start = end
    yield html[start:], ""


class _Scanner:
    """Finds where markup ends; what is known to be missing is not looked for again."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.last_end = html.rfind(">")
        self.last_comment_end = html.rfind("-->")
        self.quotes = True
        self.unclosed: set[str] = set()

    def markup(self, start: int) -> tuple[int, str]:
        """The end of what opens here, and its tag; the start itself if nothing does."""
        if start > self.last_end:
            return start, ""
        if self.html.startswith("<!--", start) and start < self.last_comment_end:
            return self.html.find("-->", start) + 3, ""
        if self.html.startswith(("<!", "<?"), start):
            return self.html.find(">", start) + 1, ""
        name = _NAME.match(self.html, start + 1)
        if not name:
            return start, ""
        end = self._tag_end(name.end())
        tag = name[0].lower()
        return (self._element_end(tag, end) if tag in _NEVER_SHOWN else end), tag

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
        closing = re.compile(rf"</{name}[^>]{{0,100}}>", re.IGNORECASE).search(self.html, start)
        if not closing:
            self.unclosed.add(name)
            return start
        return closing.end()


def _characters(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a character number of more digits than Python converts
        return text
