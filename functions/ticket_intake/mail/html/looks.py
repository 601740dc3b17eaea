"""What a person sees of an HTML element: its own style, and what it inherits."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

_ZERO = re.compile(r"0*\.?0+(?:px|pt|em|rem|ex|%|in|cm|mm|vh)?")
_LONGEST_STYLE = 2_000
_PREFORMATTED = frozenset({"pre", "textarea", "listing", "xmp"})
_COMMENT = re.compile(r"/\*[^*]*+\*/")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Look:
    """How the text in an element looks; what it holds inherits it."""

    gone: bool = False  # nothing in it can bring it back
    invisible: bool = False
    tiny: bool = False
    preformatted: bool = False

    @property
    def shown(self) -> bool:
        """Whether a person sees the text."""
        return not (self.gone or self.invisible or self.tiny)


def look(name: str, attributes: dict[str, str], outer: Look) -> Look:
    """How an element looks inside another."""
    if not attributes and name not in _PREFORMATTED:
        return outer
    style = declarations(attributes.get("style", ""))
    return replace(
        outer,
        gone=outer.gone or "hidden" in attributes or _is_gone(name, style),
        invisible=_is_invisible(style, outer),
        tiny=_is_tiny(style, outer),
        preformatted=_is_preformatted(name, style, outer),
    )


@lru_cache(maxsize=256)  # a newsletter says the same in each cell
def declarations(style: str) -> dict[str, str]:
    """A style's values by property, in lower case and without blanks."""
    bare = _SPACE.sub("", _COMMENT.sub("", style[:_LONGEST_STYLE])).lower()
    pairs = (declaration.partition(":") for declaration in bare.split(";"))
    return {name: value.replace("!important", "") for name, _, value in pairs if value}


def _is_gone(name: str, style: dict[str, str]) -> bool:
    if style.get("display") == "none" or _is_zero(style.get("opacity")):
        return True
    # Outlook alone hides what says so; buttons are links that Outlook gets in another form.
    if style.get("mso-hide") == "all" and name != "a":
        return True
    clipped = "hidden" in (style.get("overflow"), style.get("overflow-y"))
    return clipped and (_is_zero(style.get("max-height")) or _is_zero(style.get("height")))


def _is_invisible(style: dict[str, str], outer: Look) -> bool:
    visibility = style.get("visibility", "inherit")
    return outer.invisible if visibility == "inherit" else visibility != "visible"


def _is_tiny(style: dict[str, str], outer: Look) -> bool:
    """Columns are set in size 0 and their texts in a size of their own, so a child may grow."""
    size = style.get("font-size") or ("0" if style.get("font", "").startswith("0/") else "")
    if not size or size == "inherit" or (outer.tiny and size.endswith(("em", "%"))):
        return outer.tiny and not size.endswith("rem")
    return _is_zero(size)


def _is_preformatted(name: str, style: dict[str, str], outer: Look) -> bool:
    space = style.get("white-space")
    if space and space != "inherit":
        return space.startswith(("pre", "break-spaces"))
    return outer.preformatted or name in _PREFORMATTED


def _is_zero(value: str | None) -> bool:
    return bool(value and _ZERO.fullmatch(value))
