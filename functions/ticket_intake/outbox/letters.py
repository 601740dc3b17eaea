"""Mail that we send, from a rendered text: what a machine says, and what one of the staff says."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

from netdesk.text import one_line, safe
from ticket_intake.mail.machines.rules import LOOP_HEADER
from ticket_intake.mail.reply import SEPARATOR
from ticket_intake.mail.subject import cleaned

_LONGEST_SUBJECT = 200
_LONGEST_NAME = 60
_MOST_REFERENCES = 10  # with the first kept, as RFC 5537 section 3.4.4 trims them
_ID = re.compile(r"[!-;=?-~]{1,900}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(
    rf"(?P<local>{_ATOM}(\.{_ATOM})*)@(?P<domain>([A-Za-z0-9-]{{1,63}}\.)*[A-Za-z0-9-]{{1,63}})"
)
_LONGEST_LOCAL, _LONGEST_ADDRESS = 64, 254  # RFC 5321 section 4.5.3.1


@dataclass(frozen=True)
class Letter:
    """What one mail is about; `answers` is the id of the mail that it answers, if any."""

    desk_name: str
    desk_address: str
    to: str
    number: str
    token: str  # of the thread, see token.sign
    subject: str  # as the customer wrote it
    body: str
    answers: str = ""
    references: tuple[str, ...] = ()


class _Policy(EmailPolicy):
    """SMTP, but ids whole: the library turns one of more than 78 characters into encoded words."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in ("References", "In-Reply-To"):
            return f"{name}: {value}".replace("> <", ">\r\n <").encode("ascii") + b"\r\n"
        return super().fold_binary(name, value)


def automatic(letter: Letter) -> bytes:
    """A mail that a machine wrote: an acknowledgement, or a status report."""
    message = _composed(letter)
    message["Auto-Submitted"] = "auto-replied"  # RFC 3834 section 5
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "bulk"
    return message.as_bytes()


def answer(letter: Letter) -> bytes:
    """The mail with what one of the staff wrote.

    It carries no Auto-Submitted and no Precedence: RFC 3834 section 5 keeps those for what a
    machine wrote, and filters treat such mail as bulk. Absence notes are still asked not to come,
    but not reports that the answer could not be delivered: staff want those.
    """
    message = _composed(letter)
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    return message.as_bytes()


def subject_line(number: str, subject: str) -> str:
    """The subject with our tag once, in front, and without the marks that replies pile up."""
    return f"[#{number}] {_plain(cleaned(subject), _LONGEST_SUBJECT)}".rstrip()


def _composed(letter: Letter) -> EmailMessage:
    desk, to = _address(letter.desk_address), _address(letter.to)
    thread = f"<{letter.token}@{desk.domain}>"
    message = EmailMessage(policy=_Policy(linesep="\r\n"))
    name = _plain(letter.desk_name, _LONGEST_NAME)
    message["From"] = Address(name, desk.username, desk.domain)
    message["To"] = to
    message["Reply-To"] = _address(f"{desk.username}+{letter.token}@{desk.domain}")
    message["Subject"] = subject_line(letter.number, letter.subject)
    # Amazon SES replaces the Message-ID of what it sends, so the thread's token leads References:
    # https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
    message["References"] = " ".join([thread, *_kept_ids(letter)])
    if answered := _ids(letter.answers):
        message["In-Reply-To"] = answered[0]
    message[LOOP_HEADER] = desk.addr_spec
    body = f"{SEPARATOR}\n\n{safe(letter.body).strip()}\n\n[ref:{letter.token}]\n"
    message.set_content(body, cte="quoted-printable")
    return message


def _kept_ids(letter: Letter) -> list[str]:
    found = list(dict.fromkeys(_ids(*letter.references, letter.answers)))
    return found if len(found) <= _MOST_REFERENCES else [found[0], *found[1 - _MOST_REFERENCES :]]


def _ids(*written: str) -> list[str]:
    """Ids in brackets; what can't stand in a header is left out, and only a thread is thinner.

    An encoded word can't either: see `_plain`.
    """
    return [f"<{id_}>" for id_ in written if _ID.fullmatch(id_) and "=?" not in id_]


def _plain(text: str, limit: int) -> str:
    # "=?" is broken up, because Python before 3.12.5 decodes encoded words in what it is given
    # and writes the line ends that they hold (CVE-2024-6923). Safe first: it may join the two.
    return one_line(safe(text).replace("=?", "= ?"), limit)


def _address(text: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    short = len(text) <= _LONGEST_ADDRESS and text.find("@") <= _LONGEST_LOCAL
    if not found or not short or "=?" in text:
        raise ValueError(f"{one_line(text, 80) or 'Nothing'} is no address that mail can go to.")
    return Address(username=found["local"], domain=found["domain"])
