"""The lines in which a mail program says who wrote what it quotes: "On Monday Ann wrote:"."""

import re
from collections.abc import Sequence

from ticket_intake.mail.quotes import MARK, quote_follows

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)

_MOST_LINES = 4  # mailers fold at will
_LONGEST_LINE = 500
_DECORATION = " \t\xa0*_\u200b\u200e\u200f\u202a\u202b\u202c\ufeff"
_COLONS = (":", "：")

_AT_THE_END = (
    r"wrote|writes|a écrit|écrivait|escribió|ha escrito|va escriure|ha scritto|scrive|scrisse"
    r"|escreveu|napisał|napisała|napisał\(a\)|napisał/a|pisze|pisał|pisał\(a\)|napsal|napsala"
    r"|napsal\(a\)|napsal/a|píše|napísal|napísala|napísal\(a\)|geschrieben|geschreven|kirjoitti"
    r"|skrev|følgende|följande|написал|написала|написал\(а\)|написав|написав\(ла\)|написала\(в\)"
    r"|пишет|писал|писал\(а\)|пише|írta|yazdı|έγραψε|a scris|написа|je napisao|je napisala|napisao"
    r"|rašė|kirjutas|rakstīja|menulis|đã viết|כתב|כתבה|كتب"
)
_CJK_END = r"写道|寫道|編寫|のメール|書きました|書いた|님이 작성|작성|쓴 글|님이 씀|เขียนว่า"
# German, Dutch and the Nordic languages put the name behind it.
_WITHIN = r"schrieb|schreef|skrev|skreiv|kirjoitti|napisał|napisał\(a\)|napisana"

_ENDS = re.compile(rf"(?:\b(?:{_AT_THE_END})|{_CJK_END})[\s,;]*[:：]$", re.IGNORECASE)
_HOLDS = re.compile(rf"\b(?:{_WITHIN})(?!\w)", re.IGNORECASE)
_ANYWHERE = re.compile(rf"\b(?:{_AT_THE_END}|{_WITHIN})(?!\w)|{_CJK_END}", re.IGNORECASE)
_PROSE = re.compile(  # "On Monday at 9:15 I wrote:" is no mail program
    r"\b(?:I|you|we|he|she|they|who|ich|er|sie|wir|mir|uns|il|elle|je|nous|vous|yo|ella|él|ik|hij"
    r"|zij|wij|mij|jag|jeg|han|hun|hon|vi)[\s,]+(?:also |just |only |already )?"
    rf"(?:{_AT_THE_END}|{_WITHIN})\b|\b(?:schrieb|schreef|skrev)\s+(?:ich|er|sie|wir|mir|uns|ik|hij"
    r"|mij|jag|jeg|vi)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"(?:-{2,3}\s+)?"
    r"(?P<preposition>(?:on|am|le|el|il|op|em|en|no dia|na|w dniu|dnia|den|på|dne|dňa|la|în"
    r"|la data de|a|à|vào|ngày|pada|στις|в|у)\b|[在於于])?[\s,]*"
    r"(?:[^\W\d][\w-]{0,15}[.,]{0,2}\s+){0,2}[(\[]?\d",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d\d(?!\d)|\d\d?月\s?\d\d?日"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.hH]\s?\d\d(?!\d)|\d{4},")
_BRACKETED = re.compile(r"[<(\[]\s*(?:mailto:)?[^\s<>()]{1,200}@[^\s<>()]{1,200}")
_NAMED = re.compile(r"[^<>.!?:]{0,60}<[^<>\s]{1,100}@[^<>\s]{1,100}>")
_ENDS_WITH_ADDRESS = re.compile(r"@[^\s<>()]{1,200}[>)\]]{1,2}\s*[:：]$")
# Gmail of old, in some languages: a date and an address, and not even a colon.
_NO_COLON = re.compile(r"\d{4}[-/.]\d\d?[-/.]\d\d?\s[^<>]{0,100}<[^\s<>@]{1,100}@[^\s<>]{1,100}>")


def attribution(lines: Sequence[str], place: int) -> int:
    """How many lines say who wrote what follows, 0 if none does."""
    words = ""
    for count in range(1, _MOST_LINES + 1):
        line = _bare(lines, place + count - 1)
        if not line or MARK.match(line):
            return 0
        words = f"{words} {line}".strip()
        if count == 1 and not _may_start(words):
            return 0
        quoted = quote_follows(lines, place + count)
        if words.endswith(_COLONS):
            attributes = _attributes(words, _bare(lines, place), count, quoted)
            return count if attributes and not _begins_below(lines, place, count) else 0
        if quoted and _NO_COLON.fullmatch(words):
            return count
    return 0


def _bare(lines: Sequence[str], place: int) -> str:
    return lines[place][:_LONGEST_LINE].strip(_DECORATION) if place < len(lines) else ""


def _begins_below(lines: Sequence[str], place: int, count: int) -> bool:
    """Whether these lines begin with the person's own words, and the attribution below them."""
    sure = _surely_begins(_bare(lines, place))
    for skipped in range(1, count):
        below = _STARTS.match(_bare(lines, place + skipped))
        anew = not sure or bool(below and below["preposition"])
        if anew and attribution(lines, place + skipped) == count - skipped:
            return True
    return False


def _surely_begins(line: str) -> bool:
    starts = _STARTS.match(line)
    if not starts:
        return bool(_NAMED.match(line))
    return bool(starts["preposition"] or (_DATE.search(line) and _CLOCK.search(line)))


def _may_start(line: str) -> bool:
    return "@" in line or bool(_STARTS.match(line) or _ANYWHERE.search(line))


def _attributes(words: str, first: str, count: int, quoted: bool) -> bool:
    if quoted and count == 1 and _ANYWHERE.search(words):
        return not words[0].islower() or bool(_STARTS.match(words))
    if not quoted and _PROSE.search(words):
        return False
    starts = _STARTS.match(words)
    if starts and (starts["preposition"] or count == 1 or _DATE.search(first)):
        return _is_dated(words, quoted)
    return _is_signed(words, first, quoted)


def _is_dated(words: str, quoted: bool) -> bool:
    """A date first: with a verb, or at least with an address last."""
    dated, timed = bool(_DATE.search(words)), bool(_CLOCK.search(words))
    if not dated and not timed:
        return False
    if _ENDS_WITH_ADDRESS.search(words):
        return dated or quoted
    if not _ENDS.search(words) and not _HOLDS.search(words):
        return False
    return quoted or timed or bool(_BRACKETED.search(words))


def _is_signed(words: str, first: str, quoted: bool) -> bool:
    """A name first: with a verb, and an address or a date near it."""
    if not _ANYWHERE.search(words):
        return False
    if "@" in first or _ANYWHERE.search(first):
        return bool(_BRACKETED.search(words)) or (quoted and "@" in words)
    return quoted and bool(_DATE.search(first))
