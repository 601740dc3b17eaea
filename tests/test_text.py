import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.text import one_line, safe

ANY_TEXT = st.text(st.characters())  # lone surrogates too
MEAN_TEXT = st.text(
    st.sampled_from("ab \t\r\n\x00\x1b\x07\x9b\x9d\x85\u202e\u2066\u200b\u2028\ud800")
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with \t and \n kept", "plain, with \t and \n kept"),
        ("Grüße, 你好, שלום, 🙂", "Grüße, 你好, שלום, 🙂"),
        ("\x1b[2J\x1b[31mred", "\ufffd[2J\ufffd[31mred"),  # CSI by ESC
        ("\x9b31mred", "\ufffd31mred"),  # CSI by C1
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),  # OSC: sets a window's title
        ("\x9d8;;http://x.example/\x9c", "\ufffd8;;http://x.example/\ufffd"),
        ("paid\b\b\b\bowed", "paid" + 4 * "\ufffd" + "owed"),
        ("\x7f\x00\x85", "\ufffd\ufffd\ufffd"),
        ("invoice\u202efdp.exe", "invoice\ufffdfdp.exe"),
        ("\u2066a\u2069\u200f", "\ufffda\ufffd\ufffd"),
        ("one\r\ntwo\rthree\u2028four\u2029five", "one\ntwo\nthree\nfour\nfive"),
        ("pass\u200bword\ufeff", "password"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("\U000e0041hidden\U000e007f", "hidden"),
        ("not XML \uffff", "not XML \ufffd"),
    ],
)
def test_safe_text_steers_nothing(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("help\r\nBcc: victim@x.example", 80, "help Bcc: victim@x.example"),
        ("  a \t\n b  ", 80, "a b"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde\u2026"),
        ("abcd efg", 6, "abcd\u2026"),
        ("abc", 1, "\u2026"),
        ("abc", 0, ""),
    ],
)
def test_one_line_is_one_line(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line


@given(ANY_TEXT | MEAN_TEXT)
def test_safe_text_holds_no_control_no_direction_and_can_be_encoded(text: str) -> None:
    shown = safe(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert not [c for c in shown if unicodedata.category(c) in ("Zl", "Zp")]
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not [c for c in shown if unicodedata.bidirectional(c) in bidi]
    shown.encode()


@given(ANY_TEXT | MEAN_TEXT)
def test_safe_text_is_safe_already(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_letters_and_signs_pass_unchanged(text: str) -> None:
    assert safe(text) == text


@given(ANY_TEXT | MEAN_TEXT, st.integers(0, 40))
def test_one_line_has_its_limit_and_no_break(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([], [line])
    assert one_line(line, limit) == line
