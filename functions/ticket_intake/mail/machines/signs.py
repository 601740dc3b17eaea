"""What shows that a machine wrote a mail, whatever rule it falls under."""

import re
from dataclasses import dataclass

from netdesk.lazy import lazy
from ticket_intake.mail.machines import notices
from ticket_intake.mail.structure.fields import Headers
from ticket_intake.mail.structure.headers import addresses
from ticket_intake.mail.subject import cleaned

_NOTICES = ("x-failed-recipients", "x-dsncontext", "x-ms-exchange-message-is-ndr")
_CONTENT_CLASSES = ("urn:content-classes:dsn", "urn:content-classes:mdn")  # of Exchange
_QMAIL = lazy(r"\(qmail \d{1,10} invoked for bounce\)")
_DAEMON = lazy(r"(mail(er)?[-_.]?daemon|mdaemon|microsoftexchange[0-9a-f]{32})([+=].*)?")
_NAMELESS = lazy(r"\W*(mailer-daemon|postmaster|mail delivery (sub)?system)\b", re.IGNORECASE)
_ROLE = lazy(r"(postmaster|abuse|root|bounces?)(\+.*)?|bounces?[-=].*")
_NO_REPLY = lazy(
    r"""(.*[-_.+])? (
      no[-_.]?(reply|replies|response) | do[-_.]?not[-_.]?(reply|respond)
    | ne[-_.]?pas[-_.]?repondre | no[-_.]?(responder|responda|contestar)
    | nao[-_.]?(responder|responda) | non[-_.]?rispondere | nicht[-_.]?antworten
    | keine[-_.]?antwort | niet[-_.]?(be)?antwoorden | nie[-_.]?odpowiadaj
    ) ([-_.+].*)?""",
    re.VERBOSE,
)
# RFC 5230 section 5.4: a filter's vacation answer, which names the mail that it answers.
_SIEVE = lazy(r"Auto: ")
_COMMENT = lazy(r"\([^()]*\)")


@dataclass(frozen=True)
class Signs:
    """All of a mail that the rules look at."""

    headers: Headers
    types: frozenset[str]  # of all parts, but not of mails enclosed in this one
    subject: str
    text: str = ""

    def values(self, *names: str) -> list[str]:
        """The values of all these fields."""
        return [value.strip() for name in names for value in self.headers.get(name, ())]

    def words(self, *names: str) -> list[str]:
        """Values as keywords: no comments, no parameters, lower case."""
        plain = (_COMMENT().sub(" ", value) for value in self.values(*names))
        return [value.partition(";")[0].strip().lower() for value in plain]

    def present(self, *names: str) -> str | None:
        """Which of these fields there is, in words."""
        found = next((name for name in names if name in self.headers), None)
        return f"it carries {found}" if found else None

    def locals(self) -> list[str]:
        """The local parts of who wrote it and of whom answers go to."""
        found = (addresses(value) for value in self.values("from", "reply-to"))
        return [a.rpartition("@")[0].lower() for mailboxes in found for _, a in mailboxes]


def daemon(signs: Signs) -> str | None:
    """Who delivers mail and wrote this, in words."""
    found = next((name for name in signs.locals() if _DAEMON().fullmatch(name)), None)
    # Old systems sign with a name and no address.
    nameless = any("@" not in value and _NAMELESS().match(value) for value in signs.values("from"))
    return f"{found or 'its sender'} is no person" if found or nameless else None


def role(signs: Signs) -> str | None:
    """Which address of its writer is no person's, in words."""
    for name in signs.locals():
        if _ROLE().fullmatch(name) or _NO_REPLY().fullmatch(name):
            return f"{name} is no person"
    return daemon(signs)


def reported(signs: Signs) -> str | None:
    """Which field says that this is a report on a mail, in words."""
    if any(_QMAIL().search(value) for value in signs.values("received")):
        return "qmail made it for a bounce"
    if any(value.lower() in _CONTENT_CLASSES for value in signs.values("content-class")):
        return "its Content-Class is a report's"
    return signs.present(*_NOTICES)


def away(signs: Signs) -> bool:
    """Whether the subject is an automatic answer's."""
    answers = signs.present("in-reply-to", "references")
    return notices.is_away(signs.subject) or bool(answers and _SIEVE().match(signs.subject))


def worded(signs: Signs) -> str | None:
    """How subject or text say that mail was not delivered, in words."""
    if notices.is_bounce(signs.subject):
        return "its subject is a machine's"
    # The text alone counts only where nobody answers or forwards: people begin with it, too.
    fresh = cleaned(signs.subject) == " ".join(signs.subject.split())
    if fresh and notices.opens_as_a_report(signs.text):
        return "its first line is a machine's"
    return None
