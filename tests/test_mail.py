import hashlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail import Mail, parse
from ticket_intake.mail.content.body import NOT_READ_IN_FULL

SIMPLE = b"""\
Return-Path: <ann@example.org>
Delivered-To: problem+k7q29wxa@support.example.net
From: "Doe, Ann" <ann@example.org>
To: Support <problem@support.example.net>
Cc: bob@example.org, =?utf-8?q?Zo=C3=AB?= <zoe@example.org>
Subject: No dial tone since =?utf-8?q?gestern_fr=C3=BCh?=
Message-ID: <two@example.org>
References: <zero@example.org>
 <one@example.org>
In-Reply-To: <one@example.org>

The line is dead.

On Mon, 23 Nov 2026 at 09:15, Support <problem@support.example.net> wrote:
> How is the line?
"""


def with_headers(headers: bytes) -> Mail:
    return parse(headers + b"\n\nbody\n")


def test_a_simple_mail_is_read_whole() -> None:
    mail = parse(SIMPLE)
    assert mail.subject == "No dial tone since gestern früh"
    assert (mail.sender, mail.sender_name) == ("ann@example.org", "Doe, Ann")
    assert mail.message_id == "two@example.org"
    assert mail.references == ("zero@example.org", "one@example.org")
    assert mail.in_reply_to == ("one@example.org",)
    assert mail.recipients == (
        "problem@support.example.net",
        "bob@example.org",
        "zoe@example.org",
        "problem+k7q29wxa@support.example.net",
    )
    assert mail.text.startswith("The line is dead.\n\nOn Mon") and mail.text.endswith("the line?")
    assert mail.reply == "The line is dead."
    assert mail.attachments == () and mail.no_answer is None
    assert mail.verdicts.dmarc is None
    assert mail.fingerprint == hashlib.sha256(SIMPLE).hexdigest()
    assert parse(SIMPLE.replace(b"\n", b"\r\n")).text == mail.text


def test_a_mail_of_nothing_is_a_mail() -> None:
    mail = parse(b"")
    assert (mail.subject, mail.sender, mail.message_id, mail.text) == ("", "", "", "")


@pytest.mark.parametrize(
    ("header", "sender", "name"),
    [
        (b"From: ann@example.org", "ann@example.org", ""),
        (b"From: <ann@example.org>", "ann@example.org", ""),
        (b"From: ann@example.org (Ann)", "ann@example.org", "(Ann)"),
        (b"From: ann@example.org>", "ann@example.org", ""),
        (b'From: "Ann <ann@example.org>', "ann@example.org", "Ann"),
        (b'From: "a" <>, "b" <b@example.org>', "b@example.org", "b"),
        (b"From: nobody, Ann <ann@example.org>", "ann@example.org", "Ann"),
        (b"From: =?utf-8?q?ann=40example.org?=", "ann@example.org", ""),
        (b"From: =?utf-8?q?Doe,_Ann?= <ann@example.org>", "ann@example.org", "Doe, Ann"),
        (b'From: "=?utf-8?q?Zo=C3=AB?=" <zoe@example.org>', "zoe@example.org", "Zoë"),
        (b"From: Zo\xc3\xab <zoe@example.org>", "zoe@example.org", "Zoë"),
        (b"From: Zo\xeb <zoe@example.org>", "zoe@example.org", "Zoë"),
        (b"From: ann@b\xc3\xbccher.example", "ann@bücher.example", ""),
        (b"From: broken\nReply-To: ann@example.org", "ann@example.org", ""),
        (b"Return-Path: <ann@example.org>", "ann@example.org", ""),
        (b"Sender: ann@example.org", "ann@example.org", ""),
        (b"From: team: ann@example.org, bob@example.org;", "ann@example.org", ""),
        (b"From: undisclosed-recipients:;", "", ""),
        (b"From: " + b'"(' * 10_000, "", ""),
    ],
)
def test_the_sender_is_the_first_thing_like_an_address(
    header: bytes, sender: str, name: str
) -> None:
    mail = with_headers(header)
    assert mail.sender == sender
    assert mail.sender_name.strip("()") == name.strip("()")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?help=0D=0ABcc:_victim=40example.org?=", "help Bcc: victim@example.org"),
        (b"=?utf-8?b?aGVscA0KQmNjOiB2QGV4YW1wbGUub3Jn?=", "help Bcc: v@example.org"),
        (b"=?utf-8?q?=1B[2Jred=E2=80=AEdeerf?=", "\ufffd[2Jred\ufffddeerf"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),  # a character cut in two
        (b"=?utf-8?q?one?=\n =?iso-8859-1?q?_=E9?= two", "one é two"),
        (b"=?iso-2022-jp?b?GyRCJF4kXxsoQg==?=", "まみ"),
        (b"=?gb2312?b?xOO6ww==?=", "你好"),
        (b"=?utf-8?b?Z3LDvMOfZQ?=", "grüße"),  # padding lost
        (b"=?nonsense?q?caf=C3=A9?=", "café"),
        (b"=?utf-8*de?q?h=C3=A4?=", "hä"),  # RFC 2231 section 5
        (b"caf\xe9 \x81", "café \ufffd"),
        (b"folded\n\t over lines", "folded over lines"),
        (b"=?idna?q?xn--a?= =?zip?q?x?= =?a\x00b?q?x?=", "xn--axx"),
        (b"x" * 300, "x" * 249 + "\u2026"),
    ],
)
def test_a_subject_is_one_clean_line(raw: bytes, subject: str) -> None:
    assert with_headers(b"Subject: " + raw).subject == subject


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"<a@x.example> <b@x.example>", ("a@x.example", "b@x.example")),
        (b"<a@x.example><b@x.example>,<a@x.example>", ("a@x.example", "b@x.example")),
        (b"<long\n part@x.example>", ("longpart@x.example",)),
        (b"Your mail of Monday <a@x.example>", ("a@x.example",)),
        (b"a@x.example", ("a@x.example",)),
        (b"<>", ()),
        (b"", ()),
    ],
)
def test_ids_are_read_without_their_brackets(raw: bytes, found: tuple[str, ...]) -> None:
    assert with_headers(b"References: " + raw).references == found
    assert with_headers(b"In-Reply-To: " + raw).in_reply_to == found


def nested(depth: int) -> bytes:
    levels = (
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n'.encode() for n in range(depth)
    )
    return b"Subject: deep\nFrom: ann@example.org\n" + b"".join(levels) + b"\nthe bottom\n"


@pytest.mark.parametrize(
    "raw",
    [
        nested(100),
        nested(600),
        nested(3000),
        b"Subject: deep\nFrom: ann@example.org\n" + b"Content-Type: message/rfc822\n\n" * 3000,
        b"Subject: deep\nFrom: ann@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\n\nx\n" * 5000,
        b"Subject: deep\nFrom: ann@example.org\nContent-Type: multipart/mixed" + b';"' * 200_000,
        b"Subject: deep\nFrom: ann@example.org\n" + b"X: y\n" * 20_000,
        b"Subject: deep\nFrom: ann@example.org\nTo: " + b"a@x.example," * 50_000,
        b"Subject: deep\nFrom: ann@example.org\nReferences: " + b"=?utf-8?q?x?= " * 20_000,
        b"Subject: deep\nFrom: ann@example.org\n\n" + b"On 1 Nov 2026, she:\n" * 20_000,
        b"Subject: deep\nFrom: ann@example.org\n\n" + b"\r" * 2_000_000,
    ],
)
def test_a_monster_is_read_as_far_as_that_is_sane(raw: bytes) -> None:
    start = time.process_time()
    mail = parse(raw)
    assert (mail.subject, mail.sender) == ("deep", "ann@example.org")
    assert time.process_time() - start < 3


@pytest.mark.parametrize("raw", [nested(100), nested(3000)])
def test_what_was_not_read_in_full_says_so_once(raw: bytes) -> None:
    mail = parse(raw)
    assert mail.text.endswith(NOT_READ_IN_FULL) and mail.text.count(NOT_READ_IN_FULL) == 1


HEADERS = [b"From: ", b"Subject: ", b"To: ", b"Date: ", b"References: ", b"Auto-Submitted: "]
HEADERS += [b"Content-Type: ", b"Content-Disposition: ", b"Content-Transfer-Encoding: "]
MEAN = [b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b", b"\n--b\n", b"--b--"]
MEAN += [b"message/rfc822\n\n", b"message/delivery-status\n\n", b"text/html; charset=utf-7"]
MEAN += [b"text/plain; charset=punycode", b"base64", b"x-uuencode", b"=?utf-8?q?", b"=0D=0A", b"?="]
MEAN += [b"filename*0*=", b"charset*=''%FF", b'"', b"(", b"<", b">", b"@", b"\xff", b"\0", b"\r"]
MEAN += [b"\n", b"\n\n", b"\n "]
MAILISH = st.lists(
    st.one_of(st.sampled_from(HEADERS + MEAN), st.binary(max_size=20)), max_size=30
).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), MAILISH))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    mail = parse(raw)
    lines = [mail.subject, mail.sender, mail.sender_name, mail.message_id, *mail.references]
    lines += [*mail.recipients, *(a.name for a in mail.attachments), mail.no_answer or ""]
    assert not [line for line in lines if len(line.splitlines()) > 1 or "\x1b" in line]
    "".join([*lines, mail.text, mail.reply]).encode()
