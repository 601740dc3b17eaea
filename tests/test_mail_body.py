from email.message import EmailMessage

import pytest

from ticket_intake.mail import Attachment, Mail, parse
from ticket_intake.mail.content.body import NOT_READ_IN_FULL


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
        ("Content-Type: text/plain; name=a.txt", b"help", "help"),
        ("Content-Disposition: attachment; filename=a.txt", b"help", "help"),
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


@pytest.mark.parametrize(
    ("fields", "body", "text"),
    [
        ("format=flowed", "one \ntwo\nthree", "one two\nthree"),
        ("format=Flowed; delsp=yes", "one \ntwo\nthree", "onetwo\nthree"),
        ("format=flowed", "> one \n> two \nthree", "> one two \nthree"),
        ("format=flowed", ">> one \n> two", ">> one \n> two"),
        ("format=flowed", " > one\n From two\n  three", "> one\nFrom two\n three"),
        ("format=flowed", "one \n-- \nAnn", "one \n-- \nAnn"),
        ("", "one \ntwo", "one \ntwo"),
    ],
)
def test_text_that_may_be_folded_is_unfolded(fields: str, body: str, text: str) -> None:
    assert with_body(f"Content-Type: text/plain; charset=utf-8; {fields}", body).text == text


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("enriched", "<bold>It</bold> is\ndead.\n\nAnn", "It is dead.\nAnn"),
        ("enriched", "<color><param>red</param>a << b</color>", "a < b"),
        ("richtext", "<bold>It</bold> is\ndead.<nl>Ann <lt>3", "It is dead.\nAnn <3"),
        ("richtext", "a<comment>b<bold>c</bold></comment>d", "ad"),
    ],
)
def test_commands_of_rich_text_are_not_shown(kind: str, body: str, text: str) -> None:
    assert with_body(f"Content-Type: text/{kind}", body).text == text


@pytest.mark.parametrize(
    ("mailer", "body", "text"),
    [
        ("X-Mailer: Microsoft Outlook 16.0", "a\n\nb\n\nc", "a\nb\nc"),
        ("X-Mailer: Microsoft Office Outlook 11", "a\n\nb\n\n\n\nc", "a\nb\n\nc"),
        ("User-Agent: Microsoft Outlook", "a\n\nb\nc", "a\n\nb\nc"),
        ("X-Mailer: other", "a\n\nb\n\nc", "a\n\nb\n\nc"),
        ("X-Mailer: other", "a\n\nb\n\nc\n\nd", "a\nb\nc\nd"),
        ("X-Mailer: other", "a\n\nb\n\nc\n\nd\ne", "a\n\nb\n\nc\n\nd\ne"),
    ],
)
def test_g10_doubled_newlines_are_halved(mailer: str, body: str, text: str) -> None:
    assert with_body(mailer, body).text == text


def parts(kind: str, *leaves: tuple[str, str]) -> Mail:
    body = "".join(f"--b\nContent-Type: {fields}\n\n{text}\n" for fields, text in leaves)
    return with_body(f"Content-Type: multipart/{kind}; boundary=b", f"{body}--b--\n")


PLAIN, HTML, WATCH = ("text/plain", "plain"), ("text/html", "<p>rich"), ("text/x-amp-html", "amp")


@pytest.mark.parametrize(
    ("kind", "leaves", "text"),
    [
        ("alternative", [HTML, PLAIN], "plain"),
        ("alternative", [PLAIN, HTML], "plain"),
        ("alternative", [("text/plain", " \n"), WATCH, HTML], "rich"),
        ("alternative", [("text/plain; name=x", "plain"), HTML], "plain"),
        ("alternative", [("text/enriched", "<bold>x"), HTML], "rich"),
        ("alternative", [WATCH], "amp"),
        ("mixed", [PLAIN, ("image/gif", "x"), ("text/plain", "below")], "plain\n\nbelow"),
        ("mixed", [PLAIN, HTML], "plain\n\nrich"),
        ("related", [HTML, ("image/gif", "x")], "rich"),
        ("report", [PLAIN, ("message/delivery-status", "Status: 5.1.1")], "plain"),
        ("unheard-of", [PLAIN, HTML], "plain\n\nrich"),
        ("mixed", [("image/gif", "x")], ""),
    ],
)
def test_g5_the_readable_parts_are_joined_in_order(
    kind: str, leaves: list[tuple[str, str]], text: str
) -> None:
    mail = parts(kind, *leaves)
    assert mail.text == text
    assert not [file for file in mail.attachments if file.media_type == WATCH[0]]


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ('<meta charset="iso-8859-5">', "Связь"),
        ("<META http-equiv=x content='text/html; charset=iso-8859-5'>", "Связь"),
    ],
)
def test_g2_a_page_may_name_its_own_character_set(head: str, text: str) -> None:
    page = (head + "<p>" + text).encode("iso-8859-5")
    assert with_body("Content-Type: text/html", page).text == text
    labelled = with_body("Content-Type: text/html; charset=utf-8", head.encode() + text.encode())
    assert labelled.text == text


def test_where_the_mail_is_a_page_its_marks_say_what_is_quoted() -> None:
    quote = "<div class=gmail_attr>Ann wrote on Monday</div><blockquote class=gmail_quote>Old words"
    page = f"<p>It works.</p><div class=gmail_quote>{quote}</blockquote></div>"
    mail = parts("mixed", ("text/html", page), ("image/gif", "x"))
    assert "Old words" in mail.text and mail.reply == "It works."
    assert "Old words" in parts("mixed", PLAIN, ("text/html", page)).reply


def test_a_very_long_text_is_cut_with_a_mark() -> None:
    for name in ("", "; name=a.txt"):
        text = parts("mixed", (f"text/plain{name}", "word " * 500_000)).text
        assert len(text) < 2_000_100 and text.endswith(NOT_READ_IN_FULL)
    assert parts("mixed", PLAIN, ("text/plain; name=a.txt", "word " * 500_000)).text == "plain"
