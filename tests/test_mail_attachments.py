import pytest

from ticket_intake.mail import parse
from ticket_intake.mail.content.body import ENCRYPTED, OPAQUE
from ticket_intake.mail.shape import Attachment
from ticket_intake.mail.structure.names import unique


def part(fields: str, body: str = "xx") -> str:
    return f"--b\n{fields}\n\n{body}\n"


def mixed(*parts: str, kind: str = "mixed") -> bytes:
    head = f"From: ann@example.org\nContent-Type: multipart/{kind}; boundary=b\n\n"
    return f"{head}{''.join(parts)}--b--\n".encode("utf-8", "surrogateescape")


def names(*parts: str) -> list[str]:
    return [file.name for file in parse(mixed(*parts)).attachments]


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="a b.pdf"', "a b.pdf"),
        ("filename=a b.pdf", "a b.pdf"),
        ("filename=a b.pdf; size=3", "a b.pdf"),
        ("FileName = a.pdf", "a.pdf"),
        ('filename="never closed.pdf', "never closed.pdf"),
        ('filename="a \\"b\\".pdf"', 'a "b".pdf'),
        ('filename="a;b.pdf"', "a;b.pdf"),
        ("filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
        ("filename*=iso-8859-1'fr'caf%E9.pdf", "café.pdf"),
        ("filename*='fr'caf%E9.pdf", "café.pdf"),
        ("filename*=caf%C3%A9.pdf", "café.pdf"),
        ("filename=old.pdf; filename*=utf-8''new.pdf", "new.pdf"),
        ("filename*0=one; filename*1=-two.pdf", "one-two.pdf"),
        ("filename*1=-two.pdf; filename*0=one", "one-two.pdf"),
        ("filename*0*=utf-8''caf%C3; filename*1*=%A9.pdf", "café.pdf"),
        ("filename*0*=utf-8''caf%C3%A9-; filename*1=50%25.pdf", "café-50%25.pdf"),
        ("filename==?utf-8?q?caf=C3=A9.pdf?=", "café.pdf"),
        ("filename==?utf-8?q?a=3B?= =?utf-8?q?b.pdf?=", "a;b.pdf"),
        ('filename="=?utf-8?q?caf=C3?= =?utf-8?q?=A9.pdf?="', "café.pdf"),
        ('filename="caf\udce9.pdf"', "café.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\temp\\a.pdf"', "a.pdf"),
        ("filename*=utf-8''..%2F..%2Fa.pdf", "a.pdf"),
        ('filename="a/b/"', "b"),
        ("filename*=utf-8''a%0D%0Ab.pdf", "a b.pdf"),
        ('filename="a\x1b[2J\u202efdp.exe"', "a\ufffd[2J\ufffdfdp.exe"),
        ('filename="' + "a" * 300 + '.pdf"', "a" * 199 + "\u2026"),
        ('filename=""', "attachment-1"),
        ('filename="/"', "attachment-1"),
    ],
)
def test_g4_a_file_name_is_read_however_it_is_written(parameter: str, name: str) -> None:
    fields = f"Content-Type: application/pdf\nContent-Disposition: attachment; {parameter}"
    assert names(part(fields)) == [name]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("Content-Type: image/gif; name=a.gif", "a.gif"),
        (
            "Content-Type: image/gif; name=a.gif\nContent-Disposition: inline; filename=b.gif",
            "b.gif",
        ),
        ("Content-Type: image/gif\nContent-Location: http://x.example/p/a.gif?size=1", "a.gif"),
        ("Content-Type: image/gif\nContent-ID: <image001.gif@01D9.AB>", "image001.gif"),
        ("Content-Type: image/gif\nContent-ID: <part1.060904.0106@example.org>", "attachment-1"),
        ("Content-Type: image/gif", "attachment-1"),
        ("Content-Type: application/ms-tnef", "winmail.dat"),
        ("Content-Type: application/pgp-signature", "signature.asc"),
        ("Content-Type: application/octet-stream; name=log.txt", "log.txt"),
    ],
)
def test_g4_what_has_no_file_name_is_called_by_what_is_there(fields: str, name: str) -> None:
    assert names(part(fields)) == [name]


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ("Subject: =?utf-8?q?Caf=C3=A9_re/port?=\n\nx", "Café re-port.eml"),
        ("From: x\n\nx", "mail.eml"),
        ("Subject: a=0D=0ABcc: x\n\nx", "a=0D=0ABcc: x.eml"),
    ],
)
def test_g4_an_enclosed_mail_is_called_by_its_subject(inner: str, name: str) -> None:
    assert names(part("Content-Type: message/rfc822", inner)) == [name]


def test_g4_names_are_unique_within_a_mail() -> None:
    many = [part("Content-Type: image/gif; name=a.gif")] * 3
    assert names(*many) == ["a.gif", "a (2).gif", "a (3).gif"]
    assert list(unique(["a", "a", "a (2)", ".b", ".b"])) == ["a", "a (3)", "a (2)", ".b", ".b (2)"]


def test_g6_an_enclosed_mail_is_kept_and_its_text_is_not_mixed_in() -> None:
    inner = "Subject: in\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninside\n--c--"
    raw = mixed(part("", "outside"), part("Content-Type: message/rfc822", inner))
    mail = parse(raw)
    assert mail.text == "outside"
    assert mail.attachments == (Attachment("in.eml", "message/rfc822", inner.encode()),)


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/vnd.ms-tnef"])
def test_g7_outlooks_own_format_is_kept_closed(kind: str) -> None:
    mail = parse(mixed(part("", "hello"), part(f"Content-Type: {kind}")))
    assert (mail.text, mail.attachments) == ("hello", (Attachment("winmail.dat", kind, b"xx"),))


def test_g8_a_signed_mail_is_read_and_its_signature_kept() -> None:
    signature = part("Content-Type: application/pgp-signature; name=signature.asc", "-----BEGIN")
    mail = parse(mixed(part("", "hello"), signature, kind="signed; protocol=x"))
    assert mail.text == "hello"
    assert [file.name for file in mail.attachments] == ["signature.asc"]


def test_g8_an_encrypted_mail_says_that_it_can_not_be_read() -> None:
    version = part("Content-Type: application/pgp-encrypted", "Version: 1")
    sealed = part("Content-Type: application/octet-stream; name=encrypted.asc", "-----BEGIN")
    mail = parse(mixed(version, sealed, kind="encrypted"))
    assert mail.text == ENCRYPTED
    assert [file.name for file in mail.attachments] == ["attachment-1", "encrypted.asc"]
    mail = parse(b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nxx")
    assert (mail.text, [file.name for file in mail.attachments]) == (ENCRYPTED, ["smime.p7m"])


def test_g8_a_signature_around_the_mail_says_so() -> None:
    mail = parse(b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nxx")
    assert (mail.text, [file.name for file in mail.attachments]) == (OPAQUE, ["smime.p7m"])


def test_g8_inline_pgp_is_left_as_it_is() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n-----BEGIN PGP SIGNATURE-----"
    )
    assert parse(f"From: ann@example.org\n\n{text}\n".encode()).text == text


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("SUMMARY:Visit\nDTSTART:20261122T090000", "[Invitation: Visit, 2026-11-22 09:00]"),
        ("SUMMARY:Visit\nDTSTART:20261122T090000Z", "[Invitation: Visit, 2026-11-22 09:00 UTC]"),
        ("SUMMARY:Visit\nDTSTART;VALUE=DATE:20261122", "[Invitation: Visit, 2026-11-22]"),
        ("SUMMARY;LANGUAGE=en:One\\, two\\n\n three", "[Invitation: One, two three]"),
        ("DTSTART;TZID=Europe/Berlin:20261122T090000", "[Invitation: 2026-11-22 09:00]"),
        ("", "[Invitation: see the attached calendar]"),
    ],
)
def test_g9_an_invitation_is_kept_and_told_in_one_line(event: str, line: str) -> None:
    zone = "BEGIN:VTIMEZONE\nDTSTART:19700101T000000\nEND:VTIMEZONE\n"
    calendar = f"BEGIN:VCALENDAR\n{zone}BEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR"
    fields = "Content-Type: text/calendar; method=REQUEST"
    mail = parse(mixed(part("", "hello"), part(fields, calendar), kind="alternative"))
    assert mail.text == f"hello\n\n{line}"
    assert [file.name for file in mail.attachments] == ["invitation.ics"]


def test_g9_an_invitation_in_two_parts_is_told_once() -> None:
    calendar = part("Content-Type: text/calendar; method=REQUEST", "SUMMARY:Visit")
    file = part("Content-Type: application/ics; name=invite.ics", "SUMMARY:Visit")
    mail = parse(mixed(part("", "hello"), calendar, file))
    assert mail.text == "hello\n\n[Invitation: Visit]"
    assert [file.name for file in mail.attachments] == ["invitation.ics", "invite.ics"]


@pytest.mark.parametrize("name", ["bomb.zip", "setup.exe", "locked.7z"])
def test_g11_g13_nothing_that_hangs_on_a_mail_is_opened(name: str) -> None:
    raw = mixed(part(f"Content-Type: application/zip; name={name}", "PK\x03\x04 and more"))
    assert [(file.name, file.content) for file in parse(raw).attachments] == [
        (name, b"PK\x03\x04 and more")
    ]


@pytest.mark.parametrize(
    ("parts", "text", "files"),
    [
        ([("", "one"), ("Content-Type: text/plain; name=a.txt", "two")], "one", ["a.txt"]),
        ([("Content-Type: text/plain; name=a.txt", "two")], "two", []),
        ([("Content-Disposition: attachment; filename=a.txt", "two")], "", ["a.txt"]),
        ([("", "one"), ("Content-Disposition: inline; filename=a", "two")], "one\n\ntwo", []),
        ([("", "one"), ("Content-Type: text/html; name=a.html", "two")], "one", ["a.html"]),
        (
            [
                ("Content-Type: text/plain; name=a.txt", "two"),
                ("Content-Type: text/calendar", "SUMMARY:Visit"),
            ],
            "two\n\n[Invitation: Visit]",
            ["invitation.ics"],
        ),
        ([("", "one"), ("Content-Type: text/csv", "two")], "one", ["attachment-1"]),
        ([("", "one"), ("Content-Disposition: attachment", "two")], "one", ["attachment-1"]),
    ],
)
def test_a_text_with_a_file_name_is_a_file_unless_it_is_the_only_text(
    parts: list[tuple[str, str]], text: str, files: list[str]
) -> None:
    mail = parse(mixed(*(part(*fields) for fields in parts)))
    assert (mail.text, [file.name for file in mail.attachments]) == (text, files)
