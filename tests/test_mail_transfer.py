import base64
import binascii
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy, default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail import parse
from ticket_intake.mail.structure import uuencode
from ticket_intake.mail.structure.transfer import decoded, encoding

UU = b"begin 644 x.txt\n$:&5L<```\n`\nend\n"


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("base64", "base64"),
        ("BASE64 (really)", "base64"),
        ('"base64"', "base64"),
        ("base-64", "base64"),
        ("Quoted-Printable;", "quoted-printable"),
        ("quoted printable", "quoted-printable"),
        ("uuencode", "x-uuencode"),
        ("x-uue", "x-uuencode"),
        ("7bit", ""),
        ("8bits", ""),
        ("text/html", ""),
        ("", ""),
    ],
)
def test_g3_an_encoding_has_many_names(field: str, name: str) -> None:
    assert encoding(field) == name


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"aGVscA==", b"help"),
        (b"aGVscA", b"help"),
        (b"aGVscA=", b"help"),
        (b"aGVscA====\n\n", b"help"),
        (b"aG Vs\r\n cA==\r\n", b"help"),
        (b"aG!Vs*cA==", b"help"),
        (b"aGVscA==aGVscA==", b"helphelp"),
        (b"aGVscA==\naGVscA==\n", b"helphelp"),
        (b"aGVscA==\n--\nThis list is run by Ann.\n", b"help"),
        (b"aGVscAx", b"help\x0c"),
        (b"aGVsc", b"hel"),
        (b"The line is dead since Monday, nothing works.", None),
        (b"the line is dead", None),
        (b"", b""),
        (b"=", b""),
    ],
)
def test_g3_base64_is_read_in_spite_of_its_faults(body: bytes, content: bytes | None) -> None:
    assert decoded(body, "base64") == (body if content is None else content)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"caf=C3=A9", b"caf\xc3\xa9"),
        (b"caf=c3=a9", b"caf\xc3\xa9"),
        (b"one =\ntwo", b"one two"),
        (b"one =\r\ntwo", b"one two"),
        (b"one = \t \r\ntwo", b"one two"),
        (b"one =\rtwo\nthree", b"one two\nthree"),
        (b"one =", b"one "),
        (b"1=2 =zz =", b"1=2 =zz "),
    ],
)
def test_g3_quoted_printable_is_read_in_spite_of_its_faults(body: bytes, content: bytes) -> None:
    assert decoded(body, "quoted-printable") == content


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (b"a\n" + UU + b"b", [(b"a\n", None), (b"x.txt", b"help"), (b"b", None)]),
        (UU.replace(b"\n", b"\r\n"), [(b"", None), (b"x.txt", b"help"), (b"", None)]),
        (UU + UU, [(b"", None), (b"x.txt", b"help")] * 2 + [(b"", None)]),
        (UU.replace(b"`\nend\n", b""), [(b"", None), (b"x.txt", b"help"), (b"", None)]),
        (b"we begin 644 x\n$:&5L<```\n", None),
        (b"begin 644 words\nthis is no file\n", None),
        (b"begin at the beginning", None),
        (b"", None),
    ],
)
def test_g3_files_in_a_text_are_taken_out(
    text: bytes, pieces: list[tuple[bytes, bytes | None]] | None
) -> None:
    assert list(uuencode.split(text)) == (pieces or [(text, None)])


@pytest.mark.parametrize("fields", [b"", b"Content-Type: text/plain; name=mail.txt\n"])
def test_g3_a_uuencoded_file_hangs_on_the_mail_and_the_text_stays(fields: bytes) -> None:
    mail = parse(fields + b"From: ann@example.org\n\nSee this:\n" + UU + b"Ann\n")
    assert mail.text == "See this:\n\nAnn"
    assert [(a.name, a.content) for a in mail.attachments] == [("x.txt", b"help")]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_what_was_encoded_is_decoded(content: bytes) -> None:
    lines = [content[at : at + 45] for at in range(0, len(content), 45)]
    uu = b"".join(binascii.b2a_uu(line) for line in lines)
    assert decoded(base64.encodebytes(content), "base64") == content
    # As no text: of lines that end in two ways it would make lines that end in one.
    printable = binascii.b2a_qp(content, quotetabs=True, istext=False)
    assert decoded(printable, "quoted-printable") == content
    if content:
        assert decoded(b"begin 644 a\n" + uu + b"`\nend\n", "x-uuencode") == content


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([b"=", b"A", b"AAAA", b"\r", b"\n", b" ", b"M", UU, b"\xff"])),
    st.sampled_from(["base64", "quoted-printable", "x-uuencode", "", "unheard-of"]),
)
def test_no_bytes_make_a_decoder_raise(pieces: list[bytes], name: str) -> None:
    decoded(b"".join(pieces), name)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")))
NAMES = st.text("abcé漢 .-", min_size=1, max_size=40).map(lambda name: f"x{name}y.bin")


@settings(max_examples=100, deadline=None)
@given(
    WORDS, st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=3), st.booleans(),
    st.sampled_from(["7bit", "8bit"]), st.sampled_from([SMTP, SMTPUTF8, default]),
)  # fmt: skip
def test_what_the_standard_library_writes_is_read_as_it_was_meant(
    text: str, files: list[tuple[str, bytes]], as_page_too: bool, cte: str, policy: EmailPolicy
) -> None:
    message = EmailMessage(policy=policy.clone(cte_type=cte))
    message["Subject"] = f"re {text}"[:100]
    message.set_content(f"one\n{text}\ntwo")
    if as_page_too:
        message.add_alternative("<p>page", subtype="html")
    for name, content in files:
        message.add_attachment(content, "application", "x-log", filename=name)
    mail = parse(bytes(message))
    assert mail.text == f"one\n{text}\ntwo"
    assert [file.content for file in mail.attachments] == [content for _, content in files]
    if len({name for name, _ in files}) == len(files):
        wanted = [" ".join(name.split()) for name, _ in files]
        assert [file.name for file in mail.attachments] == wanted
