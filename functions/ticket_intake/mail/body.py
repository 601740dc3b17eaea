"""The parts of a mail: its text, and what hangs on it."""

from collections.abc import Callable
from email.message import Message
from typing import TypeVar

from netdesk.text import one_line
from ticket_intake.mail.charset import decode
from ticket_intake.mail.headers import decoded, eight_bit
from ticket_intake.mail.html import visible_text
from ticket_intake.mail.shape import Attachment

Found = TypeVar("Found")

NOT_READ_IN_FULL = "[This mail could not be read in full. The original is kept.]"

_DEEPEST = 50
_MOST_PARTS = 1_000
_LONGEST_NAME = 200
_LONGEST_TYPE = 127  # RFC 6838, 4.2: what a media type may have
_READABLE = frozenset({"text/plain", "text/html", "text/enriched"})


def attempt(read: Callable[[], Found], otherwise: Found) -> Found:
    """What a reader of the standard library says, or this where bad mail makes it raise."""
    try:
        return read()
    except Exception:  # its readers raise LookupError, TypeError, RecursionError, ...
        return otherwise


class Body:
    """Collects in one walk over the tree; each branch is collected apart, then joined."""

    def __init__(self, parts_before: int = 0) -> None:
        self.parts = parts_before
        self.texts: list[str] = []
        self.plain = False
        self.attachments: list[Attachment] = []
        self.types: set[str] = set()

    def text(self) -> str:
        """The readable parts in their order, with an empty line between them."""
        return "\n\n".join(text for text in self.texts if text.strip())

    def take(self, part: Message, depth: int = 0) -> None:
        """Read one part and all below it."""
        kind = attempt(part.get_content_type, "application/octet-stream")
        self.parts += 1
        self.types.add(kind)
        children = _children(part)
        if depth > _DEEPEST or self.parts > _MOST_PARTS:
            self.say_not_read_in_full()
        elif kind.startswith("message/"):
            # Another mail's text is not this mail's: what a bounce or a forward holds stays in it.
            self.attachments.append(_enclosed_mail(part, kind, self._next_name(part)))
        elif children is None:
            self._take_leaf(part, kind, depth)
        elif kind == "multipart/alternative":
            self._take_alternatives(children, depth)
        else:
            for child in children:
                self.take(child, depth + 1)

    def say_not_read_in_full(self) -> None:
        """Leave a mark for the reader, once, at the end."""
        self.texts = [*(text for text in self.texts if text != NOT_READ_IN_FULL), NOT_READ_IN_FULL]

    def _take_leaf(self, part: Message, kind: str, depth: int) -> None:
        name = _file_name(part)
        attached = attempt(part.get_content_disposition, None) == "attachment" or bool(name)
        # A multipart without its boundary has no parts, and its text is all that there is.
        readable = kind in _READABLE or kind.startswith("multipart/")
        if readable and (depth == 0 or not attached):
            self.plain = self.plain or kind == "text/plain"
            self.texts.append(_readable(part, kind))
        elif depth or not readable:
            self.attachments.append(_kept(self._next_name(part), kind, _content(part)))

    def _take_alternatives(self, children: list[Message], depth: int) -> None:
        """The same in several forms: the plain one is read if it says anything."""
        branches: list[Body] = []
        for child in children:
            branch = Body(self.parts)
            branch.take(child, depth + 1)
            self.parts = branch.parts
            self.types |= branch.types
            self.attachments += branch.attachments
            branches.append(branch)
        speaking = [branch for branch in branches if branch.text()]
        best = next((branch for branch in speaking if branch.plain), None)
        for branch in [best] if best else speaking[:1]:
            self.texts += branch.texts
            self.plain = self.plain or branch.plain

    def _next_name(self, part: Message) -> str:
        return _file_name(part) or f"attachment-{len(self.attachments) + 1}"


def read_body(message: Message) -> Body:
    """All parts of a mail; what could be read before something went wrong is kept."""
    body = Body()
    try:
        body.take(message)
    except Exception:
        body.say_not_read_in_full()
    return body


def clean(text: str) -> str:
    """One kind of line end, and nothing that could not be stored."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode().strip("\n")


def _readable(part: Message, kind: str) -> str:
    text = decode(_content(part), attempt(part.get_content_charset, None))
    return clean(visible_text(text) if kind == "text/html" else text)


def _children(part: Message) -> list[Message] | None:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return None
    return [child for child in payload if isinstance(child, Message)]


def _content(part: Message) -> bytes:
    content: object = attempt(lambda: part.get_payload(decode=True), None)
    return content if isinstance(content, bytes) else b""


def _enclosed_mail(part: Message, kind: str, name: str) -> Attachment:
    inner = _children(part)
    if not inner:
        return _kept(name, kind, _content(part))
    content = b"".join(attempt(message.as_bytes, b"") for message in inner)
    subject = attempt(lambda: one_line(decoded(str(inner[0]["subject"] or "")), _LONGEST_NAME), "")
    return _kept(_file_name(part) or (f"{subject}.eml" if subject else name), kind, content)


def _kept(name: str, kind: str, content: bytes) -> Attachment:
    return Attachment(name, one_line(kind, _LONGEST_TYPE), content)


def _file_name(part: Message) -> str:
    """The last piece of the path that a sender may have written; to be shown, never opened."""
    fields = Message()
    for field, value in part.raw_items():
        if field.lower() in ("content-disposition", "content-type"):
            fields[field] = eight_bit(str(value))
    name = attempt(fields.get_filename, None) or ""
    line = one_line(decoded(name), _LONGEST_NAME)
    return line.replace("\\", "/").rpartition("/")[2].strip()
