"""Files of the form: what they are by their bytes, and names that can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.text import safe
from ticket_intake.uploads import BYTES, MOST, NAME, NotTaken, taken

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0"
KINDS = [
    (PNG, "image/png"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    (b"GIF89a\x01\0", "image/gif"),
    (b"GIF87a\x01\0", "image/gif"),
    (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
    (HEIC, "image/heic"),
    (b"%PDF-1.7\n\xe2\xe3", "application/pdf"),
    (b"error 651\r\n\tat 14:20\n", "text/plain"),
    ("Grüße".encode(), "text/plain"),
    ("Grüße".encode("latin-1"), "text/plain"),
    (b"\x1b[31mred\x1b[0m\n", "text/plain"),  # a log with colours
    (b"<script>alert(1)</script>", "text/plain"),  # never shown by a browser of ours
]


@pytest.mark.parametrize(("content", "media_type"), KINDS, ids=[kind for _, kind in KINDS])
def test_a_file_is_what_its_bytes_say(content: bytes, media_type: str) -> None:
    [file] = taken([("any.exe", content)])
    assert (file.media_type, file.content) == (media_type, content)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\x03", b"\x7fELF\x02\x01", b"PK\x03\x04\x14\0", b"\xd0\xcf\x11\xe0\xa1\xb1",
        b"RIFF\x24\0\0\0WAVEfmt ", b"\0\0\0\x18ftypisom\0\0", b"\x1f\x8b\x08\0", b"text\0text",
        "text".encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_neither_picture_nor_pdf_nor_text_is_refused(content: bytes) -> None:
    with pytest.raises(NotTaken, match=r"^a\.png is no picture, PDF or plain text: send it as"):
        taken([("a.png", content)])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("photo.png", "photo.png"),
        ("Photo.PNG", "Photo.PNG"),
        ("photo.exe", "photo.exe.png"),
        ("photo", "photo.png"),
        ("../../etc/photo.png", "photo.png"),
        ("C:\\Users\\ann\\photo.png", "photo.png"),
        ("/", "file.png"),
        ("", "file.png"),
        (".png", "png.png"),
        (".. .htaccess", "htaccess.png"),
        ("a\r\nSet-Cookie: x=y.png", "a Set-Cookie: x=y.png"),
        ("gnp\u202eexe.png", "gnp\ufffdexe.png"),
        ("a\0b.png", "a\ufffdb.png"),
    ],
)
def test_a_name_is_only_a_name_and_says_what_the_file_is(given: str, kept: str) -> None:
    assert taken([(given, PNG)])[0].name == kept


def test_files_up_to_the_limits_are_taken_and_no_more() -> None:
    assert len(taken([("a.txt", b"x")] * MOST)) == MOST
    with pytest.raises(NotTaken, match="Send at most 5 files"):
        taken([("a.txt", b"x")] * (MOST + 1))
    assert taken([("a.txt", b"x" * BYTES)])
    with pytest.raises(NotTaken, match="4 MB in all at most"):
        taken([("a.txt", b"x" * BYTES), ("b.txt", b"x")])


@given(st.lists(st.tuples(st.text(), st.binary(min_size=1)), max_size=MOST + 1))
def test_any_files_are_taken_or_refused_with_a_sentence(files: list[tuple[str, bytes]]) -> None:
    try:
        kept = taken(files)
    except NotTaken as error:
        assert safe(str(error)) == str(error)
        assert str(error).endswith((".", "most."))
        return
    for file in kept:
        assert safe(file.name) == file.name
        assert not {"/", "\\", "\n"} & set(file.name)
        assert 0 < len(file.name) <= NAME + 5
