"""The text of a notice in a small Markdown: paragraphs, lists, strong, emphasis, code, links.

Everything else is ordinary text and shown as typed: headings, quotes, entities, raw HTML. The
rules are CommonMark's (https://spec.commonmark.org/0.31.2/) but where a comment says otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from netdesk.text import safe

if TYPE_CHECKING:  # importing it costs 80 ms of CPU: whoever renders no text does without
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Only these schemes. Parentheses in pairs, no brackets, no quotes, so that "(see https://a/b_(c))"
# ends where people expect; atomic (?>), so that no text makes it try again and again.
_REST = r"(?>(?:[^\s<>()\[\]\"`]++|\([^\s<>()\[\]\"`]*+\))+)"
_TARGET = rf"(?:https?://|mailto:|tel:){_REST}"
# No brackets in a link's text, no title. An image is a link, so that its text and address stay.
_LINK = re.compile(rf"!?\[(?!\s*+\])(?P<text>[^\[\]]++)\]\((?P<href>{_TARGET})\)", re.IGNORECASE)
_ADDRESS = re.compile(rf"https?://(?=[^\W_]){_REST}", re.IGNORECASE)
_SCHEME = re.compile(r"(?<![A-Za-z0-9])https?$", re.IGNORECASE)
_NOT_AN_END = ".,:;!?*_~'"  # they belong to the sentence around a bare address
# Within a line: the lines of something pasted stay lines.
_CODE = re.compile(r"(?P<ticks>`++)(?P<text>[^\n]*?[^`\n])(?P=ticks)(?!`)")
_TICKS = re.compile("`+")

_DEEPEST = 3  # lists in lists: the library drops the text of what is nested deeper than its limit
_LEVELS = 2  # that each adds to the library's count: its own and its item's


@lru_cache(maxsize=512)  # a message stands on its page, in lists and in feeds
def html(text: str) -> Markup:
    """The text as safe HTML of p, br, strong, em, code, ul, ol, li and a."""
    tags = [_tag(token) for token in _flat(_parsed(text))]
    return Markup("".join(tags))  # noqa: S704 - each is of our making, with its text escaped


def plain(text: str) -> str:
    """The text for terminals and phones: without marks, an address behind what links to it."""
    return _text(iter(_parsed(text)))


def _parsed(text: str) -> "list[Token]":
    return _parser().parse(safe(text))


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import list_block

    def shallow_list(state: "StateBlock", line: int, end: int, silent: bool) -> bool:
        inner = state.sCount[line] >= state.blkIndent
        too_deep = inner and state.level >= _DEEPEST * _LEVELS
        return not too_deep and list_block(state, line, end, silent)

    parser = MarkdownIt("zero").enable(["list", "newline", "backticks", "emphasis", "link"])
    parser.block.ruler.at("list", shallow_list, {"alt": ["paragraph"]})
    parser.inline.ruler.at("backticks", _code)
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.after("text", "address", _address)
    return parser


# Rules as the library calls them: each puts tokens for what it recognises at the state's position,
# and moves it behind. `silent` is for rules that look ahead by other rules; of these none does.


def _code(state: "StateInline", silent: bool) -> bool:
    ticks = _TICKS.match(state.src, state.pos, state.posMax)
    if not ticks:
        return False
    found = _CODE.match(state.src, state.pos, state.posMax)
    if found:
        state.push("code_inline", "code", 0).content = found["text"].strip(" ")
    else:
        state.append_pending(ticks[0])
    state.pos = (found or ticks).end()
    return True


def _link(state: "StateInline", silent: bool) -> bool:
    found = _LINK.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    end, (state.pos, state.posMax) = state.posMax, found.span("text")
    state.push("link_open", "a", 1).attrs = {"href": found["href"]}
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.pos, state.posMax = found.end(), end
    return True


def _address(state: "StateInline", silent: bool) -> bool:
    """A bare address, found by the colon behind its scheme."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.src, max(state.pos - len("https") - 1, 0), state.pos)
    found = _ADDRESS.match(state.src, scheme.start(), state.posMax) if scheme else None
    if not scheme or not found:
        return False
    href = found[0].rstrip(_NOT_AN_END)
    state.pending = state.pending[: -len(scheme[0])]
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = href
    state.push("link_close", "a", -1)
    state.pos = scheme.start() + len(href)
    return True


def _flat(tokens: "Sequence[Token]") -> "Iterator[Token]":
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        elif not token.hidden:
            yield token


def _tag(token: "Token") -> str:
    match token.type:
        case "text":
            return escape(token.content)
        case "code_inline":
            return f"<code>{escape(token.content)}</code>"
        case "link_open":
            return f'<a href="{escape(token.attrs["href"])}">'
        case "list_item_open" if token.info:
            # Each number as typed: it may be a date, or a floor.
            return f'<li value="{int(token.info)}">'
        case _:
            return f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>"


def _text(tokens: "Iterator[Token]") -> str:
    """The blocks that come, as plain text, until the one that they are in closes."""
    made, paragraph_end = "", -1
    for token in tokens:
        if token.nesting < 0:
            break
        begins, ends = token.map or (0, 0)
        is_item = token.type == "list_item_open"
        follows = token.tag in ("ul", "ol") and begins == paragraph_end
        gap = "\n" if is_item or follows else "\n\n"
        inner = _line(token.children) if token.children else _text(tokens)
        made += (gap if made else "") + (_item(token, inner) if is_item else inner)
        paragraph_end = ends if token.tag == "p" else -1
    return made


def _item(token: "Token", text: str) -> str:
    mark = f"{token.info}." if token.info else "-"
    return re.sub(r"\n(?!\n)", "\n  ", f"{mark} {text}".rstrip())


def _line(tokens: "Sequence[Token]") -> str:
    """What is in a paragraph; a link's address is left out where its text tells it already."""
    parts: list[str] = []
    label, href = 0, ""
    for token in tokens:
        if token.type == "link_open":
            label, href = len(parts), str(token.attrs["href"])
        elif token.type == "link_close":
            told = "".join(parts[label:])
            parts += [] if told in (href, href.partition(":")[2]) else [f" ({href})"]
        else:
            parts.append("\n" if token.tag == "br" else token.content)
    return "".join(parts)
