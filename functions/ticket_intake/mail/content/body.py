"""What a mail says and what hangs on it, out of the tree of its parts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from netdesk.text import one_line
from ticket_intake.mail.content import invitation, texts
from ticket_intake.mail.shape import Attachment
from ticket_intake.mail.structure import names, uuencode
from ticket_intake.mail.structure.charset import decode
from ticket_intake.mail.structure.fields import Headers, first
from ticket_intake.mail.structure.parameters import parameters
from ticket_intake.mail.structure.parts import Part

NOT_READ_IN_FULL = "[This mail could not be read in full. The original is kept.]"
ENCRYPTED = "[This mail is encrypted: the desk can't read it. Please send it again unencrypted.]"
OPAQUE = "[This mail is signed in a form that the desk can't read. Please send it again unsigned.]"

_LONGEST_TYPE = 127  # RFC 6838, 4.2: what a media type may have
_RANKS = {"text/plain": 0, "text/html": 1, "text/enriched": 2, "text/richtext": 2}
_RANKS |= {"text/x-amp-html": 3, "text/watch-html": 3}
_NOTE = 9  # what we say of a part ourselves: beside whatever text there is
_PLAIN_TOO = frozenset({"text/markdown", "text/x-markdown", "text"})
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


@dataclass(frozen=True)
class Body:
    """A mail's text, and its attachments in order."""

    text: str
    attachments: tuple[Attachment, ...]
    page: str  # the source of the text when it is one page and nothing else


@dataclass(frozen=True)
class _Piece:
    """A text, a file, or a named text, which is one or the other."""

    text: str = ""
    file: Attachment | None = None
    rank: int = 0  # of forms of the same text the lowest is read
    whole: bool = True
    page: str = ""

    def says(self) -> bool:
        return bool(self.text.strip())


def read(root: Part) -> Body:
    """All texts joined in their order, with an empty line between them."""
    pieces = list(_pieces(root, _is_outlook(root.headers), top=True))
    if not any(piece.says() and not piece.file and piece.rank < _NOTE for piece in pieces):
        pieces = _with_a_text(pieces)
    said = [*_once(piece for piece in pieces if piece.says() and not piece.file)]
    text = "\n\n".join(piece.text.strip("\n") for piece in said)
    whole = root.whole and all(piece.whole for piece in said)
    if not whole or len(text) > texts.MOST:
        text = "\n\n".join(filter(None, [text[: texts.MOST].rstrip(), NOT_READ_IN_FULL]))
    page = said[0].page if whole and len(said) == 1 else ""
    return Body(text, tuple(_named([piece.file for piece in pieces if piece.file])), page)


def _once(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Notes are not repeated: an invitation often comes in two parts."""
    told: set[str] = set()
    for piece in pieces:
        if piece.rank < _NOTE or piece.text not in told:
            yield piece
        told.add(piece.text)


def _with_a_text(pieces: list[_Piece]) -> list[_Piece]:
    """A text that is named like a file is the mail's own when it has no other."""
    place = next((place for place, piece in enumerate(pieces) if piece.says() and piece.file), None)
    if place is None:
        return pieces
    return [*pieces[:place], replace(pieces[place], file=None), *pieces[place + 1 :]]


def _named(files: list[Attachment]) -> Iterator[Attachment]:
    given = [file.name or f"attachment-{place}" for place, file in enumerate(files, 1)]
    for file, name in zip(files, names.unique(given), strict=True):
        yield replace(file, name=name)


def _pieces(part: Part, is_outlook: bool, top: bool) -> Iterator[_Piece]:
    if not part.kind.startswith("multipart/") or not part.children:
        yield from _leaf(part, is_outlook, top)
        return
    branches = [list(_pieces(child, is_outlook, top=False)) for child in part.children]
    if part.kind == "multipart/alternative":
        branches = _chosen(branches)
    if part.kind == "multipart/encrypted":
        yield _Piece(ENCRYPTED, rank=_NOTE)
    for branch in branches:
        yield from branch


def _chosen(branches: list[list[_Piece]]) -> list[list[_Piece]]:
    """The same in several forms: one that says anything is read, the plain one rather."""
    ranks = [min((p.rank for p in branch if p.says()), default=_NOTE) for branch in branches]
    best = ranks.index(min(ranks))
    return [
        branch if place == best else [_unread(piece) for piece in branch]
        for place, branch in enumerate(branches)
    ]


def _unread(piece: _Piece) -> _Piece:
    return piece if piece.rank == _NOTE else _Piece(file=piece.file)


def _leaf(part: Part, is_outlook: bool, top: bool) -> Iterator[_Piece]:
    if part.kind in _CALENDARS:
        yield _Piece(invitation.line(_characters(part)), rank=_NOTE)
    if part.kind in _ENCRYPTED:
        kind = parameters(first(part.headers, "content-type")).get("smime-type", "").lower()
        yield _Piece(OPAQUE if kind == "signed-data" else ENCRYPTED, rank=_NOTE)
    disposition = first(part.headers, "content-disposition").partition(";")[0].strip().lower()
    attached = disposition == "attachment" and not top
    if not _is_readable(part, top) or attached:
        yield _Piece(file=_kept(part, part.content()))
        return
    content = part.content()
    if names.given(part) and not top and (disposition != "inline" or part.kind != "text/plain"):
        text = texts.read(part, content, is_outlook)
        whole = len(content) <= texts.MOST
        yield _Piece(text, _kept(part, content), _RANKS.get(part.kind, 0), whole)
        return
    yield from _text(part, content, is_outlook)


def _text(part: Part, content: bytes, is_outlook: bool) -> Iterator[_Piece]:
    """A text, and the files that stand uuencoded in it."""
    for piece, file in uuencode.split(content):
        if file is None:
            text = texts.read(part, piece, is_outlook)
            page = texts.page(part, piece) if part.kind in texts.PAGES else ""
            yield _Piece(text, None, _RANKS.get(part.kind, 0), len(piece) <= texts.MOST, page)
        else:
            name = names.clean(decode(piece, ""))
            yield _Piece(file=Attachment(name, "application/octet-stream", file))


def _is_readable(part: Part, top: bool) -> bool:
    # A multipart without its boundary has no parts, and its text is all that there is.
    if part.kind in _RANKS or part.kind in _PLAIN_TOO or part.kind.startswith("multipart/"):
        return True
    return top and part.kind.startswith("text/") and part.kind not in _CALENDARS


def _kept(part: Part, content: bytes) -> Attachment:
    return Attachment(names.found(part), one_line(part.kind, _LONGEST_TYPE), content)


def _characters(part: Part) -> str:
    label = parameters(first(part.headers, "content-type")).get("charset", "utf-8")
    return decode(part.content(), label)


def _is_outlook(headers: Headers) -> bool:
    mailer = first(headers, "x-mailer") + first(headers, "user-agent")
    return "microsoft outlook" in mailer.lower() or "microsoft office outlook" in mailer.lower()
