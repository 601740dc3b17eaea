import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail.structure.charset import decode

RUSSIAN = "Здравствуйте, интернет больше не работает, когда почините"
JAPANESE = "こんにちは。昨日からインターネットに接続できません。よろしくお願いします。"
CHINESE = "您好,我的网络从昨天开始就不能用了,请尽快帮我检查一下,谢谢。"
TAIWANESE = "您好,我的網路從昨天開始就不能用了,請盡快幫我檢查一下,謝謝。"
KOREAN = "안녕하세요. 어제부터 인터넷이 안 됩니다. 빨리 확인해 주세요."
GERMAN = "Grüße aus Köln, es läuft nichts mehr"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("你好镕", "gb18030", "gb2312"),
        ("你好镕", "gb18030", "GBK"),
        ("你好镕", "gb18030", "x-gbk"),
        (TAIWANESE, "big5hkscs", "big5"),
        ("똠방각하", "cp949", "ks_c_5601-1987"),
        ("똠방각하", "cp949", "euc-kr"),
        ("①㈱髙", "cp932", "shift_jis"),
        ("①㈱髙", "cp932", "x-sjis"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (JAPANESE, "cp932", "iso-2022-jp"),
        (JAPANESE, "utf-8", "iso-2022-jp"),
        ("ひらがな", "cp1252-never", "iso-2022-jp"),
        ("“café” €", "cp1252", "iso-8859-1"),
        ("“café” €", "cp1252", "us-ascii"),
        ("café", "utf-8", "us-ascii"),
        ("café", "utf-8", "iso-8859-1"),
        ("café", "cp850", "cp-850"),
        ("Связь", "cp1251", "win-1251"),
        ("ไทย", "cp874", "windows-874"),
        ("ไทย", "cp874", "tis-620"),
        ("hé", "utf-7", "utf-7"),
        ("hé", "utf-7", "unicode-1-1-utf-7"),
        ("hé", "utf-16", "utf-16"),
        ("hé", "utf-16-le", "utf-16"),
        ("hé", "utf-16-be", "utf-16"),
        ("hé", "utf-16", ""),
        ("hé", "utf-8-sig", "x"),
        ("שלום", "iso8859-8", "iso-8859-8-i"),
        ("café", "cp1252", '"Windows-1252" '),
        ("caf\u00e9", "utf-8", "utf8"),
        (GERMAN, "cp1252", "utf-8"),  # the label is wrong: not one letter of it fits
        (RUSSIAN, "utf-8", "big5"),
    ],
)
def test_g2_a_text_is_read_by_what_its_label_means(text: str, codec: str, label: str) -> None:
    if codec == "cp1252-never":
        codec = "cp932"
    assert decode(text.encode(codec), label).lstrip("\ufeff") == text


@pytest.mark.parametrize("label", ["", "x-unknown", "unknown-8bit", "base64", "idna", "a\0b"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        ("Связь", "cp1251"),
        ("Связь", "koi8_r"),
        (RUSSIAN, "utf-8"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (KOREAN, "cp949"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-8"),
        ("plain", "ascii"),
    ],
)
def test_g2_a_label_that_means_nothing_is_guessed(text: str, codec: str, label: str) -> None:
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        (b"caf\xc3\xa9 \xe9!", "utf-8", "café \ufffd!"),
        (b"caf\xc3\xa9 na\xc3\xafve \xe9!", "", "café naïve \ufffd!"),
        (b"A\xec", "windows-1258", "\u00c1"),  # letter and accent are two bytes there
        (b"\x1b$B-!-j\x1b(B ok", "iso-2022-jp", "①㈱ ok"),
        (b"\x1b(I1\x1b(B", "iso-2022-jp", "ｱ"),
        (b"\x81", "", "\ufffd"),
        (b"\xff\xfe", "", ""),
        (b"", "utf-8", ""),
    ],
)
def test_g2_what_fits_no_label_is_kept_as_far_as_it_goes(
    content: bytes, label: str, text: str
) -> None:
    assert decode(content, label).lstrip("\ufeff") == text


LABELS = ["", "utf-8", "utf-7", "utf-16", "utf-32", "iso-2022-jp", "iso-2022-kr", "hz", "big5"]
LABELS += ["gb2312", "euc-kr", "shift_jis", "euc-jp", "windows-1258", "cp437", "rot13", "mbcs"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=100), st.one_of(st.sampled_from(LABELS), st.text(max_size=20)))
def test_g16_no_bytes_and_no_label_make_it_raise(content: bytes, label: str) -> None:
    decode(content, label)
