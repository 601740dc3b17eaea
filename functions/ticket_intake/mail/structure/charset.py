"""Bytes of a mail to text, whatever the label on them says."""

import codecs
import re
from collections.abc import Callable, Mapping
from unicodedata import normalize

from ticket_intake.mail.structure.guess import guessed, is_shifted

# Labels that in practice mean a larger character set: https://encoding.spec.whatwg.org/#names-and-labels
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "tis-620": "cp874",
}
_UNKNOWN_TO_PYTHON = {
    "gbk": "gb18030",
    "cn-gb": "gb18030",
    "gb_2312-80": "gb18030",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "eucjp": "euc_jp",
    "euc-jp-ms": "euc_jp",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "mac": "mac_roman",
}
_WINDOWS = re.compile(r"(?:windows|win|cp|ms|ibm|dos)[-_ ]?([0-9]{3,4})")
# Python calls these text encodings; they are none, and two of them take quadratic time.
_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_OFTEN_UTF_8 = frozenset({"", "ascii", "cp1252"})

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE_SHIFT = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BJI])")


def decode(content: bytes, label: str | None) -> str:
    """The text; bytes that fit no guess become U+FFFD."""
    codec = next((name for mark, name in _MARKS if content.startswith(mark)), _codec(label or ""))
    if codec in _OFTEN_UTF_8 and is_shifted(content):
        codec = "iso2022_jp_ext"
    # Mail labelled ASCII or Latin-1, or not at all, is often UTF-8; the reverse doesn't happen.
    if codec in _OFTEN_UTF_8 and (text := _mostly_utf_8(content)) is not None:
        return text
    if not codec:
        codec = guessed(content)
    text = _strict(content, codec)
    if text is None and codec not in _REPAIRS:
        text = _strict(content, "utf-8")
    if text is None:
        text = _REPAIRS.get(codec, _replaced(codec))(content)
    return normalize("NFC", text) if codec == "cp1258" else text


def _strict(content: bytes, codec: str) -> str | None:
    if codec == "utf-16" and content[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        # RFC 2781 section 4.3, but most of what has no mark was written on a little-endian machine.
        codec = "utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _replaced(codec: str) -> Callable[[bytes], str]:
    return lambda content: content.decode(codec, "replace")


def _utf_8(content: bytes) -> str:
    """One bad byte among good ones is shown as such; where none is good, the label is wrong."""
    text = _mostly_utf_8(content)
    return content.decode(guessed(content), "replace") if text is None else text


def _mostly_utf_8(content: bytes) -> str | None:
    if content.isascii():
        return content.decode("ascii")
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = bad and sum(character > "\x7f" for character in text) - bad
    return text if good >= bad else None


def _iso_2022_jp(content: bytes) -> str:
    """With the vendors' characters that Python's codec lacks, or what was never shifted at all."""
    if not is_shifted(content):
        if (text := _mostly_utf_8(content)) is not None:
            return text
        text = _strict(content, "cp932")
        few = sum(byte > 0x7F for byte in content[:1_000]) < 3
        return content.decode(guessed(content), "replace") if few or text is None else text
    first, *rest = _JAPANESE_SHIFT.split(content)
    shifted = zip(rest[::2], rest[1::2], strict=True)
    return first.decode("ascii", "replace") + "".join(_shifted(*piece) for piece in shifted)


def _shifted(shift: bytes, piece: bytes) -> str:
    if shift == b"(I":
        return bytes(byte | 0x80 for byte in piece).decode("cp932", "replace")
    if shift.startswith(b"("):
        return piece.decode("ascii", "replace")
    two, end, rest = piece.partition(b"\n")  # RFC 1468: a line ends in ASCII
    high = bytes(byte | 0x80 for byte in two.strip())
    return high.decode("euc_jis_2004", "replace") + (end + rest).decode("ascii", "replace")


_REPAIRS: Mapping[str, Callable[[bytes], str]] = {
    "utf-8": _utf_8,
    "iso2022_jp_ext": _iso_2022_jp,
}


def _codec(label: str) -> str:
    """Python's name of the codec, empty when the label means nothing."""
    folded = label.strip(" \t\"'").lower().partition(" ")[0].removeprefix("x-")
    named = _WINDOWS.fullmatch(folded)
    if named:
        folded = f"cp{named[1]}"
    try:
        name = codecs.lookup(_UNKNOWN_TO_PYTHON.get(folded, folded)).name
        b"?".decode(name, "replace")  # refuses what is no text encoding: base64, zip
    except (LookupError, ValueError, ImportError):
        return ""
    return "" if name in _NOT_FOR_MAIL else _LARGER.get(name, name)
