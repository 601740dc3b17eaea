"""Telephone numbers, as EPP writes them: +CC.NUMBER (RFC 5733 section 2.5)."""

import re
import unicodedata

from netdesk.refused import Refused

_WRITE = "Write the number with + and its country first, such as +1 202 555 0100."
_FEWEST, _MOST = 7, 15  # digits: ITU-T E.164 section 6.1
_LONGEST = 60
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension|#) ?([0-9]{1,8})", re.IGNORECASE)
_TRUNK = re.compile(r"\( ?0 ?\)")  # +44 (0)20: not dialled from abroad, ITU-T E.123 section 7.3
_SIGNS = str.maketrans("", "", " ().-/\u2010\u2011\u2012\u2013\u2212")
# Codes of one and two digits; all others have three: ITU-T E.164, list of assigned codes.
_COUNTRY = re.compile("[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")


def e164(text: str) -> str:
    """+1 (818) 555-0100 ext. 3 as +1.8185550100 x 3; raises Refused."""
    if len(text) > _LONGEST:
        raise Refused(f"This is too long for a phone number. {_WRITE}")
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    number, extension = _parted(typed)
    if not number.startswith("+"):
        raise Refused(_WRITE)
    digits = _TRUNK.sub("", number[1:]).translate(_SIGNS)
    if not digits.isascii() or not digits.isdigit() or digits[0] == "0":
        raise Refused(f"After the + come digits alone. {_WRITE}")
    if not _FEWEST <= len(digits) <= _MOST:
        raise Refused(f"A phone number has {_FEWEST} to {_MOST} digits. {_WRITE}")
    dotted = _COUNTRY.sub(r"\g<0>.", digits, count=1)
    return f"+{dotted} x {extension}" if extension else f"+{dotted}"


def _parted(typed: str) -> tuple[str, str]:
    found = _EXTENSION.search(typed)
    if not found or found.end() != len(typed):
        return typed, ""
    return typed[: found.start()], found[1]
