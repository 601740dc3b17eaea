"""The fields above a mail's or a part's body, from bytes that may follow no rule."""

import codecs
import re
from collections.abc import Container, Mapping

Headers = Mapping[str, tuple[str, ...]]

_LONGEST_BLOCK = 262_144
_LONGEST_FIELD = 16_384
_MOST_FIELDS = 1_000
_GARBAGE_LINES = 10  # in a row, between two fields

_END = rb"(?:\r{0,3}\n|\r)"  # what went through a text mode has \r\r\n
_FIELD = re.compile(
    # RFC 5322 section 2.2; the blanks before the colon are of its section 4.5. A line of blanks
    # alone is no fold, but the end of the block.
    rb"([!-9;-~]{1,200})[ \t]{0,100}:((?>(?:[^\r\n]*" + _END + rb"(?=[ \t]{1,998}[^ \t\r\n]))*)"
    rb"[^\r\n]*)(?:" + _END + rb"|\Z)"
)
_NAME = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}[ \t]{0,100}:(?!//)")
_LINE = re.compile(rb"[^\r\n]*(?:" + _END + rb"|\Z)")
_BLANK = re.compile(rb"([ \t]*+)(?:" + _END + rb"|\Z)")
_EMPTY = re.compile(_END + rb"|\Z")
_MORE = re.compile(rb"[ \t]{1,998}[^ \t\r\n]|" + _NAME.pattern)
_BLANKS = re.compile(rb"(?>[\r\n]+)(?=>?From |[!-9;-~]{1,200}[ \t]{0,100}:)")
_MARK = re.compile(codecs.BOM_UTF8)
_MBOX = re.compile(rb">?From [^\r\n]*" + _END)
_FOLD = re.compile(rb"[\r\n]+[ \t]?")
_DASHED = re.compile(rb"--([^\r\n]{0,16000})")


def split(raw: bytes, start: int, stops: Container[bytes], leads: bool) -> tuple[Headers, int]:
    """The fields that begin here, and where the body does; a mail may have lines before them."""
    fields: list[tuple[str, bytes]] = []
    position = _first_field(raw, start) if leads else start
    most = start + _LONGEST_BLOCK
    while position < len(raw) and not _is_delimiter(raw, position, stops):
        field = _FIELD.match(raw, position)
        if field and position < most:
            fields.append((field[1].decode().lower(), field[2][:_LONGEST_FIELD]))
            position = field.end()
            continue
        blank = _BLANK.match(raw, position)
        if position >= most or not _goes_on(raw, position, blank):
            return _by_name(fields), blank.end() if blank else position
        below = _next_line(raw, position)
        if fields and not blank and raw[position] in b" \t":
            # Its fold was broken by a line of blanks (RFC 5322 section 4.2 allows them).
            name, value = fields[-1]
            fields[-1] = name, (value + b"\n" + raw[position:below])[:_LONGEST_FIELD]
        position = below
    return _by_name(fields), position


def first(headers: Headers, name: str) -> str:
    """A field's first value, empty when there is none."""
    return next(iter(headers.get(name, ())), "")


def keys(line: bytes) -> tuple[bytes, bytes]:
    """What may be a boundary behind the two dashes of a line (RFC 2046 section 5.1.1)."""
    return line.rstrip(b" \t"), line.replace(b"\t", b" ").partition(b" ")[0]


def _is_delimiter(raw: bytes, position: int, stops: Container[bytes]) -> bool:
    line = _DASHED.match(raw, position)
    return bool(line and any(key in stops for key in keys(line[1])))


def _first_field(raw: bytes, start: int) -> int:
    """Behind a mark, empty lines, and the line that the mbox format puts before a mail."""
    for leading in (_MARK, _BLANKS, _MBOX, _MBOX, _BLANKS):
        if found := leading.match(raw, start):
            start = found.end()
    return start


def _goes_on(raw: bytes, position: int, blank: re.Match[bytes] | None) -> bool:
    """Whether a line that is no field stands among fields; else the body begins there."""
    if blank and (not blank[1] or not _MORE.match(raw, blank.end())):
        return False
    for _ in range(_GARBAGE_LINES):
        position = _next_line(raw, position)
        if _NAME.match(raw, position):
            return True
        if _EMPTY.match(raw, position):
            return False
    return False


def _next_line(raw: bytes, position: int) -> int:
    line = _LINE.match(raw, position)
    return line.end() if line else len(raw)


def _by_name(fields: list[tuple[str, bytes]]) -> Headers:
    named: dict[str, list[str]] = {}
    for name, value in fields[:_MOST_FIELDS]:
        named.setdefault(name, []).append(_value(value))
    return {name: tuple(values) for name, values in named.items()}


def _value(raw: bytes) -> str:
    unfolded = _FOLD.sub(b" ", raw).strip()
    return unfolded.decode("ascii", "surrogateescape")
