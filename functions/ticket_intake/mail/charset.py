"""Bytes of a mail to text, whatever the label on them says."""

import codecs

# Labels that in practice mean a larger character set: https://encoding.spec.whatwg.org/#names-and-labels
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "tis-620": "cp874",
}
_UNKNOWN_TO_PYTHON = {
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "cp-850": "cp850",
    "iso-8859-8-i": "iso8859-8",
    "x-sjis": "cp932",
}
# Python calls these text encodings; they are none, and two of them take quadratic time.
_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_ASCII = frozenset({"", "ascii", "cp1252"})


def decode(content: bytes, label: str | None) -> str:
    """The text; bytes that fit no guess become U+FFFD."""
    codec = _codec(label or "")
    # Mail labelled ASCII or Latin-1, or not at all, is often UTF-8; the reverse doesn't happen.
    guesses = ("utf-8", codec) if codec in _ASCII else (codec,)
    for guess in guesses:
        try:
            return content.decode(guess or "cp1252")
        except (UnicodeError, LookupError):
            continue
    return content.decode(codec or "latin-1", "replace")


def _codec(label: str) -> str:
    """Python's name of the codec, empty when the label means nothing."""
    folded = label.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(_UNKNOWN_TO_PYTHON.get(folded, folded)).name
        b"?".decode(name, "replace")  # refuses what is no text encoding: base64, zip
    except (LookupError, ValueError, ImportError):
        return ""
    return "" if name in _NOT_FOR_MAIL else _LARGER.get(name, name)
