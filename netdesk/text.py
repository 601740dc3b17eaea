"""Text from strangers, made harmless for terminals, pages and mail headers."""

import re

# What steers a terminal, reverses reading order or can't be encoded is shown as U+FFFD, not
# dropped: the reader sees that something was taken out, and the pieces around it don't join into
# a word that was not written ("re" ESC "mote"). An escape sequence without its ESC or C1 byte is
# plain text. U+FFFE and U+FFFF are here because feeds are XML, which forbids them:
# https://www.w3.org/TR/xml/#charsets
_STEERING = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but \t and \n, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi: https://unicode.org/reports/tr9/
    "\ud800-\udfff"  # lone surrogates
    "\ufffe\uffff"
    "]"
)

# What has no width is dropped: it is invisible where it is honest (a soft hyphen, a preheader's
# padding, the joiners of an emoji), and the reader should get exactly what there was to see.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_BLANKS = re.compile(r"[\t\n ]+")
_CUT = "\u2026"


def safe(text: str) -> str:
    """The text as it may be shown anywhere: no control characters but newline and tab."""
    return _UNSEEN.sub("", _STEERING.sub("\ufffd", _LINE_ENDS.sub("\n", text)))


def one_line(text: str, limit: int) -> str:
    """Safe text on one line of at most so many characters, fit for headers, subjects and names."""
    line = _BLANKS.sub(" ", safe(text)).strip()
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip() + _CUT[:limit]
