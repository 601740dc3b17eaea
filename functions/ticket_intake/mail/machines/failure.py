"""Whether mail that was not delivered says that the address is dead, by RFC 3463's codes."""

import re
from dataclasses import dataclass

from netdesk.lazy import lazy

PERMANENT, FAILED, DELAYED, COMPLAINT = "permanent", "failed", "delayed", "complaint"

# Of all permanent failures, those of the address itself or of its domain; the others are of a
# full mailbox, of the mail's size, of policy.
_DEAD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_GENERAL = frozenset({"4.0.0", "5.0.0"})  # RFC 3463 section 3.1: nothing else is known
_CODE = lazy(r"(?<![\w.])[45]\.[0-7]\.\d{1,3}(?!\.?\w)", re.ASCII)
_REPLY = lazy(r"(?<![\w.:/])[45][0-5]\d(?=[ -])", re.ASCII)  # RFC 5321 section 4.2
_UNKNOWN = lazy(
    r"""(user|recipient|mailbox|account|address|host|domain)(\s+name)?\s+
        (is\s+)?(unknown|not\s+found|does\s+not\s+exist|doesn't\s+exist|invalid|not\s+known)
    | (unknown|no\s+such|invalid|non-?existent)\s+(local\s+)?
        (user|recipient|mailbox|account|address|hosts?|domain)\b
    | no\s+mailbox\s+here | not\s+listed\s+in | unrout(e)?able\s+address
    | (couldn['\u2019]t|could\s+not)\s+(be\s+found|find\s+any\s+host)
    | account\s+.{0,40}does\s+not\s+exist
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REFUSED = lazy(
    r"spam|block|black|denied|policy|reputation|\bspf\b|dkim|dmarc|quota|full\b|virus|too large",
    re.IGNORECASE,
)
_WAITING = lazy(
    r"""will\s+(keep\s+trying|be\s+retried|continue\s+to\s+try) | still\s+being\s+retried
    | could\s+not\s+send\s+message\s+for\s+past | no\s+action\s+is\s+required\s+on\s+your\s+part
    | not\s+(yet\s+been|been\s+delivered\s+yet) | (been|message\s+\S{1,80})\s+delayed
    | notification\s+\((mail\s+delivery\s+)?delay | delay\s+reason:
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Failure:
    """What became of a mail for one recipient, under all the addresses he has in the report."""

    addresses: tuple[str, ...]
    kind: str


def by_action(action: str, status: str, diagnostic: str) -> str | None:
    """The kind of a recipient's fields by RFC 3464, None for one who was reached."""
    if action == "delayed":
        return DELAYED
    if action in ("delivered", "relayed", "expanded"):
        return None
    said = f"{_code(status)} {diagnostic}"
    # RFC 3464 section 2.3.3: who says "failed" has given up, whatever the last reply was.
    return FAILED if action == "failed" and by_words(said) == DELAYED else by_words(said)


def by_words(said: str) -> str:
    """The kind that a mail system's own words tell, which are meant for people."""
    codes = [code for code in _CODE().findall(said) if code not in _GENERAL]
    if codes:
        return PERMANENT if codes[0] in _DEAD else FAILED if codes[0][0] == "5" else DELAYED
    reply = _REPLY().search(said)
    if reply and reply[0][0] == "4":
        return DELAYED
    unknown = bool(_UNKNOWN().search(said)) or bool(reply and reply[0] == "550")
    return PERMANENT if unknown and not _REFUSED().search(said) else FAILED


def is_telling(said: str) -> bool:
    """Whether these words say anything of a cause."""
    return any(form().search(said) for form in (_CODE, _REPLY, _UNKNOWN, _REFUSED))


def is_waiting(said: str) -> bool:
    """Whether the mail system goes on trying."""
    return bool(_WAITING().search(said))


def _code(status: str) -> str:
    found = _CODE().search(status)
    return found[0] if found else ""
