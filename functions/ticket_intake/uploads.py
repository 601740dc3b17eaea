"""Files that come with a form: what they are by their content, and a name that says so."""

from dataclasses import dataclass

from netdesk.text import one_line

MOST, BYTES = 5, 4 * 1024 * 1024  # a Lambda call takes 6 MB, in base64
NAME = 100  # characters
TEXT = "text/plain"
BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
}
BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")  # ISO 14496-12, section 4.3
ENDINGS = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    TEXT: ("txt", "log", "csv"),
}
# What text is made of: everything but control characters.
_IN_TEXT = bytes({*range(32, 256)} - {127} | set(b"\t\n\r\f\x1b"))


class NotTaken(ValueError):
    """A file can't be taken; the message is a sentence that says why."""


@dataclass(frozen=True)
class Upload:
    name: str
    media_type: str
    content: bytes


def taken(uploads: list[tuple[str, bytes]]) -> tuple[Upload, ...]:
    """These names and contents as files to keep; raises NotTaken with a sentence."""
    if len(uploads) > MOST:
        raise NotTaken(f"Send at most {MOST} files.")
    if sum(len(content) for _, content in uploads) > BYTES:
        raise NotTaken("The files are too large: 4 MB in all at most.")
    return tuple(_taken(name, content) for name, content in uploads)


def _taken(name: str, content: bytes) -> Upload:
    """Neither its sender's word for the type nor its name's ending is believed."""
    base = one_line(name.replace("\\", "/").rpartition("/")[2], NAME).lstrip(". ") or "file"
    media_type = _media_type(content)
    if not media_type:
        raise NotTaken(f"{base} is no picture, PDF or plain text: send it as one of these.")
    endings = ENDINGS[media_type]
    says_so = base.lower().endswith(tuple(f".{ending}" for ending in endings))
    return Upload(base if says_so else f"{base}.{endings[0]}", media_type, content)


def _media_type(content: bytes) -> str:
    for beginning, media_type in BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in BRANDS:
        return "image/heic"
    return "" if content.translate(None, _IN_TEXT) else TEXT
