from email.message import EmailMessage

import pytest

from ticket_intake.mail import Attachment, Mail, parse


def with_body(headers: str, body: str | bytes) -> Mail:
    return parse(headers.encode() + b"\n\n" + (body.encode() if isinstance(body, str) else body))


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("", b"caf\xc3\xa9", "café"),
        ("Content-Type: text/plain; charset=iso-8859-1", b"\x93caf\xe9\x94", "“café”"),
        ("Content-Type: text/plain; charset=us-ascii", b"caf\xc3\xa9", "café"),
        ("Content-Type: text/plain; charset=utf-8", b"caf\xc3\xa9 \xe9!", "café \ufffd!"),
        ("Content-Type: text/plain; charset=x-unknown", b"caf\xe9", "café"),
        ("Content-Type: text/plain; charset=gb2312", "你好镕".encode("gb18030"), "你好镕"),
        ("Content-Type: text/plain; charset=shift_jis", "①".encode("cp932"), "①"),
        ("Content-Type: text/plain; charset=base64", b"plain", "plain"),
        ("Content-Transfer-Encoding: base64", b"aGVscA", "help"),
        ("Content-Transfer-Encoding: quoted-printable", b"caf=C3=A9 =\nnoir", "café noir"),
        ("Content-Transfer-Encoding: x-uuencode", b"begin 644 x\n$:&5L<```\n`\nend\n", "help"),
        ("Content-Transfer-Encoding: unheard-of", b"help", "help"),
        ("Content-Type: nonsense", b"help", "help"),
        ("Content-Type: multipart/mixed", b"no boundary", "no boundary"),
        ("Content-Type: multipart/mixed; boundary=b", b"never seen", "never seen"),
        ("Content-Type: text/html", b"<p>one</p><p>two &amp; three", "one\n\ntwo & three"),
        ("", b"nul \x00 stays harmless", "nul \ufffd stays harmless"),
    ],
)
def test_a_text_is_read_whatever_its_labels_say(headers: str, body: bytes, text: str) -> None:
    assert with_body(headers, body).text == text


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "parts"
    message.set_content("the plain text\n")
    return message


def test_of_two_forms_the_plain_one_is_read_and_pictures_are_kept() -> None:
    message = letter()
    message.add_alternative("<p>the <b>rich</b> text</p><img src='cid:1'>", subtype="html")
    rich = message.get_payload()[1]
    assert isinstance(rich, EmailMessage)
    rich.add_related(b"GIF89a", "image", "gif", cid="<1>", filename="a.gif")
    mail = parse(message.as_bytes())
    assert mail.text == "the plain text"
    assert mail.attachments == (Attachment("a.gif", "image/gif", b"GIF89a"),)


def test_where_the_plain_form_is_empty_the_other_is_read() -> None:
    message = EmailMessage()
    message.set_content("\n")
    message.add_alternative("<p>the rich text</p>", subtype="html")
    assert parse(message.as_bytes()).text == "the rich text"


def test_texts_between_pictures_are_joined_in_order() -> None:
    message = letter()
    message.make_mixed()
    message.add_attachment(b"\xff\xd8", "image", "jpeg", disposition="inline")
    more = EmailMessage()
    more.set_content("and below the picture\n")
    message.attach(more)
    mail = parse(message.as_bytes())
    assert mail.text == "the plain text\n\nand below the picture"
    assert mail.attachments == (Attachment("attachment-1", "image/jpeg", b"\xff\xd8"),)


def test_an_attached_text_is_not_the_mails_text() -> None:
    message = letter()
    message.add_attachment("line 1\n", filename="modem.log")
    mail = parse(message.as_bytes())
    assert mail.text == "the plain text"
    assert [(a.name, a.content) for a in mail.attachments] == [("modem.log", b"line 1\n")]


def test_an_enclosed_mail_is_kept_and_not_mixed_in() -> None:
    inner = letter()
    inner.replace_header("Subject", "the inner subject")
    message = letter()
    message.add_attachment(inner)
    mail = parse(message.as_bytes())
    assert mail.text == "the plain text" and mail.subject == "parts"
    assert mail.attachments[0].name == "the inner subject.eml"
    assert mail.attachments[0].media_type == "message/rfc822"
    assert b"the inner subject" in mail.attachments[0].content


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        (b'filename="../../etc/x y.txt"', "x y.txt"),
        (b'filename="C:\\\\temp\\\\a.txt"', "a.txt"),
        (b"filename*=utf-8''caf%C3%A9.txt", "café.txt"),
        (b"filename*0=long; filename*1=er.txt", "longer.txt"),
        (b'filename="=?utf-8?q?caf=C3=A9.txt?="', "café.txt"),
        (b'filename="caf\xc3\xa9.txt"', "café.txt"),
        (b'filename="=?utf-8?q?a=0D=0AX:_b.txt?="', "a X: b.txt"),
        (b'filename="gpj\xe2\x80\xae.exe"', "gpj\ufffd.exe"),
        (b"filename*=unknown'x'%FF", "\xff"),
        (b"", "attachment-1"),
    ],
)
def test_a_file_name_is_a_name_to_show(parameter: bytes, name: str) -> None:
    part = b"--b\nContent-Type: application/x-thing\nContent-Disposition: attachment; "
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + part + parameter + b"\n\nxx\n--b--\n"
    assert parse(raw).attachments == (Attachment(name, "application/x-thing", b"xx"),)
