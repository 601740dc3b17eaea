import pytest

from ticket_intake.mail import parse
from ticket_intake.mail.structure.fields import Headers, split
from ticket_intake.mail.structure.headers import addresses, decoded


def block(raw: bytes) -> tuple[Headers, bytes]:
    headers, start = split(raw, 0, frozenset(), leads=True)
    return headers, raw[start:]


@pytest.mark.parametrize(
    ("raw", "fields", "body"),
    [
        (b"A: 1\nB: 2\n\nx", {"a": ("1",), "b": ("2",)}, b"x"),
        (b"A: 1\r\nB: 2\r\n\r\nx", {"a": ("1",), "b": ("2",)}, b"x"),
        (b"A: 1\rB: 2\r\rx", {"a": ("1",), "b": ("2",)}, b"x"),
        (b"A: 1\r\r\nB: 2\r\r\n\r\r\nx", {"a": ("1",), "b": ("2",)}, b"x"),
        (b"From x@y Mon Nov 23 09:15\nA: 1\n\nx", {"a": ("1",)}, b"x"),
        (b"\xef\xbb\xbfA: 1\n\nx", {"a": ("1",)}, b"x"),
        (b">From x@y Mon Nov 23 09:15\nA: 1\n\nx", {"a": ("1",)}, b"x"),
        (b"\n\r\n\nA: 1\n\nx", {"a": ("1",)}, b"x"),
        (b"\nFrom x@y\n\nA: 1\n\nx", {"a": ("1",)}, b"x"),
        (b"A: 1\ngarbage\nmore garbage\nB: 2\n\nx", {"a": ("1",), "b": ("2",)}, b"x"),
        (
            b"A: 1\nHello there.\nHow are you?\n\nx",
            {"a": ("1",)},
            b"Hello there.\nHow are you?\n\nx",
        ),
        (b"A: 1\nhttp://example.org/\n\nx", {"a": ("1",), "http": ("//example.org/",)}, b"x"),
        (b"A: 1\n \n\tand more\nB: 2\n\nx", {"a": ("1 and more",), "b": ("2",)}, b"x"),
        (b"A: 1\n \nB: 2\n\nx", {"a": ("1",), "b": ("2",)}, b"x"),
        (b"A: 1\n \nHello there.\n", {"a": ("1",)}, b"Hello there.\n"),
        (b"A: 1\n 2\n\t3\n\nx", {"a": ("1 2 3",)}, b"x"),
        (b"A : 1\nb\t: 2\n\nx", {"a": ("1",), "b": ("2",)}, b"x"),
        (b"A: 1\na: 2\n\nx", {"a": ("1", "2")}, b"x"),
        (b"A:\nB:1\n\nx", {"a": ("",), "b": ("1",)}, b"x"),
        (b"A: \xe9\0\n\nx", {"a": ("\udce9\0",)}, b"x"),
        (b"A: 1", {"a": ("1",)}, b""),
        (b"only text\nand more\n\nx", {}, b"only text\nand more\n\nx"),
        (b"\n\nonly text", {}, b"\nonly text"),
        (b"", {}, b""),
        (b"A: " + b"x" * 20_000 + b"\n\nx", {"a": ("x" * 16_383,)}, b"x"),
    ],
)
def test_g1_a_block_of_fields_is_read_whatever_stands_in_it(
    raw: bytes, fields: dict[str, tuple[str, ...]], body: bytes
) -> None:
    assert block(raw) == (fields, body)


def test_g1_a_part_that_begins_with_an_empty_line_has_no_fields() -> None:
    assert split(b"\nA: 1\n\nx", 0, frozenset(), leads=False) == ({}, 1)


@pytest.mark.parametrize(
    ("raw", "count", "body"),
    [
        (b"A: 1\n" * 2_000 + b"\nx", 1_000, b"x"),
        (b"A: 1\n" * 60_000 + b"\nx", 1_000, b"A: 1\n"),
    ],
)
def test_fields_without_end_are_not_all_read(raw: bytes, count: int, body: bytes) -> None:
    headers, rest = block(raw)
    assert len(headers["a"]) == count
    assert rest.startswith(body)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("ann@example.org, bob@example.org", [("", "ann@example.org"), ("", "bob@example.org")]),
        ("ann@example.org bob@example.org", [("", "ann@example.org"), ("", "bob@example.org")]),
        ('"a" <>, "b" <b@example.org>', [("b", "b@example.org")]),
        ('"Doe, Ann; (x)" <ann@example.org>', [("Doe, Ann; (x)", "ann@example.org")]),
        ("Ann (at home) <ann@example.org>", [("Ann (at home)", "ann@example.org")]),
        ("ann@example.org (Ann)", [("Ann", "ann@example.org")]),
        ("ann@example.org (Ann (at home) Doe)", [("Ann (at home) Doe", "ann@example.org")]),
        ('"Ann \\"the boss\\" Doe" <ann@example.org>', [('Ann "the boss" Doe', "ann@example.org")]),
        ("ann@example.org <ann@example.org>", [("ann@example.org", "ann@example.org")]),
        ("bob@example.org <ann@example.org>", [("bob@example.org", "ann@example.org")]),
        ("<ann@example.org", [("", "ann@example.org")]),
        ("ann@example.org>", [("", "ann@example.org")]),
        ("<<ann@example.org>>", [("", "ann@example.org")]),
        ("'ann@example.org'", [("", "ann@example.org")]),
        ("<mailto:ann@example.org>", [("", "ann@example.org")]),
        ("<@relay.example,@b.example:ann@example.org>", [("", "ann@example.org")]),
        ('"ann smith"@example.org', [("", '"ann smith"@example.org')]),
        ("=?utf-8?q?Ann_=3Cann=40example=2Eorg=3E?=", [("Ann", "ann@example.org")]),
        ("=?utf-8?q?Doe=2C_Ann?= <ann@example.org>", [("Doe, Ann", "ann@example.org")]),
        (
            "team: ann@example.org, bob@example.org;",
            [("", "ann@example.org"), ("", "bob@example.org")],
        ),
        ("undisclosed-recipients:;", []),
        (", ann@example.org", [("", "ann@example.org")]),
        ("ann @ example.org", [("", "ann@example.org")]),
        ("Ann <ann @example.org>", [("Ann", "ann@example.org")]),
        ("[ann@example.org.]", [("", "ann@example.org")]),
        ("ann@[192.0.2.1]", [("", "ann@[192.0.2.1]")]),
        ("o'neil@example.org", [("", "o'neil@example.org")]),
        ("(not bob@example.org) ann@example.org", [("not bob@example.org", "ann@example.org")]),
        ("<ann@a.example> <eve@b.example>", [("", "ann@a.example"), ("", "eve@b.example")]),
        ("<@ann@relay.example:eve@b.example>", [("", "eve@b.example")]),
        ("Ann <> <ann@example.org>", [("Ann", "ann@example.org")]),
        ("nobody", []),
        ("nobody@", []),
        ("(ann@example.org", [("", "ann@example.org")]),
        ("Ann\r\nBcc: x <ann@example.org>", [("x", "ann@example.org")]),
        ("ann@b\u00fccher.example", [("", "ann@b\u00fccher.example")]),
        ("ann@xn--bcher-kva.example", [("", "ann@xn--bcher-kva.example")]),
        ("\u202egro@example.org", [("", "\ufffdgro@example.org")]),
    ],
)
def test_f3_an_address_is_found_however_broken_its_field(
    raw: str, found: list[tuple[str, str]]
) -> None:
    assert list(addresses(raw)) == found


@pytest.mark.parametrize("domain", ["b\u00fccher.example", "xn--bcher-kva.example"])
def test_f5_an_international_domain_stays_as_it_came(domain: str) -> None:
    assert parse(f"From: ann@{domain}\n\nx".encode()).sender == f"ann@{domain}"


def test_of_an_endless_field_the_first_addresses_are_read() -> None:
    assert len(addresses("a@x.example," * 1_000)) == 200
    assert len(addresses("a@x.example " * 1_000)) == 200


def test_all_senders_and_all_copied_are_told() -> None:
    mail = parse(
        b"From: ann@example.org, bob@example.org\nFrom: eve@example.org\nTo: to@example.org\n"
        b"Cc: cc@example.org, to@example.org\nDelivered-To: us@example.org\n\n"
    )
    assert mail.senders == ("ann@example.org", "bob@example.org", "eve@example.org")
    assert mail.copied == ("to@example.org", "cc@example.org")
    assert mail.recipients == ("to@example.org", "cc@example.org", "us@example.org")


def test_f1_the_first_field_with_an_address_names_the_sender() -> None:
    fields = [b"From: a@x.example", b"Reply-To: b@x.example", b"Return-Path: <c@x.example>"]
    fields.append(b"Sender: d@x.example")
    for place, address in enumerate(["a", "b", "c", "d"]):
        raw = b"\n".join([b"From: nobody", *reversed(fields[place:])])
        assert parse(raw).sender == f"{address}@x.example"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?b?w6k=?=", "é"),
        ("=?utf-8?b?w6k?=", "é"),
        ("=?utf-8?b?w?=", ""),
        ("=?utf-8?b??=", ""),
        ("=?utf-8?q?is it =3D on??=", "is it = on?"),
        ("x=?utf-8?q?=C3=A9?=y", "xéy"),
        ("=?utf-8?q?a?=\n  =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= - =?utf-8?q?b?=", "a - b"),
        ("=?utf-8?q?=C3?= =?utf-8?b?qQ==?=", "é"),
        ("=?x?z?a?=", "=?x?z?a?="),
        ("=?utf-8?q?never=20closed", "never closed"),
        ("=?utf-8?q?cut_of=", "cut of"),
        ("=?utf-8?q?cut_of?", "cut of"),
        ("=?unknown-8bit?q?caf=E9?=", "café"),
    ],
)
def test_an_encoded_word_is_read_as_it_was_meant(raw: str, text: str) -> None:
    assert decoded(raw) == text


def test_of_very_many_encoded_words_the_first_are_read() -> None:
    text = decoded("=?utf-8?q?x?= " * 600)
    assert text.startswith("x" * 500 + "=?utf-8") and text.count("=?") == 100


def test_bare_bytes_in_a_header_are_in_the_character_set_of_the_mail() -> None:
    raw = (
        "Subject: Связь\nFrom: Анна <ann@example.org>\nContent-Type: text/plain; charset=koi8-r\n\n"
    )
    mail = parse(raw.encode("koi8-r"))
    assert (mail.subject, mail.sender_name) == ("Связь", "Анна")
