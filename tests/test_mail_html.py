import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticket_intake.mail.html import visible_text, without_quotes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<html><head><title>no</title><style>p{}</style></head><body>yes</body>", "yes"),
        ("<script>alert(1)</script>a<SCRIPT>b</script >c", "ac"),
        ("a<!-- no > --> b <![CDATA[x]]> c", "a b c"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>one<li>two</ul>end", "one\ntwo\nend"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ('<a href="http://x.example/?a>b">the link</a>', "the link"),
        ("<p title='a > b'>it's 5 > 3</p>", "it's 5 > 3"),
        ("a < b and c<d", "a < b and c<d"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("  much \n\t space&nbsp; here ", "much space here"),
        ("&lt;script&gt; &eacute;&#233;&#xe9; &bogus;", "<script> ééé &bogus;"),
        ("&#" + "1" * 5000 + ";", "&#" + "1" * 5000 + ";"),
        ("<script>never closed", "never closed"),
        ("<p don't>it isn't</p>", "it isn't"),
        ("", ""),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", "a\nb"),
        ("<DIV STYLE='DISPLAY : NONE'>no</DIV>yes", "yes"),
        ("<div style='display:none !important'><div>no</div>no</div>yes", "yes"),
        ("<span style=display:none>no</span>yes", "yes"),
        ("<div hidden>no</div>yes", "yes"),
        ("<div data-x='hidden'>yes</div>", "yes"),
        ("<div style='visibility:hidden'>no<b style='visibility:visible'>yes</b></div>", "yes"),
        ("<div style='mso-hide:all'>no</div>yes", "yes"),
        ("<a style='mso-hide:all'>a button</a>", "a button"),
        ("<td style='font-size:0px'>no<p style='font-size:13px'>yes</p></td>", "yes"),
        ("<td style='font-size:0'><p style='font-size:2em'>no</p></td>yes", "yes"),
        ("<i style='display:none'>no<div></i>no</div>no</i>yes", "yes"),
        ("<div style='max-height:0;overflow:hidden'>no</div>yes", "yes"),
        ("<div style='max-height:0px'>yes</div>", "yes"),
        ("<div style='height:0;overflow:hidden;opacity:1'>no</div>yes", "yes"),
        ("<div style='opacity:0'>no</div><div style='opacity:0.5'>yes</div>", "yes"),
        ("<p style='display:none'>no<p>yes", "yes"),
        ("<ul><li style='display:none'>no<li>yes</ul>", "yes"),
        ("<table><tr><td hidden>no<td>yes</table>", "yes"),
        ("<div><span style='display:none'>no</div>yes", "yes"),
        ("<div hidden><table><tr><td></div>no</table></div>yes", "yes"),
        ("<img style='display:none'>yes<br hidden>yes", "yes\nyes"),
        ("<!--[if mso]><p>no</p><![endif]-->yes", "yes"),
        ("<![if !mso]>yes<![endif]>", "yes"),
        ("<!--[if !mso]><!-->yes<!--<![endif]-->", "yes"),
        ("<!-->yes<!-- no -->", "yes"),
        ("<xml><o:PixelsPerInch>96</o:PixelsPerInch></xml>yes<o:p></o:p>", "yes"),
        ("<template>no</template><noscript>yes</noscript>", "yes"),
        ("<select><option>a<option>b</select>yes", "yes"),
        ("<titles>yes</titles>", "yes"),
        ("long<wbr>word\u200b, soft\u00adly &zwnj;&nbsp;&zwnj;", "longword, softly"),
        (
            "\u0645\u06cc\u200c\u062e \U0001f468\u200d\U0001f469",
            "\u0645\u06cc\u200c\u062e \U0001f468\u200d\U0001f469",
        ),
        ("5 &lt 6 &copy 2026 &amp;lt;", "5 < 6 © 2026 &lt;"),
        ("<div style='white-space:pre-wrap'>a\n  b</div>", "a\n  b"),
        ("<img alt='no'><a href='http://no.example'>yes</a>", "yes"),
        ("<p title='unclosed>yes", "yes"),
    ],
)
def test_html_becomes_the_text_that_it_shows(html: str, text: str) -> None:
    assert visible_text(html) == text


UNITS = ["<", "<a ", "<a/", "</", "<!--", "<?", "<!", "&#", "<p>", "<pre>", "<script>", "<td> "]
UNITS += [
    "<b>",
    "<i></b>",
    "<td><b>",
    "</div>",
    "<td></div>",
    "<p hidden>",
    "<a ='",
    "\u200c",
    " \u200d",
]
UNITS += [
    "<p style='a:b;'>",
    "<p style='/*'>",
    "<p a=b\" c='>",
    "<select>",
    "<li>",
    "&zwnj;",
    "</pre>",
]
UNITS += ["<a b='", '<a b="x', "<a b='>'", "<a b=c ", "<a =", "<title><", "<a b=\">'"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_html_takes_long(unit: str) -> None:
    html = unit * (100_000 // len(unit))
    start = time.process_time()
    visible_text(html)
    without_quotes(html + ">")
    assert time.process_time() - start < 2  # html.parser: minutes


@settings(max_examples=100)
@given(st.text(st.characters(codec="utf-8")))
def test_html_never_raises_and_never_grows_much(html: str) -> None:
    assert len(visible_text(html)) <= len(html) + 2
    assert visible_text(f"<p>{html.replace('<', '')}").count("<") <= html.count("&")
