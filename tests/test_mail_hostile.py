"""Bytes that were written to stop a desk: nothing raises, nothing takes long, nothing gets out."""

import time
from collections.abc import Callable
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail import Mail, parse
from ticket_intake.mail.content.body import NOT_READ_IN_FULL
from ticket_intake.mail.content.flowed import unfolded, without_commands
from ticket_intake.mail.content.invitation import line
from ticket_intake.mail.structure.charset import decode
from ticket_intake.mail.structure.fields import split
from ticket_intake.mail.structure.parts import opened
from ticket_intake.mail.structure.transfer import decoded

LETTER = b"""\
From: "Doe, Ann" <ann@example.org>
To: Support <problem@support.example.net>
Subject: =?utf-8?q?Kein_Anschlu=C3=9F?= since =?utf-8?b?ZnLDvGg=?=
Message-ID: <two@example.org>
References: <zero@example.org>
 <one@example.org>
Content-Type: multipart/mixed; boundary="out"

--out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=iso-8859-1; format=flowed
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe, the line =
is dead.

begin 644 x.txt
$:&5L<```
`
end
--in
Content-Type: text/html; charset=utf-8

<p>Gr\xc3\xbc\xc3\x9fe</p>
--in--
--out
Content-Type: image/gif; name*0*=utf-8''caf%C3; name*1*=%A9.gif
Content-Transfer-Encoding: base64
Content-ID: <a.gif@x>

R0lGODlhAQABAAAAACw=
--out
Content-Type: message/rfc822

Subject: enclosed
Content-Type: text/calendar

BEGIN:VEVENT
SUMMARY:Visit
--out--
"""
REPORT = b"""\
Return-Path: <>
From: MAILER-DAEMON@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It did not arrive.
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; ann@example.org
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-ID: <one@support.example.net>
--b--
"""
TOKENS = [
    b"\r",
    b"\n",
    b"\n\n",
    b"\0",
    b"\xff",
    b"\x1b",
    b'"',
    b"(",
    b"<",
    b"=?",
    b"?=",
    b"--",
    b"=",
]
TOKENS += [b"\xe2\x80\xae", b"\xc2\x85", b"\xe2\x80\xa8", b"=0D=0A", b"\n--in--", b"%0D%0A", b"\n "]
CHANGE = st.tuples(
    st.integers(0, 2_000),
    st.integers(0, 40),
    st.one_of(st.sampled_from(TOKENS), st.binary(max_size=9)),
)


def shown(mail: Mail) -> list[str]:
    """Every value that may get into a header, a page or a terminal as one line."""
    lines = [mail.subject, mail.sender, mail.sender_name, mail.message_id, mail.no_answer or ""]
    lines += [*mail.references, *mail.in_reply_to, *mail.recipients, *mail.loops, *mail.senders]
    lines += [*mail.copied, *(file.name for file in mail.attachments)]
    return [*lines, *(file.media_type for file in mail.attachments)]


BAD = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u2028\u2029\u200e\u200f\u061c"}
BAD |= {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000))
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([LETTER, REPORT]), st.lists(CHANGE, max_size=6))
def test_g14_no_value_of_a_mangled_mail_carries_a_control_character(
    raw: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for place, length, new in changes:
        raw = raw[:place] + new + raw[place + length :]
    mail = parse(raw)
    assert not [line for line in shown(mail) if BAD & set(line)]
    str(astuple(mail)).encode("utf-8", "strict")
    assert all("/" not in file.name and file.name for file in mail.attachments)


@pytest.mark.parametrize("field", ["Subject", "From", "Message-ID", "References", "To", "X-Loop"])
@pytest.mark.parametrize("bad", ["\r", "\n", "\0", "\x1b", "\x85", "\u2028", "\u202e", "\u200f"])
def test_g14_what_is_smuggled_into_a_field_stays_in_it(field: str, bad: str) -> None:
    escaped = "".join(f"={byte:02X}" for byte in bad.encode())
    word = f"=?utf-8?q?a@x.example{escaped}Bcc:_v@x.example?="
    for value in (word, f'"{word}" <a@x.example>', f"<a@x.example{bad}Bcc:v>", f"a{bad}@x.example"):
        mail = parse(f"{field}: {value}\n\nx".encode())
        assert not [line for line in shown(mail) if BAD & set(line)]


def test_the_letter_itself_is_read() -> None:
    mail = parse(LETTER)
    assert mail.subject == "Kein Anschluß since früh"
    assert mail.text == "Grüße, the line is dead."
    assert [file.name for file in mail.attachments] == ["x.txt", "café.gif", "enclosed.eml"]
    assert parse(REPORT).bounce is not None


HEAD = b"From: ann@example.org\nSubject: deep\n"
REPEATED = [
    '"(',
    '"',
    "(",
    "<",
    "\\",
    "=?utf-8?q?",
    "=?a?q?=",
    "a@",
    "@",
    ",",
    "'",
    ";",
    ";a=",
    " ",
]
REPEATED += [';a*0*="', "a b ", "<a@b", "?=", "\t\r\n ", '"\\', ": ", "=?utf-8?q?x?= "]
FIELDS = ["From", "Subject", "References", "Content-Type: text/plain; x", "Content-Disposition"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("repeated", REPEATED)
def test_a_field_of_one_thing_repeated_is_read_at_once(field: str, repeated: str) -> None:
    raw = f"{field}: {repeated * (200_000 // len(repeated))}\n\nx".encode()
    start = time.process_time()
    parse(raw)
    assert time.process_time() - start < 1


TYPES = ["text/plain", "text/plain; format=flowed", "text/html", "text/enriched", "text/richtext"]
TYPES += ["text/calendar", "multipart/mixed; boundary=b", "message/rfc822", "image/gif"]
BODIES = [
    "--",
    "\n--",
    "--b\n",
    "\n--b ",
    "\r",
    "\r\r",
    "=",
    "= ",
    "=\r",
    "begin 644 a\n",
    "\nM",
    "<",
]
BODIES += [
    "<a ",
    "<!--",
    "<meta ",
    "<a<param>",
    "BEGIN:VEVENT\n",
    "SUMMARY;",
    "A=",
    "A:\n",
    "> ",
    " \n",
]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("repeated", BODIES)
def test_a_body_of_one_thing_repeated_is_read_at_once(kind: str, repeated: str) -> None:
    body = (repeated * (30_000 // len(repeated))).encode()
    start = time.process_time()
    assert parse(HEAD + f"Content-Type: {kind}\n\n".encode() + body).subject == "deep"
    assert time.process_time() - start < 1


READERS: dict[str, Callable[[bytes], object]] = {
    "a tree": lambda raw: opened(b"Content-Type: multipart/mixed; boundary=b\n\n" + raw),
    "fields": lambda raw: split(raw, 0, frozenset(), leads=True),
    "base64": lambda raw: decoded(raw, "base64"),
    "quoted-printable": lambda raw: decoded(raw, "quoted-printable"),
    "x-uuencode": lambda raw: decoded(raw, "x-uuencode"),
    "flowed": lambda raw: unfolded(raw.decode(), drops_blank=True),
    "enriched": lambda raw: without_commands(raw.decode(), is_enriched=True),
    "calendar": lambda raw: line(raw.decode()),
    "no label": lambda raw: decode(raw + b"\xff", None),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_megabyte_of_one_thing_repeated_takes_no_reader_long(reader: str) -> None:
    for repeated in BODIES:
        raw = repeated.encode() * (1_000_000 // len(repeated))
        start = time.process_time()
        READERS[reader](raw)
        assert time.process_time() - start < 2, repeated


@pytest.mark.parametrize("size", [100, 3_000])
def test_g11_a_mail_that_is_too_deep_is_read_as_far_as_that_is_sane(size: int) -> None:
    levels = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(size))
    mail = parse(HEAD + "".join(levels).encode() + b"\nthe bottom\n")
    assert (mail.subject, mail.sender) == ("deep", "ann@example.org")
    assert mail.text.endswith(NOT_READ_IN_FULL) and mail.text.count(NOT_READ_IN_FULL) == 1
    assert "the bottom" in mail.text
