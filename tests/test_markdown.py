import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from markupsafe import Markup, escape

from netdesk.markdown import html, plain
from netdesk.text import safe

TAGS = {"p", "br", "strong", "em", "code", "ul", "ol", "li", "a"}
SCHEMES = ("http://", "https://", "mailto:", "tel:")
PIECES = [
    *("*", "**", "_", "`", "``", "[", "](", ")", "](https://a.example)", "![", "- ", "+ ", "1. "),
    *("7) ", "\n", "\n\n", "  ", "    ", "\t", "> ", "# ", "---", "|", "<b>", "&amp;", "&", '"'),
    *("https://b.example/c_d", "http://", "mailto:x@y", "tel:+1", "javascript:x", "\\", "!", "~~"),
    *("a", "b c", "1", ".", ":", "\u202e", "\x1b", "\ud800", "\u3000", "é", "語"),
]
ANY_TEXT = st.text(st.characters())  # lone surrogates too
MARKED = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


class Reader(HTMLParser):
    """Reads HTML as a browser does, and fails on anything that was not allowed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.hrefs: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        given = dict(attrs)
        assert set(given) <= {"a": {"href"}, "li": {"value"}}.get(tag, set())
        assert str(given.get("value", "0")).isdecimal()
        if tag == "a":
            assert "a" not in self.open
            self.hrefs.append(str(given["href"]))
            assert self.hrefs[-1].lower().startswith(SCHEMES)
        if tag != "br":
            self.open.append(tag)
        self.text += "\n" if tag in ("br", "p", "li") else ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    handle_pi = unknown_decl = handle_comment


SHOWN = [
    ("It works.", "<p>It works.</p>", "It works."),
    ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
    ("one\r\ntwo  \n three", "<p>one<br>two<br>three</p>", "one\ntwo\nthree"),
    ("", "", ""),
    ("*a* **b** `c` _d_ __e__", "<p><em>a</em> <strong>b</strong> <code>c</code> <em>d</em>"
     " <strong>e</strong></p>", "a b c d e"),
    ("***a** b*", "<p><em><strong>a</strong> b</em></p>", "a b"),
    ("2 * 3 * 4, a_b_c, * and **", "<p>2 * 3 * 4, a_b_c, * and **</p>",
     "2 * 3 * 4, a_b_c, * and **"),
    ("`*a* <b> [c](https://d)`", "<p><code>*a* &lt;b&gt; [c](https://d)</code></p>",
     "*a* <b> [c](https://d)"),
    ("`` a`b `` and ` c", "<p><code>a`b</code> and ` c</p>", "a`b and ` c"),
    ("```\n 1  10.0.0.1\n 2  * * *\n```", "<p>```<br>1  10.0.0.1<br>2  * * *<br>```</p>",
     "```\n1  10.0.0.1\n2  * * *\n```"),
    # lists
    ("Hit:\n- mail\n- web\n\nWe work.", "<p>Hit:</p><ul><li>mail</li><li>web</li></ul>"
     "<p>We work.</p>", "Hit:\n- mail\n- web\n\nWe work."),
    ("* a\n* b\n  c\nd", "<ul><li>a</li><li>b<br>c<br>d</li></ul>", "- a\n- b\n  c\n  d"),
    ("1. a\n2. b", '<ol><li value="1">a</li><li value="2">b</li></ol>', "1. a\n2. b"),
    ("24. June\n26. June", '<ol><li value="24">June</li><li value="26">June</li></ol>',
     "24. June\n26. June"),
    ("Off on\n24. June", "<p>Off on<br>24. June</p>", "Off on\n24. June"),
    ("- a\n\n  b\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>",
     "- a\n\n  b\n- c"),
    ("- a\n  - b\n    - c\n      - d\n- e", "<ul><li>a<ul><li>b<ul><li>c<br>- d</li></ul></li>"
     "</ul></li><li>e</li></ul>", "- a\n  - b\n    - c\n      - d\n- e"),
    ("- " * 30 + "deep", "<ul><li>" * 3 + "- " * 27 + "deep" + "</li></ul>" * 3,
     "- " * 30 + "deep"),
    ("-", "<ul><li></li></ul>", "-"),
    ("-5 degrees, -- Anna", "<p>-5 degrees, -- Anna</p>", "-5 degrees, -- Anna"),
    # links
    ("[a *b*](https://c.example/)", '<p><a href="https://c.example/">a <em>b</em></a></p>',
     "a b (https://c.example/)"),
    ("[us](mailto:a@b.example) [call](tel:+1-818)", '<p><a href="mailto:a@b.example">us</a>'
     ' <a href="tel:+1-818">call</a></p>', "us (mailto:a@b.example) call (tel:+1-818)"),
    ("[https://a](https://a) [a@b](mailto:a@b)", '<p><a href="https://a">https://a</a>'
     ' <a href="mailto:a@b">a@b</a></p>', "https://a a@b"),
    ("(see https://a.example/b_(c)_d?e=1&f).", '<p>(see <a href="https://a.example/b_(c)_d?e=1'
     '&amp;f">https://a.example/b_(c)_d?e=1&amp;f</a>).</p>',
     "(see https://a.example/b_(c)_d?e=1&f)."),
    ("**HTTP://a.example/**, <https://b>", '<p><strong><a href="HTTP://a.example/">HTTP://a'
     '.example/</a></strong>, &lt;<a href="https://b">https://b</a>&gt;</p>',
     "HTTP://a.example/, <https://b>"),
    ("![a map](https://a/m.png)", '<p><a href="https://a/m.png">a map</a></p>',
     "a map (https://a/m.png)"),
    ("![a map](m.png) [](https://a)", '<p>![a map](m.png) [](<a href="https://a">https://a</a>)'
     "</p>", "![a map](m.png) [](https://a)"),
    ('[a](https://b "c")', '<p>[a](<a href="https://b">https://b</a> &#34;c&#34;)</p>',
     '[a](https://b "c")'),
    ("xhttps://a ://b https:// ftp://c www.d.example", "<p>xhttps://a ://b https:// ftp://c"
     " www.d.example</p>", "xhttps://a ://b https:// ftp://c www.d.example"),
    # what is not ours
    ("# No heading\n> no quote\n| no | table |\n---\n===", "<p># No heading<br>&gt; no quote<br>"
     "| no | table |<br>---<br>===</p>", "# No heading\n> no quote\n| no | table |\n---\n==="),
    ("[a]: https://b\n\n[a] [c][a]", '<p>[a]: <a href="https://b">https://b</a></p>'
     "<p>[a] [c][a]</p>", "[a]: https://b\n\n[a] [c][a]"),
    ("AT&T &amp; &copy; \\* C:\\", "<p>AT&amp;T &amp;amp; &amp;copy; \\* C:\\</p>",
     "AT&T &amp; &copy; \\* C:\\"),
    ("<b>a</b>\n<!-- b -->", "<p>&lt;b&gt;a&lt;/b&gt;<br>&lt;!-- b --&gt;</p>",
     "<b>a</b>\n<!-- b -->"),
    ("    not code", "<p>not code</p>", "not code"),
    ("~~a~~ (c) -- ...", "<p>~~a~~ (c) -- ...</p>", "~~a~~ (c) -- ..."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "page", "read"), SHOWN)
def test_what_is_shown(text: str, page: str, read: str) -> None:
    assert isinstance(html(text), Markup)
    assert (html(text), plain(text)) == (page, read)


XSS = [
    *("[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a]( javascript:alert(1))"),
    *("[a](\x01javascript:alert(1))", "[a](java\nscript:alert(1))", "[a](java\tscript:alert(1))"),
    *("[a](javascript&colon;alert(1))", "[a](&#106;avascript:alert(1))", "[a](javascript\\:x)"),
    *("[a](&#x6A&#x61&#x76&#x61script:alert(1))", "[a](%6Aavascript:alert(1))", "[a](//evil)"),
    *("[a](data:text/html,<script>alert(1)</script>)", "[a](data:image/svg+xml;base64,PHN2Zz4=)"),
    *("[a](data:image/png;base64,AAAA)", "[a](vbscript:msgbox(1))", "[a](file:///etc/passwd)"),
    *("[a](blob:https://x)", "[a](view-source:https://x)", "[a](ftp://x)", "[a](/x)", "[a](#x)"),
    *("<javascript:alert(1)>", "<https://x/\"onclick=alert(1)>", "<data:text/html,x>"),
    *('[a](https://x"onmouseover="alert(1))', "[a](https://x'onmouseover='alert(1))"),
    *('[a](https://x "onclick=alert(1)")', "[a](https://x '\"><script>alert(1)</script>')"),
    *('[a](https://x "&quot; onclick=alert(1)")', "[a](https://x>y)", "[a](https://x<y)"),
    *("[a](<javascript:alert(1)>)", "[a](<https://x> onclick=y)", "[<b>](https://x)"),
    *("![a](javascript:alert(1))", '![a"onerror="alert(1)](https://x)', "![<img>](https://x)"),
    *("[[a](https://x)](javascript:y)", "[a](https://x)](javascript:y)", "[![a](x)](vbscript:y)"),
    *("[a][b]\n\n[b]: javascript:alert(1)", "[b]\n\n[b]: data:text/html,x", "[a](tel:<b>)"),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<!--"),
    *("<a href='javascript:x'>a</a>", "</p><iframe src=x>", "<![CDATA[<b>]]>", "<?php x ?>"),
    *("`<script>`", "`` `<b> ``", "```html\n<script>\n```", "~~~<b>\n<b>\n~~~", "    <script>"),
    *("https://x/<script>", 'https://x/"onclick="y', "https://x/'><b>", "https://x/&quot;<b>"),
    *("javascript://x/%0aalert(1)", "xjavascript:https://x", "https://javascript:alert(1)@x"),
    *("*<b>*", "**<i>**", "- <b>\n- [a](javascript:x)", "1. <b>", "\x00<b>\x00", "<\x00b>"),
    *("[\u202ea](https://x\u202ey)", "https://x/\u2066gpj.exe", "\u202ehttps://x", "<\ud800b>"),
    *("[a](java\u200bscript:x)", "[a](\ufeffjavascript:x)", "[a](mailto:x@y\"onclick=z)"),
    *("&lt;script&gt;", "&#60;script&#62;", "\\<script\\>", "[a](https:javascript:x)"),
]  # fmt: skip


def letters(text: str) -> str:
    return "".join(c for c in safe(text) if c.isalpha())


@pytest.mark.parametrize("text", XSS)
def test_nothing_is_smuggled_in(text: str) -> None:
    page = Reader(html(text))
    assert not {"\x00", "\x01", "\u202e", "\u2066"} & set(html(text))
    assert not [href for href in page.hrefs if set(href) & set(' \t\n"<>`')]
    # What is refused is shown: every letter can be read, or stands in an address.
    assert not Counter(letters(text)) - Counter(letters(page.text + "".join(page.hrefs)))


@runs(max_examples=400, deadline=None)
@given(MARKED | ANY_TEXT)
def test_any_text_gives_sound_html_and_a_plain_text(text: str) -> None:
    Reader(html(text))
    assert len(html(text)) <= 12 * len(text) + 20
    assert len(plain(text)) <= 12 * len(text)
    assert safe(plain(text)) == plain(text)
    html(text).encode()


@runs(max_examples=400, deadline=None)
@given(MARKED | ANY_TEXT)
def test_plain_keeps_every_letter_and_digit_in_its_order(text: str) -> None:
    unlinked = text.replace("](", "] (")  # a link may tell its address once where it stood twice
    kept = [c for c in plain(unlinked) if c.isalnum()]
    assert kept == [c for c in safe(unlinked) if c.isalnum()]
    linked = set(plain(text))
    assert {c for c in safe(text) if c.isalnum()} <= linked


words = st.text(st.characters(exclude_characters="*_`[-+0123456789:", exclude_categories=["Cs"]))
lines = words.map(lambda word: safe(word).replace("\n", "").strip()).filter(bool)
paragraphs = st.lists(st.lists(lines, min_size=1), min_size=1)


@given(paragraphs)
def test_text_without_marks_is_itself(told: list[list[str]]) -> None:
    text = "\n\n".join("\n".join(one) for one in told)
    shown = ["<br>".join(escape(line) for line in one) for one in told]
    assert html(text) == "".join(f"<p>{one}</p>" for one in shown)
    assert plain(text) == text


HOSTILE = [
    *("[", "]", "*", "_", "`", "> ", "- ", "-\n", "1. ", "+ a\n", "  - a\n", "- a\n  ", "-\n+\n"),
    *("[a](https://", "[a](https://b(", "![", "[[a](https://b)", "https://", "https://a(", "[ "),
    *("*a **b ", "**a ", "a*", "_*", "[*", "[`", "](", "` `` ``` ", "(", "&", '"', "\n", ":", "a "),
    *("1.\n2)\n", "- a\n  - b\n    - c\n      - d\n", "*[a](https://b)*", "\t", "\u3000", "\\"),
]  # fmt: skip


@pytest.mark.parametrize("pattern", HOSTILE)
def test_twice_the_text_takes_twice_the_time(pattern: str) -> None:
    """Not four times; and nothing takes long."""
    half, whole = (_fastest(pattern, size) for size in (2_500, 5_000))
    assert whole < 3 * half + 0.01
    assert whole < 0.5


def _fastest(pattern: str, size: int) -> float:
    text = (pattern * size)[:size]
    moments = [process_time()]
    for _ in range(4):
        html(text)
        moments.append(process_time())
    return min(after - before for before, after in pairwise(moments))


def test_the_parser_is_imported_when_it_is_needed() -> None:
    code = (
        "import sys; from netdesk.markdown import html; assert 'markdown_it' not in sys.modules;"
        "html('a'); assert 'markdown_it' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
