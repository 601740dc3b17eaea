"""HTML mail to the text that it shows: nothing is rendered, no link target is kept."""

from typing import TYPE_CHECKING

from ticket_intake.mail.reply import around_separator, cut
from ticket_intake.mail.reply.quote_words import is_original

if TYPE_CHECKING:
    from ticket_intake.mail.html.page import Page

_MOST_LINES = 5_000


def visible_text(html: str) -> str:
    """The text of a page, a line for each block."""
    return _page(html).text()


def without_quotes(html: str) -> str | None:
    """What was written anew in a page whose quote is marked as known mail programs do."""
    page = _page(html, quotes=False)
    text = page.text()
    if not page.marked and not _is_marked_in_words(text):
        return None
    return cut(text) or None


def _page(html: str, *, quotes: bool = True) -> "Page":
    from ticket_intake.mail.html.page import Page  # here: plain mail at a cold start needs none

    return Page(html, quotes=quotes)


def _is_marked_in_words(text: str) -> bool:
    if around_separator(text)[0] != text:
        return True
    return any(is_original(line) for line in text.split("\n", _MOST_LINES))
