"""What a short mail wants: the status of its ticket, or to say thank you."""

import re

from netdesk.lazy import lazy
from netdesk.number import read
from netdesk.text import safe
from ticket_intake.mail import Mail
from ticket_intake.mail.reply import SEPARATOR, cut
from ticket_intake.mail.subject import cleaned, numbers

_LONGEST_LINE = 200
_NUMBER = lazy(r"[\[(#]{0,2}\b((?:T-)?\w{4}[\s-]?\w{4})\b[\])]?", re.IGNORECASE)
_STATUS = lazy(
    r"(?:hi|hello|what s (?:the )?|what is (?:the )?|whats (?:the )?)?\s?"
    r"(?:please )?(?:send )?(?:me )?(?:the |a |my )?(?:ticket )?status"
    r"(?: report| request| update)?(?: of| for| on)?(?: the| this| my)?(?: ticket)?(?: number)?"
    r"(?: please)?(?: thanks| thank you)?",
    re.IGNORECASE,
)
_MOST_WORDS_BESIDE = 10  # a greeting and a name

_THANKS = (
    r"(?:many |a thousand |mille )?(?:thank you|thanks|thank u|thx|ty|cheers|vielen dank|danke"
    r"|besten dank|merci|muchas gracias|gracias|grazie|obrigad[oa]|bedankt|dank je|dank u|tack"
    r"|takk|tak|dziękuję|спасибо|ありがとうございます|ありがとう|谢谢)"
)
_THANKED = lazy(rf"\b{_THANKS}\b", re.IGNORECASE)
_NICE_WORDS = lazy(
    r"\b(?:(?:so|very) much|a lot|sehr|schön|vielmals|beaucoup|mille"
    r"|for (?:all )?(?:your|the) (?:\w{4,12} )?(?:help|answer|reply|support|response|work|efforts?)"
    r"|problem (?:is )?solved|that (?:was|solved|fixed) it"
    r"|it|is|has been|all|everything|now|again|works|working|fixed|solved|resolved|good|fine"
    r"|ok|okay|great|perfect|excellent|super|awesome|nice|job|work|service"
    r"|everybody|everyone|team|(?:best|kind|warm) regards|regards|best|bye)\b",
    re.IGNORECASE,
)
# Whom it is said to. Not what a name looks like after a full stop: "Thanks. Broken."
_CALLED = lazy(
    rf"\b(?:{_THANKS}|hi|hello|hey|dear|hallo|liebe[rs]?)\b[ ,]{{1,4}}"
    r"(?-i:(?!(?:No|Not|Nope|But|Nothing|Never|Still|Yet|Dead|Down|Broken|Offline|Nein|Nicht|Non"
    r"|Pas|Ne|Nie)\b)[^\W\d_a-z][\w'-]{1,20})(?=\s{0,5}(?:[.!,]|$|\n))",
    re.IGNORECASE,
)
_NO_MATTER = frozenset({"a", "the", "hi", "hello", "hey", "dear", "hallo"})
_LONGEST_THANKS = 300


def asks_status(mail: Mail) -> bool:
    """`status` as the subject or as the first line, or an answer that says nothing at all."""
    lines = _lines(mail)
    if _is_request(cleaned(mail.subject)):
        return True
    return _is_request(lines[0]) if lines else _is_answer(mail)


def says_more(mail: Mail) -> bool:
    """Whether a mail that asks for the status tells something beside."""
    beside = " ".join(line for line in _lines(mail) if not _is_request(line))
    return bool(mail.attachments) or len(re.findall(r"\w+", beside)) > _MOST_WORDS_BESIDE


def mentioned(mail: Mail) -> tuple[str, ...]:
    """Ticket numbers that a mail is about, as it says itself."""
    asked = [line[:_LONGEST_LINE] for line in _lines(mail)[:1] if _is_request(line)]
    found = [number for text in (mail.subject, *asked) for number in numbers(text)]
    return tuple(dict.fromkeys(found))


def is_thanks(mail: Mail) -> bool:
    """Nothing but thanks: it is kept, and asks nobody to do anything."""
    text = mail.reply.strip()
    if mail.attachments or len(text) > _LONGEST_THANKS or "?" in text:
        return False
    if not _THANKED().search(text):
        return False
    name = f"{mail.sender_name} {mail.sender.partition('@')[0]}"
    own = frozenset(re.findall(r"\w+", name.casefold()))
    rest = _THANKED().sub(" ", _CALLED().sub(" ", _NICE_WORDS().sub(" ", text)))
    return set(re.findall(r"\w+", rest.casefold())) <= own | _NO_MATTER


def _lines(mail: Mail) -> list[str]:
    """What was written, if it is more than our own mail quoted: that is never cut to nothing."""
    quotes = SEPARATOR in mail.reply or "[ref:" in mail.reply
    written = cut(mail.reply) if quotes else mail.reply
    return [line.strip() for line in safe(written).splitlines() if line.strip()]


def _is_answer(mail: Mail) -> bool:
    if mail.attachments or mail.forwarded:
        return False
    return bool(numbers(mail.subject) or mail.references or mail.in_reply_to)


def _is_request(line: str) -> bool:
    if len(line) > _LONGEST_LINE:
        return False
    named = numbers(line)
    plain = _NUMBER().sub(lambda found: " " if read(found[1]) in named else found[0], line)
    return bool(_STATUS().fullmatch(" ".join(re.findall(r"\w+", plain))))
