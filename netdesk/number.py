"""Ticket numbers that survive the telephone: drawn, checked, read and spelled."""

import re
from random import Random

# Crockford's base32 leaves out I, L, O and U: https://www.crockford.com/base32.html
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# A prime above 32 catches every wrong symbol and every swap of neighbours.
_MODULUS = 37
_RANDOM_BITS = 35
_LENGTH = 8

_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_VALUES |= {symbol.lower(): value for symbol, value in _VALUES.items()}
_VALUES |= dict.fromkeys("Oo", 0) | dict.fromkeys("IiLl", 1)

_DASHES = "\\-\u2010-\u2015\u2212"  # what phones and word processors make of a dash
_LEAD = re.compile(rf"\s*(?:#\s*)?(?:[Tt][{_DASHES}])?")
_BETWEEN = re.compile(rf"[\s{_DASHES}]+")

# In running text eight letters are mostly a word: a number shows itself by its dash or by a `#`.
_MENTION = re.compile(
    rf"""
    (?<![0-9A-Za-z{_DASHES}])
    (?: \#\s? (?:T-)? [0-9A-Z]{{4}} [\s{_DASHES}]? [0-9A-Z]{{4}}
      |       (?:T-)? [0-9A-Z]{{4}}   [{_DASHES}]  [0-9A-Z]{{4}} )
    (?! [{_DASHES}]? [0-9A-Za-z])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def draw(random: Random) -> str:
    """A new number; whether it is taken already is for the store to find out."""
    while True:
        value = random.getrandbits(_RANDOM_BITS)
        check = value % _MODULUS
        # The five check symbols beyond the alphabet (* ~ $ = U) can't be said on the phone.
        if check < len(SYMBOLS):
            return _written(value, check)


def read(text: str) -> str | None:
    """The canonical form of what somebody typed or said, None if the check symbol objects."""
    whole = _canonical(_BETWEEN.sub("", text))
    if whole is not None:
        return whole
    # Only now, because T is a symbol too: "T-7Q29WXA" may be a number by itself.
    return _canonical(_BETWEEN.sub("", _LEAD.sub("", text, count=1)))


def find(text: str) -> tuple[str, ...]:
    """The numbers that a subject mentions, in order, each once."""
    numbers = (read(mention.group()) for mention in _MENTION.finditer(text))
    return tuple(dict.fromkeys(number for number in numbers if number))


def spell(number: str) -> str:
    """The number as one reads it out: symbol by symbol, with a breath in the middle."""
    return ", ".join(" ".join(half) for half in number.split("-"))


def _canonical(symbols: str) -> str | None:
    if len(symbols) != _LENGTH or not all(symbol in _VALUES for symbol in symbols):
        return None
    *digits, check = (_VALUES[symbol] for symbol in symbols)
    value = 0
    for digit in digits:
        value = value * len(SYMBOLS) + digit
    return _written(value, check) if value % _MODULUS == check else None


def _written(value: int, check: int) -> str:
    digits = [value >> shift & 31 for shift in range(_RANDOM_BITS - 5, -1, -5)]
    symbols = "".join(SYMBOLS[digit] for digit in (*digits, check))
    return f"{symbols[:4]}-{symbols[4:]}"
