"""Reports of undelivered mail that only people were meant to read (qmail, Exim, old Exchange)."""

import re
from collections.abc import Container, Iterable

from netdesk.lazy import lazy
from ticket_intake.mail.machines.failure import DELAYED, Failure, by_words, is_telling, is_waiting
from ticket_intake.mail.structure.fields import Headers

_MOST_ADDRESSES = 100
_LONGEST_CAUSE = 3_000

_ADDRESS = r"[^\s<>()\[\],;:\"'@]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}"
# On a line of its own or in front of the cause; else behind a word that leads to it.
_FIRST = lazy(
    rf"""^[^\w\n]{{0,20}}
    (?: (?: to | (?:failed[ ]|intended[ ])?recipients? | rcpt[ ]to | user | address
          | original-recipient | final-recipient ) [ ]? :? [ ]? (?: rfc822; )? )?
    [^\w\n]{{0,4}} (?P<address>{_ADDRESS})""",
    re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)
_LED_TO = lazy(
    rf"(?<![\w-])(?:to|for|recipients?|address(?:es)?|user|mailbox|member)\W{{1,6}}(?P<address>{_ADDRESS})",
    re.IGNORECASE,
)
_COPY = lazy(
    r"""^[ \t>*_=.-]{0,40} (?:
      below[ ]this[ ]line[ ]is[ ]a[ ]copy | enclosed[ ]is[ ]a[ ]copy | this[ ]is[ ]a[ ]copy[ ]of
    | (?:the[ ])?(?:header[ ]of[ ]the[ ])?(?:undeliver(?:ed|able)|returned|unsent|original|your)
      [ ](?:original[ ])?(?:message|mail)(?:[ ](?:text|headers?|content))?
      (?:[ ](?:follows?|is[ ]following|is[ ]included|is[ ]attached)[^\n]{0,60})? [ \t:.*_=-]{0,40}$
    | (?:message|mail)[ ]headers?[ ]follows? | received[ ]message:
    )""",
    re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)
_FIELD = lazy(
    r"^[> \t]{0,4}(message-id|references|in-reply-to|reply-to|from|return-path)[ \t]{0,4}:"
    r"([^\n]{0,4000}(?:\n(?>>[ ]?)?[ \t][^\n]{0,1000}){0,50})",
    re.MULTILINE | re.IGNORECASE,
)


def failures(text: str, subject: str, named: Iterable[str], ours: Container[str]) -> list[Failure]:
    """Who was not reached, by a report's text; some are named already, and ours are never meant."""
    copied = _COPY().search(text)
    report = text[: copied.start()] if copied else text
    waits = is_waiting(f"{subject}\n{report}")
    causes = dict.fromkeys(named, report) or _said_of(report, ours)
    return [Failure((who,), DELAYED if waits else by_words(said)) for who, said in causes.items()]


def original(text: str) -> Headers:
    """The fields of the mail that it reports on, as far as they are quoted in the text."""
    copied = _COPY().search(text)
    found: dict[str, tuple[str, ...]] = {}
    for field in _FIELD().finditer(text, copied.end() if copied else 0):
        found.setdefault(field[1].lower(), (" ".join(field[2].split()),))
    return found


def _said_of(report: str, ours: Container[str]) -> dict[str, str]:
    """Each address with its cause: from above the first quoted field, if there are any."""
    field = _FIELD().search(report)
    for text in (report[: field.start()] if field else "", report):
        if causes := _causes(_FIRST(), text, ours) or _causes(_LED_TO(), text, ours):
            return causes
    return {}


def _causes(form: re.Pattern[str], report: str, ours: Container[str]) -> dict[str, str]:
    """Each address with what is said behind it, or else with the whole report."""
    matches = [found for found in form.finditer(report) if _plain(found["address"]) not in ours]
    matches = matches[:_MOST_ADDRESSES]
    ends = [match.start() for match in matches[1:]] + [len(report)]
    causes: dict[str, str] = {}
    for match, end in zip(matches, ends, strict=False):  # of no match there is an end, too
        said = report[match.end() : min(end, match.end() + _LONGEST_CAUSE)]
        who = match["address"]
        causes[who] = (
            f"{causes.get(who, '')} {said if is_telling(said) else report[:_LONGEST_CAUSE]}"
        )
    return causes


def _plain(address: str) -> str:
    """Without its plus-part, which holds a token in ours."""
    local, _, domain = address.lower().strip(".").rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
