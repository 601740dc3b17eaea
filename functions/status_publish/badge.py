"""A small picture of the state for other people's pages: in words, and needing no other file."""

from collections.abc import Iterable
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

from netdesk.notice import Notice, worst_impact
from netdesk.states import ENDED
from netdesk.text import one_line

# Short, and a colour behind them that white is read on: https://www.w3.org/TR/WCAG22/#contrast-minimum
STATES = {
    "none": ("no known problem", "#1a6b3a"),
    "maintenance": ("maintenance", "#0b4f9e"),
    "minor": ("works badly", "#8a5300"),
    "major": ("partly down", "#a3161a"),
    "critical": ("down", "#7a0c10"),
}
NAME, HEIGHT, GAP, STEP, FONT = 40, 20, 8, 7, 11


def indicator(active: Iterable[Notice]) -> str:
    """What the badge tells: the worst of our own incidents, or that maintenance is going on."""
    ours = [notice for notice in active if not notice.elsewhere]
    works = [notice for notice in ours if notice.kind == "maintenance"]
    worst = worst_impact(notice for notice in ours if notice not in works)
    running = any(notice.state not in ("scheduled", *ENDED) for notice in works)
    return "maintenance" if running and worst == "none" else worst


def badge(provider_name: str, impact: str) -> str:
    """The provider's name, and the state of its service in words and colour."""
    name = one_line(provider_name, NAME)
    words, colour = STATES[impact]
    left, right = (_width(text) + 2 * GAP for text in (name, words))
    root = _root(left + right, f"{name}: {words}")
    _field(root, 0, name, "#333333")
    _field(root, left, words, colour)
    return tostring(root, encoding="unicode") + "\n"


def _root(width: int, label: str) -> Element:
    """https://www.w3.org/TR/svg-aam-1.0/: role and label for those who don't see it."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    root.attrib |= {"aria-label": label, "width": str(width), "height": str(HEIGHT)}
    root.set("viewBox", f"0 0 {width} {HEIGHT}")
    SubElement(root, "title").text = label
    return root


def _field(root: Element, x: int, text: str, colour: str) -> None:
    width = _width(text)
    SubElement(root, "rect", x=str(x), width=str(width + 2 * GAP), height=str(HEIGHT), fill=colour)
    # The reader's font is unknown: the length is what makes the words fill their field.
    place = {"x": str(x + GAP), "y": "14", "textLength": str(width), "fill": "#ffffff"}
    font = {"font-family": "Verdana,DejaVu Sans,sans-serif", "font-size": str(FONT)}
    SubElement(root, "text", place | font).text = text


def _width(text: str) -> int:
    return sum(2 * STEP if east_asian_width(symbol) in "WF" else STEP for symbol in text)
