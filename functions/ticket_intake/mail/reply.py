"""A reply without what was quoted in it."""

import re

# Stands on top of every mail that we send, so that everything below it is ours.
SEPARATOR = "=== Please write your answer above this line ==="

_SEPARATOR = re.compile(rf"[>\s*]*{re.escape(SEPARATOR)}")
_ORIGINAL = re.compile(
    r"\s*-{3,}\s*(Original Message|Original Appointment|Forwarded message|Ursprüngliche Nachricht"
    r"|Message d'origine|Mensaje original|Messaggio originale|Oprindelig meddelelse)\s*-{3,}\s*",
    re.IGNORECASE,
)
# "On Mon, 2 Nov 2026 at 09:15, Ann <ann@x.example> wrote:", which mailers fold at will.
_ATTRIBUTION_STARTS = ("On ", "Am ", "Le ", "El ", "Il ", "Op ")
_ATTRIBUTION = re.compile(
    r"\b(wrote|schrieb\b.{0,200}|a écrit\s?|escribió|ha scritto|schreef\b.{0,200}):$"
)
_DIGIT = re.compile(r"\d")  # a date or a time: "On reflection I wrote:" is no attribution
_ATTRIBUTION_LINES = 3
_LONGEST_LINE = 500
_FROM = re.compile(r"[\s*_]*(From|Von|De|Da|Van)\s?:[\s*]*\S", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"[\s*]*(Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto"
    r"|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp)\s?:",
    re.IGNORECASE,
)
_FIELDS_WITHIN = 6
_RULE = re.compile(r"\s*_{10,}\s*")


def written(text: str) -> str:
    """What the sender wrote anew; everything if nothing else is left."""
    kept: list[str] = []
    lines = text.split("\n")
    place = 0
    while place < len(lines) and not _ends_here(lines, place):
        attribution = _attribution(lines, place)
        if attribution and not _quote_follows(lines, place + attribution):
            break
        kept += [] if attribution or lines[place].lstrip().startswith(">") else [lines[place]]
        place += attribution or 1
    while kept and (not kept[-1].strip() or _RULE.fullmatch(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip() or text


def _ends_here(lines: list[str], place: int) -> bool:
    line = lines[place][:_LONGEST_LINE]
    return bool(_SEPARATOR.match(line) or _ORIGINAL.fullmatch(line) or _is_header(lines, place))


def _is_header(lines: list[str], place: int) -> bool:
    """The header that some mailers copy above what they quote: From, then at least two others."""
    if not _FROM.match(lines[place][:_LONGEST_LINE]):
        return False
    following = lines[place + 1 : place + 1 + _FIELDS_WITHIN]
    return sum(bool(_OTHER_FIELD.match(line[:_LONGEST_LINE])) for line in following) >= 2


def _attribution(lines: list[str], place: int) -> int:
    """How many lines say who wrote what follows, 0 if none does."""
    if not lines[place].lstrip().startswith(_ATTRIBUTION_STARTS):
        return 0
    for count in range(1, _ATTRIBUTION_LINES + 1):
        words = " ".join(line[:_LONGEST_LINE] for line in lines[place : place + count]).strip()
        if words.endswith(":") and _DIGIT.search(words) and _ATTRIBUTION.search(words):
            return count
    return 0


def _quote_follows(lines: list[str], place: int) -> bool:
    """Whether the quote is marked line by line, so that an answer may stand below it."""
    following = (line for line in lines[place : place + 5] if line.strip())
    return next(following, "").lstrip().startswith(">")
