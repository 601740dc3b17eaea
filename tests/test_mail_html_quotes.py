"""Quotes as known mail programs mark them in HTML."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.mail.html import without_quotes
from ticket_intake.mail.reply import SEPARATOR

SAID = "On Mon, 23 Nov 2026 at 09:15, Support &lt;p@x.example&gt; wrote:"
BORDER = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"
HEADERS = "<b>From:</b> Support<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> Line"

QUOTES = {
    "gmail": "<div class='gmail_quote gmail_quote_container'><div dir=ltr class=gmail_attr>"
    f"{SAID}<br></div><blockquote class='gmail_quote' style='margin:0'>old</blockquote></div>",
    "gmail of old": f"<div class=gmail_extra><br><div class=gmail_quote>{SAID}<br>"
    "<blockquote class=gmail_quote>old</blockquote></div></div>",
    "gmail in words unknown": "<div class=gmail_quote><div class=gmail_attr>Zo sprak p@x.example"
    "</div><blockquote class=gmail_quote>old</blockquote></div>",
    "gmail without a quote": f"<div class=gmail_attr>{SAID}</div><div>old</div>",
    "rewritten": "<div class='x_x_gmail_quote'><blockquote class='x_gmail_quote'>old</div>",
    "proton": f"<div class='protonmail_quote'>{SAID}<br><blockquote>old</blockquote></div>",
    "outlook": "<div id=appendonsend></div><hr><div id=divRplyFwdMsg>From: S</div><div>old</div>",
    "outlook on the web": f"<hr tabindex='-1'><div id='divRplyFwdMsg'>{HEADERS}</div>old",
    "outlook 2016": f"<div style='{BORDER}'><p class=MsoNormal>{HEADERS}</p></div><p>old</p>",
    "outlook 2010": f"<div style='{BORDER.replace('E1E1E1', 'B5C4DF')}'><p>{HEADERS}</div>old",
    "outlook of old": "<div class=OutlookMessageHeader lang=en>From: Support</div>old",
    "hotmail": f"<hr id=stopSpelling>{HEADERS}<br>old",
    "yahoo": f"<div class='yahoo_quoted' id='yahoo_quoted_1'><div>{SAID}</div><div>old</div></div>",
    "thunderbird": f"<div class=moz-cite-prefix>{SAID}</div><blockquote type=cite>old</blockquote>",
    "apple": f"<div><blockquote type='cite'><div>{SAID}</div><div>old</div></blockquote></div>",
    "apple of old": f"<div>{SAID}</div><br><blockquote type=cite>old</blockquote>",
    "apple rewritten": "<blockquote class='mac-quoted' type='cite'>old</blockquote>",
    "zoho": f"<div class=zmail_extra>---- {SAID} ---<br><blockquote>old</blockquote></div>",
    "qq": "<div>------------------&nbsp;Original&nbsp;------------------</div><div>old</div>",
    "netease": "<div id=isReplyContent><br>At 2026-11-23 09:15:00, p@x.example wrote:<br>old</div>",
    "drawn": "<blockquote style='border-left:1px solid #ccc'>old</blockquote>",
    "ours": f"<p>{SAID}</p><div>{SEPARATOR}</div><p>old</p>",
    "ours flattened": f"<div>{SAID} {SEPARATOR} old</div>",
    "ours with blanks": f"<div>{SEPARATOR.replace(' ', '&nbsp;')}</div><p>old</p>",
}


@pytest.mark.parametrize("name", QUOTES)
def test_what_a_mail_program_marked_goes(name: str) -> None:
    page = f"<html><body><div>Still dead.</div><div><br></div><div>Ann</div>{QUOTES[name]}</body>"
    said = without_quotes(page)
    assert said is not None and said.removesuffix(" wrote:").startswith("Still dead.\n\nAnn")
    assert "old" not in said and "From" not in said and "===" not in said
    if name != "ours flattened":
        assert said == "Still dead.\n\nAnn"


@pytest.mark.parametrize("name", QUOTES)
def test_with_nothing_above_it_the_quote_is_all_there_is(name: str) -> None:
    assert without_quotes(QUOTES[name]) is None or name == "ours flattened"


@pytest.mark.parametrize("name", ["gmail", "gmail of old", "thunderbird", "apple", "apple of old"])
def test_answers_between_and_below_the_quotes_stay(name: str) -> None:
    between = "</blockquote><p>Dead.</p><blockquote class=gmail_quote type=cite>old"
    quote = QUOTES[name].replace(">old", f">old{between}")
    if "<div>old" in quote:
        quote = quote.replace("<div>old</blockquote>", "<div>old</div></blockquote>")
    assert without_quotes(f"{quote}<p>Still.</p>") == "Dead.\n\nStill."


@pytest.mark.parametrize(
    "html",
    [
        "<p>Still dead.</p>",
        "<p>Wise words:</p><blockquote>Never give up</blockquote>",
        "<div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>"
        "From: Ann &lt;a@x.example&gt;<br>Date: Mon<br>Subject: Line<br></div>Dead.</div>",
        "See:<blockquote type=cite><div>Begin forwarded message:</div>From: Ann</blockquote>",
        "<div class=yahoo_quoted>----- Forwarded message -----<br>From: Ann<br>Dead.</div>",
        f"<div style='{BORDER}'>a box with a line above</div>",
        "<div style='display:none' id=divRplyFwdMsg></div>yes",
        "",
    ],
)
def test_what_is_no_quote_is_left_to_the_text(html: str) -> None:
    assert without_quotes(html) is None


@given(st.lists(st.sampled_from(["<div>", "</div>", "new", *QUOTES.values()])).map("".join))
def test_no_page_raises(html: str) -> None:
    assert without_quotes(html) != ""


UNITS = [
    *QUOTES.values(),
    "<div class=gmail_quote>",
    "<div class=gmail_attr>",
    "<div id=a class=b>",
]
UNITS += [f"<div style='{BORDER}'>", f"<p style='{BORDER}'>From: <", "<div class=gmail_quote>&lt;<"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_page_takes_long(unit: str) -> None:
    html = unit * (100_000 // len(unit))
    start = time.process_time()
    without_quotes(html)
    assert time.process_time() - start < 2
