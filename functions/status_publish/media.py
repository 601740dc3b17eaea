"""The media that a notice is told in: how each counts, and how it spells a text."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from netdesk.text import safe

ADDRESS = (
    23  # what any address weighs in a post: https://docs.x.com/fundamentals/counting-characters
)
STOPS = (".", ",", ":", ";", "!", "?")
OMITTED = "\u2026"


@dataclass(frozen=True)
class Medium:
    size: Callable[[str], int]
    spelled: Callable[[str], str]  # on one line
    omitted: str  # stands where words are left out
    name: int  # size of a name at most,
    title: int  # and of a title at least

    def cut(self, text: str, most: int) -> str:
        """As many words as go in; of a first word that is too long, as many characters."""
        if self.size(text) <= most:
            return text
        words = text.split()
        whole = bool(words) and self.size(words[0] + self.omitted) <= most
        kept = ""
        for piece in words if whole else "".join(words[:1]):
            longer = f"{kept} {piece}".lstrip() if whole else kept + piece
            if self.size(longer + self.omitted) > most:
                break
            kept = longer
        return kept.rstrip(" ,;:-(") + self.omitted if kept else ""


def tidy(text: str) -> str:
    return " ".join(safe(text).split())


# 3GPP TS 23.038 sections 6.2.1 and 6.2.1.1: what stands in the extension table takes two septets.
_BASIC = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
_LIKE = str.maketrans("“”„«»‘’‚`´‐‑–—―−•·×⁄", "\"\"\"\"\"'''''------**x/")  # noqa: RUF001


def septets(text: str) -> int:
    return len(text) + sum(character in _EXTENDED for character in text)


def _gsm(text: str) -> str:
    near = map(_near, unicodedata.normalize("NFC", tidy(text)))
    return " ".join("".join(near).split())


def _near(character: str) -> str:
    """The character in the alphabet of text messages, or what is nearest to it there."""
    for like in (character, unicodedata.normalize("NFKD", character)):
        if known := "".join(c for c in like.translate(_LIKE) if c in _BASIC or c in _EXTENDED):
            return known
    return "" if unicodedata.category(character) in ("Mn", "Me", "Cf") else "?"


# https://github.com/twitter/twitter-text/blob/master/config/v3.json: all other characters weigh
# two. A bare name such as example.net becomes an address there: it has at least four characters,
# so 19 more for each dot before two letters are enough.
_LIGHT = re.compile("[\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
_URL = re.compile(r"(?<![A-Za-z0-9])https?://\S*[\w/]", re.IGNORECASE)
_DOT = re.compile(r"\w\.[^\W\d_]{2}")


def weight(text: str) -> int:
    rest, urls = _URL.subn("", text)
    dots = len(_DOT.findall(rest))
    return ADDRESS * urls + len(rest) + len(_LIGHT.sub("", rest)) + (ADDRESS - 4) * dots


_SAID = (
    (re.compile(r" \((?:\w+://|www\.)[^\s)]+\)"), ""),
    (re.compile(r"\b(?:\w+://|www\.)\S*[\w/]"), "our status page"),
    (re.compile(r"\be\.g\."), "for example"),
    (re.compile(r"\b(?:approx|ca)\.|~(?=\d)"), "about "),
    (re.compile(r"(?<=\d) ?(?:hrs?|h)\b"), " hours"),
    (re.compile(r"(?<=\d) ?mins?\b"), " minutes"),
    (re.compile(r"(?<=\d)–(?=\d)"), " to "),  # noqa: RUF001
    (re.compile(r"\s-+\s|[–—()]"), " , "),  # noqa: RUF001
)
# What is spelled out: letters without a vowel, and some more.
_INITIALS = re.compile(r"\b(?:[B-DF-HJ-NP-TV-XZ]{2,6}|IP|ISP|ISDN|API|AWS|UPS|USA|EU)\b")
_SIGNS = str.maketrans(
    {"&": " and ", "@": " at ", "%": " percent ", "+": " plus ", "=": " equals ", "#": " number "}
    | {"€": " euros ", "$": " dollars ", "£": " pounds ", "°": " degrees ", "…": " . ", "’": "'"}  # noqa: RUF001
)


def words(text: str) -> int:
    return len(text.split())


def spoken(text: str) -> str:
    """As one says it: no addresses, no signs, abbreviations in full, initials one by one."""
    for pattern, said in _SAID:
        text = pattern.sub(said, text)
    text = _INITIALS.sub(lambda found: "-".join(found[0]), text).translate(_SIGNS)
    words: list[str] = []
    for word in "".join(c if c.isalnum() or c in ".,:;!?'-" else " " for c in text).split():
        if any(c.isalnum() for c in word):
            words.append(word[:40])  # a text without blanks would be one word
        elif words and word.endswith(STOPS):
            words[-1] = words[-1].rstrip(".,:;!?") + word[-1]
    return " ".join(words)


SMS_MEDIUM = Medium(septets, _gsm, "...", name=20, title=16)
VOICE = Medium(words, spoken, "", name=4, title=6)
POST_MEDIUM = Medium(weight, tidy, OMITTED, name=40, title=40)
