"""Which character set bytes without a usable label are in: what can be told by simple counting."""

import re

_SAMPLE = 20_000
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SHIFTED = re.compile(rb"\x1b\$[@B]")

# What running text is full of: pairs of bytes in scripts of two bytes a character, and the share
# of them that the script has at least. Kana come first, because nothing else looks like them.
_PAIRS = (
    ("cp932", re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]"), 0.25),
    ("euc_jp", re.compile(rb"[\xa4\xa5][\xa1-\xf6]"), 0.25),
    ("cp949", re.compile(rb"[\xb0-\xc8][\xa1-\xfe]"), 0.8),  # hangul
    ("gb18030", re.compile(rb"[\xb0-\xd7][\xa1-\xfe]"), 0.6),  # the 3,755 common characters
    ("big5hkscs", re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]"), 0.6),  # the 5,401 common ones
)
_LETTERS = re.compile(rb"[\xa8\xb8\xc0-\xff]")  # Cyrillic ones; pairs have all high bytes
_CYRILLIC = (("cp1251", re.compile(rb"[\xe0-\xff]")), ("koi8_r", re.compile(rb"[\xc0-\xdf]")))


def is_shifted(content: bytes) -> bool:
    """Whether this is ISO-2022-JP, which looks like ASCII (RFC 1468)."""
    return bool(_SHIFTED.search(content))


def guessed(content: bytes) -> str:
    """The name of a codec; cp1252 where nothing speaks for another."""
    sample = content[:_SAMPLE]
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    # Letters with accents stand alone among others; other scripts stand in rows.
    if high < 4 or high < 2 * len(runs):
        return "cp1252"
    if len(_LETTERS.findall(sample)) > 0.95 * high:
        return max(_CYRILLIC, key=lambda codec: len(codec[1].findall(sample)))[0]
    for name, pair, least in _PAIRS:
        if _share(name, pair, sample) >= least:
            return name
    return "cp1252"


def _share(name: str, pair: re.Pattern[bytes], sample: bytes) -> float:
    """How much of the text beyond ASCII these pairs are; 0 where it is no text at all."""
    text = sample.decode(name, "ignore")
    lost = len(sample) - len(text.encode(name, "ignore"))
    foreign = sum(character >= "\x80" for character in text)
    fits = foreign and lost * 20 <= foreign
    return len(pair.findall(sample)) / foreign if fits else 0.0
