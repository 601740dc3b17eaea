"""Files that stand uuencoded in a text: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/uuencode.html"""

import binascii
import re
from collections.abc import Iterator

_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,300})(?:\r?\n|\r)")
_LINE = re.compile(rb"([^\r\n]{0,200})(?:\r?\n|\r|\Z)")
_FULL_LINES = re.compile(rb"(?:M[ -`]{60}\r?\n){1,10000}")
_MOST_OTHER_LINES = 100_000
_MOST_FILES = 100

# A line of 45 bytes is 60 characters, as in base64 but for the alphabet; so many such lines at
# once are decoded twenty times faster than line by line.
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes.maketrans(bytes(range(32, 97)), _BASE64 + b"A")


def split(text: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """The text in its order: (text, None) around the files, (name, content) for each."""
    start = position = 0
    for _ in range(_MOST_FILES):
        begin = _BEGIN.search(text, position)
        if not begin:
            break
        content, position = _file(text, begin.end())
        if content and text[begin.start() - 1 : begin.start()] in (b"", b"\n", b"\r"):
            yield text[start : begin.start()], None
            yield begin[1].strip(), content
            start = position
    yield text[start:], None


def content(text: bytes) -> bytes:
    """The first file in a body whose transfer encoding says that it holds one."""
    return next((content for _, content in split(text) if content is not None), text)


def _file(text: bytes, position: int) -> tuple[bytes, int]:
    """A file's content, and where the text goes on: what is no line of it ends it."""
    pieces: list[bytes] = []
    others = 0
    while position < len(text) and others < _MOST_OTHER_LINES:
        if full := _FULL_LINES.match(text, position):
            pieces.append(_many(full[0]))
            position = full.end()
            continue
        others += 1
        line = _LINE.match(text, position)
        if line and line[1].rstrip() == b"end":
            return b"".join(pieces), line.end()
        piece = _bytes(line[1]) if line else None
        if line is None or piece is None:
            break
        pieces.append(piece)
        position = line.end()
    return b"".join(pieces), position


def _many(lines: bytes) -> bytes:
    letters = lines[1:].replace(b"\nM", b"\n").translate(_TO_BASE64, b"\r\n")
    return binascii.a2b_base64(letters)


def _bytes(line: bytes) -> bytes | None:
    """The first character says how many bytes the line holds; blanks at its end may be lost."""
    if not line.strip() or line == b"`":
        return b""
    size = (line[0] - 32) & 63
    wanted = (size + 2) // 3 * 4
    if not 32 <= line[0] <= 96 or not wanted - 4 < len(line) <= wanted + 2:
        return None
    try:
        return binascii.a2b_uu(line[: wanted + 1])
    except binascii.Error:
        return None
