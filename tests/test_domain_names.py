# ruff: noqa: RUF001 - letters that look like others are what is tested
import time

import idna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netdesk.refused import Refused
from ticket_intake.domain.names import Name, host, parse

LONG = ".".join(["a" * 63] * 4)


def names(rows: str) -> list[list[str]]:
    return [line.split() for line in rows.strip().splitlines()]


@pytest.mark.parametrize(
    ("typed", "readable", "machine"),
    names("""
        example.com           example.com      example.com
        EXAMPLE.Com.          example.com      example.com
        bücher.example        bücher.example   xn--bcher-kva.example
        BÜCHER.example        bücher.example   xn--bcher-kva.example
        xn--bcher-kva.de      bücher.de        xn--bcher-kva.de
        faß.de                faß.de           xn--fa-hia.de
        ｅｘａｍｐｌｅ．ｃｏｍ      example.com      example.com
        日本語。jp              日本語.jp         xn--wgv71a119e.jp
        日本go語.jp             日本go語.jp       xn--go-5t7du0cm91h.jp
        ラーメンtv.jp           ラーメンtv.jp     xn--tv-ul4a5a3cwc.jp
        пример.рф             пример.рф        xn--e1afmkfd.xn--p1ai
        москва.com            москва.com       xn--80adxhks.com
        кот.com               кот.com          xn--j1aim.com
        한국abc.kr             한국abc.kr       xn--abc-lt8lk11n.kr
        ελλάδα.gr             ελλάδα.gr        xn--hxakic4aa.gr
        shop.co.uk            shop.co.uk       shop.co.uk
        www.com               www.com          www.com
        1-2.com               1-2.com          1-2.com
        city.kawasaki.jp      city.kawasaki.jp city.kawasaki.jp
    """),
)
def test_names_are_read_as_people_type_them(typed: str, readable: str, machine: str) -> None:
    assert parse(typed) == Name(readable, machine)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a name such as example.com"),
        (" ", "Enter a name such as example.com"),
        ("www.example.com", "Leave out www. and enter example.com"),
        ("http://example.com/", "Leave out http:// and all that is not the name"),
        ("https://bücher.example", "Leave out https://"),
        ("example.com:80", "Leave out : and"),
        ("example.com/shop", "Leave out / and"),
        ("ann@example.com", "Leave out @ and"),
        ("my shop.com", "no spaces"),
        ("a.com b.com", "takes one name"),
        ("exa\u200bmple.com", "invisible character"),
        ("exa\u202emple.com", "invisible character"),
        ("example\x00.com", "invisible character"),
        ("a..com", "Two dots"),
        (".com", "Two dots"),
        ("-a.com", "begins or ends with a hyphen"),
        ("a-.com", "begins or ends with a hyphen"),
        ("a_b.com", "underscore"),
        ("ab--c.com", "Two hyphens"),
        ("xn--a.com", "made of letters, digits and hyphens"),
        ("ａｂ－－ｃ.com", "made of letters, digits and hyphens"),
        ("－ａ.com", "made of letters, digits and hyphens"),
        ("½.com", "made of letters, digits and hyphens"),
        ("ａ＿ｂ.com", "made of letters, digits and hyphens"),
        ("a!b.com", "made of letters, digits and hyphens"),
        ("i❤.ws", "made of letters, digits and hyphens"),
        ("a" * 64 + ".com", "63 letters at most"),
        ("ü" * 60 + ".com", "63"),
        (LONG, "253 letters at most"),
        ("example", "ending is missing"),
        ("192.0.2.7", "a number, not a name"),
        ("example.con", "no names that end in .con"),
        ("co.uk", "an ending that many share"),
        ("com.", "ending is missing"),
        ("kawasaki.jp", "an ending that many share"),
        ("mail.shop.co.uk", "Enter shop.co.uk:"),
        ("me.github.io", "Enter github.io:"),  # the list's private part does not count
        ("a.b.bücher.example", "Enter bücher.example:"),
        ("раypal.com", "mixes letters"),  # Cyrillic er and a
        ("goοgle.com", "mixes letters"),  # Greek omicron
        ("пример\u0627.рф", "made of|mixes"),
        ("аррӏе.com", "are not Latin ones"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com would be taken"),
        ("αρο-1.de", "are not Latin ones"),
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_what_is_no_name_to_own_is_told_how_to_mend(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        parse(typed)


def test_cyrillic_that_looks_latin_is_free_under_its_own_ending() -> None:
    assert parse("сосна.рф").unicode == "сосна.рф"
    assert parse("оса.рф").ascii == "xn--80a1aj.xn--p1ai"


@pytest.mark.parametrize("typed", ["ns1.a.b.example.net", "ns1.github.io", "NS1.Bücher.example."])
def test_a_host_may_lie_anywhere(typed: str) -> None:
    assert host(typed).ascii == idna.encode(typed, uts46=True).decode().rstrip(".")


@pytest.mark.parametrize("limit", [252, 253])
def test_the_longest_host_fits(limit: int) -> None:
    whole = ".".join(["a" * 63] * 3 + ["b" * (limit - 3 * 64 - 4)]) + ".com"
    assert len(whole) == limit
    assert len(host(whole).ascii) == limit


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_refused_with_a_sentence(text: str) -> None:
    try:
        found = parse(text)
    except Refused as refusal:
        assert str(refusal).endswith(".")
        return
    assert idna.decode(found.ascii) == found.unicode


LETTERS = "abcdefüßéñøłаеорαβ日本語ラー한국0123456789-"


@given(st.text(LETTERS, min_size=1, max_size=20))
def test_every_name_that_is_taken_round_trips(label: str) -> None:
    try:
        found = parse(f"{label}.com")
    except Refused:
        assume(False)
    assert idna.decode(found.ascii) == found.unicode
    assert parse(found.ascii) == parse(found.unicode) == found
    assert all(1 <= len(part) <= 63 for part in found.ascii.split("."))


@pytest.mark.parametrize("piece", ["a", ".", "-", "ü", "日", "xn--", "\u0300"])
def test_a_megabyte_is_refused_at_once(piece: str) -> None:
    began = time.process_time()
    with pytest.raises(Refused):
        parse(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 0.1
