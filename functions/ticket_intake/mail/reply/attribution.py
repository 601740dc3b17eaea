"""The lines in which a mail program says who wrote what it quotes: "On Monday Ann wrote:"."""

import re
from collections.abc import Sequence

from netdesk.lazy import lazy
from ticket_intake.mail.reply.quotes import MARK, quote_follows

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)

_MOST_LINES = 4  # mailers fold at will
_LONGEST_LINE = 300
_DECORATION = " \t\xa0*_\u200b\u200e\u200f\u202a\u202b\u202c\ufeff"
_COLONS = (":", "：")

# The last word of "has written" in each language; some put the name behind it.
_LAST_WORDS = """wrote writes écrit écrivait escribió escrito escriure scritto scrive
    scrisse escreveu napisał napisała pisze pisał pisała napsal napsala píše napísal
    napísala geschrieben geschreven kirjoitti skrev följande følgende написал написала
    написав пишет писал писала пише írta yazdı έγραψε scris написа napisao napisala rašė
    kirjutas rakstīja menulis viết כתב כתבה كتب"""
_WORDS_WITHIN = "schrieb schreef skrev skreiv kirjoitti napisał napisała napisana"
# "On Monday at 9:15 I wrote:" is no mail program.
_PERSONAL = """i you we he she they who ich er sie wir mir uns elle je nous vous yo ella él ik hij
    zij wij mij jag jeg han hun hon"""
_LAST = frozenset(_LAST_WORDS.split())
_WITHIN = frozenset(_WORDS_WITHIN.split())
_PERSONS = frozenset(_PERSONAL.split())
_WITHOUT_BLANKS = lazy(
    r"(?:写道|寫道|編寫|のメール|書きました|書いた|작성|쓴 글|님이 씀|เขียนว่า)\W*"
)
_EITHER_GENDER = lazy(r"\(\w{1,3}\)|/\w")
_WORD = lazy(r"[^\W\d_]+")
_STARTS = lazy(
    r"(?:-{2,3}\s+)?"
    r"(?P<preposition>(?:on|am|le|el|il|op|em|en|no dia|na|w dniu|dnia|den|på|dne|dňa|la|în"
    r"|la data de|a|à|vào|ngày|pada|στις|в|у)\b|[在於于])?[\s,]*"
    r"(?:[^\W\d][\w-]{0,15}[.,]{0,2}\s+){0,2}[(\[]?\d",
    re.IGNORECASE,
)
_DATE = lazy(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d\d(?!\d)|\d\d?月\s?\d\d?日"
)
_CLOCK = lazy(r"(?<!\d)\d{1,2}\s?[:.hH]\s?\d\d(?!\d)|\d{4},")
_BRACKETED = lazy(r"[<(\[]\s*(?:mailto:)?[^\s<>()]{1,200}@[^\s<>()]{1,200}")
_NAMED = lazy(r"[^<>.!?:]{0,60}<[^<>\s]{1,100}@[^<>\s]{1,100}>")
_ENDS_WITH_ADDRESS = lazy(r"@[^\s<>()]{1,200}[>)\]]{1,2}\s*[:：]$")
# Gmail of old, in some languages: a date and an address, and not even a colon.
_NO_COLON = lazy(r"\d{4}[-/.]\d\d?[-/.]\d\d?\s[^<>]{0,100}<[^\s<>@]{1,100}@[^\s<>]{1,100}>")


def attribution(lines: Sequence[str], place: int) -> int:
    """How many lines say who wrote what follows, 0 if none does."""
    words = ""
    for count in range(1, _MOST_LINES + 1):
        line = _bare(lines, place + count - 1)
        if not line or MARK().match(line):
            return 0
        words = f"{words} {line}".strip()
        if count == 1 and not _may_start(words):
            return 0
        quoted = quote_follows(lines, place + count)
        if words.endswith(_COLONS):
            attributes = _attributes(words, _bare(lines, place), count, quoted)
            return count if attributes and not _begins_below(lines, place, count) else 0
        if quoted and _NO_COLON().fullmatch(words):
            return count
    return 0


def _bare(lines: Sequence[str], place: int) -> str:
    return lines[place][:_LONGEST_LINE].strip(_DECORATION) if place < len(lines) else ""


def _begins_below(lines: Sequence[str], place: int, count: int) -> bool:
    """Whether these lines begin with the person's own words, and the attribution below them."""
    sure = _surely_begins(_bare(lines, place))
    for skipped in range(1, count):
        below = _STARTS().match(_bare(lines, place + skipped))
        anew = not sure or bool(below and below["preposition"])
        if anew and attribution(lines, place + skipped) == count - skipped:
            return True
    return False


def _surely_begins(line: str) -> bool:
    starts = _STARTS().match(line)
    if not starts:
        return bool(_NAMED().match(line))
    return bool(starts["preposition"] or (_DATE().search(line) and _CLOCK().search(line)))


def _may_start(line: str) -> bool:
    return "@" in line or bool(_STARTS().match(line) or _says(line))


def _attributes(words: str, first: str, count: int, quoted: bool) -> bool:
    if quoted and count == 1 and _says(words):
        return not words[0].islower() or bool(_STARTS().match(words))
    if not quoted and _is_prose(words):
        return False
    starts = _STARTS().match(words)
    if starts and (starts["preposition"] or count == 1 or _DATE().search(first)):
        return _is_dated(words, quoted)
    return _is_signed(words, first, quoted)


def _is_dated(words: str, quoted: bool) -> bool:
    """A date first: with a verb, or at least with an address last."""
    dated, timed = bool(_DATE().search(words)), bool(_CLOCK().search(words))
    if not dated and not timed:
        return False
    if _ENDS_WITH_ADDRESS().search(words):
        return dated or quoted
    if not _says_last(words) and _WITHIN.isdisjoint(_words(words)):
        return False
    return quoted or timed or bool(_BRACKETED().search(words))


def _is_signed(words: str, first: str, quoted: bool) -> bool:
    """A name first: with a verb, and an address or a date near it."""
    if not _says(words):
        return False
    if "@" in first or _says(first):
        return bool(_BRACKETED().search(words)) or (quoted and "@" in words)
    return quoted and bool(_DATE().search(first))


def _says(line: str) -> bool:
    words = _words(line)
    spaced = not (_LAST.isdisjoint(words) and _WITHIN.isdisjoint(words))
    return spaced or bool(_WITHOUT_BLANKS().search(line))


def _says_last(line: str) -> bool:
    if not _LAST.isdisjoint(_words(line)[-1:]):
        return True
    return any(found.end() == len(line) for found in _WITHOUT_BLANKS().finditer(line))


def _is_prose(line: str) -> bool:
    words = _words(line)
    return any(
        not _PERSONS.isdisjoint(words[max(0, at - 2) : at] + words[at + 1 : at + 2])
        for at, word in enumerate(words)
        if word in _LAST or word in _WITHIN
    )


def _words(line: str) -> list[str]:
    return _WORD().findall(_EITHER_GENDER().sub("", line.casefold()))
